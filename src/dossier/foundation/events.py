"""Facts, and who reacts to them inside the same transaction."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from dossier.foundation.database import Transaction

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Event(Generic[S]):
    """Something that happened to `subject`. Subclasses name what."""

    subject: S


Reaction = Callable[["Transaction", Any], Awaitable[Any]]
Reactions = Mapping[type[Event[Any]], Sequence[Reaction]]


async def record(transaction: "Transaction", event: Event[S]) -> S:
    """Tell every reaction, in the order of the table in `dossier.app`; each returns the subject as it leaves it."""
    subject = event.subject
    for react in transaction.reactions.get(type(event), ()):
        subject = await react(transaction, replace(event, subject=subject))
    return subject
