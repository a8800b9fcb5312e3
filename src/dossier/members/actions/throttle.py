"""Attempts at a secret are counted before they are checked, and given back when they were right."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from dossier.foundation.actor import system
from dossier.foundation.database import Database
from dossier.foundation.errors import Problem, TooManyRequests
from dossier.members.store import sign_in as store

WITHIN = timedelta(minutes=15)
_COUNTER = system("app")


class Attempt:
    """One try of somebody at something; `most`: what is counted → how often it may fail within a quarter of an hour."""

    def __init__(self, most: Mapping[str, int]) -> None:
        self._most = {hashlib.sha256(key.encode()).digest(): number for key, number in most.items()}

    async def take(self, database: Database) -> None:
        """429 when there were too many. Counted in a transaction of its own, kept whatever becomes of the attempt."""
        since = database.clock() - WITHIN
        if not await database.write(_COUNTER, lambda tx: store.take_attempt(tx, self._most, since)):
            detail = "Too many attempts failed. Wait a quarter of an hour, or ask an administrator for a link."
            problem = Problem(detail, "too_many_attempts")
            raise TooManyRequests((problem,), {"Retry-After": str(int(WITHIN.total_seconds()))})

    async def was_right(self, database: Database) -> None:
        """It does not count."""
        await database.write(_COUNTER, lambda tx: store.give_back(tx, self._most))
