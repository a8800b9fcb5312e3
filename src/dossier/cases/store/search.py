"""The words of cases: taken anew from cases that changed, and found again although they are mistyped.

A case has its words (`foundation.words`), the whole of what it is called joined together after a `!` (reference, title,
a contact's name, address and telephone number), and each short value of a field after a `=`. What is searched for is
looked up as a beginning; only when nothing begins so, the nearest words that are known stand for it.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapidfuzz.distance import OSA

from dossier import case_templates as templates
from dossier.foundation.database import Reading, Row, Transaction
from dossier.foundation.words import is_number, joined, letters, numbers, single, words

SHORTEST_ALIKE = 4  # letters; shorter words are found by their beginning
MOST_NEAR = 20  # words that stand for a mistyped one
MOST_WORDS = 8  # of one search
MOST_OF_CASE = 4000  # words of a case
LONGEST_TEXT = 5000  # characters of a value that are looked at
CALLED, VALUE = "!", "="
AT_ONCE = 50  # cases whose words are taken by one transaction
LOOKED_AT = 1000  # changes among which they are: one case may have changed many times

_TAKEN = """
SELECT c.workspace_id, c.id, c.version, c.title, c.reference, c.data, c.status, c.template_id, c.template_version,
  (SELECT concat_ws(' ', m.given_name, m.family_name, m.email) FROM members m WHERE m.id = c.owner_id) AS owner,
  (SELECT jsonb_agg(jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name, 'email', p.email, 'phone', p.phone))
   FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
   WHERE l.workspace_id = c.workspace_id AND l.case_id = c.id) AS contacts
FROM cases c
WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = ANY(%(ids)s)
"""
_KNOWN = """
SELECT c.id, array(SELECT w.word FROM case_words w WHERE w.workspace_id = c.workspace_id AND w.case_id = c.id) AS words
FROM cases c WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = ANY(%(ids)s::uuid[])
FOR KEY SHARE OF c
"""
_REFRESH = """
WITH gone AS (
  DELETE FROM case_words w USING unnest(%(gone_cases)s::uuid[], %(gone_words)s::text[]) AS g (id, word)
  WHERE w.workspace_id = %(workspace)s AND w.workspace_id = ANY(%(scope)s) AND w.word = g.word COLLATE "C" AND w.case_id = g.id
), come AS (
  INSERT INTO case_words (workspace_id, word, case_id)
  SELECT %(workspace)s, word, id FROM unnest(%(cases)s::uuid[], %(words)s::text[]) AS w (id, word) ON CONFLICT DO NOTHING
), known AS (
  INSERT INTO search_words (workspace_id, word, letters) SELECT %(workspace)s::uuid, word, letters
  FROM unnest(%(new)s::text[], %(letters)s::text[]) AS n (word, letters) ON CONFLICT DO NOTHING
)
INSERT INTO case_search (workspace_id, case_id, version, at)
SELECT %(workspace)s, v.id, v.version, %(now)s FROM unnest(%(ids)s::uuid[], %(versions)s::bigint[]) AS v (id, version)
ON CONFLICT (workspace_id, case_id) DO UPDATE SET version = excluded.version, at = excluded.at
"""

_HAS = """
(c.workspace_id, c.id) IN (SELECT w.workspace_id, w.case_id FROM case_words w WHERE w.workspace_id = ANY(%(scope)s)
  AND ({words}))
"""
_BEGINS = "w.word >= {word} AND w.word < {word} || chr(1114109)"
# How well a case answers: it is called what was typed, a field holds it, it has the very words, or words that begin so.
_RANK = """
(CASE WHEN EXISTS (SELECT FROM case_words w WHERE w.workspace_id = c.workspace_id AND w.case_id = c.id AND w.word = ANY(%(called)s)) THEN 3
      WHEN EXISTS (SELECT FROM case_words w WHERE w.workspace_id = c.workspace_id AND w.case_id = c.id AND w.word = ANY(%(values)s)) THEN 2
      WHEN (SELECT count(*) FROM case_words w WHERE w.workspace_id = c.workspace_id AND w.case_id = c.id AND w.word = ANY(%(exact)s)) >= cardinality(%(exact)s::text[]) THEN 1
      ELSE 0 END)
