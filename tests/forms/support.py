"""Form templates and forms for tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from dossier.form_templates import store
from dossier.form_templates.model import parse
from dossier.forms.actions import due
from dossier.forms.events import ResponseBegun
from dossier.forms.model import Answer, Response
from dossier.forms.store import responses
from dossier.foundation import events
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.world import Api, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "Amount"},
    {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?"},
    {"key": "day", "type": "date", "label": "When"},
    {"key": "kind", "type": "choices", "label": "Kind", "options": [{"value": "car", "label": "A car"}]},
    {"key": "note", "type": "text", "label": "Note"},
    {"key": "papers", "type": "file", "label": "Papers"},
]


def document(**members: Any) -> dict[str, Any]:
    """A document with these members."""
    pages = [{"key": "one", "title": "One", "elements": ELEMENTS}]
    return {"slug": "accident", "title": "Accident report", "locale": "en", "pages": pages} | members


def publish(world: World, workspace: Workspace, **members: Any) -> UUID:
    """Publish a form template; its id. Its first preset is `default`."""
    whole = document(**members)
    template = parse(whole)
    id = new_id()

    async def keep(transaction: Transaction) -> None:
        await store.insert(transaction, workspace.id, id, whole["slug"])
        await store.publish(transaction, workspace.id, id, 1, whole, template.locale)
        await store.keep_presets(transaction, workspace.id, id, template.presets)

    world.do(keep, system(scope=Scope((workspace.id,))))
    return id


def ask(api: Api, expected: int = 201, **members: Any) -> Any:
    """Make a form."""
    return api.json("POST", "/v1/forms", expected, json={"flow": {"slug": "accident"}} | members)


def begun(world: World, workspace: Workspace, form_id: str) -> str:
    """The id of a response that somebody begins, with an answer."""
    id = new_id()

    async def begin(transaction: Transaction) -> None:
        now = transaction.clock()
        answer = Answer("note", 1, "7f3a", None, now)
        await responses.insert(
            transaction, Response(workspace.id, id, UUID(form_id), 1, now, now, answers={"note": answer})
        )
        await events.publish(transaction, ResponseBegun(workspace.id, UUID(form_id), id, None, None))

    world.do(begin, system(scope=Scope((workspace.id,))))
    return str(id)


def do_due(world: World) -> None:
    """What jobs would do."""
    world.server.run(due.do_all(world.services))


@contextmanager
def at_address(world: World, address: str = "https://dossier.example.org") -> Iterator[None]:
    """While the block runs the server knows where people reach it."""
    object.__setattr__(world.services, "base_url", address)
    try:
        yield
    finally:
        object.__setattr__(world.services, "base_url", "")


def in_days(world: World, days: float) -> str:
    """A time so many days from now, as programs write it."""
    return (world.clock() + timedelta(days=days)).isoformat()
