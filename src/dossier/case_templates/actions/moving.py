"""Moving a running thing to another version of its template, once somebody has seen what that does."""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from uuid import UUID

from dossier.case_templates import store
from dossier.case_templates.model import raise_if_unknown_status
from dossier.case_templates.model.moving import (
    FollowsTemplate,
    Move,
    preview,
    values_moved,
)
from dossier.foundation.clock import today
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid
from dossier.records import Keeping, check_if_match
from dossier.records.model import ChangeSet, IfMatch, VersionConflict

F = TypeVar("F", bound=FollowsTemplate)


@dataclass(frozen=True, slots=True, eq=False)
class Moving(Generic[F]):
    """How things of a kind move; `needs`: the permission for it."""

    keeping: Keeping[F]
    needs: str

    async def preview(self, reading: ReadSession, id: UUID) -> tuple[F, Move | None]:
        """The thing, and what moving it to the current version would do; None when it is there already. 404."""
        thing = await self.keeping.get(reading, id)
        return thing, await _move(reading, thing)

    async def move(
        self, transaction: Transaction, id: UUID, version: int, status: str, if_match: IfMatch = None
    ) -> ChangeSet[F]:
        """Move it. 412 when the current version is another one than was seen, 400 for values that do not fit it."""
        transaction.actor.require(self.needs)
        change = await self.keeping.lock(transaction, id)
        thing = change.after
        await check_if_match(transaction, change.record, thing, if_match, None)
        move = await _move(transaction, thing)
        if move is None or move.version != version:
            raise VersionConflict.because("Another version was published meanwhile; look again at what moving does.")
        Invalid.if_any(move.problems)
        raise_if_unknown_status(move.template.status_by_key, status, "/status")
        values = values_moved(thing, move, status, today(transaction.clock(), thing.time_zone))
        moved = replace(thing, template=move.template)  # type: ignore[type-var]
        return await self.keeping.save(transaction, replace(change, after=moved).put("template", values))


async def _move(reading: ReadSession, thing: FollowsTemplate) -> Move | None:
    current = await store.get(reading, thing.template_id) if thing.template_id else None
    if current is None or thing.archived_at or current.version == thing.template_version:
        return None
    return preview(thing, current.template, current.version, today(thing.updated_at, thing.time_zone))
