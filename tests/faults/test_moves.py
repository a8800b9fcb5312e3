"""What leaves the house while everything beneath it is killed: at least once for what was kept, each with an id that makes
repeats harmless, nothing for what was not, and each case in order."""

import json
import logging
import os
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from aiosmtpd.controller import Controller

from tests.cli.served import data_folder, until
from tests.faults import harness
from tests.faults.harness import MANY, TABLE, Faulty, Row, make, sql

CHANGES = int(os.environ.get("DOSSIER_CHANGES", "1000"))  # how many are made; ten thousand take nine minutes

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800 + CHANGES // 2),
    pytest.mark.skipif(
        not MANY, reason="a thousand changes, and minutes until what was killed is sent again: DOSSIER_MANY=1"
    ),
]

CASES, WRITERS = 20, 6
KILL_EVERY = 4.0  # seconds, and not before a hundredth of all that is to be written was: else a slow machine does nothing but begin again
SETTLED = (
    600.0 if MANY else 120.0
)  # seconds within which all that waits has left: what was being sent is left alone for minutes
"""A message or a delivery in the hands of who was killed is tried again once its lease is over."""
KILLS = (harness.kill_worker, harness.kill_worker, harness.kill_backend, harness.kill_worker, harness.kill_server)


@dataclass
class Outside:
    """A mail server and a receiver of webhooks that remember everything."""

    mails: list[tuple[str, str]] = field(default_factory=list)  # Message-ID, subject
    calls: list[tuple[str, str, int, Any]] = field(default_factory=list)  # webhook-id, case, version, changes
    hook: str = ""
    smtp: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as aiosmtpd calls it
        mail = message_from_bytes(envelope.content, policy=default)
        self.mails.append((str(mail["Message-ID"]), str(mail["Subject"])))
        return "250 taken"

    def called(self, id: str, body: bytes) -> None:
        event = json.loads(body)
        case = event["data"]["case"]
        self.calls.append((id, case["id"], case["version"], event["data"]["changes"]))


