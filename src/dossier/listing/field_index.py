"""The side table of fields that are indexed: one row a value, so that a filter on one goes by an index, and its back-fill.

A field is registered when it becomes indexed, and every change from then on keeps its values there; a job fills in those
of before, and only then is the field ready: filters on it are answered from the side table.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from dossier.fields import index_values
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Transaction
from dossier.foundation.jobs import SYSTEM, Job, Jobs
from dossier.foundation.services import Services

AT_ONCE = 20  # things locked by one transaction of the back-fill: who changes one of them waits for it
_FIRST = UUID(int=0)

_NAMES = ("table", "key", "values", "fields")


@dataclass(frozen=True, slots=True)
class FieldIndex:
    """Where the values of indexed fields of a kind of thing lie, in tables that all lead with `workspace_id`.

    `table`: the things themselves, with their values in `data`; `values`: `(field, key, position, text_value,
    number_value)`; `key`: its column with a thing's id. `fields`: `(field, ready)`, what is indexed in a workspace.
    """

    table: str
    key: str
    values: str
    fields: str

    @property
    def ready(self) -> str:
        """A statement that gives each `field` that is complete in every workspace of the scope."""
        return self.sql(_READY)

    def candidates(self, alias: str) -> str:
        """SQL that leads from a thing to its values, as `Columns.indexed` has it."""
        return self.sql(_CANDIDATES).replace("thing.", f"{alias}.")

    def sql(self, text: str) -> str:
        """A text with the index's names in it."""
        return text.format(**{name: getattr(self, name) for name in _NAMES})

    async def add(self, transaction: Transaction, workspace_id: UUID, id: UUID, data: Mapping[str, Any]) -> None:
        """Put all values of a new thing into the side table that belong there."""
        if rows := list(_rows(data, data)):
            lists = map(list, zip(*rows, strict=True))
            columns = dict(zip(("names", "positions", "texts", "numbers"), lists, strict=True))
            await transaction.send(self.sql(_ADD), workspace=workspace_id, id=id, **columns)

    async def put(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, data: Mapping[str, Any], fields: Collection[str]
    ) -> None:
        """Put the values of these fields into the side table anew."""
        if fields:
            await transaction.send(self.sql(_REMOVE), workspace=workspace_id, id=id, names=sorted(fields))
            await self.add(transaction, workspace_id, id, {name: data.get(name) for name in fields})

    async def register(self, transaction: Transaction, workspace_id: UUID, fields: Collection[str]) -> list[str]:
        """Note that these fields are indexed in the workspace from now on; those that were not are given back.

        Things that are being inserted hold the workspace's row (their foreign key does): they are waited for, and later
        ones wait for us, so that none is made that neither knows of the field nor is seen by its back-fill.
        """
        await transaction.send(_HOLD_WORKSPACE, workspace=workspace_id)
        rows = await transaction.all(self.sql(_REGISTER), workspace=workspace_id, names=sorted(fields))
        return [row["field"] for row in rows]

    async def unready(self, transaction: Transaction) -> list[tuple[UUID, str]]:
        """The fields of all workspaces that wait for their back-fill: `(workspace, field)`."""
        rows = await transaction.all(self.sql(_UNREADY))
        return [(row["workspace_id"], row["field"]) for row in rows]

    async def mark_ready(self, transaction: Transaction, workspace_id: UUID, field: str) -> None:
        """From now on filters on the field are answered from the side table."""
        await transaction.send(self.sql(_MARK_READY), workspace=workspace_id, field=field)

    async def fill_next(self, transaction: Transaction, workspace_id: UUID, field: str, after: UUID) -> UUID | None:
        """Put a field of the next things, in the order of ids, into the side table; the last id, None after the last thing.

        They get new row versions, so that who began to wait for one of them before reads it again.
        """
        rows = await transaction.all(self.sql(_LOCK_NEXT), workspace=workspace_id, after=after, field=field)
        for row in rows:
            await self.put(transaction, workspace_id, row["id"], {field: row["value"]}, (field,))
        ids: Sequence[UUID] = [row["id"] for row in rows]
        if not ids:
            await self.mark_ready(transaction, workspace_id, field)
            return None
        await transaction.send(self.sql(_TOUCH), workspace=workspace_id, ids=ids)
        return ids[-1]


