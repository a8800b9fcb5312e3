"""Facts: what has happened and is stored already, published inside the same transaction to whoever follows it.

A subscriber finds the rows as the fact says they are, may write rows that refer to them, and returns nothing. What it
raises undoes the whole transaction. The history is the outbox: what is delivered later refers to a row of it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened. Subclasses say what, in the past tense, one class for each kind."""


Subscriber = Callable[[Any, Any], Awaitable[None]]
"""Called with the transaction and the fact."""

Subscribers = Mapping[type[Fact], Sequence[Subscriber]]


class Publishing(Protocol):
    """A transaction, which knows who follows what."""

    @property
    def subscribers(self) -> Subscribers: ...


async def publish(transaction: Publishing, fact: Fact) -> None:
    """Call every subscriber of the fact, in the order of the table in `dossier.app`."""
    for subscriber in transaction.subscribers.get(type(fact), ()):
        await subscriber(transaction, fact)