@contextmanager
def outside() -> Iterator[Outside]:
    """Both, on loopback, while the block runs."""
    there = Outside()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.called(self.headers["webhook-id"], body)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is said."""

    receiver = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    mail = Controller(there, hostname="127.0.0.1", port=_free_port())
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    mail.start()
    there.hook, there.smtp = f"127.0.0.1:{receiver.server_port}", f"127.0.0.1:{mail.port}"
    try:
        yield there
    finally:
        mail.stop()
        receiver.shutdown()
        receiver.server_close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Moving(Faulty):
    """Two worker processes that reach what is outside."""

    def __init__(self, folder: Path, there: Outside) -> None:
        super().__init__(folder, "--workers", "2")
        self.there = there

    def environment(self) -> dict[str, str]:
        allowed = f"{self.there.hook},{self.there.smtp}"
        mail = {
            "DOSSIER_SMTP_URL": f"smtp://{self.there.smtp}?starttls=none",
            "DOSSIER_MAIL_FROM": "dossier@example.org",
        }
        return super().environment() | mail | {"DOSSIER_OUTBOUND_ALLOW": allowed}


@dataclass
class Writers:
    """Change cases and write to people; they remember what was acknowledged."""

    one: Moving
    cases: list[str]
    changes: list[tuple[str, int]] = field(default_factory=list)  # case, version
    subjects: list[str] = field(default_factory=list)
    tried: list[int] = field(default_factory=list)

    def write(self, number: int) -> None:
        while len(self.changes) + len(self.subjects) < CHANGES:
            self.tried.append(number)
            count = len(self.tried)
            if count % 5:
                self._change(self.cases[count % CASES], count)
            else:
                self._mail(self.cases[count % CASES], f"Mail {number}-{count}")

    def _change(self, case: str, count: int) -> None:
        answer = self._ask(f"/v1/cases/{case}", {"description": f"Change {count}"}, "PATCH")
        if answer is not None and answer.status_code == 200:
            self.changes.append((case, int(answer.headers["etag"].strip('"'))))

    def _mail(self, case: str, subject: str) -> None:
        body = {"channel": "email", "to": ["ann@example.org"], "subject": subject, "body": "Dear Ann"}
        answer = self._ask(f"/v1/cases/{case}/messages", body)
        if answer is not None and answer.status_code in (200, 201, 202):
            self.subjects.append(subject)

    def _ask(self, path: str, body: Any, method: str = "POST") -> httpx.Response | None:
        with suppress(httpx.HTTPError, OSError, TypeError), self.one.client() as client:  # the last: while it starts
            return client.request(method, path, json=body)
        time.sleep(0.05)
        return None


def test_what_leaves_the_house_while_everything_is_killed() -> None:
    """[18] Changes, e-mails and calls while workers, servers and PostgreSQL are killed."""
    with outside() as there, data_folder() as folder:
        one = Moving(folder, there)
        try:
            one.begin_demo()
            writers = Writers(one, [make(one, f"Case {number}") for number in range(CASES)])
            with one.client() as client:
                hook = {"url": f"http://{there.hook}/hook", "events": ["case.details_changed"]}
                assert client.post("/v1/webhooks", json=hook).status_code == 201
            began = time.monotonic()
            kills = _storm(one, writers)
            _hold(one, there, writers)
            note = (
                f"{len(writers.changes)} changes, {len(there.calls)} calls, {len({each[0] for each in there.calls})} events;"
                f" {len(writers.subjects)} messages, {len(there.mails)} mails; {kills} kills"
            )
            TABLE["killed while things leave"] = Row([time.monotonic() - began], len(writers.changes), note)
        finally:
            if one.process and one.process.poll() is None:
                one.end()


def _storm(one: Moving, writers: Writers) -> int:
    """Write until all is written; how often something was killed meanwhile."""
    threads = [threading.Thread(target=writers.write, args=(number,), daemon=True) for number in range(WRITERS)]
    for each in threads:
        each.start()
    kills, restarts, before = 0, 0, 0
    while any(each.is_alive() for each in threads):
        threads[0].join(KILL_EVERY)
        written = len(writers.changes) + len(writers.subjects)
        if any(each.is_alive() for each in threads) and written >= before + CHANGES // 100:
            if restarts < 2 and written > CHANGES * (restarts + 1) / 3:
                harness.stop_fast(one)
                restarts += 1
            else:
                with suppress(OSError, psutil.Error):  # the database is on its way back
                    KILLS[kills % len(KILLS)](one)
            kills += 1
            before = written
    assert restarts == 2
    return kills


def _hold(one: Moving, there: Outside, writers: Writers) -> None:
    """Everything acknowledged has left, nothing has that is not kept, and each case in order but for what was said again."""
    until(lambda: {(case, version) for _, case, version, _ in there.calls} >= set(writers.changes), SETTLED)
    until(lambda: {subject for _, subject in there.mails} >= set(writers.subjects), SETTLED)
    query = "SELECT case_id, version, changes FROM case_events WHERE case_id = ANY(%s::uuid[])"
    kept = {(str(case), version): changes for case, version, changes in sql(one, query, writers.cases)}
    ids: dict[tuple[str, int], set[str]] = defaultdict(set)
    newest: dict[str, int] = {}
    for id, case, version, changes in there.calls:
        assert changes["description"]["new"] == kept[case, version]["description"]["new"]
        assert version > newest.get(case, 0) or id in ids[case, version], "out of order, and not said before"
        newest[case] = max(version, newest.get(case, 0))
        ids[case, version].add(id)
    assert [each for each in ids.values() if len(each) > 1] == []
    sent = dict(sql(one, "SELECT message_id, subject FROM messages WHERE message_id IS NOT NULL"))
    assert [each for each in there.mails if sent.get(each[0]) != each[1]] == []
    assert len(set(there.mails)) == len({subject for _, subject in there.mails})
