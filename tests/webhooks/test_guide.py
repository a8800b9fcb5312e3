"""The clients that the guide of events shows do what it says."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.served import until
from tests.world import Api, World

pytestmark = pytest.mark.long
GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "events.md").read_text()


def shown(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@contextmanager
def running(command: list[str], api: Api, said: Path) -> Iterator[None]:
    there = {"DOSSIER_URL": str(api.base_url), "DOSSIER_TOKEN": api.headers["authorization"].removeprefix("Bearer ")}
    with (
        said.open("w") as out,
        subprocess.Popen(
            command, env={**os.environ, **there}, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        ) as process,
    ):
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)


@pytest.mark.parametrize("language", ["python", "sh"])
def test_a_client_of_the_guide_is_told(world: World, api: Api, make_case: Any, tmp_path: Path, language: str) -> None:
    """[18] Of what was there, and of what comes while it waits."""
    case, said = make_case()["id"], tmp_path / "said"
    command = [sys.executable, "-c"] if language == "python" else ["sh", "-c"]
    with running([*command, shown(language)], api, said):
        until(lambda: "case.created" in said.read_text())
        api.json("PATCH", f"/v1/cases/{case}", json={"title": "New"})
        until(lambda: "case.details_changed" in said.read_text())
    assert case in said.read_text()