"""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: words, each with those that stand for it when nothing begins so, and the whole, joined."""

    words: tuple[str, ...]
    whole: tuple[str, ...]
    near: Mapping[str, tuple[str, ...]]

    @property
    def is_guessed(self) -> bool:
        """Whether no word begins with anything that was typed: then no case answers better than another."""
        return all(word in self.near for word in self.words)

    def sql(self) -> tuple[str, dict[str, Any]]:
        """SQL that holds for the cases that are found, and its values."""
        values: dict[str, Any] = {f"word_{place}": word for place, word in enumerate(self.words)}
        parts = []
        for name, word in list(values.items()):
            near = self.near.get(word, ())
            values |= {f"near_{name}": list(near)} if near else {}
            either = f" OR w.word = ANY(%(near_{name})s)" if near else ""
            parts.append(_HAS.format(words=_BEGINS.format(word=f"%({name})s") + either))
        wholes = [f"whole_{place}" for place in range(len(self.whole))]
        values |= dict(zip(wholes, self.whole, strict=True))
        codes = " OR ".join(f"({_BEGINS.format(word=f'%({name})s')})" for name in wholes)
        alternatives = [" AND ".join(parts) or "false", *([_HAS.format(words=codes)] if codes else [])]
        return "(" + " OR ".join(f"({each})" for each in alternatives) + ")", values

    def rank(self) -> tuple[str, dict[str, Any]]:
        """SQL of how well a case answers, 0 to 3, and its values."""
        called = [each for each in self.whole if each.startswith(CALLED)]
        held = [each for each in self.whole if each.startswith(VALUE)]
        return _RANK, {"called": called, "values": held, "exact": list(self.words)}


