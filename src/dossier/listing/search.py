"""The words of things, taken anew from those that changed.

A thing has its words (`foundation.words`), the whole of what it is called joined together after a `!` (reference, title,
a name, an address, a telephone number), and each short value after a `=`. When they are taken: `indexing.py`; how they
are found again: `lookup.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction, array_of
from dossier.foundation.words import is_number, joined, letters, numbers, single, words

MAX_OF_ONE = 4000  # words of a thing
SHORT = 48  # characters of a value that is found as a whole too
LONG = 10_000  # characters of values whose words are taken in a thread: requests go on meanwhile
CALLED, VALUE = "!", "="
BATCH_SIZE = 50  # things whose words are taken by one transaction
COMPARED = 8  # things whose words are compared in one go, between requests
MAX_TEXT = 5000  # characters of a value that are looked at
LOOKED_AT = 1000  # changes among which they are: one thing may have changed many times


@dataclass(frozen=True, slots=True)
class Texts:
    """What is said of a thing: what it is called, the values it holds, and what else it is found by."""

    called: Sequence[str | None]
    values: Sequence[str] = ()
    about: Sequence[str | None] = ()

    def words(self) -> list[str]:
        """Its words, `MAX_OF_ONE` at most: first of what it is called, which the longest values do not crowd out."""
        found: dict[str, None] = {}
        for some in self._every():
            found.update(dict.fromkeys(some))
            if len(found) >= MAX_OF_ONE:
                break
        return list(found)[:MAX_OF_ONE]

    def _every(self) -> Iterator[Sequence[str]]:
        for text in filter(None, (*self.called, *self.about)):
            yield (*words(text), *single(text))
        for text in filter(None, self.called):
            yield [CALLED + whole for whole in _wholes(text)]
        for text in self.values:
            yield _of_short(text) if len(text) <= SHORT else _of_value(text)

    @property
    def is_long(self) -> bool:
        """Whether taking its words takes more than a moment."""
        return sum(map(len, self.values)) > LONG


@lru_cache(
    maxsize=8192
)  # most values are as they were, or the same as another thing's, and a telephone number takes long
def _of_short(text: str) -> tuple[str, ...]:
    return _of_value(text)


def _of_value(text: str) -> tuple[str, ...]:
    wholes = [VALUE + whole for whole in _wholes(text)] if len(text) <= SHORT else ()
    return (*wholes, *words(text), *single(text))


def texts_in(value: Any) -> Iterator[str]:
    """Every text in the values of a thing, the beginning of a long one."""
    if isinstance(value, str):
        yield value[:MAX_TEXT]
    elif isinstance(value, Mapping | list):
        for member in value.values() if isinstance(value, Mapping) else value:
            if isinstance(member, str):
                yield member[:MAX_TEXT]
            elif isinstance(member, dict | list):
                yield from texts_in(member)


_NAMES = ("table", "alias", "key", "words", "known", "queue", "taken", "columns")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Where the words of a kind of thing lie, in tables that all lead with `workspace_id`.

    `table`, `alias`: the things themselves; `key`: the column of the other tables with a thing's id. `words`: `(word, key)`;
    `known`: each distinct `(word, letters)`; `queue`: `(position, key)`, what changed; `taken`: `(key, version, at)`, of
    what the words are. `lock`: the name under which one process at a time takes words. `columns`: what is read of a thing,
    its `id` and `version` among it, and `texts` makes the texts of.
    """

    table: str
    alias: str
    key: str
    words: str
    known: str
    queue: str
    taken: str
    lock: str
    columns: str
    texts: Callable[[ReadSession, Row], Awaitable[Texts]]

    def sql(self, text: str, **more: str) -> str:
        """A text with the index's names in it."""
        return text.format(**{name: getattr(self, name) for name in _NAMES}, **more)


_READ = """
SELECT {columns} FROM {table} {alias}
WHERE {alias}.workspace_id = %(workspace)s AND {alias}.workspace_id = ANY(%(scope)s) AND {alias}.id = ANY(%(ids)s)
"""
_PRESENT = """
SELECT {alias}.id, array(SELECT w.word FROM {words} w
                         WHERE w.workspace_id = {alias}.workspace_id AND w.{key} = {alias}.id) AS words
FROM {table} {alias}
WHERE {alias}.workspace_id = %(workspace)s AND {alias}.workspace_id = ANY(%(scope)s) AND {alias}.id = ANY(%(ids)s::uuid[])
FOR KEY SHARE OF {alias}
"""
_REFRESH = """
WITH gone AS (
  DELETE FROM {words} w USING unnest(%(gone_ids)s::uuid[], %(gone_words)s::text[]) AS g (id, word)
  WHERE w.workspace_id = %(workspace)s AND w.workspace_id = ANY(%(scope)s) AND w.word = g.word COLLATE "C" AND w.{key} = g.id
), come AS (
  INSERT INTO {words} (workspace_id, word, {key})
  SELECT %(workspace)s, word, id FROM unnest(%(come_ids)s::uuid[], %(come_words)s::text[]) AS w (id, word) ON CONFLICT DO NOTHING
), known AS (
  INSERT INTO {known} (workspace_id, word, letters) SELECT %(workspace)s::uuid, word, letters
  FROM unnest(%(new)s::text[], %(letters)s::text[]) AS n (word, letters) ON CONFLICT DO NOTHING
)
INSERT INTO {taken} (workspace_id, {key}, version, at)
SELECT %(workspace)s, v.id, v.version, %(now)s FROM unnest(%(ids)s::uuid[], %(versions)s::bigint[]) AS v (id, version)
ON CONFLICT (workspace_id, {key}) DO UPDATE SET version = excluded.version, at = excluded.at
"""


