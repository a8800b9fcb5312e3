"""The predicate and the SQL say the same, for random cases and conditions on a real PostgreSQL."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dossier.case_templates.model import CASES
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.store import reading, writing
from dossier.cases.store.collection import COLLECTION, COLUMNS, FIELD_INDEX
from dossier.conditions import Condition, parse_condition, parse_filter
from dossier.contacts import add
from dossier.contacts.model import FilledSlot
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Database, ReadSession
from dossier.foundation.identifiers import new_id
from dossier.listing.counting import find_related
from dossier.listing.sql import to_sql
from dossier.records.model import ChangeSet
from tests.many import MANY
from tests.world import World

HOW_MANY = 40
KEYS = ("a", "b", "c")

LONG = "x" * 199  # so that texts differ only around and after the 200 code points that the side table keeps
ALIKE = [LONG, LONG + "a", LONG + "ab", LONG + "ac", LONG + "b"]
"""At every key there is a case with each of these: no seed may leave them out."""
TEXTS = [
    "", "a", "A", "ß", "SS", "ss", "İ", "i̇", "é", "e\u0301", "𝔘nicode", "\U0010ffff", "\ud7ff", "a b", "%", "_", "\\", "'", '"', "10",
    "9", "true", "null", *ALIKE, "2026-03-01", "2026-03-02", "2026-13-45",
    "2026-03-01T00:00:00Z", "2026-03-01T00:00:00.5Z", "2026-03-01T02:00:00+02:00", "2026-02-28T23:59:59-01:00", "0000-01-01",
]  # fmt: skip
NUMBERS = [
    0,
    1,
    -1,
    3,
    Decimal("3.0"),
    Decimal("3.00"),
    Decimal("2.999"),
    10**30,
    Decimal("1E-9"),
    Decimal("9007199254740993.01"),
]

texts = st.sampled_from(TEXTS) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
scalars = texts | st.sampled_from(NUMBERS) | st.booleans()
stored = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.sampled_from("pq"), scalars, max_size=1)

order = st.sampled_from(["$gt", "$lt", "$ge", "$le"])
nullable = scalars | st.none()
ordered = texts | st.sampled_from(NUMBERS) | st.none()


def asks(operand: Any, orderable: Any, contained: Any) -> Any:
    """One operator with an operand that fits."""
    return st.one_of(
        st.tuples(st.sampled_from(["$eq", "$ne"]), operand),
        st.tuples(order, orderable),
        st.tuples(st.sampled_from(["$in", "$nin"]), st.lists(operand, max_size=3)),
        st.tuples(st.just("$defined"), st.booleans()),
        *([st.tuples(st.just("$contains"), contained)] if contained is not None else []),
    ).map(lambda pair: {pair[0]: pair[1]})


of_data = asks(nullable, ordered, scalars)
of_text = asks(texts | st.none(), texts | st.none(), texts)
times = st.sampled_from(
    ["2026-03-01", "2026-03-02T00:00:00Z", "2026-03-01T12:00:00.123Z", "2026-03-01T13:00:00+01:00", None]
)
of_time = asks(times, times, None)
ids = st.sampled_from([str(new_id()) for _ in range(2)]) | st.none()

attribute = st.one_of(
    st.tuples(st.sampled_from([f"data.{key}" for key in KEYS]), of_data),
    st.tuples(
        st.sampled_from(["title", "description", "reference", "status", "steps.call.status", "steps.none.status"]),
        of_text,
    ),
    st.tuples(st.sampled_from(["created_at", "archived_at"]), of_time),
    st.tuples(st.sampled_from(["id", "template"]), asks(ids, ids, None)),
).map(lambda pair: {pair[0]: pair[1]})
person = st.tuples(st.sampled_from(["email", "given_name", "family_name"]), of_text).map(
    lambda pair: {pair[0]: pair[1]}
)


def joined(parts: Any) -> Any:
    lists = st.lists(parts, max_size=3)
    return st.one_of(
        lists.map(lambda each: {"$and": each}),
        lists.map(lambda each: {"$or": each}),
        parts.map(lambda each: {"$not": each}),
    )


bare = st.recursive(attribute, joined, max_leaves=6)
bare_person = st.recursive(person, joined, max_leaves=4)
whole = st.recursive(
    bare.map(lambda each: {"attributes": each})
    | st.tuples(st.sampled_from(["owner", "contact"]), bare_person).map(
        lambda pair: {"relationships": {pair[0]: {"attributes": pair[1]}}}
    ),
    joined,
    max_leaves=5,
)


class Room:
    """A workspace with random cases, and the database to ask."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.workspace = world.workspace()
        self.actor = system("cli", Scope((self.workspace.id,)), "Tests")
        random.seed(seed)
        self.owners = [
            world.member(self.workspace, f"O{n}-{seed}@Example.org", given_name=random.choice(TEXTS[1:9]))
            for n in range(2)
        ]
        self.cases = world.do(self._fill, self.actor)

    async def _fill(self, transaction: Any) -> list[Case]:
        await FIELD_INDEX.register(transaction, self.workspace.id, KEYS)
        ids = [await self._insert(transaction, _random_data()) for _ in range(HOW_MANY)]
        ids += [await self._insert(transaction, {key: text}) for key in KEYS for text in ALIKE]
        # Read again: a contact that several cases share was filled on the way.
        found = [await reading.WHOLE.get(transaction, id) for id in ids]
        return [case for case in found if case]

    async def _insert(self, transaction: Any, data: dict[str, Any]) -> UUID:
        owner = random.choice([None, *self.owners])
        contacts = {}
        for slot in random.sample(["main", "other"], random.randint(0, 2)):
            email = random.choice([None, f"C{random.randint(0, 3)}@Example.org"])
            given = {"email": email, "given_name": random.choice([None, *TEXTS[1:9]]), "family_name": random.choice([None, "ß", "SS"])}  # fmt: skip
            contacts[slot] = FilledSlot((await add(transaction, self.workspace.id, given)).contact, slot)
        created = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=random.randint(-30, 30))
        case = Case(
            workspace_id=self.workspace.id, workspace_slug=self.workspace.slug, time_zone="UTC", id=new_id(), version=0,
            template_id=None, template_version=None, template=None, title=random.choice(TEXTS),
            description=random.choice([None, *TEXTS]), locale=None, reference=random.choice([None, *TEXTS]), reference_generated=False,
            status=random.choice(["draft", "ß"]), parent_status="draft", waiting_for="none",
            owner=owner and {"id": str(owner.id), "email": owner.email, "given_name": owner.given_name, "family_name": None},
            archived_at=random.choice([None, created]), created_at=created, updated_at=created,
            data=data,
            steps={"call": {"status": random.choice(["available", "ß"]), "data": {}}}, contacts=contacts,
        )  # fmt: skip
        await writing.insert(transaction, ChangeSet(CASE_RECORD, None, case))
        return case.id

    def answers(self, condition: Condition, ready: frozenset[str]) -> set[Any]:
        return self.world.server.run(self._ask(self.world.database, condition, ready))

    async def _ask(self, database: Database, condition: Condition, ready: frozenset[str]) -> set[Any]:
        async with database.reading(self.actor.scope) as reading:
            known = await find_related(reading, COLLECTION, condition)
            answers = [await self._rows(reading, condition, ready, found) for found in ({}, known)]
        assert answers[0] == answers[1], "what is related, looked up before or on the way"
        return answers[0]

    async def _rows(self, reading: ReadSession, condition: Condition, ready: frozenset[str], found: Any) -> set[Any]:
        where, values = to_sql(condition, COLUMNS, ready=ready, found=found)
        query = f"SELECT c.id FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND {where}"
        return {row["id"] for row in await reading.all(query, **values)}


