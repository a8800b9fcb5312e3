"""What rules do while everything beneath them is killed: each action of each run at least once, none of what was not kept, and a message
that came in, or came back, sets its rule off once."""

import base64
import json
import os
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import pytest

from tests.cli.served import data_folder, until
from tests.faults import harness
from tests.faults.harness import MANY, TABLE, Faulty, Row, sql
from tests.faults.test_moves import _free_port
from tests.messages import mails

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not MANY, reason="minutes until what was killed is done again: DOSSIER_MANY=1"),
]

CHANGES = int(os.environ.get("DOSSIER_RULED", "300"))  # and as many answers, by threes
CASES, WRITERS, KILL_EVERY, SETTLED = 10, 4, 4.0, 600.0
DOMAIN = "cases.example.org"
KILLS = (harness.kill_worker, harness.kill_worker, harness.kill_backend, harness.kill_server)
RULES = [
    {
        "key": "asks",
        "name": "Asks",
        "when": {"change": ["data.amount"]},
        "then": [
            {
                "http": {
                    "url": "http://{hook}/rule",
                    "body": {"case": "{{ case.reference }}", "amount": "{{ data.amount }}"},
                }
            },
            {"tell": ["boss@example.org"], "text": "Amount {{ data.amount }}"},
        ],
    },
    {"key": "hears", "name": "Hears", "when": {"message": "received"}, "then": [{"task": {"title": "An answer"}}]},
    {"key": "misses", "name": "Misses", "when": {"message": "bounced"}, "then": [{"task": {"title": "Came back"}}]},
]


@dataclass
class Called:
    """A system that is called, and remembers: the key of each call, and what it said."""

    calls: list[tuple[str, str, str]] = field(default_factory=list)  # Idempotency-Key, reference, amount
    at: str = ""


