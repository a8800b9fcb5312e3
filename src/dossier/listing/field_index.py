"""The side table of fields that are indexed: one row a value, so that a filter on one goes by an index, and its back-fill.

A field is registered when it becomes indexed, and every change from then on keeps its values there; a job fills in those
of before, and only then is the field ready: filters on it are answered from the side table. An index that nobody wants any
more answers no filter from that moment on, and is kept up for a day: until then it is back at once, and files that began with
it end with it. Then a job takes its values out.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any, Literal
from uuid import UUID

from dossier.fields import index_values
from dossier.foundation.actor import Scope
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.jobs import SYSTEM, Job, Jobs
from dossier.foundation.services import Services

BATCH_SIZE = 100  # things locked by one transaction of the back-fill: who changes one of them waits for it
SWEPT_AT_ONCE = 5000  # values of an index that nobody wants
_FIRST = UUID(int=0)

_NAMES = ("table", "key", "values", "fields")

State = Literal["ready", "filling", "unwanted"]


@dataclass(frozen=True, slots=True)
class IndexedField:
    """A field with an index in a workspace: how it stands, and while it is being filled how many things are in it."""

    field: str
    state: State
    filled: int


@dataclass(frozen=True, slots=True)
class FieldIndex:
    """Where the values of indexed fields of a kind of thing lie, in tables that all lead with `workspace_id`.

    `table`: the things themselves, with their values in `data`; `values`: `(field, key, position, text_value,
    number_value)`; `key`: its column with a thing's id. `fields`: `(field, ready, filled_to, filled, unwanted_since)`,
    what is indexed in a workspace.
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
        await self._add(transaction, workspace_id, _rows(id, data, data))

    async def _add(self, transaction: Transaction, workspace_id: UUID, rows: Iterator[tuple[Any, ...]]) -> None:
        if lists := list(map(list, zip(*rows, strict=True))):
            columns = dict(zip(("ids", "names", "positions", "texts", "numbers"), lists, strict=True))
            await transaction.send(self.sql(_ADD), workspace=workspace_id, **columns)

    async def put(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, data: Mapping[str, Any], fields: Collection[str]
    ) -> None:
        """Put the values of these fields into the side table anew."""
        if fields:
            await self._put(transaction, workspace_id, {id: {name: data.get(name) for name in fields}}, fields)

    async def _put(
        self, transaction: Transaction, workspace_id: UUID, things: Mapping[UUID, Any], fields: Collection[str]
    ) -> None:
        await transaction.send(self.sql(_REMOVE), workspace=workspace_id, ids=list(things), names=sorted(fields))
        rows = (row for id, data in things.items() for row in _rows(id, data, fields))
        await self._add(transaction, workspace_id, rows)

    async def states(self, reading: ReadSession, workspace_id: UUID) -> list[IndexedField]:
        """The fields of a workspace that have an index, or have one yet, by key."""
        rows = await reading.all(self.sql(_STATES), workspace=workspace_id)
        return [IndexedField(**row) for row in rows]

    async def register(self, transaction: Transaction, workspace_id: UUID, fields: Collection[str]) -> list[str]:
        """Note that these fields are indexed in the workspace from now on; those that have to be filled in are given back.

        Things that are being inserted hold the workspace's row (their foreign key does): they are waited for, and later
        ones wait for us, so that none is made that neither knows of the field nor is seen by its back-fill.
        """
        values = {"workspace": workspace_id, "names": sorted(fields)}
        await transaction.send(_HOLD_WORKSPACE, workspace=workspace_id)
        new = await transaction.all(self.sql(_REGISTER), **values)
        again = await transaction.all(self.sql(_WANT_AGAIN), **values)
        return sorted(row["field"] for row in (*new, *again))

    async def unwant(self, transaction: Transaction, workspace_id: UUID, field: str) -> bool:
        """Filters do not go by the field's index from now on; whether it had one. Its values are kept up for a day."""
        values = {"workspace": workspace_id, "field": field, "now": transaction.clock()}
        return bool(await transaction.all(self.sql(_UNWANT), **values))

    async def unready(self, transaction: Transaction) -> list[tuple[UUID, str]]:
        """The fields of all workspaces that wait for their back-fill: `(workspace, field)`."""
        rows = await transaction.all(self.sql(_UNREADY))
        return [(row["workspace_id"], row["field"]) for row in rows]

    async def unwanted(self, transaction: Transaction) -> list[tuple[UUID, str]]:
        """The fields of all workspaces whose index nobody wants since a day: `(workspace, field)`."""
        rows = await transaction.all(self.sql(_UNWANTED), now=transaction.clock())
        return [(row["workspace_id"], row["field"]) for row in rows]

    async def mark_ready(self, transaction: Transaction, workspace_id: UUID, field: str) -> None:
        """From now on filters on the field are answered from the side table."""
        await transaction.send(self.sql(_MARK_READY), workspace=workspace_id, field=field)

    async def fill_next(self, transaction: Transaction, workspace_id: UUID, field: str) -> bool:
        """Put a field of the next things, in the order of ids, into the side table; whether to go on.

        They get new row versions, so that who began to wait for one of them before reads it again. How far it is is kept
        with it. Another run that does the same at this moment goes on alone.
        """
        about = {"workspace": workspace_id, "field": field}
        begun = await transaction.first(self.sql(_BEGIN), **about)
        if begun is None:
            return False
        rows = await transaction.all(self.sql(_LOCK_NEXT), after=begun["filled_to"] or _FIRST, most=BATCH_SIZE, **about)
        if not rows:
            await self.mark_ready(transaction, workspace_id, field)
            return False
        things = {row["id"]: {field: row["value"]} for row in rows}
        await self._put(transaction, workspace_id, things, (field,))
        await transaction.send(self.sql(_TOUCH), workspace=workspace_id, ids=list(things))
        await transaction.send(self.sql(_ADVANCE), last=rows[-1]["id"], count=len(rows), **about)
        return True

    async def sweep_next(self, transaction: Transaction, workspace_id: UUID, field: str) -> bool:
        """Take the next values of an index that nobody wants out of the side table, at last the field; whether to go on."""
        about = {"workspace": workspace_id, "field": field, "now": transaction.clock()}
        if not await transaction.all(self.sql(_BEGIN_SWEEP), **about):
            return False
        if await transaction.all(self.sql(_SWEEP), most=SWEPT_AT_ONCE, **about):
            return True
        await transaction.send(self.sql(_FORGET), **about)
        return False


