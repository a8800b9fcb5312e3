"""Clients that others generate from the OpenAPI that is served, which build under the strictest rules, and clients of tus: they work."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dossier.workspaces.model import Workspace
from tests.world import World

HERE = Path(__file__).parent
PROGRAMS = ("hey_api.ts", "openapi_fetch.ts", "try_client.py", "try_tus.js")
TSC = "--strict --skipLibCheck --target es2022 --module nodenext --types node"


def run(folder: Path, *command: str) -> str:
    """What the command says; a failure shows all of it."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def workshop(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the programs, the generators in their pinned versions, and the document as it is served."""
    folder = tmp_path_factory.mktemp("clients")
    for name in ("package.json", "package-lock.json", ".npmrc", "openapi-ts.config.js", *PROGRAMS):
        shutil.copy(HERE / name, folder)
    (folder / "openapi.json").write_bytes(world.client().get("/v1/openapi.json").content)
    return folder


@pytest.fixture(scope="module")
def node(workshop: Path) -> Path:
    run(workshop, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    return workshop


@pytest.fixture
def served(world: World, workspace: Workspace) -> tuple[str, str]:
    """What a client is told: the address and a token."""
    return f"{world.server.url}/v1", world.token(workspace)


def test_hey_api_builds_and_works(node: Path, served: tuple[str, str]) -> None:
    """[F16 F17] @hey-api/openapi-ts."""
    run(node, "npx", "openapi-ts")
    run(node, "npx", "tsc", *TSC.split(), "hey_api.ts")
    assert "well" in run(node, "node", "hey_api.js", *served)


def test_openapi_fetch_builds_and_works(node: Path, served: tuple[str, str]) -> None:
    """[F16 F17] openapi-typescript with openapi-fetch."""
    run(node, "npx", "openapi-typescript", "openapi.json", "-o", "schema.ts")
    run(node, "npx", "tsc", *TSC.split(), "openapi_fetch.ts")
    assert "well" in run(node, "node", "openapi_fetch.js", *served)


def test_openapi_python_client_builds_and_works(workshop: Path, served: tuple[str, str]) -> None:
    """[F16 F17] openapi-python-client, in an environment of its own."""
    run(workshop, sys.executable, "-m", "venv", "venv")
    python = str(workshop / "venv" / "bin" / "python")
    run(workshop, python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(HERE / "requirements.lock"))
    generator = str(workshop / "venv" / "bin" / "openapi-python-client")
    run(workshop, generator, "generate", "--path", "openapi.json", "--output-path", "dossier_client", "--meta", "none")
    run(workshop, python, "-m", "mypy", "--strict", "dossier_client", "try_client.py")
    assert "well" in run(workshop, python, "try_client.py", *served)


def test_tus_js_client_sends_files_in_several_goes(node: Path, served: tuple[str, str]) -> None:
    """Broken off and gone on with; refused; ended."""
    assert "well" in run(node, "node", "try_tus.js", *served)


def test_curl_goes_on_where_it_was(workshop: Path, served: tuple[str, str]) -> None:
    """What is in the guide: HEAD says how far it is, and the rest is sent from there."""
    base, token = served
    data = bytes(range(256)) * 20_000
    (workshop / "film.mp4").write_bytes(data)
    curl = (
        "curl",
        "-sS",
        "--fail-with-body",
        "-D-",
        "-H",
        f"Authorization: Bearer {token}",
        "-H",
        "Tus-Resumable: 1.0.0",
    )
    announced = ("-H", f"Upload-Length: {len(data)}", "-H", "Upload-Metadata: filename ZmlsbS5tcDQ=")
    at = base.removesuffix("/v1") + _said(run(workshop, *curl, "-X", "POST", *announced, f"{base}/uploads"), "location")
    sending = ("-X", "PATCH", "-H", "Content-Type: application/offset+octet-stream")
    (workshop / "part").write_bytes(data[:2_000_000])
    run(workshop, *curl, *sending, "-H", "Upload-Offset: 0", "--data-binary", "@part", at)
    offset = int(_said(run(workshop, *curl, "-I", at), "upload-offset"))
    assert offset == 2_000_000
    (workshop / "part").write_bytes(data[offset:])
    done = run(workshop, *curl, *sending, "-H", f"Upload-Offset: {offset}", "--data-binary", "@part", at)
    id = _said(done, "content-location").rpartition("/")[2]
    read = (*curl[:1], "-sS", *curl[4:6], "-H", "Accept: application/octet-stream", f"{base}/attachments/{id}")
    run(workshop, *read, "-r", "0-999999", "-o", "got")
    run(workshop, *read, "--continue-at", "-", "-o", "got")
    assert (workshop / "got").read_bytes() == data


def _said(answer: str, name: str) -> str:
    """A header of the last answer."""
    found = re.findall(rf"^{name}: (\S+)", answer, re.MULTILINE | re.IGNORECASE)
    return str(found[-1])
