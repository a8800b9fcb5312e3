"""What somebody looks for, and how well a thing answers: it is called that, has that value, those words, words that begin so.

Nothing here grows with the number of things (decision 33). First it is counted, to `SOME` at most, how many things have each
word. Then each way to answer is a statement of its own, the best first: one that begins with the few things that have a rare
word, or, when every word is common, one that walks along the list and looks at each row's words until the page is full.
A word that nothing begins with stands for the nearest words that are known (`Search.near`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.foundation.database import ReadSession
from dossier.foundation.words import is_number, joined, letters, numbers, words
from dossier.listing.search import CALLED, VALUE, SearchIndex, is_known

MIN_ALIKE = 4  # letters; shorter words are found by their beginning
MAX_NEAR = 20  # words that stand for a mistyped one
MAX_WORDS = 8  # of one search
SOME = 3000  # things that are looked up one by one; where more have a word, the list is walked along
STEPS = (
    500,
    2_000,
    10_000,
)  # rows of the list that are walked along, while that promises a page; else words are joined
COUNTED = 1500  # things that are counted, of at most so many words that are looked at:
LOOKED_AT = 4000

_OF_ROW = (
    "SELECT true FROM {words} w WHERE w.workspace_id = {of}.workspace_id AND w.{key} = {of}.{id} AND ({test}) LIMIT 1"
)
_OF_WORD = """
SELECT w.{key} FROM (SELECT w.workspace_id, w.{key} FROM {words} w
                     WHERE w.workspace_id = ANY(%(scope)s) AND ({test}) LIMIT {looked_at}) w
WHERE {others} LIMIT {some}
"""
_JOINED = "SELECT w0.{key} FROM {tables} WHERE w0.workspace_id = ANY(%(scope)s) AND {tests}"
_AND_WORD = "JOIN {words} w{n} ON w{n}.workspace_id = w0.workspace_id AND w{n}.{key} = w0.{key}"


@dataclass(frozen=True, slots=True)
class Atom:
    """Words of which a thing must have one: these, or any that begins with `begins`; `count`: of things, `SOME` + 1 at most."""

    exact: tuple[str, ...] = ()
    begins: str = ""
    count: int = 0

    def test(self, name: str) -> str:
        """SQL over a row of words, `w`; its values are `values`."""
        parts = [f"w.word = ANY(%({name})s)"] if self.exact else []
        if self.begins:
            parts.append(f"w.word >= %({name}_from)s AND w.word < %({name}_from)s || chr(1114109)")
        return " OR ".join(parts) or "false"

    def values(self, name: str) -> dict[str, Any]:
        """What stands for the names in `test`."""
        exact = {name: list(self.exact)} if self.exact else {}
        return exact | ({f"{name}_from": self.begins} if self.begins else {})

    @property
    def is_common(self) -> bool:
        return self.count > SOME


@dataclass(frozen=True, slots=True)
class Way:
    """A way to answer: a thing that has one of the words of each of the atoms; `also`: or of one of these."""

    rank: int
    atoms: tuple[Atom, ...]
    also: tuple[Atom, ...] = ()

    @property
    def possible(self) -> bool:
        return self._all_there or any(atom.count for atom in self.also)

    @property
    def _all_there(self) -> bool:
        return bool(self.atoms) and all(atom.count for atom in self.atoms)

    def alternatives(self) -> Iterator[tuple[Atom, ...]]:
        """The atoms that must all be met, of each alternative that is possible; the rarest first."""
        if self._all_there:
            yield tuple(sorted(self.atoms, key=lambda atom: atom.count))
        yield from ((atom,) for atom in self.also if atom.count)


@dataclass(frozen=True, slots=True)
class Found:
    """SQL that holds for the rows that are found in some way, and its values.

    `instead`: where `where` looks at every row's words, the same by joining them, for what the first rows have seldom.
    """

    where: str
    values: dict[str, Any]
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody looks for: the ways to answer, the best first, and the words that stand for mistyped ones, the nearest first."""

    index: SearchIndex
    asked: tuple[str, ...]
    ways: tuple[Way, ...]
    near: Mapping[str, tuple[str, ...]]
    tells: bool  # whether who searches may know those words: a limited member does not see every case

    def instead(self, word: str, near: str) -> str:
        """What to search for when a word was mistyped."""
        return " ".join(near if each == word else each for each in self.asked)

    def one_by_one(self) -> list[tuple[int, Found]]:
        """Each way that is possible with its rank, the best first; what was found in a better way is not found again."""
        possible = [way for way in self.ways if way.possible]
        return [(way.rank, self._but(way, possible[:place])) for place, way in enumerate(possible)]

    def all(self) -> Found:
        """Whatever is found, however well: for its files and exact numbers. The things of one word may be very many, and
        the planner knows how many; those that have several words are fewer than it thinks, and looked up.
        """
        writer, alternatives = _Writer(self.index), list(self._alternatives())
        lists = dict.fromkeys(writer.joined(atoms) for atoms in alternatives)
        are_fewer = any(len(atoms) > 1 for atoms in alternatives)
        return Found(self._one_of(lists) if are_fewer else self._among(lists), writer.values)

    def whichever(self) -> Found:
        """The same for a page in another order than the best first."""
        return self._found(list(self._alternatives()), [])

    def _alternatives(self) -> Iterator[tuple[Atom, ...]]:
        return (atoms for way in self.ways for atoms in way.alternatives())

    def some(self) -> Found:
        """Some of what is found, to be counted: all of it, or `COUNTED` of each alternative, or what `LOOKED_AT` words give."""
        writer = _Writer(self.index)
        some = SOME + 1 if self.is_rare else COUNTED
        lists = [writer.ids(atoms, LOOKED_AT, some) for atoms in self._alternatives()]
        return Found(self._one_of(dict.fromkeys(lists)), writer.values)

    @property
    def is_rare(self) -> bool:
        """Whether `some` is all of it."""
        return all(not atoms[0].is_common for atoms in self._alternatives())

    def _but(self, way: Way, better: Sequence[Way]) -> Found:
        known = [atoms for each in better for atoms in each.alternatives()]
        return self._found([atoms for atoms in way.alternatives() if atoms not in known], known)

    def _found(self, alternatives: Sequence[tuple[Atom, ...]], known: Sequence[tuple[Atom, ...]]) -> Found:
        """What one of the alternatives finds, and none of those that are known already."""
        writer = _Writer(self.index)
        others = [writer.all_of(atoms, writer.has) for atoms in known]
        without = f" AND NOT coalesce({' OR '.join(others)}, false)" if others else ""
        if any(atoms[0].is_common for atoms in alternatives):
            found = " OR ".join(writer.all_of(atoms, writer.has) for atoms in alternatives)
            joined = self._one_of(writer.joined(atoms) for atoms in alternatives)
            return Found(f"({found}){without}", writer.values, f"{joined}{without}")
        found = self._one_of(writer.ids(atoms, LOOKED_AT, SOME + 1) for atoms in alternatives)
        return Found(f"{found}{without}", writer.values)

    def _one_of(self, lists: Iterable[str]) -> str:
        return f"{self.index.alias}.id = ANY(ARRAY({_union(lists)}))"

    def _among(self, lists: Iterable[str]) -> str:
        return f"{self.index.alias}.id IN ({_union(lists)})"


