"""Fields without an index: the list says what it costs, one click makes an index of cases of every version, and it goes again."""

import json
import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dossier.cases.actions.later import BACKFILL
from dossier.cases.store.collection import FIELD_INDEX
from dossier.foundation.actor import Scope, system
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

LIST = "/workspace/cases"
INDEXES = f"{LIST}/indexes"
QUERY = "?a=data.plate&o=eq&v=B-1"
SCHEMA = [
    {"key": "plate", "type": "text", "name": "Number plate"},
    {"key": "amount", "type": "number", "name": "Amount"},
]


@pytest.fixture
def designer(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"designer-{workspace.slug}@example.org", "administrator"))


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"handler-{workspace.slug}@example.org"))


@pytest.fixture
def template(api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    """A template of two versions with a case of each; neither keeps an index."""
    made = make_template(title="Claim", schema=SCHEMA)
    make_case(title="First", template={"id": made["id"]}, schema=[{"key": "plate", "value": "B-1"}])
    later = {"title": "Claim", "schema": [*SCHEMA, {"key": "more", "type": "text", "name": "More"}]}
    api.json("PUT", f"/v1/case_templates/{made['id']}", json=later)
    make_case(title="Second", template={"id": made["id"]}, schema=[{"key": "plate", "value": "B-1"}])
    make_case(title="Third", template={"id": made["id"]}, schema=[{"key": "plate", "value": "B-2"}])
    return made


@pytest.fixture(autouse=True)
def nobody_works(world: World) -> Iterator[None]:
    """Jobs are done when a test says so."""
    yield
    world.server.run(BACKFILL.fill_missing(world.services))


def listed(browser: Browser, query: str = QUERY) -> list[str]:
    return sorted(re.findall(r'<a href="/workspace/cases/[0-9a-f-]{36}">([^<]+)</a>', browser.get(LIST + query).text))


def by_index(world: World, workspace: Workspace, browser: Browser) -> bool:
    """Whether the list's own statement goes by the side table, and finds the two cases."""
    world.statements.clear()
    assert listed(browser) == ["First", "Second"]
    return any("case_field_values" in each for each in world.statements)


def state(world: World, workspace: Workspace) -> dict[str, str]:
    async def ask(transaction: Any) -> Any:
        return await FIELD_INDEX.states(transaction.within(Scope((workspace.id,))), workspace.id)

    return {each.field: each.state for each in world.do(ask)}


def the_third(api: Api) -> dict[str, Any]:
    found = api.json("GET", "/v1/cases", params={"filter": json.dumps({"attributes": {"title": {"$eq": "Third"}}})})
    return dict(found["data"][0])


def make(browser: Browser, key: str = "plate", **more: str) -> Any:
    return browser.send_form(INDEXES, field=key, **more)


def fill(world: World) -> None:
    world.server.run(BACKFILL.fill_missing(world.services))


@pytest.mark.usefixtures("template")
def test_one_click_makes_a_filter_fast_in_cases_of_every_version(
    world: World, workspace: Workspace, designer: Browser, api: Api
) -> None:
    """[#16 5] From the list's own hint, without a new version; a value that is changed afterwards is found too."""
    page = designer.get(LIST + QUERY).text
    assert "“Number plate” has no index" in page
    assert not by_index(world, workspace, designer)
    answer = make(designer, wanted="yes", back=QUERY)
    assert (answer.status_code, str(answer.url.raw_path, "ascii")) == (200, LIST + QUERY)
    assert "The index of “Number plate” is being made." in designer.get(LIST + QUERY).text
    fill(world)
    assert by_index(world, workspace, designer)
    assert "has no index" not in designer.get(LIST + QUERY).text
    third = the_third(api)
    api.json("POST", f"/v1/cases/{third['id']}/data", json={"data": {"plate": "B-1"}})
    assert listed(designer) == ["First", "Second", "Third"]


@pytest.mark.usefixtures("template")
def test_only_who_designs_templates_is_told_and_may(handler: Browser) -> None:
    """[#16 5] For others a hint would be noise; the address refuses them."""
    assert "has no index" not in handler.get(LIST + QUERY).text
    assert handler.get(INDEXES).status_code == 403
    assert make(handler, wanted="yes").status_code == 403


@pytest.mark.usefixtures("template")
def test_what_no_index_helps_says_so(designer: Browser) -> None:
    """[#16 5] A part of a text, or what is not: no button promises what it does not keep."""
    for operator in ("contains", "ne"):
        page = designer.get(f"{LIST}?a=data.plate&o={operator}&v=B").text
        assert "This filter reads every case" in page
        assert "Make it fast" not in page
    assert "reads every case" not in designer.get(f"{LIST}?a=title&o=eq&v=First").text


@pytest.mark.usefixtures("template")
def test_asked_for_twice_it_is_made_once(world: World, workspace: Workspace, designer: Browser) -> None:
    """[#16 5] Two clicks, two runs of the job side by side, and another when all is done."""
    assert {make(designer, wanted="yes").status_code for _ in range(2)} == {200}
    fill(world)
    for _ in range(2):
        world.server.run(BACKFILL.fill_field(world.services, str(workspace.id), "plate"))
    assert state(world, workspace) == {"plate": "ready"}
    assert by_index(world, workspace, designer)


@pytest.mark.usefixtures("template")
def test_a_back_fill_goes_on_where_it_was_killed(
    world: World, workspace: Workspace, designer: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[#16 5] What was done stays done, and the page says how far it is."""
    monkeypatch.setattr("dossier.listing.field_index.BATCH_SIZE", 1)
    register(world, workspace)
    acting = system(scope=Scope((workspace.id,)))
    for _ in range(2):
        assert world.do(lambda tx: FIELD_INDEX.fill_next(tx, workspace.id, "plate"), acting)
    assert "66 %" in designer.get(INDEXES).text
    assert 'hx-get="/workspace/cases/indexes/plate' in designer.get(f"{INDEXES}/plate").text
    steps = list(iter(lambda: world.do(lambda tx: FIELD_INDEX.fill_next(tx, workspace.id, "plate"), acting), False))
    assert len(steps) == 1, "two of three cases were in it already"
    assert by_index(world, workspace, designer)


def register(world: World, workspace: Workspace) -> None:
    """As the click does, without the job that a server would work on at once."""
    acting = system(scope=Scope((workspace.id,)))
    world.do(lambda tx: FIELD_INDEX.register(tx, workspace.id, {"plate"}), acting)


@pytest.mark.usefixtures("template")
def test_an_index_that_is_given_up_is_back_at_once_for_a_day(
    world: World, workspace: Workspace, designer: Browser, api: Api, database_url: str
) -> None:
    """[#16 5] Filters find the same before, between and after; what was written between is in it. After a day it is gone."""
    make(designer, wanted="yes")
    fill(world)
    assert make(designer, wanted="no").status_code == 200
    assert not by_index(world, workspace, designer)
    third = the_third(api)
    api.json("POST", f"/v1/cases/{third['id']}/data", json={"data": {"plate": "B-1"}})
    make(designer, wanted="yes")
    assert state(world, workspace) == {"plate": "ready"}
    assert listed(designer) == ["First", "Second", "Third"]
    make(designer, wanted="no")
    world.clock.forward(days=1, minutes=1)
    fill(world)
    assert state(world, workspace) == {}
    with psycopg.connect(database_url) as connection:
        kept = connection.execute("SELECT count(*) FROM case_field_values WHERE workspace_id = %s", [workspace.id])
        assert kept.fetchone() == (0,)
    designer = world.browser(world.member(workspace, f"next-{workspace.slug}@example.org", "administrator"))
    make(designer, wanted="yes")
    fill(world)
    assert listed(designer) == ["First", "Second", "Third"]


def test_an_index_that_a_template_asks_for_is_not_given_up_beside_it(
    world: World, designer: Browser, make_template: Any
) -> None:
    """[#16 5] Its next version would bring it back: the sentence says where to untick it."""
    make_template(title="Claim", schema=[SCHEMA[0] | {"indexed": True}])
    answer = make(designer, wanted="no")
    assert answer.status_code == 409
    assert "The template “Claim” asks for this index" in answer.text
    assert make(designer, "nothing", wanted="yes").status_code == 404


def test_the_designer_offers_it_beside_the_field(designer: Browser, template: dict[str, Any]) -> None:
    """[#16 5] And there it is one click too."""
    page = designer.get(f"/workspace/templates/{template['id']}/edit/schema?key=plate").text
    assert 'formaction="/workspace/cases/indexes"' in page
    answer = make(designer)
    assert answer.url.path == INDEXES
    assert "Number plate" in designer.get(INDEXES).text
