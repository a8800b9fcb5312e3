"""Servers are killed while they send: each message at least once, repeats under the same Message-ID, none of what was undone."""

import os
import time
from collections import Counter
from pathlib import Path
from signal import SIGKILL
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.cli.served import CERTIFICATES, data_folder, until
from tests.faults.harness import MANY, TABLE, Faulty, Row
from tests.messages.servers import Mailbox, mail_server

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(
        not MANY, reason="thousands of messages, and minutes until what was killed is sent again: DOSSIER_MANY=1"
    ),
]

MESSAGES, KILLS = int(os.environ.get("DOSSIER_MESSAGES", "800")), 6
SENT_AGAIN = 600  # seconds: a message that was being sent is left alone for three minutes


class Sending(Faulty):
    """With a mail server."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__(folder)
        self._port = port

    def environment(self) -> dict[str, str]:
        smtp = f"smtp://127.0.0.1:{self._port}?starttls=none"
        return super().environment() | {"DOSSIER_SMTP_URL": smtp, "DOSSIER_MAIL_FROM": "claims@example.org"}


def ask(server: Sending, path: str, body: dict[str, Any], **headers: str) -> Any:
    """The answer to a request, sent again while the server is away: under the same key it is one request."""
    while True:
        try:
            answer = httpx.post(
                server.url + path,
                json=body,
                headers={"Authorization": f"Bearer {server.token()}", **headers},
                timeout=10,
                verify=CERTIFICATES,
            )
        except httpx.HTTPError:
            answer = None
        if answer is not None and answer.status_code < 300:
            return answer.json()
        if answer is not None and answer.status_code not in (409, 503):
            raise AssertionError(answer.text)
        _back(server)


def _back(server: Sending) -> None:
    if server.process and server.process.poll() is not None:
        server.restart()


def _how_many(client: httpx.Client, case: str, status: str) -> int:
    found: int = client.get("/v1/messages/count", params={"status": status, "case[id]": case}).json()["count"]
    return found


def test_killed_while_sending() -> None:
    box = Mailbox(seconds=0.004)
    with mail_server(box) as port, data_folder() as folder:
        server = Sending(folder, port)
        server.begin_demo()
        case = ask(server, "/v1/cases", {"title": "A case"}, **{"Idempotency-Key": str(uuid4())})["id"]
        put = set[str]()
        for number in range(MESSAGES):
            letter = {"to": [f"p{number}@example.org"], "subject": f"Letter {number}", "body": "Dear you"}
            key = {"Idempotency-Key": str(uuid4())}
            put.add(ask(server, f"/v1/cases/{case}/messages", letter, **key)["id"])
            if number % 10 == 0:
                ask(server, f"/v1/cases/{case}/messages?dry_run=true", letter | {"to": ["never@example.org"]})
            if number % (MESSAGES // KILLS) == MESSAGES // KILLS - 1:
                server.end(SIGKILL)
        _back(server)
        with server.client() as client:
            began = time.monotonic()
            until(lambda: time.sleep(1) or _how_many(client, case, "pending") == 0, SENT_AGAIN)
            took, count = time.monotonic() - began, _how_many(client, case, "sent")
        server.end()
    came = Counter(str(mail["Message-ID"]) for mail in box.came if str(mail["Subject"]).startswith("Letter"))
    assert came.keys() == {f"<{id}@example.org>" for id in put}
    assert count == len(put) == MESSAGES
    assert not any("never" in to for each in box.to for to in each)
    repeats = sum(came.values()) - len(came)
    assert repeats <= KILLS * 2
    TABLE["killed while sending"] = Row([took], len(put), f"{sum(came.values())} e-mails, {repeats} of them again")
