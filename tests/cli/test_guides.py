"""Commands that the guides show are commands that there are, with options that they have."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from dossier.cli import app
from dossier.cli.on_demand import COMMANDS, OnDemand, loaded

GUIDES = Path(__file__).parents[2] / "docs" / "guide"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


def shown() -> Iterator[tuple[str, str]]:
    for guide in sorted(GUIDES.glob("*.md")):
        for block in BLOCK.findall(guide.read_text()):
            yield from ((guide.name, line) for line in block.splitlines() if re.match(r"(\w+=\S+ )*dossier ", line))


def wrong(line: str) -> str | None:
    """What of a command there is not."""
    words = shlex.split(line, comments=True)
    command: Any = get_command(app)
    group = "dossier"
    given = words[words.index("dossier") + 1 :]
    while given:
        word, below = given.pop(0), _below(command)
        if word.startswith("--"):
            options = {name: each for each in command.params for name in each.opts}
            if word not in options:
                return f"{group} has no {word}"
            if not options[word].is_flag:
                given.pop(0)
        elif below:
            if word not in below and "write" not in below:
                return f"{group} has no {word}"
            group, command = (word if word in below else group), below.get(word, below.get("write"))
    return None


def _below(command: Any) -> dict[str, Any]:
    """The commands of a group; those of the program itself are made when they are asked for."""
    if isinstance(command, OnDemand):
        return {name: loaded(name) for name in COMMANDS}
    found: dict[str, Any] = getattr(command, "commands", {})
    return found


def test_commands_that_guides_show_are_commands() -> None:
    found = list(shown())
    assert len(found) > 30
    assert [f"{guide}: {line}: {says}" for guide, line in found if (says := wrong(line))] == []


def test_what_is_none_is_noticed() -> None:
    assert wrong("dossier files look") == "files has no look"
    assert wrong("dossier --data-dir /x backup /backups --keepp 3  # so") == "backup has no --keepp"
    assert wrong("dossier backup verify x.tar --keep 3") == "verify has no --keep"
