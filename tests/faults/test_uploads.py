"""Files that come while their server is killed again and again: what was acknowledged is there, whole; what was not is gone in time."""

import asyncio
import base64
import hashlib
import os
import random
import re
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from dossier.files import actions
from dossier.files.actions.sweeping import strays
from dossier.foundation.postgres import connect_or_start
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, opened
from dossier.server.services import database_on
from tests.cli.served import CERTIFICATES, Server, data_folder, until
from tests.faults.harness import MANY, TABLE, Faulty, Row
from tests.files.test_resuming import metadata, offset, send
from tests.files.test_resuming_broken import going

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800 if MANY else 240)]

ROUNDS, AT_ONCE = (20, 200) if MANY else (2, 60)
OF_A_TOKEN = 10  # at once; a token may have 20, and those of a killed server's clients come again
KILLED_AFTER = (0.2, 3.0)  # seconds
LARGEST = 3_000_000
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass
class Sender:
    """Sends one file until it is acknowledged, as a client does that tries again."""

    server: Faulty
    token: str
    number: int
    content: bytes = field(repr=False)

    async def send(self) -> tuple[str, str]:
        """Id and SHA-256 of what was acknowledged."""
        ways = (self._form, self._json, self._in_goes)
        while True:
            try:
                async with httpx.AsyncClient(base_url=self.server.url, timeout=20, verify=CERTIFICATES,
                                             headers={"Authorization": f"Bearer {self.token}"}) as api:  # fmt: skip
                    return await ways[self.number % 3](api), hashlib.sha256(self.content).hexdigest()
            except (httpx.HTTPError, OSError, TypeError):  # the last one while it starts, and says no address yet
                await asyncio.sleep(0.1 + random.random() / 5)

    async def _form(self, api: httpx.AsyncClient) -> str:
        answer = await api.post("/v1/attachments", files={"file": (f"{self.number}.bin", self.content)})
        return str(answer.raise_for_status().json()["id"])

    async def _json(self, api: httpx.AsyncClient) -> str:
        body = {"name": f"{self.number}.bin", "data": base64.b64encode(self.content).decode()}
        return str((await api.post("/v1/attachments", json=body)).raise_for_status().json()["id"])

    async def _in_goes(self, api: httpx.AsyncClient) -> str:
        """The upload is announced once, however often that is repeated; then it goes on where it is."""
        announced = {**TUS, "Upload-Length": str(len(self.content)), "Upload-Metadata": "filename YQ==",
                     "Idempotency-Key": f"upload {self.number}"}  # fmt: skip
        at = (await api.post("/v1/uploads", headers=announced)).raise_for_status().headers["location"]
        there = int((await api.head(at, headers=TUS)).raise_for_status().headers["upload-offset"])
        while there < len(self.content):
            sent = {**TUS, "Upload-Offset": str(there), "Content-Type": "application/offset+octet-stream"}
            piece = self.content[there : there + LARGEST // 3]
            there = int((await api.patch(at, headers=sent, content=piece)).raise_for_status().headers["upload-offset"])
        return str(at.rpartition("/")[2])


def tokens(server: Faulty) -> list[str]:
    made = [server.command("token", "create", "--workspace", "demo", "--name", f"Sender {n}").stdout
            for n in range(-(-AT_ONCE // OF_A_TOKEN))]  # fmt: skip
    return [re.search("pnbx_[0-9a-f]{48}", each)[0] for each in made]  # type: ignore[index]


async def a_round(server: Faulty, known: list[str], number: int) -> list[tuple[str, str]]:
    """All of a round at once; the server is killed while they come, and started again."""
    senders = [Sender(server, known[n % len(known)], number * AT_ONCE + n, os.urandom(random.randint(1, LARGEST)))
               for n in range(AT_ONCE)]  # fmt: skip
    coming = [asyncio.create_task(each.send()) for each in senders]
    await asyncio.sleep(random.uniform(*KILLED_AFTER))
    await asyncio.to_thread(server.end, signal.SIGKILL)
    await asyncio.to_thread(server.restart)
    return await asyncio.gather(*coming)


async def held(server: Faulty, token: str, acknowledged: list[tuple[str, str]]) -> Counter[str]:
    """What became of those that were acknowledged."""
    found: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=server.url, timeout=60, verify=CERTIFICATES) as api:
        for id, sha256 in acknowledged:
            answer = await api.get(f"/v1/attachments/{id}", headers={
                "Authorization": f"Bearer {token}", "Accept": "application/octet-stream"})  # fmt: skip
            equal = answer.status_code == 200 and hashlib.sha256(answer.content).hexdigest() == sha256
            found["whole" if equal else f"lost: {answer.status_code}"] += 1
    return found


async def strays_left(folder: Path, conninfo: str) -> tuple[int, int]:
    """Content that belongs to no file now, and after the sweep that comes when it is old enough."""
    storage = InThreads(lambda: opened(None, folder))
    services = Services(database_on(conninfo), storage=storage, works_on_jobs=False)
    await services.database.open()
    try:
        keys = [each.key for each in storage.storage.list()]
        before = await strays(services, keys)
        for each in keys:
            os.utime(folder / "files" / each, (1, 1))
        await actions.sweep(services)
        return len(before), len(await strays(services, [each.key for each in storage.storage.list()]))
    finally:
        await services.database.close()


def test_no_acknowledged_file_is_lost_when_servers_are_killed() -> None:
    with data_folder() as folder:
        server = Faulty(folder)
        try:
            server.begin_demo()
            known, acknowledged = tokens(server), list[tuple[str, str]]()
            for number in range(ROUNDS):
                acknowledged += asyncio.run(a_round(server, known, number))
            assert asyncio.run(held(server, known[0], acknowledged)) == {"whole": ROUNDS * AT_ONCE}
            assert server.command("files", "verify").returncode == 0
            with connect_or_start(folder, print) as cluster:
                before, after = asyncio.run(strays_left(folder, cluster.conninfo))
            assert after == 0
            assert server.command("files", "verify").returncode == 0, "and nothing else went with them"
            note = f"{len(acknowledged)} files acknowledged and whole, {before} strays swept"
            TABLE["server killed, files coming"] = Row([0.0] * ROUNDS, len(acknowledged), note)
        finally:
            if server.process and server.process.poll() is None:
                server.end()


def test_a_killed_server_knows_what_came(tmp_path: Path) -> None:
    """kill -9 in the middle; it goes on where it was, and the hash is right."""
    data = os.urandom(15_000_000)
    with data_folder() as folder:
        server = Server(folder).start()
        server.command("workspace", "create", "claims", "--name", "Claims")
        made = server.command("token", "create", "--workspace", "claims", "--name", "Test").stdout
        token = re.search("pnbx_[0-9a-f]{48}", made)
        assert token, made
        (folder / "demo-token").write_text(token[0])
        with server.client() as api:
            headers = {**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata(filename="a")}
            at = api.post("/v1/uploads", headers=headers).headers["location"]
            file = folder / "files" / ".unfinished" / f"upload-{at.rpartition('/')[2]}"
            with going(api, at, 0, len(data), data[:10_000_000]):  # type: ignore[arg-type]
                until(lambda: file.exists() and file.stat().st_size >= 9_400_000)
                server.end(signal.SIGKILL)
        server.start()
        with server.client() as api:
            there = offset(api, at)
            assert 9_400_000 <= there <= 10_000_000
            assert send(api, at, there, data[there:]).status_code == 204
            found = api.get(f"/v1/attachments/{at.rpartition('/')[2]}", params={"data": "false"}).json()
            assert found["metadata"]["sha256"] == hashlib.sha256(data).hexdigest()
        server.end()