@contextmanager
def called() -> Iterator[Called]:
    there = Called()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            there.calls.append((self.headers["Idempotency-Key"], said["case"], said["amount"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            """Nothing is said."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    there.at = f"127.0.0.1:{server.server_port}"
    try:
        yield there
    finally:
        server.shutdown()
        server.server_close()


class Ruled(Faulty):
    """Two worker processes that call what is outside, and take mails in."""

    def __init__(self, folder: Path, there: Called) -> None:
        super().__init__(folder, "--workers", "2")
        self.there, self.door = there, _free_port()

    def environment(self) -> dict[str, str]:
        mail = {"DOSSIER_MAIL_DOMAIN": DOMAIN, "DOSSIER_MAIL_INTAKE": f"smtp://127.0.0.1:{self.door}"}
        return super().environment() | mail | {"DOSSIER_OUTBOUND_ALLOW": self.there.at}


@dataclass
class Writers:
    """Set amounts, and answer; they remember what was acknowledged."""

    one: Ruled
    cases: dict[str, str]  # id → the address of its answers
    amounts: list[tuple[str, int]] = field(default_factory=list)
    answers: list[tuple[str, str]] = field(default_factory=list)  # case, Message-ID
    bounces: list[tuple[str, str]] = field(default_factory=list)  # case, id of the message that came back
    tried: list[int] = field(default_factory=list)

    def write(self, number: int) -> None:
        while len(self.amounts) < CHANGES:
            self.tried.append(number)
            count = len(self.tried)
            case = list(self.cases)[count % CASES]
            if count % 3:
                self._set(case, count)
            elif count % 2:
                self._answer(case, f"<{number}-{count}@example.org>")
            else:
                self._bounce(case, f"p{number}-{count}@example.org")

    def _set(self, case: str, amount: int) -> None:
        with suppress(httpx.HTTPError, OSError, TypeError), self.one.client() as client:
            if client.post(f"/v1/cases/{case}/data", json={"data": {"amount": amount}}).status_code == 200:
                self.amounts.append((case, amount))
            return
        time.sleep(0.05)

    def _bounce(self, case: str, to: str) -> None:
        """Somebody is written to, and it comes back."""
        letter, key = {"to": [to], "subject": f"Letter to {to}", "body": "Dear you"}, {"Idempotency-Key": to}
        for _ in range(100):
            with suppress(httpx.HTTPError, OSError, TypeError), self.one.client() as client:
                answer = client.post(f"/v1/cases/{case}/messages", json=letter, headers=key)
                if answer.status_code == 201:
                    break
            time.sleep(0.2)
        else:
            return
        id = answer.json()["id"]
        if self._hand_over(
            mails.POSTFIX.replace(mails.ID.encode(), id.encode()).replace(mails.TO.encode(), to.encode()), case
        ):
            self.bounces.append((case, id))

    def _hand_over(self, content: bytes, case: str) -> bool:
        """As a mail server does: again with the same id until it is taken."""
        for _ in range(100):
            with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self.one.door, timeout=10) as smtp:
                smtp.sendmail("ann@example.org", [self.cases[case]], content)
                return True
            time.sleep(0.2)
        return False

    def _answer(self, case: str, id: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = "ann@example.org", self.cases[case], "Re", id
        mail.set_content("Here they are")
        if self._hand_over(mail.as_bytes(), case):
            self.answers.append((case, id))


def test_rules_act_while_everything_is_killed() -> None:
    """[18] Changes and answers while workers, servers and PostgreSQL are killed: actions of rules, and rules that hear of messages."""
    with called() as there, data_folder() as folder:
        one = Ruled(folder, there)
        try:
            one.begin_demo()
            writers = Writers(one, _made(one, there))
            began = time.monotonic()
            kills = _storm(one, writers)
            _hold(one, there, writers)
            note = f"{len(there.calls)} calls of {len(writers.amounts)} changes, {len(writers.answers)} answers, {len(writers.bounces)} bounces; {kills} kills"
            TABLE["killed while rules act"] = Row([time.monotonic() - began], len(writers.amounts), note)
        finally:
            if one.process and one.process.poll() is None:
                one.end()


def _made(one: Ruled, there: Called) -> dict[str, str]:
    """Cases that follow the rules, and to which address people answer: it is made with the first e-mail."""
    with one.client() as client:
        rules = json.loads(json.dumps(RULES).replace("{hook}", there.at))
        fields = [{"key": "amount", "type": "number", "name": "Amount"}]
        document = {"title": "Ruled", "schema": fields, "automations": rules}
        client.timeout = httpx.Timeout(60)
        template = client.post("/v1/case_templates", json=document).json()["id"]
        made = [client.post("/v1/cases", json={"template": {"id": template}}).json()["id"] for _ in range(CASES)]
    put = "INSERT INTO case_addresses SELECT workspace_id, id, %s FROM cases WHERE id = %s"
    keys = {id: base64.b32encode(UUID(id).bytes).decode().lower().rstrip("=") for id in made}
    for id, key in keys.items():
        sql(one, put, key, id)
    return {id: f"case+{key}@{DOMAIN}" for id, key in keys.items()}


def _storm(one: Ruled, writers: Writers) -> int:
    threads = [threading.Thread(target=writers.write, args=(number,), daemon=True) for number in range(WRITERS)]
    for each in threads:
        each.start()
    kills = 0
    while any(each.is_alive() for each in threads):
        threads[0].join(KILL_EVERY)
        if any(each.is_alive() for each in threads):
            with suppress(OSError, psutil.Error):  # the database is on its way back
                KILLS[kills % len(KILLS)](one)
            kills += 1
    return kills


def _hold(one: Ruled, there: Called, writers: Writers) -> None:
    """Every change that was kept made one call and one message, the call with a key of its own; each answer made one task.

    What a call says is what the case has by then, so it is known by its key.
    """
    ids = list(writers.cases)
    entries = "SELECT c.reference, c.id::text, e.version FROM case_events e JOIN cases c ON c.id = e.case_id WHERE e.case_id = ANY(%s::uuid[]) AND e.changes ? 'data.amount'"
    kept = sql(one, entries, ids)
    assert len(kept) >= len(writers.amounts), "what was acknowledged is kept"
    wanted = Counter(reference for reference, _, _ in kept)
    until(lambda: _keys(there) == wanted, SETTLED)
    left = "SELECT count(*) FROM automation_runs WHERE case_id = ANY(%s::uuid[]) AND outcome <> 'done'"
    until(lambda: sql(one, left, ids) == [(0,)], SETTLED)
    assert _keys(there) == wanted, "nothing of what was not kept"
    told = (
        "SELECT case_id::text, count(*) FROM messages WHERE case_id = ANY(%s::uuid[]) AND direction = 'out'"
        " AND coalesce(subject, '') NOT LIKE 'Letter to %%' GROUP BY 1"
    )
    assert dict(sql(one, told, ids)) == Counter(id for _, id, _ in kept), "put with what notes it: once"
    _hold_messages(one, writers)


def _keys(there: Called) -> Counter[str]:
    """Case → how many different calls were made of it."""
    return Counter(reference for _, reference in {(key, reference) for key, reference, _ in there.calls})


def _hold_messages(one: Ruled, writers: Writers) -> None:
    """Each answer, and each message that came back, made one task."""
    came = "SELECT case_id::text, message_id FROM messages WHERE case_id = ANY(%s::uuid[]) AND direction = 'in'"
    received = Counter(sql(one, came, list(writers.cases)))
    assert set(received.values()) <= {1}, "the same mail once more changes nothing"
    assert set(received) >= set(writers.answers)
    tasks = "SELECT id::text, (SELECT count(*) FROM jsonb_object_keys(steps)) FROM cases WHERE id = ANY(%s::uuid[])"
    back = "SELECT case_id::text, id::text FROM messages WHERE case_id = ANY(%s::uuid[]) AND status = 'bounced'"
    bounced = set(sql(one, back, list(writers.cases)))
    assert bounced >= set(writers.bounces)
    of_case = Counter(case for case, _ in received) + Counter(case for case, _ in bounced)
    until(
        lambda: dict(sql(one, tasks, list(writers.cases))) == {case: of_case[case] for case in writers.cases}, SETTLED
    )
