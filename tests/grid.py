"""Rows beside those that are meant: every combination of some values in a table, and which of them something changes or finds.

A WHERE that lost a part, or asks for the other side of a bound, touches one row too many or too few.
"""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from tests.world import World

Rows = list[dict[str, Any]]
HERE, THERE = UUID(int=0xA1), UUID(int=0xA2)
"""Two workspaces that are only named: what the rows refer to need not be there."""
IN_HERE = Scope((HERE,))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

_USUAL: Mapping[str, Callable[[], Any]] = {
    "uuid": new_id,
    "text": lambda: "x",
    "bytea": lambda: b"x",
    "jsonb": lambda: Jsonb({}),
    "boolean": lambda: False,
    "ARRAY": list,
    "timestamp with time zone": lambda: NOW,
    "bigint": lambda: 0,
    "integer": lambda: 0,
    "date": lambda: NOW.date(),
}


@cache
def _connected(url: str) -> psycopg.Connection[dict[str, Any]]:
    """Without triggers, and nothing need be there that is referred to."""
    connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
    connection.execute("SET session_replication_role = replica")
    return connection


@cache
def _shape(url: str, table: str) -> tuple[dict[str, str], list[str]]:
    """What a row must say (name → type), and its key."""
    needed = _connected(url).execute(
        "SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = %s"
        " AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
        [table],
    )
    key = _connected(url).execute(
        "SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)"
        " WHERE i.indisprimary AND i.indrelid = %s::regclass",
        [table],
    )
    return {each["name"]: each["type"] for each in needed}, [each["name"] for each in key]


class Grid:
    """Rows of a table, a combination of these values each; gone at the end. A list stands for several, a function is asked for each row's, by its number."""

    def __init__(self, world: World, url: str, table: str, /, **values: Any) -> None:
        self._world, self._table = world, sql.Identifier(table)
        self._connection = _connected(url)
        several = {name: each if isinstance(each, list) else [each] for name, each in values.items()}
        needed, key = _shape(url, table)
        self.rows = [
            {name: _USUAL[type]() for name, type in needed.items()}
            | {name: each(number) if callable(each) else each for name, each in zip(several, row, strict=True)}
            for number, row in enumerate(itertools.product(*several.values()))
        ]
        self._key = key or list(values)
        one = sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(each)) for each in self._key)
        self._ours = sql.SQL(" OR ").join(sql.SQL("({})").format(one) for _ in self.rows)
        self._keys = [row[name] for row in self.rows for name in self._key]

    def __enter__(self) -> Self:
        names = list(self.rows[0])
        gap = sql.SQL("({})").format(sql.SQL(", ").join(sql.Placeholder() for _ in names))
        insert = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
            self._table, sql.SQL(", ").join(map(sql.Identifier, names)), sql.SQL(", ").join(gap for _ in self.rows)
        )
        said = [Jsonb(each) if isinstance(each, dict) else each for row in self.rows for each in row.values()]
        self._connection.execute(insert, said)
        self.kept = self._now()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.execute(sql.SQL("DELETE FROM {} WHERE {}").format(self._table, self._ours), self._keys)

    def _now(self) -> list[Any]:
        """Each row as it is, in the order in which they came; those that are gone as None."""
        ours = sql.SQL("SELECT * FROM {} WHERE {}").format(self._table, self._ours)
        found = self._connection.execute(ours, self._keys).fetchall()
        by_key = {tuple(each[name] for name in self._key): each for each in found}
        return [by_key.get(tuple(row[name] for name in self._key)) for row in self.rows]

    def where(self, is_meant: Callable[[dict[str, Any]], bool] | None = None, **values: Any) -> Rows:
        """The rows that have these values."""
        return [
            row
            for row in self.rows
            if all(row[name] == each for name, each in values.items()) and (not is_meant or is_meant(row))
        ]

    def touched(self, work: Callable[[Transaction], Awaitable[Any]], by: Scope | Actor = IN_HERE) -> Rows:
        """The rows that a piece of work changes or takes away; it is done in the first workspace, or in another scope."""
        self.found(work, by)
        before, self.kept = self.kept, self._now()
        return [row for row, was, now in zip(self.rows, before, self.kept, strict=True) if was != now]

    def found(self, work: Callable[[Transaction], Awaitable[Any]], by: Scope | Actor = IN_HERE) -> Any:
        """What a piece of work answers."""
        return self._world.do(work, by if isinstance(by, Actor) else system(scope=by))
