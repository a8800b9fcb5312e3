"""Who calls, as it was known a moment ago: believed until the transaction that the request leads to has looked.

A change that shares its transaction (`group_commit.py`) so is one question less. Nothing is kept for who cannot prove
it, and nothing answered: `foundation/http/claims.py`.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any

from dossier.foundation.database import Transaction

Proof = Callable[[], Awaitable[bool]]
"""Whether all of them are who they claim to be, by the answer to what was sent."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`caller`: who that was; `secret`: by what they are known, not its text.

    `send`: asks about several claims without waiting; `look_up`: who they are by now, or why nobody (401).
    """

    secret: bytes
    caller: Any
    send: "Callable[[Transaction, Collection[Claim]], Awaitable[Proof]]"
    look_up: Callable[[], Awaitable[Any]]
