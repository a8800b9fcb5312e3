"""The words of cases: taken anew from cases that changed, and found again although they are mistyped.

A word of the search stands for each word that begins like it and for each that is like it: pg_trgm's `similarity`
of at least 0.4, which is one wrong, missing or doubled letter in a name of five letters or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dossier.foundation.database import Reading, Transaction

ALIKE = 0.4  # similarity of pg_trgm, 0 to 1: "dupnt" and "dupont" have 0.44
SHORTEST_ALIKE = 4  # letters; shorter ones are found by their beginning
MOST_WORDS = 8  # of one search
AT_ONCE = 500  # cases, or contacts, of one statement
NO_ID = UUID(int=0)
SOON = timedelta(seconds=3)  # a transaction is hardly ever kept later than this after the time it gave its case
OVERLAP = timedelta(minutes=10)  # and never later than this: what the regular run looks at again

# Everything is folded as `_FOLDED` does: lower case, without accents, split at what is no letter or digit.
_FOLDED = r"regexp_split_to_table(unaccent(lower({})), '[^[:alnum:]]+')"

_REFRESH = f"""
WITH stale AS MATERIALIZED (
  SELECT c.workspace_id, c.id, c.version, c.title, c.reference, c.data FROM cases c
  LEFT JOIN case_search s ON s.workspace_id = c.workspace_id AND s.case_id = c.id
  WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = ANY(%(ids)s)
    AND (s.version IS DISTINCT FROM c.version OR EXISTS (
      SELECT FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
      WHERE l.workspace_id = c.workspace_id AND l.case_id = c.id AND p.updated_at >= s.at))
), texts AS (
  SELECT stale.id, concat_ws(' ', title, reference,
    (SELECT string_agg(left(value #>> '{{}}', 5000), ' ') FROM jsonb_path_query(data, 'strict $.**') AS value
     WHERE jsonb_typeof(value) = 'string'),
    (SELECT string_agg(concat_ws(' ', p.given_name, p.family_name, p.email, p.phone), ' ')
     FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
     WHERE l.workspace_id = stale.workspace_id AND l.case_id = stale.id)) AS text
  FROM stale
), words AS MATERIALIZED (
  SELECT DISTINCT id, left(word, 60) COLLATE "C" AS word FROM texts, LATERAL {_FOLDED.format("text")} AS word
  WHERE word <> ''
), gone AS (
  DELETE FROM case_words w USING stale WHERE w.workspace_id = stale.workspace_id AND w.case_id = stale.id
    AND NOT EXISTS (SELECT FROM words WHERE words.id = w.case_id AND words.word = w.word)
), come AS (
  INSERT INTO case_words (workspace_id, word, case_id) SELECT %(workspace)s, word, id FROM words ON CONFLICT DO NOTHING
), known AS (
  INSERT INTO search_words (workspace_id, word) SELECT DISTINCT %(workspace)s::uuid, word FROM words
  ON CONFLICT DO NOTHING
), noted AS (
  INSERT INTO case_search (workspace_id, case_id, version, at)
  SELECT workspace_id, id, version, %(now)s FROM stale
  ON CONFLICT (workspace_id, case_id) DO UPDATE SET version = excluded.version, at = excluded.at
)
SELECT count(*) AS count FROM stale
"""

_FOUND = """
(c.workspace_id, c.id) IN (SELECT w.workspace_id, w.case_id FROM case_words w WHERE w.workspace_id = ANY(%(scope)s)
  AND (w.word >= {word} AND w.word < {word} || chr(1114109) {alike}))
"""
_ALIKE = """
OR w.word = ANY(ARRAY(SELECT s.word FROM search_words s WHERE s.workspace_id = ANY(%(scope)s)
  AND s.word %% {word} AND similarity(s.word, {word}) >= {alike}))
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one has looked: up to what changed at that time, and has an id up to this one."""

    at: datetime
    id: UUID = NO_ID


async def refresh(transaction: Transaction, workspace_id: UUID, case_ids: Sequence[UUID]) -> int:
    """Take the words of those of the cases that have changed since they were last taken; how many that were."""
    row = await transaction.one(_REFRESH, workspace=workspace_id, ids=list(case_ids), now=transaction.clock())
    number: int = row["count"]
    return number


async def changed_cases(reading: Reading, workspace_id: UUID, after: Mark) -> tuple[list[UUID], Mark | None]:
    """The next cases that changed, by time, and where to go on; None at the end."""
    rows = await reading.all(
        f"""
        SELECT id, updated_at FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (updated_at, id) > (%(at)s, %(id)s) ORDER BY updated_at, id LIMIT {AT_ONCE}
        """,
        workspace=workspace_id,
        at=after.at,
        id=after.id,
    )
    return [row["id"] for row in rows], Mark(rows[-1]["updated_at"], rows[-1]["id"]) if len(rows) == AT_ONCE else None


async def of_changed_contacts(reading: Reading, workspace_id: UUID, after: Mark) -> tuple[list[UUID], Mark | None]:
    """The cases of the next contacts that changed, and where to go on; None at the end."""
    rows = await reading.all(
        f"""
        SELECT id, updated_at, (SELECT array_agg(l.case_id) FROM case_contacts l
                                WHERE l.workspace_id = p.workspace_id AND l.contact_id = p.id) AS case_ids
        FROM contacts p WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (updated_at, id) > (%(at)s, %(id)s) ORDER BY updated_at, id LIMIT {AT_ONCE}
        """,
        workspace=workspace_id,
        at=after.at,
        id=after.id,
    )
    case_ids = [case_id for row in rows for case_id in row["case_ids"] or ()]
    return case_ids, Mark(rows[-1]["updated_at"], rows[-1]["id"]) if len(rows) == AT_ONCE else None


async def behind(transaction: Transaction) -> list[UUID]:
    """Workspaces with a case that changed after its words were last up to date: for the server itself."""
    rows = await transaction.all(
        """
        SELECT w.id FROM workspaces w LEFT JOIN search_progress p ON p.workspace_id = w.id
        WHERE EXISTS (SELECT FROM cases c WHERE c.workspace_id = w.id
                        AND c.updated_at >= coalesce(p.at, '-infinity'::timestamptz) - %(overlap)s)
        """,
        overlap=OVERLAP,
    )
    return [row["id"] for row in rows]


async def sweep(transaction: Transaction, workspace_id: UUID) -> None:
    """Forget words that no case has any more."""
    await transaction.send(
        """
        DELETE FROM search_words s WHERE s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
          AND NOT EXISTS (SELECT FROM case_words w WHERE w.workspace_id = s.workspace_id AND w.word = s.word)
        """,
        workspace=workspace_id,
    )


async def progress(transaction: Transaction, workspace_id: UUID) -> datetime | None:
    """Until when the words are up to date; None before the first run."""
    row = await transaction.first(
        "SELECT at FROM search_progress WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)",
        workspace=workspace_id,
    )
    return row["at"] if row else None


async def note_progress(transaction: Transaction, workspace_id: UUID, at: datetime) -> None:
    await transaction.send(
        """
        INSERT INTO search_progress (workspace_id, at) VALUES (%(workspace)s, %(at)s)
        ON CONFLICT (workspace_id) DO UPDATE SET at = greatest(search_progress.at, excluded.at)
        """,
        workspace=workspace_id,
        at=at,
    )


async def fold(reading: Reading, text: str) -> list[str]:
    """The words of what somebody searches for, folded as those of the cases are."""
    rows = await reading.all(
        f"SELECT DISTINCT word FROM {_FOLDED.format('%(text)s')} AS word WHERE word <> ''", text=text
    )
    return [row["word"][:60] for row in rows][:MOST_WORDS]


def found(words: list[str]) -> tuple[str, dict[str, str]]:
    """SQL that holds for cases with all of these words, or words like them; and its values."""
    values = {f"word_{place}": word for place, word in enumerate(words)}
    parts = []
    for name, word in values.items():
        alike = _ALIKE.format(word=f"%({name})s", alike=ALIKE) if len(word) >= SHORTEST_ALIKE else ""
        parts.append(_FOUND.format(word=f"%({name})s", alike=alike))
    return " AND ".join(parts), values