async def refresh(transaction: Transaction, workspace_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Take the words of these cases anew; only what differs is written."""
    taken = await transaction.all(_TAKEN, workspace=workspace_id, ids=list(case_ids))
    wanted = {}
    for row in taken:
        wanted[row["id"]] = frozenset(await _words_of(transaction, row))
        await asyncio.sleep(0)  # requests go on between two cases
    kept = await transaction.all(_KNOWN, workspace=workspace_id, ids=list(wanted))
    if not kept:
        return
    known = {row["id"]: frozenset(row["words"]) for row in kept}
    gone = [(id, word) for id in known for word in sorted(known[id] - wanted[id])]
    come = [(id, word) for id in known for word in sorted(wanted[id] - known[id])]
    new = sorted({word for _, word in come if word[0] not in (CALLED, VALUE)})
    versions = {row["id"]: row["version"] for row in taken}
    await transaction.send(
        _REFRESH,
        workspace=workspace_id,
        gone_cases=[id for id, _ in gone],
        gone_words=[word for _, word in gone],
        cases=[id for id, _ in come],
        words=[word for _, word in come],
        new=new,
        letters=[letters(word) for word in new],
        ids=list(known),
        versions=[versions[id] for id in known],
        now=transaction.clock(),
    )


async def _words_of(reading: Reading, row: Row) -> list[str]:
    template = row["template_id"] and await templates.version(
        reading, row["workspace_id"], row["template_id"], row["template_version"]
    )
    status = template.status_by_key.get(row["status"]) if template else None
    about = [row["owner"], template.title if template else None, status.label if status else row["status"]]
    people = row["contacts"] or ()
    called = [row["title"], row["reference"], *(text for person in people for text in _called(person))]
    values = list(_texts(row["data"]))
    found = dict.fromkeys(word for text in (*called, *values, *about) if text for word in (*words(text), *single(text)))
    found |= dict.fromkeys(CALLED + whole for text in called if text for whole in _wholes(text))
    found |= dict.fromkeys(VALUE + whole for text in values if len(text) <= 48 for whole in _wholes(text))
    return list(found)[:MOST_OF_CASE]


def _called(person: Mapping[str, str | None]) -> Iterator[str]:
    """What a contact is called: name in both orders, address, telephone number."""
    given, family = person["given_name"] or "", person["family_name"] or ""
    yield from filter(None, (f"{given} {family}".strip(), f"{family} {given}".strip(), given, family))
    yield from filter(None, (person["email"], person["phone"]))


def _wholes(text: str) -> Iterator[str]:
    """A text as one word: how a code, a name or a title is recognised whatever blanks it is written with."""
    if whole := joined(text):
        yield whole
    if is_number(text):
        yield from filter(None, numbers(text))


def _texts(value: Any) -> Iterator[str]:
    """Every text in the data of a case, and its numbers as they are written."""
    if isinstance(value, str):
        yield value[:LONGEST_TEXT]
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


async def retake(transaction: Transaction, workspace_id: UUID, case_ids: Sequence[UUID]) -> None:
    """Take the words of these cases anew at once, and forget what no case has any more: for erasing.

    Whoever takes words at the same time goes first or waits, so that none of before is written afterwards.
    """
    await transaction.send(_ONE, workspace=workspace_id)
    await refresh(transaction, workspace_id, case_ids)
    await sweep(transaction, workspace_id)


_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('search ' || %(workspace)s::text, 0))"


async def take(transaction: Transaction, workspace_id: UUID) -> list[UUID]:
    """The next cases that changed, `AT_ONCE` at most; all their changes are taken off the queue with this transaction.

    A change is on the queue as soon as it is committed, and its case is read after that: no clock is asked, and nothing
    that was committed late is missed. Another process waits, or its older words could be the last ones written.
    """
    values = {"workspace": workspace_id}
    await transaction.send(_ONE, **values)
    rows = await transaction.all(
        f"""
        DELETE FROM search_queue WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND case_id IN
          (SELECT case_id FROM (SELECT case_id, position FROM search_queue WHERE workspace_id = %(workspace)s
                                ORDER BY position LIMIT {LOOKED_AT}) AS next
           GROUP BY case_id ORDER BY min(position) LIMIT {AT_ONCE})
        RETURNING case_id
        """,
        **values,
    )
    return list(dict.fromkeys(row["case_id"] for row in rows))


async def behind(transaction: Transaction) -> list[UUID]:
    """Workspaces with changes on the queue: for the server itself."""
    rows = await transaction.all(
        "SELECT w.id FROM workspaces w WHERE EXISTS (SELECT FROM search_queue q WHERE q.workspace_id = w.id)"
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


async def search(reading: Reading, text: str) -> Search | None:
    """What is meant by a text that somebody searches for; None when there is nothing in it."""
    asked = list(dict.fromkeys(words(text)))[:MOST_WORDS]
    if not asked:
        return None
    wholes = {joined(text): None}
    if is_number(text):
        wholes |= dict.fromkeys(filter(None, _asked_numbers(text)))
    whole = tuple(kind + each for each in wholes for kind in (CALLED, VALUE))
    mistyped = [word for word in asked if len(word) >= SHORTEST_ALIKE and not any(map(str.isdigit, word))]
    return Search(tuple(asked), whole, await _near(reading, mistyped) if mistyped else {})


def _asked_numbers(text: str) -> Iterator[str]:
    for digits in numbers(text):
        yield digits
        if digits.startswith("00"):
            yield digits[2:]


_NEAR = """
SELECT asked.word AS asked, near.word FROM unnest(%(words)s::text[], %(letters)s::text[]) AS asked (word, letters)
CROSS JOIN LATERAL (
  (SELECT w.word FROM search_words w WHERE w.workspace_id = ANY(%(scope)s) AND w.letters %% asked.letters
   ORDER BY similarity(w.letters, asked.letters) DESC LIMIT 200)
  UNION
  SELECT w.word FROM unnest(%(of)s::text[], %(swapped)s::text[]) AS s (word, swapped)
  JOIN search_words w ON w.workspace_id = ANY(%(scope)s) AND w.word = s.swapped COLLATE "C" WHERE s.word = asked.word
) AS near
WHERE NOT EXISTS (SELECT FROM search_words w WHERE w.workspace_id = ANY(%(scope)s)
                    AND w.word >= asked.word COLLATE "C" AND w.word < asked.word COLLATE "C" || chr(1114109))
"""


async def _near(reading: Reading, asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each word with which no known one begins, the nearest known ones: mistyped by a letter, long ones by two."""
    swapped = [(word, word[:n] + word[n + 1] + word[n] + word[n + 2 :]) for word in asked for n in range(len(word) - 1)]
    rows = await reading.all(
        _NEAR,
        words=list(asked),
        letters=[letters(word) for word in asked],
        of=[word for word, _ in swapped],
        swapped=[each for _, each in swapped],
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        distance = _distance(row["asked"], row["word"])
        if distance <= (1 if len(row["asked"]) < 8 else 2):
            found.setdefault(row["asked"], []).append((distance, row["word"]))
    return {word: tuple(near for _, near in sorted(each)[:MOST_NEAR]) for word, each in found.items()}


def _distance(word: str, known: str) -> int:
    """Letters that differ; what follows the length of the word counts as an ending that was not typed yet."""
    return min(OSA.distance(word, known), OSA.distance(word, known[: len(word)]))
