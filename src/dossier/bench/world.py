"""What is measured on: a workspace, a template of 20 fields, many cases, a token, and requests as bytes."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg

from dossier.bench import people
from dossier.bench.seeding import case_id, copy_cases
from dossier.case_templates import actions as templates
from dossier.cases import actions as cases
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
SMALL_WORKSPACE = 1000  # cases of the workspace beside the large one
VERSIONS = 10_000  # of the case that has changed most
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
WIDE = DOCUMENT | {
    "title": "Benchmark, 200 fields",
    "schema": [
        *DOCUMENT["schema"][:-1],
        *({"key": f"more_{n}", "type": "text", "name": f"More {n}"} for n in range(1, 182)),
    ],
}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace with a template, and who may read and change all of it."""

    id: UUID
    template: UUID
    token: str
    session: str  # of an administrator's browser


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the measures need to know: a large workspace and a small one; a case with 200 fields, and one with a long history."""

    large: Workspace
    small: Workspace
    wide: UUID
    changed: UUID


def seed(conninfo: str) -> Seeded:
    """Two workspaces with what is in them, made as people make them; the small one with all its cases."""
    seeded = asyncio.run(_written(conninfo))
    _copy_history(conninfo, seeded.large.id, seeded.changed)
    seed_cases(conninfo, seeded.small, 1, SMALL_WORKSPACE, SMALL_WORKSPACE)
    return seeded


async def _written(conninfo: str) -> Seeded:
    database = database_on(conninfo)
    await database.open()
    try:
        return await database.write(system("cli", name="Benchmark"), _seed)
    finally:
        await database.close()


async def _seed(transaction: Transaction) -> Seeded:
    large, small = [await _workspace(transaction, slug) for slug in ("benchmark", "small")]
    inside = transaction.within(Scope((large.id,)))
    wide = await templates.create(inside, large.id, WIDE)
    values = [{"key": each["key"], "value": 1} for each in WIDE["schema"] if each["type"] == "currency"]
    values += [{"key": each["key"], "value": "text"} for each in WIDE["schema"] if each["type"] == "text"]
    made = [
        await cases.create(inside, cases.NewCase(large.id, template, title="Made", schema=values[:count]))
        for template, count in ((wide.id, 200), (large.template, 10))
    ]
    return Seeded(large, small, made[0].after.id, made[1].after.id)


async def _workspace(transaction: Transaction, slug: str) -> Workspace:
    workspace = await workspaces.create(transaction, slug, slug)
    inside = transaction.within(Scope((workspace.id,)))
    template = await templates.create(inside, workspace.id, DOCUMENT)
    _, token = await tokens.create(inside, "Benchmark", [CoveredWorkspace(workspace.id, workspace.slug)])
    await FIELD_INDEX.mark_ready(inside, workspace.id, "branch")  # there is no case to back-fill yet
    member = await members.create(inside, f"{slug}@example.org", workspace.id, "administrator")
    return Workspace(workspace.id, template.id, token, (await begin_session(inside, member.id)).secret)


def _copy_history(conninfo: str, workspace: UUID, case: UUID) -> None:
    """As many changes of the case as its version says, one a second, the last one now."""
    with psycopg.connect(conninfo) as connection:
        connection.execute(
            """
            INSERT INTO case_events (workspace_id, case_id, version, id, at, kind, actor_type, via, changes)
            SELECT c.workspace_id, c.id, n, gen_random_uuid(), created_at, 'data', 'system', 'cli',
                   jsonb_build_object('data.amount_1', jsonb_build_object('old', n - 1, 'new', n))
            FROM cases c, generate_series(c.version + 1, %(versions)s) AS n
            WHERE c.workspace_id = %(workspace)s AND c.id = %(case)s
            """,
            {"versions": VERSIONS, "workspace": workspace, "case": case},
        )
        connection.execute(
            "UPDATE case_events SET at = at + (version - %s) * interval '1 second' WHERE workspace_id = %s AND case_id = %s",
            [VERSIONS, workspace, case],
        )
        connection.execute(
            "UPDATE cases SET version = %s, data = jsonb_set(data, '{amount_1}', to_jsonb(%s)) WHERE workspace_id = %s AND id = %s",
            [VERSIONS, VERSIONS, workspace, case],
        )


def seed_cases(conninfo: str, workspace: Workspace, first: int, last: int, every: int) -> None:
    """Cases number `first` to `last` with all their words, every so-many-th of the kind that is sought; counted as the server's job does within a minute."""
    copy_cases(conninfo, workspace.id, workspace.template, range(first, last + 1), every)
    asyncio.run(_counted(conninfo))