_READY = """
SELECT field FROM {fields} WHERE workspace_id = ANY(%(scope)s)
GROUP BY field HAVING bool_and(ready AND unwanted_since IS NULL) AND count(*) = cardinality(%(scope)s::uuid[])
"""
_CANDIDATES = (
    "(thing.workspace_id, thing.id) IN (SELECT f.workspace_id, f.{key} FROM {values} f"
    " WHERE f.workspace_id = ANY(%(scope)s) AND f.field = {{key}} AND f.{{column}} {{comparison}})"
)
# Which fields are indexed is asked here, after the thing was inserted: whoever registers a field waits for that insert
# (`register`), so that either this statement sees the field, or its back-fill sees the thing.
_ADD = """
INSERT INTO {values} (workspace_id, {key}, field, position, text_value, number_value)
SELECT %(workspace)s, * FROM
  unnest(%(ids)s::uuid[], %(names)s::text[], %(positions)s::integer[], %(texts)s::text[], %(numbers)s::numeric[])
    AS value ({key}, field, position, text_value, number_value)
WHERE field IN (SELECT field FROM {fields} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s))
"""
_REMOVE = """
DELETE FROM {values} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
  AND {key} = ANY(%(ids)s::uuid[]) AND field = ANY(%(names)s)
"""
_HOLD_WORKSPACE = "SELECT FROM workspaces WHERE id = %(workspace)s AND id = ANY(%(scope)s) FOR UPDATE"
_REGISTER = """
INSERT INTO {fields} (workspace_id, field) SELECT %(workspace)s, unnest(%(names)s::text[])
ON CONFLICT DO NOTHING RETURNING field
"""
_STATES = """
SELECT field, filled, CASE WHEN unwanted_since IS NOT NULL THEN 'unwanted' WHEN ready THEN 'ready' ELSE 'filling' END AS state
FROM {fields} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) ORDER BY field
"""
# Not ON CONFLICT DO UPDATE: it would lock rows that the back-fill holds, which waits for things whose changes wait for us.
_WANT_AGAIN = """
UPDATE {fields} SET unwanted_since = NULL
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = ANY(%(names)s)
  AND unwanted_since IS NOT NULL RETURNING field
"""
_UNWANT = """
UPDATE {fields} SET unwanted_since = %(now)s
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
  AND unwanted_since IS NULL RETURNING field
"""
_UNREADY = "SELECT workspace_id, field FROM {fields} WHERE NOT ready AND unwanted_since IS NULL ORDER BY 1, 2"
_OLD = "unwanted_since < %(now)s::timestamptz - interval '1 day'"
_UNWANTED = f"SELECT workspace_id, field FROM {{fields}} WHERE {_OLD} ORDER BY 1, 2"
_BEGIN = """
SELECT filled_to FROM {fields}
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
  AND NOT ready AND unwanted_since IS NULL
  AND pg_try_advisory_xact_lock(hashtextextended('{fields}' || %(workspace)s::text || %(field)s::text, 0))
"""
_ADVANCE = """
UPDATE {fields} SET filled_to = %(last)s, filled = filled + %(count)s
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
"""
_BEGIN_SWEEP = f"""
UPDATE {{fields}} SET ready = false, filled_to = NULL, filled = 0
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s AND {_OLD} RETURNING field
"""
# Values that a change holds at this moment are left for the next time.
_SWEEP = """
DELETE FROM {values} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
  AND ctid = ANY(ARRAY(
    SELECT v.ctid FROM {values} v WHERE v.workspace_id = %(workspace)s AND v.field = %(field)s
    LIMIT %(most)s FOR UPDATE SKIP LOCKED))
RETURNING field
"""
_FORGET = """
DELETE FROM {fields} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
  AND NOT EXISTS (SELECT FROM {values} v WHERE v.workspace_id = %(workspace)s AND v.field = %(field)s)
"""
_MARK_READY = """
UPDATE {fields} SET ready = true, filled_to = NULL, filled = 0
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND field = %(field)s
"""
_LOCK_NEXT = """
SELECT id, data -> %(field)s::text AS value FROM {table} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id > %(after)s
ORDER BY id LIMIT %(most)s FOR NO KEY UPDATE
"""
_TOUCH = """
UPDATE {table} SET version = version
WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
"""


