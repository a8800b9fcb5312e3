"""How a kind of thing holds files: a row for each thing and file, as long as the thing is there, and what things still have to be told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.files.model import NamedFile
from dossier.files.model.held import H, fields_naming, touched
from dossier.files.store.holding import Hold, keep
from dossier.foundation.database import Jsonb, ReadSession, Transaction
from dossier.listing.search import SearchIndex
from dossier.records.model import ChangeSet, Record

_MOST = 50_000  # characters of a file among what a thing that shows it is found by


@dataclass(frozen=True, slots=True)
class News:
    """What a thing has to be told of a file, and who did it."""

    id: UUID
    old: NamedFile
    new: NamedFile
    actor_type: str
    actor_id: UUID | None
    via: str


@dataclass(frozen=True, slots=True)
class Holders:
    """Things of a kind that hold files, under an `alias` in statements about them; `news`: the table of what they have to be told."""

    record: Record[Any]
    alias: str
    news: str

    @property
    def shown(self) -> str:
        """SQL of the files that a thing under its alias shows, of which `shown_files` makes what they are."""
        return f"""
        (SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size,
                                              'erased', f.erased_at IS NOT NULL, 'put', h.put, 'fields', h.fields) ORDER BY h.file_id)
         FROM file_holders h JOIN files f ON f.workspace_id = h.workspace_id AND f.id = h.file_id
         WHERE h.workspace_id = {self.alias}.workspace_id AND h.holder_id = {self.alias}.id AND {self._shows})
        """

    @property
    def words(self) -> str:
        """SQL of the texts of the files that a thing under its alias shows: a text[], null where there is none."""
        return f"""
        (SELECT array_agg(left(t.text, {_MOST}) ORDER BY t.file_id)
         FROM file_holders h JOIN file_texts t ON t.workspace_id = h.workspace_id AND t.file_id = h.file_id
         WHERE h.workspace_id = {self.alias}.workspace_id AND h.holder_id = {self.alias}.id AND {self._shows})
        """

    async def hold(self, transaction: Transaction, changes: Sequence[ChangeSet[H]]) -> None:
        """Note how changed things hold files from now on, where that is otherwise."""
        if holds := [each for change in changes for each in _holds(change)]:
            await keep(transaction, self.record.name, holds)

    async def showing(self, reading: ReadSession, workspace_id: UUID, file_id: UUID) -> list[UUID]:
        """The things that show a file, by id."""
        rows = await reading.all(
            f"""
            SELECT h.holder_id FROM file_holders h
            WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.file_id = %(file)s AND {self._shows}
            ORDER BY h.holder_id
            """,
            workspace=workspace_id,
            file=file_id,
        )
        return [row["holder_id"] for row in rows]

    async def take_words(
        self, transaction: Transaction, index: SearchIndex, workspace_id: UUID, file_id: UUID
    ) -> list[UUID]:
        """Have the words of all that show a file taken anew; their ids."""
        rows = await transaction.all(
            f"""
            INSERT INTO {index.queue} (workspace_id, {index.key})
            SELECT h.workspace_id, h.holder_id FROM file_holders h
            WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.file_id = %(file)s AND {self._shows}
            RETURNING {index.key} AS id
            """,
            workspace=workspace_id,
            file=file_id,
        )
        return [row["id"] for row in rows]

    async def tell_later(
        self, transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID], old: NamedFile, new: NamedFile
    ) -> None:
        """Note for these things how a file is called by now."""
        await transaction.send(
            f"""
            INSERT INTO {self.news} (workspace_id, {self.record.key}, old, new, actor_type, actor_id, via)
            SELECT %(workspace)s::uuid, told, %(old)s::jsonb, %(new)s::jsonb, %(actor_type)s, %(actor_id)s::uuid, %(via)s
            FROM unnest(%(ids)s::uuid[]) AS told
            """,
            workspace=workspace_id,
            ids=list(ids),
            old=Jsonb(old.document()),
            new=Jsonb(new.document()),
            actor_type=transaction.actor.type,
            actor_id=transaction.actor.id,
            via=transaction.actor.via,
        )

    async def take_news(self, transaction: Transaction, workspace_id: UUID) -> News | None:
        """The oldest thing that a thing has to be told, taken off the list; another process takes the next."""
        row = await transaction.first(
            f"""
            DELETE FROM {self.news} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id =
              (SELECT id FROM {self.news} WHERE workspace_id = %(workspace)s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {self.record.key} AS id, old, new, actor_type, actor_id, via
            """,
            workspace=workspace_id,
        )
        return News(old=NamedFile(**row.pop("old")), new=NamedFile(**row.pop("new")), **row) if row else None

    @property
    def _shows(self) -> str:
        return f"h.kind = '{self.record.name}' AND (h.put OR h.fields <> '{{}}')"


def _holds(change: ChangeSet[H]) -> Iterator[Hold]:
    thing = change.after
    for id in touched(change):
        yield Hold(thing.workspace_id, thing.id, id, id in thing.put_on, fields_naming(thing, id))
