"""Sending files, as programs do."""

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest

from dossier.foundation.services import FileLimits, Services
from dossier.foundation.testing import postgres
from dossier.foundation.testing.server import RunningServer, serving
from dossier.server.application import create
from dossier.server.services import database_on
from dossier.workspaces.model import Workspace
from tests.storage import seaweed
from tests.workshop.samples import pdf, picture
from tests.world import Api, World

in_a_folder = pytest.mark.skipif(seaweed.ENDPOINT in os.environ, reason="looks into the folder of files")
"""A test that only the folder has."""

JSON: dict[str, Any] = {"name": "letter.txt", "data": base64.b64encode(b"Dear all").decode()}


def sent(
    api: Api, content: bytes = b"Dear all", name: str = "letter.txt", type: str = "", **more: Any
) -> httpx.Response:
    """The answer to a form with one file."""
    file = (name, content, type) if type else (name, content)
    return api.post("/v1/attachments", files={"file": file}, **more)


def kept(
    api: Api, content: bytes = b"Dear all", name: str = "letter.txt", type: str = "", **more: Any
) -> dict[str, Any]:
    """The attachment that was made."""
    response = sent(api, content, name, type, **more)
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def content(api: Api, id: str, accept: str = "application/octet-stream", **headers: str) -> httpx.Response:
    return api.get(f"/v1/attachments/{id}", headers={"Accept": accept, **headers})


__all__ = ["JSON", "PDF", "content", "kept", "limited", "picture", "sent"]

PDF = pdf()


@contextmanager
def limited(world: World, database_url: str, workspace: Workspace, **limits: Any) -> Iterator[Api]:
    """A server beside the others' that keeps files in the same place, with limits of its own."""
    with (
        beside(world, database_url, file_limits=FileLimits(**limits)) as (server, _),
        world.client(world.token(workspace)) as api,
    ):
        api.base_url = server.url
        yield api


@contextmanager
def beside(world: World, database_url: str, **more: Any) -> Iterator[tuple[RunningServer, Services]]:
    """A server beside the others' on the same database and storage, with services of its own."""
    database = database_on(postgres.serving(database_url), clock=world.clock)
    given = {"storage": world.services.storage, "cipher": world.services.cipher, "works_on_jobs": False}
    services = Services(database, **given | more)
    with serving(create(services)) as server:
        yield server, services


@contextmanager
def taken_elsewhere(world: World, slots: str, who: UUID, most: int) -> Iterator[None]:
    """Another process of this machine holds all slots of theirs; it is killed in the end."""
    program = (
        "import sys, uuid, pathlib, contextlib\n"
        "from dossier.foundation.storage.slots import Slots\n"
        "slots = Slots(pathlib.Path(sys.argv[1]))\n"
        "with contextlib.ExitStack() as stack:\n"
        f"    print([stack.enter_context(slots.one(uuid.UUID(sys.argv[2]), {most})) for _ in range({most})], flush=True)\n"
        "    sys.stdin.read()\n"
    )
    file = world.services.storage.storage.unfinished / slots
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(file), str(who)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout
    assert other.stdout.readline().strip() == str([True] * most).encode()
    yield
    other.kill()
    other.communicate()
