"""What is measured on: a workspace, a template of 20 fields, many cases, a token, and requests as bytes."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from dossier.bench import people
from dossier.bench.seeding import case_id, copy_cases
from dossier.case_templates import actions as templates
from dossier.cases.jobs import fold_counts
from dossier.cases.store.collection import FIELD_INDEX
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.services import Services
from dossier.members import actions as members
from dossier.members.actions.sign_in import begin_session
from dossier.server.services import database_on
from dossier.tokens import actions as tokens
from dossier.tokens.model import CoveredWorkspace
from dossier.workspaces import actions as workspaces

REQUESTS = 4000  # different updates, so that no answer repeats
SOUGHT_CASE = 5000  # that is searched for
SOUGHT = "sought"  # the value of the indexed field that the filtered list asks for

# Conditions that look at what is changed, and a step that comes and goes: what a real template has.
DOCUMENT: dict[str, Any] = {
    "title": "Benchmark",
    "schema": [
        *({"key": f"amount_{n}", "type": "currency", "name": f"Amount {n}", "min": 0} for n in range(1, 11)),
        *({"key": f"text_{n}", "type": "text", "name": f"Text {n}", "maxlength": 200} for n in range(1, 10)),
        {"key": "branch", "type": "text", "name": "Branch", "indexed": True},
    ],
    "statuses": [
        {
            "key": "large",
            "label": "Large",
            "parent_status": "in_progress",
            "when": {"watch": ["data.amount_1"], "condition": {"data.amount_1": {"$gt": 10_000_000}}},
        }
    ],
    "steps": [{"key": "call", "title": "Call", "type": "task"}],
}


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measures need to know."""

    workspace: UUID
    template: UUID
    token: str
    session: str  # of an administrator's browser


async def seed(conninfo: str) -> Seeded:
    """A workspace with the template and a token, made as people make them."""
    database = database_on(conninfo)
    await database.open()
    try:
        return await database.write(system("cli", name="Benchmark"), _seed)
    finally:
        await database.close()


async def _seed(transaction: Transaction) -> Seeded:
    workspace = await workspaces.create(transaction, "benchmark", "Benchmark")
    inside = transaction.within(Scope((workspace.id,)))
    template = await templates.create(inside, workspace.id, DOCUMENT)
    _, token = await tokens.create(inside, "Benchmark", [CoveredWorkspace(workspace.id, workspace.slug)])
    await FIELD_INDEX.mark_ready(inside, workspace.id, "branch")  # there is no case to back-fill yet
    member = await members.create(inside, "bench@example.org", workspace.id, "administrator")
    return Seeded(workspace.id, template.id, token, (await begin_session(inside, member.id)).secret)


def seed_cases(conninfo: str, seeded: Seeded, first: int, last: int, every: int) -> None:
    """Cases number `first` to `last` with all their words, every so-many-th of the kind that is sought."""
    copy_cases(conninfo, seeded.workspace, seeded.template, range(first, last + 1), every)


async def catch_up(conninfo: str) -> None:
    """What the server's job does within a minute: cases that no trigger saw are counted by state."""
    database = database_on(conninfo)
    await database.open()
    try:
        await fold_counts(Services(database))
    finally:
        await database.close()


def updates(seeded: Seeded, cases: int) -> Sequence[bytes]:
    """Updates of 3 of 20 fields, each of another case."""
    return [_update(seeded, random.randint(1, cases)) for _ in range(REQUESTS)]  # noqa: S311 - not a secret


def _update(seeded: Seeded, number: int) -> bytes:
    amount = random.randint(1, 1_000_000)  # noqa: S311
    data = {"amount_1": amount, "amount_2": amount + 0.5, "text_1": f"text {amount}"}
    return _request("POST", f"/v1/cases/{case_id(number)}/data", seeded, json.dumps({"data": data}).encode())


def pages(seeded: Seeded) -> dict[str, bytes]:
    """The pages that handlers look at all day; what is searched for is one of the first cases, however many there are."""
    sought = people.person(SOUGHT_CASE)
    questions = {
        "the list": "",
        "the list, by title": "sort=title",
        "the list, of one status": "status=closed",
        "the list, filtered by two rows": "a=data.amount_1&o=gt&v=5&a=title&o=contains&v=Emma",
        "the list, of an owner whom nobody is": "a=owner.email&o=eq&v=nobody@example.org",
        "search by a reference": f"q={quote(sought['reference'])}",
        "search by part of one": f"q={quote(sought['reference'][:-2])}",
        "search by a name": f"q={quote(sought['text_1'])}",
        "search by a telephone number": f"q={quote(sought['text_5'])}",
        "search by a mistyped word": "q=brusels",
        "search by a common word": "q=damage",
        "search by two words": "q=damage+brussels",
    }
    head = f" HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: dossier={seeded.session}\r\n\r\n"
    addresses = {name: f"?{question}" if question else "" for name, question in questions.items()}
    addresses["a case"] = f"/{case_id(1)}"
    return {name: f"GET /workspace/cases{address}{head}".encode() for name, address in addresses.items()}


def gets(seeded: Seeded, cases: int) -> Sequence[bytes]:
    """Reads of one case, each another."""
    numbers = [random.randint(1, cases) for _ in range(REQUESTS)]  # noqa: S311
    return [_request("GET", f"/v1/cases/{case_id(number)}", seeded) for number in numbers]


def lists(seeded: Seeded) -> Sequence[bytes]:
    """The first page of all cases."""
    return [_request("GET", "/v1/cases", seeded)]


def filtered_lists(seeded: Seeded) -> Sequence[bytes]:
    """The first page of the cases that are sought, by an indexed field."""
    condition = quote(json.dumps({"attributes": {"data.branch": {"$eq": SOUGHT}}}))
    return [_request("GET", f"/v1/cases?filter={condition}", seeded)]


def _request(method: str, path: str, seeded: Seeded, body: bytes = b"") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {seeded.token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
