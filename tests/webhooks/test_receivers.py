"""The receivers that the guide shows verify what we send, and refuse what others do."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from dossier.foundation import json
from dossier.foundation.clock import system_clock
from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions import keys
from dossier.webhooks.model.signing import Signer, headers, new_secret
from tests.cli.served import until
from tests.world import CERTIFICATES, World

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "webhooks.md"
BODY = json.encode({"type": "case.created", "data": {"case": {"id": "a-case"}}})

pytestmark = pytest.mark.long


def shown(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    return found[1]


@contextmanager
def receiving(language: str, folder: Path, **environment: str) -> Iterator[tuple[str, Any]]:
    """The receiver of the guide, in a process of its own: its address, and the process."""
    name, command = {"python": ("receiver.py", sys.executable), "js": ("receiver.mjs", shutil.which("node") or "")}[
        language
    ]
    if not command:
        pytest.skip("no Node.js here")
    (folder / name).write_text(shown(language))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/hooks"
    known = {"PATH": os.environ["PATH"], "PORT": str(port), "RECEIVER_URL": address}
    with subprocess.Popen(
        [command, folder / name], env=known | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            until(lambda: _answers(address))
            yield address, process
        finally:
            process.kill()


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, verify=CERTIFICATES).status_code > 0
    except httpx.TransportError:
        return False


def post(address: str, body: bytes, sent: Any) -> int:
    return httpx.post(address, content=body, headers=dict(sent), verify=CERTIFICATES).status_code


@pytest.mark.parametrize("language", ["python", "js"])
def test_a_receiver_of_the_guide_takes_ours_alone(world: World, tmp_path: Path, language: str) -> None:
    secret, older = new_secret(), new_secret()

    async def signer() -> Signer:
        services = world.services
        found = await keys.signer(type(services)(services.database, services.cipher, world.server.url))
        assert found
        return found

    ours = world.server.run(signer())
    with receiving(language, tmp_path, WEBHOOK_SECRET=secret, DOSSIER_URL=world.server.url) as (address, process):
        now, id = system_clock(), new_id()
        good = headers([older, secret], ours, address, id, BODY, now)
        assert post(address, BODY, good) == 204
        assert post(address, BODY, good) == 204, "again: taken, and nothing done twice"
        assert post(address, BODY + b" ", good) == 401
        assert post(address, BODY, headers([new_secret()], ours, address, id, BODY, now)) == 401
        assert post(address, BODY, headers([secret], ours, address, id, BODY, now.replace(year=2020))) == 401
        if language == "js":
            assert post(address, BODY, headers([secret], ours, address + "x", id, BODY, now)) == 401
            assert post(address, BODY, headers([secret], Signer(ours.key, "https://x"), address, id, BODY, now)) == 401
            assert post(address, BODY, headers([secret], None, address, id, BODY, now)) == 401
        process.kill()
        assert [line.split()[0] for line in process.stdout.read().splitlines()] == ["case.created"]