def _rows(id: UUID, data: Mapping[str, Any], fields: Collection[str]) -> Iterator[tuple[Any, ...]]:
    for name in sorted(fields):
        for position, value in enumerate(index_values(data[name])):
            is_text = isinstance(value, str)
            yield id, name, position, value if is_text else None, None if is_text else Decimal(value)


@dataclass(frozen=True, slots=True)
class Backfill:
    """The jobs that fill in an indexed field: one that is asked for, and what was asked for and did not end."""

    index: FieldIndex
    fill: Job  # workspace, field
    catch_up: Job

    def jobs(self) -> Jobs:
        """What does each of them."""
        return {self.fill: self.fill_field, self.catch_up: self.fill_missing}

    async def begin(self, transaction: Transaction, workspace_id: UUID, fields: Collection[str]) -> None:
        """Register the fields at once, so that every change from now on indexes them; a job fills in the rest."""
        for name in await self.index.register(transaction, workspace_id, fields):
            await self.fill.defer(transaction, workspace=str(workspace_id), field=name)

    async def fill_field(self, services: Services, workspace: str, field: str) -> None:
        """Put a field of every thing into the side table, in batches from where it stopped, then answer filters from it.

        Each thing is locked while it is indexed. A change that locked it before is seen; one that locks it after
        reads it after, and so knows that the field is indexed. A field that is ready, by another run, stays as it is.
        """
        await _until_done(services, workspace, partial(self.index.fill_next, workspace_id=UUID(workspace), field=field))

    async def fill_missing(self, services: Services) -> None:
        """The back-fills that were asked for and did not end: of a server that was killed, or of a migration; and what
        nobody wants any more.
        """
        for workspace, field in await services.database.write(SYSTEM, self.index.unready):
            await self.fill_field(services, str(workspace), field)
        for workspace, field in await services.database.write(SYSTEM, self.index.unwanted):
            sweep = partial(self.index.sweep_next, workspace_id=workspace, field=field)
            await _until_done(services, str(workspace), sweep)


async def _until_done(services: Services, workspace: str, step: Callable[[Transaction], Awaitable[bool]]) -> None:
    actor = replace(SYSTEM, scope=Scope((UUID(workspace),)))
    while await services.database.write(actor, step):
        pass
