"""Schemathesis against the OpenAPI that is served: every check, on what it makes up and on what can succeed."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import begun, publish
from tests.many import MANY, left_to_ci, some
from tests.world import World

HERE = Path(__file__).parent
SUCCEED = 0.3  # at least that part of the calls of each operation


@left_to_ci(
    "asks every operation what Schemathesis can think of",
    "wire/test_superset.py::test_the_served_document_says_all_that_the_contract_says",
)
@pytest.mark.long
@pytest.mark.timeout(1200 if MANY else 300)
def test_schemathesis_finds_nothing(world: World, workspace: Workspace, tmp_path: Path) -> None:
    """More that fits the schema than what does not, so that most calls reach what lies behind the checks.

    What does not fit is tried with DOSSIER_MANY=1, and covered by the phase “coverage”, case by case; so are two of three operations:
    their answers are held against the description by every other test that asks them. deleteCase has few inputs that differ.
    """
    token = world.token(workspace)
    publish(world, workspace, slug="begun-form")
    with world.client(token) as api:
        form = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "begun-form"}})
        other = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "begun-form"}})
    os.environ["DOSSIER_FUZZ_RESPONSE"] = begun(world, workspace, form["id"])  # which only its contact could begin
    Contact(world, workspace, other).answers(amount=1).submits()
    os.environ["DOSSIER_FUZZ_HANDED_IN"] = other["id"]
    answers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    described = some([each["operationId"] for path in _document(world).values() for each in path.values()])
    for mode, examples in (("positive", 60), ("negative", 8)) if MANY else (("positive", 3),):
        counts = tmp_path / f"{mode}.json"
        run = _schemathesis(world.server.url, token, counts, mode, examples, described)
        assert run.returncode == 0, _readable(run.stdout + run.stderr)
        for operation, counted in json.loads(counts.read_text()).items():
            answers[operation].update(counted)
    assert {each: _succeeded(answers[each]) for each in described if _succeeded(answers[each]) < SUCCEED} == {}


def _readable(output: str) -> str:
    return "\n".join(line[:600] for line in output.splitlines())


def _document(world: World) -> dict[str, Any]:
    paths: dict[str, Any] = world.client().json("GET", "/v1/openapi.json")["paths"]
    return paths


def _succeeded(answers: Counter[str]) -> float:
    return sum(count for status, count in answers.items() if status.startswith("2")) / sum(answers.values())


def _schemathesis(
    url: str, token: str, counts: Path, mode: str, examples: int, operations: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    phases = "coverage,fuzzing,stateful" if MANY else "fuzzing"
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "fuzzing.toml")),
        *("run", f"{url}/v1/openapi.json", "--phases", phases, "--checks", "all", "--workers", "1"),
        *(
            "--exclude-checks",
            "use_after_free,ensure_resource_availability",
        ),  # a rehearsal (dry_run) makes and deletes nothing
        *("--mode", mode, "--max-examples", str(examples), *(() if MANY else ("--seed", "1"))),
        *(part for each in operations if not MANY for part in ("--include-operation-id", each)),
        *("--continue-on-failure", "--no-color"),
        *("--header", f"Authorization: Bearer {token}", "--suppress-health-check", "all"),
    ]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "tests.wire.fuzzing",
        "PYTHONPATH": str(HERE.parent.parent),
        "DOSSIER_FUZZ_URL": url,
        "DOSSIER_FUZZ_TOKEN": token,
        "DOSSIER_FUZZ_COUNTS": str(counts),
    }
    return subprocess.run(command, env=environment, cwd=counts.parent, capture_output=True, text=True, check=False)