_READY = """
SELECT field FROM {fields} WHERE workspace_id = ANY(%(scope)s)
GROUP BY field HAVING bool_and(ready) AND count(*) = cardinality(%(scope)s::uuid[])
"""
_CANDIDATES = (
    "(thing.workspace_id, thing.id) IN (SELECT f.workspace_id, f.{key} FROM {values} f"
    " WHERE f.workspace_id = ANY(%(scope)s) AND f.field = {{key}} AND f.{{column}} {{comparison}})"
)
# Which fields are indexed is asked here, after the thing was inserted: whoever registers a field waits for that insert
# (`register`), so that either this statement sees the field, or its back-fill sees the thing.
_ADD = """
INSERT INTO {values} (workspace_id, {key}, field, position, text_value, number_value)
SELECT %(workspace)s, %(id)s, * FROM
  unnest(%(names)s::text[], %(positions)s::integer[], %(texts)s::text[], %(numbers)s::numeric[])
    AS value (field, position, text_value, number_value)
WHERE field IN (SELECT field FROM {fields} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s))
"""
_REMOVE = """
DELETE FROM {values} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
  AND {key} = %(id)s AND field = ANY(%(names)s)
"""
_HOLD_WORKSPACE = "SELECT FROM workspaces WHERE id = %(workspace)s AND id = ANY(%(scope)s) FOR UPDATE"
_REGISTER = """
INSERT INTO {fields} (workspace_id, field) SELECT %(workspace)s, unnest(%(names)s::text[])
ON CONFLICT DO NOTHING RETURNING field
"""
_UNREADY = "SELECT workspace_id, field FROM {fields} WHERE NOT ready ORDER BY 1, 2"
_MARK_READY = """
UPDATE {fields} SET ready = true
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
"""
_LOCK_NEXT = f"""
SELECT id, data -> %(field)s::text AS value FROM {{table}} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id > %(after)s
ORDER BY id LIMIT {AT_ONCE} FOR NO KEY UPDATE
"""
_TOUCH = """
UPDATE {table} SET version = version
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
"""


def _rows(data: Mapping[str, Any], fields: Collection[str]) -> Iterator[tuple[str, int, str | None, Any]]:
    for name in sorted(fields):
        for position, value in enumerate(index_values(data[name])):
            is_text = isinstance(value, str)
            yield name, position, value if is_text else None, None if is_text else Decimal(value)


@dataclass(frozen=True, slots=True)
class Backfill:
    """The jobs that fill in an indexed field: one that is asked for, and those that were asked for and did not end."""

    index: FieldIndex
    fill: Job  # workspace, field
    catch_up: Job

    def jobs(self) -> Jobs:
        """What does each of them."""
        return {self.fill: self.fill_field, self.catch_up: self.fill_missing}

    async def fill_field(self, services: Services, workspace: str, field: str) -> None:
        """Put a field of every thing into the side table, in batches, then answer filters from it.

        Each thing is locked while it is indexed. A change that locked it before is seen; one that locks it after
        reads it after, and so knows that the field is indexed. A field that is ready, by another run, stays as it is.
        """
        actor, id = _of(workspace), UUID(workspace)
        waiting = (id, field) in await services.database.write(actor, self.index.unready)
        after: UUID | None = _FIRST if waiting else None
        while after is not None:
            async with services.database.transaction(actor) as transaction:
                after = await self.index.fill_next(transaction, id, field, after)

    async def fill_missing(self, services: Services) -> None:
        """The back-fills that were asked for and did not end: of a server that was killed, or of a migration."""
        for workspace, field in await services.database.write(SYSTEM, self.index.unready):
            await self.fill_field(services, str(workspace), field)


def _of(workspace: str) -> Actor:
    return replace(SYSTEM, scope=Scope((UUID(workspace),)))
