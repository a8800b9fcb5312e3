"""Files beside the code, by name: a domain's under its name, those of the shell under `workspace`, `components`, `static`.

`cases/list.html` is `cases/templates/list.html`, `components/menu.js` is `web/components/menu.js`.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

PACKAGE = Path(str(files("dossier")))
_OF_THE_SHELL = {
    "workspace": "web/workspace/templates",
    "components": "web/components",
    "portal": "web/portal",
    "static": "web/static",
}


def path_of(name: str) -> Path | None:
    """Where the file of a name is; None where there is none."""
    folder, _, file = name.partition("/")
    inside = PACKAGE / _OF_THE_SHELL.get(folder, f"{folder}/templates")
    found = (inside / file).resolve()
    return found if file and found.is_file() and found.is_relative_to(inside) else None


def names(suffix: str) -> Iterator[str]:
    """The names of all files that end so, in order: those of the shell, then each domain's."""
    for folder, inside in _OF_THE_SHELL.items():
        yield from _under(folder, PACKAGE / inside, suffix)
    for domain in sorted(PACKAGE.glob("*/templates")):
        yield from _under(domain.parent.name, domain, suffix)


def _under(folder: str, inside: Path, suffix: str) -> Iterator[str]:
    yield from (f"{folder}/{path.relative_to(inside).as_posix()}" for path in sorted(inside.rglob(f"*{suffix}")))
