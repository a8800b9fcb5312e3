"""Calls to forms' own addresses that were given up: seen, and sent again, one or all."""

from collections.abc import Sequence
from uuid import UUID

from dossier import audit
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, NotFound
from dossier.webhooks.model.deliveries import FormCall
from dossier.webhooks.store import form_log as store


async def page(reading: ReadSession, status: str | None, place: int, size: int) -> tuple[int, Sequence[FormCall]]:
    """How many calls of a status there are, and some of them, the newest first."""
    return await store.total(reading, status), await store.page(reading, status, place, size)


async def get(reading: ReadSession, id: UUID) -> FormCall:
    """A call with each of its tries; 404."""
    found = await store.get(reading, id)
    if found is None:
        raise NotFound.because("This is not kept any more.")
    return found


async def again(transaction: Transaction, id: UUID) -> None:
    """Have a call that was given up sent again, before what waits behind it; 404, 409."""
    transaction.actor.require("webhooks.manage")
    found = await get(transaction, id)
    if not await store.again(transaction, [id]):
        raise _cannot(found)
    await _note(transaction, found.workspace_id, 1)


def _cannot(found: FormCall) -> Conflict:
    sentence = (
        "Only what was given up is sent again."
        if found.status != "dead"
        else "Its form was erased, or its address wants nothing any more."
    )
    refusal = Conflict.because(sentence, "cannot_send")
    assert isinstance(refusal, Conflict)
    return refusal


async def all_again(transaction: Transaction, workspace_id: UUID) -> int:
    """Have every call sent again that was given up, in their order; how many."""
    transaction.actor.require("webhooks.manage")
    number = await store.again(transaction, None)
    if number:
        await _note(transaction, workspace_id, number)
    return number


async def _note(transaction: Transaction, workspace_id: UUID, number: int) -> None:
    await audit.record(transaction, "webhook.replayed", "forms", workspace_id=workspace_id, deliveries=number)