async def _counted(conninfo: str) -> None:
    database = database_on(conninfo)
    await database.open()
    try:
        await fold_counts(Services(database))
    finally:
        await database.close()


# ---- what is asked ----


def updates(workspace: Workspace, cases: int) -> Sequence[bytes]:
    """Updates of 3 of 20 fields, each of another case."""
    return [update(workspace, case_id(random.randint(1, cases))) for _ in range(REQUESTS)]  # noqa: S311 - not a secret


def update(workspace: Workspace, case: UUID | str, **more: Any) -> bytes:
    """An update of three fields, and more."""
    amount = random.randint(1, 1_000_000)  # noqa: S311
    data = {"amount_1": amount, "amount_2": amount + 0.5, "text_1": f"text {amount}", **more}
    return request("POST", f"/v1/cases/{case}/data", workspace, json.dumps({"data": data}).encode())


def gets(workspace: Workspace, cases: int) -> Sequence[bytes]:
    """Reads of one case, each another."""
    numbers = [random.randint(1, cases) for _ in range(REQUESTS)]  # noqa: S311
    return [request("GET", f"/v1/cases/{case_id(number)}", workspace) for number in numbers]


def pages(workspace: Workspace) -> dict[str, bytes]:
    """The pages of the app that handlers look at all day; what is searched for is one of the first cases, however many there are."""
    sought = people.person(SOUGHT_CASE)
    questions = {
        "the list": "",
        "the list, by title": "sort=title",
        "the list, of one status": "status=closed",
        "the list, filtered by two rows": "a=data.amount_1&o=gt&v=5&a=title&o=contains&v=Emma",
        "the list, of an owner whom nobody is": "a=owner.email&o=eq&v=nobody@example.org",
        "search by a reference": searched(sought["reference"]),
        "search by part of one": searched(sought["reference"][:-2]),
        "search by a name": searched(sought["text_1"]),
        "search by the beginning of a word": searched(sought["text_9"][:10]),
        "search by a telephone number": searched(sought["text_5"]),
        "search by a name without an alphabet": searched(people.person(SOUGHT_CASE + 1)["text_1"]),
        "search by a mistyped word": searched("brusels"),
        "search by a common word": searched("damage"),
        "search by two words": searched("damage brussels"),
    }
    asked = {name: page(workspace, f"?{question}" if question else "") for name, question in questions.items()}
    return asked | {"a case": page(workspace, f"/{case_id(1)}")}


def searched(text: str) -> str:
    """The question of a page that is searched."""
    return f"q={quote(text)}"


def page(workspace: Workspace, address: str) -> bytes:
    """A page of the app about cases."""
    head = f"Host: 127.0.0.1\r\nCookie: dossier={workspace.session}\r\n\r\n"
    return f"GET /workspace/cases{address} HTTP/1.1\r\n{head}".encode()


def lists(workspace: Workspace) -> dict[str, bytes]:
    """Pages of the API; the counts that they carry are exact."""
    policy = people.person(SOUGHT_CASE)["text_8"]
    questions = {
        "list": "",
        "list, 5,000th page of two": "page[size]=2&page[number]=5000",
        "filtered list": _filtered("data.branch", "$eq", SOUGHT),
        "filtered list, a field without index": _filtered("data.text_8", "$eq", policy),
        "filtered list, part of a field without index": _filtered("data.text_7", "$contains", "painter"),
    }
    return {name: listed(workspace, question) for name, question in questions.items()}


def listed(workspace: Workspace, question: str = "") -> bytes:
    """A page of the API's list."""
    return request("GET", f"/v1/cases?{question}" if question else "/v1/cases", workspace)


def storm(workspace: Workspace) -> Sequence[bytes]:
    """What costs most of all that a token may ask: sixty comparisons without an index."""
    parts = [{"attributes": {f"data.text_{n % 9 + 1}": {"$contains": f"zz{n}"}}} for n in range(60)]
    return [listed(workspace, f"filter={quote(json.dumps({'$or': parts}))}")]


def _filtered(path: str, operator: str, value: str) -> str:
    return f"filter={quote(json.dumps({'attributes': {path: {operator: value}}}))}"


def request(method: str, path: str, workspace: Workspace, body: bytes = b"") -> bytes:
    """A request of a program, as bytes."""
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {workspace.token}\r\n"
    if body:
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