def _union(lists: Iterable[str]) -> str:
    return " UNION ".join(f"({each})" for each in lists) or "SELECT NULL::uuid"


class _Writer:
    """Puts atoms into SQL, and keeps the values."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._names: dict[Atom, str] = {}
        self.values: dict[str, Any] = {}

    def all_of(self, atoms: Sequence[Atom], write: Any) -> str:
        return "(" + " AND ".join(write(atom) for atom in atoms) + ")"

    def has(self, atom: Atom) -> str:
        """A row of the list has one of its words: asked for each row, which the planner does not turn around."""
        return self._probe(atom, self._index.alias, "id")

    def joined(self, atoms: Sequence[Atom]) -> str:
        """The ids of what has all of them, in whatever order PostgreSQL joins the words."""
        more = [self._index.sql(_AND_WORD, n=str(n)) for n in range(1, len(atoms))]
        tests = [f"({self._test(atom).replace('w.', f'w{n}.')})" for n, atom in enumerate(atoms)]
        tables = " ".join([f"{self._index.words} w0", *more])
        return self._index.sql(_JOINED, tables=tables, tests=" AND ".join(tests))

    def ids(self, atoms: Sequence[Atom], looked_at: int, some: int) -> str:
        """The ids of what has all of them, beginning with the rarest."""
        others = " AND ".join(self._probe(atom, "w", self._index.key) for atom in atoms[1:]) or "true"
        values = {"looked_at": str(looked_at), "some": str(some), "others": others}
        return self._index.sql(_OF_WORD, test=self._test(atoms[0]), **values)

    def _probe(self, atom: Atom, of: str, id: str) -> str:
        """A range of words is held against each word of the thing (`|| ''`): all things' words in that range are many more."""
        inner = _OF_ROW.replace(" w ", " o ").replace("w.", "o.")
        test = self._test(atom).replace("w.word >=", "w.word || '' >=").replace("w.word <", "w.word || '' <")
        return "(" + self._index.sql(inner, of=of, id=id, test=test.replace("w.", "o.")) + ")"

    def _test(self, atom: Atom) -> str:
        if atom not in self._names:
            self._names[atom] = f"atom_{len(self._names)}"
            self.values |= atom.values(self._names[atom])
        return atom.test(self._names[atom])


async def search(reading: ReadSession, index: SearchIndex, text: str) -> Search | None:
    """What is meant by a text that somebody searches for; None when there is nothing in it. A statement, or three."""
    asked = list(dict.fromkeys(words(text)))[:MAX_WORDS]
    if not asked:
        return None
    wholes = _wholes(text)
    counts = await _counts(reading, index, [*asked, *(kind + each for each in wholes for kind in (CALLED, VALUE))])
    near = await _near(reading, index, [word for word in asked if not any(counts[word]) and _may_be_mistyped(word)])
    counts |= await _counts(reading, index, sorted({each for those in near.values() for each in those}))
    ways = _ways([] if _is_known_number(text, wholes, counts) else asked, wholes, counts, near)
    return Search(index, tuple(asked), tuple(ways), near, reading.scope.owner is None)


