"""Somebody taken out of what is kept about things: histories are rewritten only for that."""

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from dossier.foundation.database import Transaction
from dossier.records.model import Record, T
from dossier.records.store import bulk, history


async def forget_person(
    transaction: Transaction,
    record: Record[T],
    workspace_id: UUID,
    id: UUID,
    names: Collection[str],
    things: Sequence[UUID] | None = None,
) -> set[UUID]:
    """Empty these members of whoever has the id, in every entry of the histories; the things whose they are.

    `things`: those in whose histories they can stand; None where that is not known, and all are read.
    """
    without = partial(nameless, id=id, names=names)
    return await history.rewrite(transaction, record, workspace_id, str(id), without, things)


async def forget_text(transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
    """Put something else in the place of an address or telephone number in what is kept of changes of many things."""
    await bulk.forget_text(transaction, workspace_id, text, instead)


def nameless(value: Any, id: UUID, names: Collection[str]) -> Any:
    """The same with these members empty wherever whoever has the id stands."""
    if isinstance(value, list):
        return [nameless(each, id, names) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == str(id):
        return {name: None if name in names else each for name, each in value.items()}
    return {name: nameless(each, id, names) for name, each in value.items()}
