"""Somebody taken out of what is kept about things: histories are rewritten only for that."""

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from dossier.foundation.database import Transaction
from dossier.records.model import Changes, Record, T
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


async def rewrite(
    transaction: Transaction,
    record: Record[T],
    workspace_id: UUID,
    text: str,
    anew: Callable[[Changes], Changes],
    things: Sequence[UUID],
) -> set[UUID]:
    """Put anew what the histories of these things say where a text stands, in whichever letters; the things whose they are."""
    return await history.rewrite(transaction, record, workspace_id, text, anew, things, in_any_case=True)


async def forget_text(transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
    """Put something else in the place of an address or telephone number in what is kept of changes of many things."""
    await bulk.forget_text(transaction, workspace_id, text, instead)


def without_text(value: Any, text: str) -> Any:
    """The same without a text, in whatever case it is written; what is nothing else is left out of lists.

    What is neither an e-mail address nor a telephone number with its country goes only where it stands alone: a short number is in
    times and ids, too.
    """
    if isinstance(value, str):
        if not ("@" in text or text.startswith("+")):
            return "" if _is_text(value, text) else value
        return re.sub(re.escape(text), "", value, flags=re.IGNORECASE)
    if isinstance(value, list):
        return [without_text(each, text) for each in value if not _is_text(each, text)]
    if isinstance(value, dict):
        return {name: without_text(each, text) for name, each in value.items()}
    return value


def _is_text(value: Any, text: str) -> bool:
    return isinstance(value, str) and value.strip().casefold() == text.casefold()


def nameless(value: Any, id: UUID, names: Collection[str]) -> Any:
    """The same with these members empty wherever whoever has the id stands."""
    if isinstance(value, list):
        return [nameless(each, id, names) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("id") == str(id):
        return {name: None if name in names else each for name, each in value.items()}
    return {name: nameless(each, id, names) for name, each in value.items()}
