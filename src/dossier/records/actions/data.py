"""Updating the data of a thing with fields (contract section 6): many values at once, of many things, by two people at one field."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from dossier.fields import Clash, Field, check_values, merged
from dossier.foundation.clock import today
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.group_commit import Change
from dossier.records.actions.history import check_if_match
from dossier.records.actions.keeping import Keeping
from dossier.records.model import ChangeSet, Data, IfMatch, WithData
from dossier.records.store import history

D = TypeVar("D", bound=WithData)

Outcome = ChangeSet[D] | AppError | None


@dataclass(frozen=True, slots=True, eq=False)
class DataChanges(Generic[D]):
    """How the data of things of a kind is updated."""

    keeping: Keeping[D]

    async def update(self, transaction: Transaction, id: UUID, sent: Data, if_match: IfMatch = None) -> ChangeSet[D]:
        """Merge many typed values at once, or refuse them all: 404, 409, 400 with every bad key, 412."""
        transaction.actor.require(self.keeping.needs)
        change = await self.keeping.lock(transaction, id)
        values = _checked(transaction, change.after, sent)
        await check_if_match(transaction, self.keeping.record, change.after, if_match, values)
        return await self.keeping.save(transaction, change.put("data", values))

    async def update_many(
        self, transaction: Transaction, sent: Mapping[UUID, Data]
    ) -> dict[UUID, ChangeSet[D] | AppError]:
        """The same for several things, each all or nothing: what came of it, or why it was refused."""
        transaction.actor.require(self.keeping.needs)
        things = await self.keeping.whole.lock_many(transaction, sorted(sent))
        results: dict[UUID, Outcome[D]] = {}
        for id, data in sent.items():
            try:
                results[id] = self._merged(transaction, self.keeping.record.found(things.get(id), id), data)
            except AppError as refusal:
                results[id] = refusal
            await asyncio.sleep(0)  # others are answered between two of them
        kept = await self._keep([(transaction, each) for each in results.values()])
        return {id: each for id, each in zip(results, kept, strict=True) if each}

    async def update_in_company(
        self, transaction: Transaction, changes: Sequence[Change[Data]]
    ) -> list[ChangeSet[D] | AppError | None]:
        """The same for callers who may touch the same things; None for one that is locked, is not there, or fails."""
        things = await self.keeping.whole.lock_free(transaction, [change.subject for change in changes])
        acting = [transaction.acting(change.actor) for change in changes]
        outcomes = [
            self._outcome(each, things.get(change.subject), change.sent)
            for each, change in zip(acting, changes, strict=True)
        ]
        return await self._keep(list(zip(acting, outcomes, strict=True)))

    async def _keep(self, outcomes: Sequence[tuple[Transaction, Outcome[D]]]) -> list[Outcome[D]]:
        """Keep the changes among the outcomes, together; those that name what they may not are refusals now."""
        changes = [(transaction, each) for transaction, each in outcomes if isinstance(each, ChangeSet)]
        settled = await self.keeping.settle(changes)
        kept = [(tx, each) for (tx, _), each in zip(changes, settled, strict=True) if isinstance(each, ChangeSet)]
        await self.keeping.save_all(kept)
        rest = iter(settled)
        return [next(rest) if isinstance(each, ChangeSet) else each for _, each in outcomes]

    async def set_field(
        self, transaction: Transaction, thing: D, field: Field, value: Any, seen: int | None
    ) -> ChangeSet[D]:
        """Set a field of a locked thing to what was made of version `seen`, put together with what others did meanwhile.

        412 where somebody else changed the same part.
        """
        transaction.actor.require(self.keeping.needs)
        path = f"data.{field.key}"
        later = []
        if seen is not None and seen < thing.version:
            later = await history.since(transaction, self.keeping.record, thing, seen, [path])
        if not later:
            return await self.update(transaction, thing.id, {field.key: value}, seen)
        try:
            together = merged(field, later[-1].changes[path]["old"], value, thing.data.get(field.key))
        except Clash:
            return await self.update(transaction, thing.id, {field.key: value}, seen)
        return await self.update(transaction, thing.id, {field.key: together})

    def _outcome(self, transaction: Transaction, thing: D | None, sent: Data) -> ChangeSet[D] | AppError | None:
        try:
            return self._merged(transaction, thing, sent) if thing else None
        except AppError as refusal:
            return refusal
        except Exception:  # noqa: BLE001 - raised again where it is done alone, and harms no other
            return None

    def _merged(self, transaction: Transaction, thing: D, sent: Data) -> ChangeSet[D]:
        """The change of the thing, carried on, not written yet."""
        transaction.actor.require(self.keeping.needs)
        thing.raise_if_archived()
        values = _checked(transaction, thing, sent)
        return self.keeping.carried_on(transaction, self.keeping.begin(transaction, thing).put("data", values))


def _checked(transaction: Transaction, thing: WithData, sent: Data) -> dict[str, Any]:
    """Path → value as it is stored; 400 naming every key that does not fit."""
    return check_values(thing, thing.unknown_fields, sent, today(transaction.clock(), thing.time_zone))