def _is_known_number(text: str, wholes: Sequence[str], counts: Mapping[str, tuple[int, int]]) -> bool:
    """Whether it is a telephone number, or another one, that something has: then its parts say nothing."""
    return is_number(text) and any(counts[kind + each][0] for each in wholes for kind in (CALLED, VALUE))


def _ways(
    asked: Sequence[str],
    wholes: Sequence[str],
    counts: Mapping[str, tuple[int, int]],
    near: Mapping[str, tuple[str, ...]],
) -> Iterator[Way]:
    called, held = ([kind + each for each in wholes] for kind in (CALLED, VALUE))
    yield Way(3, (_exactly(called, counts),))
    yield Way(2, (_exactly(held, counts),))
    yield Way(1, tuple(_exactly([word], counts) for word in asked))
    begin = tuple(_exactly(near[word], counts) if word in near else _beginning(word, counts) for word in asked)
    yield Way(0, begin, tuple(_beginning(each, counts) for each in (*called, *held)))


def _exactly(these: Sequence[str], counts: Mapping[str, tuple[int, int]]) -> Atom:
    there = tuple(each for each in these if counts[each][0])
    return Atom(there, count=sum(counts[each][0] for each in there))


def _beginning(word: str, counts: Mapping[str, tuple[int, int]]) -> Atom:
    exact, longer = counts[word]
    return Atom(begins=word, count=exact + longer) if longer else Atom((word,), count=exact)


def _wholes(text: str) -> list[str]:
    whole = {joined(text): None}
    if is_number(text):
        whole |= dict.fromkeys(filter(None, _asked_numbers(text)))
    return list(whole)


def _asked_numbers(text: str) -> Iterator[str]:
    for digits in numbers(text):
        yield digits
        if digits.startswith("00"):
            yield digits[2:]


_COUNT = f"""
SELECT asked.word,
  (SELECT count(*) FROM (SELECT FROM {{words}} w WHERE w.workspace_id = ANY(%(scope)s) AND w.word = asked.word
                         LIMIT {SOME + 1}) AS few) AS exact,
  (SELECT count(*) FROM (SELECT FROM {{words}} w WHERE w.workspace_id = ANY(%(scope)s) AND w.word > asked.word
                           AND w.word < asked.word || chr(1114109) LIMIT {SOME + 1}) AS few) AS longer
FROM (SELECT each COLLATE "C" AS word FROM unnest(%(asked)s::text[]) AS each) AS asked
"""


async def _counts(reading: ReadSession, index: SearchIndex, asked: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many things have each word, and how many times one has a longer one that begins so; `SOME` + 1 at most."""
    if not asked:
        return {}
    rows = await reading.all(index.sql(_COUNT), asked=list(asked))
    return {row["word"]: (row["exact"], row["longer"]) for row in rows}


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= MIN_ALIKE and is_known(word)


_NEAR = """
SELECT asked.word AS asked, near.word FROM unnest(%(words)s::text[], %(letters)s::text[]) AS asked (word, letters)
CROSS JOIN LATERAL (
  (SELECT w.word FROM {known} w WHERE w.workspace_id = ANY(%(scope)s) AND w.letters %% asked.letters
   ORDER BY similarity(w.letters, asked.letters) DESC LIMIT 200)
  UNION
  SELECT w.word FROM unnest(%(of)s::text[], %(swapped)s::text[]) AS s (word, swapped)
  JOIN {known} w ON w.workspace_id = ANY(%(scope)s) AND w.word = s.swapped COLLATE "C" WHERE s.word = asked.word
) AS near
"""


async def _near(reading: ReadSession, index: SearchIndex, asked: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For each word the nearest known ones: mistyped by a letter, long ones by two."""
    if not asked:
        return {}
    swapped = [(word, word[:n] + word[n + 1] + word[n] + word[n + 2 :]) for word in asked for n in range(len(word) - 1)]
    rows = await reading.all(
        index.sql(_NEAR),
        words=list(asked),
        letters=[letters(word) for word in asked],
        of=[word for word, _ in swapped],
        swapped=[each for _, each in swapped],
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for row in rows:
        distance = _distance(row["asked"], row["word"])
        if is_known(row["word"]) and distance <= (1 if len(row["asked"]) < 8 else 2):
            found.setdefault(row["asked"], []).append((distance, row["word"]))
    return {word: tuple(near for _, near in sorted(each)[:MAX_NEAR]) for word, each in found.items()}


def _distance(word: str, known: str) -> int:
    """Letters that differ; what follows the length of the word counts as an ending that was not typed yet."""
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - memory that only mistyped words need

    return min(OSA.distance(word, known), OSA.distance(word, known[: len(word)]))