def is_known(word: str) -> bool:
    """Whether a word of a thing may stand for a mistyped one: no code, and no whole."""
    return word[0] not in (CALLED, VALUE) and not any(map(str.isdigit, word))


async def refresh(transaction: Transaction, index: SearchIndex, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Take the words of these things anew; only what differs is written."""
    read = await transaction.all(index.sql(_READ), workspace=workspace_id, ids=array_of(ids))
    wanted = {}
    for row in read:
        texts = await index.texts(transaction, row)
        wanted[row["id"]] = frozenset(await asyncio.to_thread(texts.words) if texts.is_long else texts.words())
        await asyncio.sleep(0)  # requests go on between two of them
    present = await transaction.all(index.sql(_PRESENT), workspace=workspace_id, ids=array_of(wanted))
    if not present:
        return
    gone: list[tuple[UUID, str]] = []
    come: list[tuple[UUID, str]] = []
    for number, row in enumerate(present):
        id, known = row["id"], frozenset(row["words"])
        gone += [(id, word) for word in sorted(known - wanted[id])]
        come += [(id, word) for word in sorted(wanted[id] - known)]
        if number % COMPARED == 0:
            await asyncio.sleep(0)
    new = sorted({word for _, word in come if is_known(word)})
    versions = {row["id"]: row["version"] for row in read}
    await transaction.send(
        index.sql(_REFRESH),
        workspace=workspace_id,
        gone_ids=array_of(id for id, _ in gone),
        gone_words=[word for _, word in gone],
        come_ids=array_of(id for id, _ in come),
        come_words=[word for _, word in come],
        new=new,
        letters=[letters(word) for word in new],
        ids=array_of(row["id"] for row in present),
        versions=[versions[row["id"]] for row in present],
        now=transaction.clock(),
    )


def _wholes(text: str) -> Sequence[str]:
    """A text as one word: how a code, a name or a title is recognised whatever blanks it is written with."""
    whole = joined(text)
    found = [whole] if whole else []
    if is_number(text):
        found += filter(None, numbers(text))
    return found


async def retake(transaction: Transaction, index: SearchIndex, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Take the words of these things anew at once, and forget what none has any more: for erasing.

    Whoever takes words at the same time goes first or waits, so that none of before is written afterwards.
    """
    await transaction.send(_ONE, workspace=workspace_id, lock=index.lock)
    await refresh(transaction, index, workspace_id, ids)
    await sweep(transaction, index, workspace_id)


_ONE = "SELECT pg_advisory_xact_lock(hashtextextended(%(lock)s || ' ' || %(workspace)s::text, 0))"


async def take(transaction: Transaction, index: SearchIndex, workspace_id: UUID) -> tuple[list[UUID], bool]:
    """The next things that changed, `BATCH_SIZE` at most, and whether there were more.

    Their changes, of those looked at, are taken off the queue with this transaction.

    A change is on the queue as soon as it is committed, and its thing is read after that: no clock is asked, and nothing
    that was committed late is missed. Another process waits, or its older words could be the last ones written.
    """
    await transaction.send(_ONE, workspace=workspace_id, lock=index.lock)
    rows = await transaction.all(index.sql(_TAKE), workspace=workspace_id, most=BATCH_SIZE)
    ids = list(dict.fromkeys(row["id"] for row in rows))
    return ids, len(ids) == BATCH_SIZE or len(rows) >= LOOKED_AT


# The positions come as one array: each is looked up by the key, whenever the plan was made. A join with the queue read all of it once
# more, with what was taken off it already and not yet vacuumed.
_TAKE = f"""
DELETE FROM {{queue}} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND position = ANY(ARRAY(
  SELECT position FROM (
    SELECT position, dense_rank() OVER (ORDER BY first) AS place FROM (
      SELECT position, min(position) OVER (PARTITION BY {{key}}) AS first FROM (
        SELECT {{key}}, position FROM {{queue}} WHERE workspace_id = %(workspace)s ORDER BY position LIMIT {LOOKED_AT}
      ) AS looked_at) AS things) AS placed
  WHERE place <= %(most)s))
RETURNING {{key}} AS id
"""


async def workspaces_to_reindex(transaction: Transaction, index: SearchIndex) -> list[UUID]:
    """Workspaces with changes on the queue: for the server itself."""
    rows = await transaction.all(
        index.sql("SELECT w.id FROM workspaces w WHERE EXISTS (SELECT FROM {queue} q WHERE q.workspace_id = w.id)")
    )
    return [row["id"] for row in rows]


async def sweep(transaction: Transaction, index: SearchIndex, workspace_id: UUID) -> None:
    """Forget words that nothing has any more."""
    await transaction.send(index.sql(_SWEEP), workspace=workspace_id)


_SWEEP = """
DELETE FROM {known} s WHERE s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
  AND NOT EXISTS (SELECT FROM {words} w WHERE w.workspace_id = s.workspace_id AND w.word = s.word)
"""
