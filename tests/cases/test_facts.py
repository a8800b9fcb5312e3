"""EvaluationContext are published after they are stored: a subscriber sees the case as it is kept, and may refer to it."""

from typing import Any
from uuid import UUID

import pytest

from dossier.app import SUBSCRIBERS
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.store import reading
from dossier.foundation.database import Transaction
from dossier.foundation.events import Fact
from tests.world import Api, World

REFER = """
INSERT INTO case_search (workspace_id, case_id, version, at) VALUES (%(workspace)s, %(id)s, %(version)s, now())
ON CONFLICT (workspace_id, case_id) DO UPDATE SET version = excluded.version
"""
"""Its rows refer to cases, as those of messages, forms and deliveries do."""


class Follower:
    """Subscribes to every fact about cases; refers to each case from another table, and may refuse."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.stored: list[int | None] = []
        self.refuses = False

    async def __call__(self, transaction: Transaction, fact: CaseCreated | CaseChanged | CaseErased) -> None:
        self.facts.append(fact)
        case = await reading.WHOLE.get(transaction, fact.case.id)
        self.stored.append(case.version if case else None)
        if case:
            values = {"workspace": case.workspace_id, "id": case.id, "version": case.version}
            await transaction.send(REFER, **values)
        if self.refuses:
            raise LookupError


@pytest.fixture
def follower(world: World, monkeypatch: pytest.MonkeyPatch) -> Follower:
    follower = Follower()
    more = {kind: (*SUBSCRIBERS[kind], follower) for kind in (CaseCreated, CaseChanged, CaseErased)}
    monkeypatch.setattr(world.database, "subscribers", {**SUBSCRIBERS, **more})
    return follower


def test_a_subscriber_sees_and_refers_to_what_was_stored(api: Api, follower: Follower) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "One"})
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Two"})
    api.json("DELETE", f"/v1/cases/{case['id']}", expected=204)
    assert [type(each) for each in follower.facts] == [CaseCreated, CaseChanged, CaseErased]
    versions = [each.case.version for each in follower.facts if not isinstance(each, CaseErased)]  # type: ignore[attr-defined]
    assert follower.stored == [*versions, None]


def test_a_fact_names_the_rows_of_the_history(world: World, api: Api, follower: Follower) -> None:
    """What is delivered later refers to (case, version)."""
    case = api.json("POST", "/v1/cases", json={"title": "One"})
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Two"})
    created, changed = follower.facts
    assert isinstance(created, CaseCreated)
    assert isinstance(changed, CaseChanged)
    rows = _history(world, case["id"])
    first = [(number, each.kind) for number, each in enumerate(created.entries, 1)]
    then = [(number, each.kind) for number, each in enumerate(changed.entries, changed.before.version + 1)]
    assert rows == [*first, *then]
    assert changed.before.title == "One"


def test_nothing_is_published_when_nothing_changed(api: Api, follower: Follower) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "One"})
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "One"})
    assert [type(each) for each in follower.facts] == [CaseCreated]


def test_a_subscriber_that_fails_undoes_everything(world: World, api: Api, follower: Follower) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "One"})
    follower.refuses = True
    assert api.patch(f"/v1/cases/{case['id']}", json={"title": "Two"}).status_code == 500
    assert api.post("/v1/cases", json={"title": "Not kept", "reference": "NOT-KEPT"}).status_code == 500
    follower.refuses = False
    assert api.json("GET", f"/v1/cases/{case['id']}")["title"] == "One"
    assert len(_history(world, case["id"])) == 1
    assert [each["title"] for each in _cases(api)] == ["One"]


def test_a_rehearsal_is_followed_and_announces_nothing(world: World, api: Api, follower: Follower) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "One"})
    world.database.announced.clear()
    api.json("PATCH", f"/v1/cases/{case['id']}", params={"dry_run": "true"}, json={"title": "Two"})
    assert [type(each) for each in follower.facts] == [CaseCreated, CaseChanged]
    assert {each for each in world.database.announced if each.id == UUID(case["id"])} == set()


def _cases(api: Api) -> Any:
    return api.json("GET", "/v1/cases")["data"]


def _history(world: World, case_id: str) -> list[tuple[Any, ...]]:
    query = "SELECT version, kind FROM case_events WHERE case_id = %(id)s ORDER BY version"
    return [(row["version"], row["kind"]) for row in world.do(lambda tx: tx.all(query, id=UUID(case_id)))]