def _random_data() -> dict[str, Any]:
    return {key: _random_value() for key in random.sample(KEYS, random.randint(0, 3))}


def _random_value() -> Any:
    choice = random.random()
    scalar = random.choice([*TEXTS, *NUMBERS, True, False])
    return [scalar, random.choice(TEXTS)] if choice < 0.15 else {"p": scalar} if choice < 0.2 else scalar


@pytest.fixture(scope="module")
def room(world: World) -> Room:
    return Room(world, seed=1)


profile = settings(
    max_examples=3000 if MANY else 60,
    deadline=None,
    derandomize=not MANY,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def agree(room: Room, condition: Condition) -> None:
    expected = {case.id for case in room.cases if condition.evaluate(case.context())}
    for ready in (frozenset[str](), frozenset(KEYS)):
        assert room.answers(condition, ready) == expected, to_sql(condition, COLUMNS, ready=ready)


@pytest.mark.long
@profile
@given(raw=bare)
def test_bare_conditions_agree(room: Room, raw: dict[str, Any]) -> None:
    agree(room, parse_condition(raw, CASES))


@pytest.mark.long
@profile
@given(raw=whole)
def test_whole_conditions_agree(room: Room, raw: dict[str, Any]) -> None:
    agree(room, parse_filter(raw, CASES))


def every_comparison() -> Sequence[dict[str, Any]]:
    operands = [*TEXTS, *NUMBERS, True, False, None]
    operators = ["$eq", "$ne", "$gt", "$lt", "$ge", "$le", "$contains"]
    return [{f"data.{KEYS[0]}": {op: operand}} for op in operators for operand in operands if _fits(op, operand)]


def _fits(op: str, operand: Any) -> bool:
    return not (operand is None and op == "$contains") and not (
        isinstance(operand, bool) and op in ("$gt", "$lt", "$ge", "$le")
    )


@pytest.mark.long
def test_every_operator_with_every_operand_agrees(room: Room) -> None:
    for raw in every_comparison():
        agree(room, parse_condition(raw, CASES))
        agree(room, parse_condition({"$not": raw}, CASES))


def test_agreement_would_show_a_difference(room: Room) -> None:
    """A predicate that thinks of another operator disagrees."""
    right = parse_condition({"data.a": {"$gt": "a"}}, CASES)
    wrong = parse_condition({"data.a": {"$ge": "a"}}, CASES)
    here = replace(room.cases[0], data={"a": "a"})
    assert right.evaluate(here.context()) != wrong.evaluate(here.context())
