"""The list as handlers see it: found although mistyped, filtered by rows, counted by state, a stretch at a time."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, Browser, World, working_world

FIELDS = [
    {"key": "amount", "type": "currency", "name": "Amount", "currency": "EUR"},
    {"key": "city", "type": "text", "name": "City"},
    {"key": "paid", "type": "checkbox", "name": "Paid"},
]


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))


@pytest.fixture
def template(api: Api) -> str:
    document = {"title": "Claim", "schema": FIELDS, "contacts": [{"key": "main", "name": "Insured"}]}
    return str(api.json("POST", "/v1/case_templates", 201, json=document)["id"])


def made(api: Api, template: str, title: str, family_name: str = "", **data: Any) -> str:
    schema = [{"key": key, "value": value} for key, value in data.items()]
    contacts = [{"key": "main", "family_name": family_name}] if family_name else []
    body = {"title": title, "template": {"id": template}, "schema": schema, "contacts": contacts}
    return str(api.json("POST", "/v1/cases", json=body)["id"])


def titles(browser: Browser, query: str) -> list[str]:
    answer = browser.get(f"/workspace/cases{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a href="/workspace/cases/[0-9a-f-]{36}">([^<]+)</a>', answer.text)


def soon(browser: Browser, query: str, expected: list[str]) -> None:
    """The words of a change are there within a moment; on a busy machine that is longer."""
    until = time.monotonic() + 30
    while (found := titles(browser, query)) != expected and time.monotonic() < until:
        time.sleep(0.05)
    assert found == expected


@pytest.mark.long
def test_a_search_forgives_accents_and_a_typing_error(api: Api, template: str, handler: Browser) -> None:
    made(api, template, "First", "Dupont", city="Liège")
    made(api, template, "Second", "Dupuis", city="Gent")
    soon(handler, "?q=dupnt", ["First"])
    assert titles(handler, "?q=DUPONT") == ["First"]
    assert titles(handler, "?q=liege") == ["First"]
    soon(handler, "?q=gent+dupuis", ["Second"])
    assert titles(handler, "?q=gent+dupont") == []
    assert set(titles(handler, "?q=dup")) == {"First", "Second"}, "a beginning is enough"


@left_to_ci(
    "waits for the index after each change",
    "cases/test_changed_cases.py::test_a_clock_that_was_set_back_hides_no_case_from_the_search",
)
@pytest.mark.long
def test_a_search_follows_what_changes(api: Api, template: str, handler: Browser, world: World) -> None:
    case = made(api, template, "First", "Peeters")
    other = made(api, template, "Other")
    soon(handler, "?q=peeters", ["First"])
    api.json("POST", f"/v1/cases/{case}/contacts", json={"contacts": [{"key": "main", "family_name": "Wouters"}]})
    soon(handler, "?q=wouters", ["First"])
    assert titles(handler, "?q=peeters") == []
    api.json("POST", f"/v1/cases/{other}/data", json={"data": {"city": "Knokke"}})
    soon(handler, "?q=knokke", ["Other"])
    api.request("DELETE", f"/v1/cases/{other}").raise_for_status()
    until = time.monotonic() + 30
    while _known(world, "knokke") and time.monotonic() < until:
        time.sleep(0.05)
    assert not _known(world, "knokke"), "the words of an erased case are erased"


def _known(world: World, word: str) -> bool:
    async def look(tx: Any) -> bool:
        return bool(await tx.all("SELECT FROM search_words WHERE word = %(word)s", word=word))

    return bool(world.do(look))


@pytest.mark.long
def test_rows_of_conditions_filter_by_any_field(api: Api, template: str, handler: Browser) -> None:
    made(api, template, "Small", "Maes", amount=10, paid=True)
    made(api, template, "Large", "Claes", amount=1000, paid=False, city="Gent")
    assert titles(handler, "?a=data.amount&o=gt&v=99,5") == ["Large"]
    assert titles(handler, "?a=data.paid&o=eq&v=true") == ["Small"]
    assert titles(handler, "?a=data.city&o=empty&v=") == ["Small"]
    assert titles(handler, "?a=contact.family_name&o=eq&v=maes&a=data.amount&o=lt&v=11") == ["Small"]
    assert set(titles(handler, "?match=any&a=contact.family_name&o=eq&v=maes&a=data.amount&o=gt&v=11")) == {"Small", "Large"}  # fmt: skip
    assert titles(handler, f"?a=template.id&o=eq&v={template}&a=title&o=contains&v=Lar") == ["Large"]
    wrong = handler.get("/workspace/cases?a=data.amount&o=gt&v=many")
    assert wrong.status_code == 400
    assert "must be a number" in wrong.text
    assert handler.get("/workspace/cases?a=nothing.here&o=eq&v=x").status_code == 400
    assert handler.get("/workspace/cases?a=title&o=nonsense&v=x").status_code == 400
    everything = {"query": "?a=title&o=nonsense&v=x", "all": "yes", "change": "archive"}
    assert handler.send_form("/workspace/cases/bulk", **everything).status_code == 400, "not everything is meant"


@pytest.mark.long
def test_a_condition_without_a_value_stays_on_the_way(api: Api, template: str, handler: Browser) -> None:
    """[B1] “Is empty” narrows the next page, a view, an export and every form of the list as it did the first page."""
    for number in range(26):
        made(api, template, f"Nowhere {number}", amount=number)
    for number in range(3):
        made(api, template, f"Somewhere {number}", amount=number, city="Gent")
    page = handler.get("/workspace/cases?a=data.city&o=empty&v=").text
    assert 'id="total">26<' in page
    for link in re.findall(r'href="([^"]*[?&]a=data\.city[^"]*)"', page):
        if "/export." not in link:
            shown = handler.get("/workspace/cases" + link[link.index("?") :].replace("&amp;", "&")).text
            assert "Somewhere" not in shown, link
    onwards = re.search(r'rel="next" href="([^"]+)"', page)
    assert onwards
    assert len(titles(handler, onwards[1].replace("&amp;", "&"))) == 1
    exported = re.search(r'href="(/workspace/cases/export\.csv[^"]*)"', page)
    assert exported
    assert "Somewhere" not in handler.get(exported[1].replace("&amp;", "&")).text
    view = handler.send_form("/workspace/cases/views", name="Nowhere", query="?a=data.city&o=empty&v=")
    assert "Somewhere" not in view.text


def test_forms_of_a_list_keep_each_value_with_its_condition(api: Api, template: str, handler: Browser) -> None:
    """[B1] A blank value before another one: none slips to the condition before it."""
    made(api, template, "Small", amount=10, city="Gent")
    query = "?a=data.paid&o=empty&v=&a=data.amount&o=eq&v=10"
    assert titles(handler, query) == ["Small"]
    page = handler.get(f"/workspace/cases{query}").text
    search = re.search(r'<form[^>]*role="search".*?</form>', page, re.DOTALL)
    assert search
    hidden = re.findall(r'type="hidden" name="([aov])" value="([^"]*)"', search[0])
    assert hidden == [("a", "data.paid"), ("a", "data.amount"), ("o", "empty"), ("o", "eq"), ("v", ""), ("v", "10")]


def test_filters_know_who_looks_and_which_day_it_is(world: World, workspace: Workspace, api: Api) -> None:
    """[H13] “me” and days from today, in a shared view too: each sees their own; owners are offered by name."""
    fields = [{"key": "due", "type": "date", "name": "Due"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": fields})["id"]
    an, bo = (
        world.member(workspace, f"{name}-{workspace.slug}@example.org", given_name=name.title())
        for name in ("an", "bo")
    )
    for owner, days in ((an, -1), (an, 3), (bo, -20)):
        day = (world.clock() + timedelta(days=days)).date().isoformat()
        made(api, template, f"{owner.given_name} {days}", due=day)
        id = api.json("GET", "/v1/cases")["data"][0]["id"]
        api.json("PATCH", f"/v1/cases/{id}", json={"owner": {"email": owner.email}})
    ans, bos = world.browser(an), world.browser(bo)
    assert set(titles(ans, "?a=owner.email&o=eq&v=me")) == {"An -1", "An 3"}
    assert titles(bos, "?a=owner.email&o=in&v=me") == ["Bo -20"]
    assert titles(ans, "?a=owner.email&o=eq&v=me&a=data.due&o=lt&v=today") == ["An -1"]
    assert set(titles(ans, "?a=data.due&o=ge&v=today-7")) == {"An -1", "An 3"}
    assert set(titles(ans, "?a=data.due&o=le&v=today%2B2")) == {"An -1", "Bo -20"}
    assert len(titles(ans, "?a=created_at&o=ge&v=today-1")) == 3
    assert ans.get("/workspace/cases?a=data.due&o=ge&v=today-soon").status_code == 400
    page = ans.get("/workspace/cases").text
    assert f"[&#34;{an.email}&#34;, &#34;An&#34;]" in page


def test_states_are_counted(api: Api, template: str, handler: Browser) -> None:
    first, _ = made(api, template, "First"), made(api, template, "Second")
    api.json("PATCH", f"/v1/cases/{first}", json={"status": "closed", "waiting_for": "contact"})
    text = handler.get("/workspace/cases?status=closed").text
    counted = dict(re.findall(r">\s*(All|Draft|Closed)\s+<span class=\"d-count\">(\d+)<", text))
    assert counted == {"All": "2", "Draft": "1", "Closed": "1"}
    assert titles(handler, "?status=closed") == ["First"]
    assert titles(handler, "?waiting_for=none") == ["Second"]
    assert titles(handler, "?status=closed&waiting_for=none") == []


@pytest.mark.long
def test_a_stretch_keeps_its_place_while_cases_come(api: Api, template: str, handler: Browser) -> None:
    for number in range(30):
        made(api, template, f"Case {number:02}")
    first = handler.get("/workspace/cases?sort=title")
    shown = titles(handler, "?sort=title")
    assert shown == [f"Case {number:02}" for number in range(25)]
    made(api, template, "Case 00 bis")
    address = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert address
    following = address[1].replace("&amp;", "&")
    assert titles(handler, following) == [f"Case {number:02}" for number in range(25, 30)]
    back = re.search(r'rel="prev" href="([^"]+)"', handler.get(f"/workspace/cases{following}").text)
    assert back
    assert titles(handler, back[1].replace("&amp;", "&"))[-1] == "Case 24"
    assert titles(handler, "?sort=title&order=down")[0] == "Case 29"
    for sort in ("updated_at", "created_at", "reference", "status", "waiting_for"):
        assert len(titles(handler, f"?sort={sort}")) == 25
        page = handler.get(f"/workspace/cases?sort={sort}").text
        address = re.search(r'rel="next" href="([^"]+)"', page)
        assert address
        assert len(titles(handler, address[1].replace("&amp;", "&"))) == 6, sort


@pytest.mark.long
@pytest.mark.parametrize(
    "query", ["?after=x", "?after=~~", "?q=%00", "?after=nonsense~0190b3c4-0000-7000-8000-000000000000", "?a=&o=&v=", "?key=%00", "?after=%00~0190b3c4-0000-7000-8000-000000000000&sort=title", "?sort=reference&before=x~0190b3c4-0000-7000-8000-000000000000", "?after=0001-01-01 00:00:00%2B23:59~0190b3c4-0000-7000-8000-000000000000", "?after=9999-12-31 23:59:59-23:59~0190b3c4-0000-7000-8000-000000000000", "?status=&waiting_for=&archived=", "?utm_source=mail&_=1", "?status=draft&view=0190b3c4-0000-7000-8000-000000000000"]
)  # fmt: skip
def test_an_address_that_asks_for_nothing_else_shows_the_list(handler: Browser, query: str) -> None:
    assert handler.get(f"/workspace/cases{query}").status_code == 200


UNKNOWN = ["status=nonsense", "waiting_for=nonsense", "archived=nonsense", "match=nonsense", "sort=nonsense", "order=nonsense", "page=2", "owner=eve", "view=0190b3c4-0000-7000-8000-000000000000", "a=title", "a=title&o=eq&v=", "a=title&o=eq&v=%00", "a=title&o=nonsense&v=x", "a=created_at&o=gt&v=many"]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("query", UNKNOWN)
def test_what_an_address_asks_for_and_there_is_not_never_means_everything(
    api: Api, template: str, handler: Browser, query: str
) -> None:
    """[B1 H13] An unknown state, order, view or parameter is said where the rows would be, in the list as in its files."""
    made(api, template, "Anything")
    answer = handler.get(f"/workspace/cases?{query}")
    assert answer.status_code == (404 if query.startswith("view=") else 400)
    assert "Anything" not in answer.text
    assert 'role="alert"' in answer.text
    assert handler.get(f"/workspace/cases/export.csv?{query}").status_code == answer.status_code
    everything = {"query": f"?{query}", "all": "yes", "change": "archive"}
    assert handler.send_form("/workspace/cases/bulk", **everything).status_code == answer.status_code
    kept = handler.send_form("/workspace/cases/views", name="Kept", query=f"?{query}")
    assert kept.status_code == 400 or query.startswith("view=")


@pytest.mark.parametrize("query", ["sort=status", "status=open", "archived=nonsense", "page=2", "a=email&o=eq&v="])
def test_contacts_say_it_too(api: Api, template: str, handler: Browser, query: str) -> None:
    """[B1 H13] A list says what it has not, and shows nobody instead of everybody."""
    made(api, template, "First", "Dupont")
    answer = handler.get(f"/workspace/contacts?{query}")
    assert answer.status_code == 400
    assert "Dupont" not in answer.text
    assert 'role="alert"' in answer.text


def test_views_are_mine_or_shared(world: World, workspace: Workspace, api: Api, template: str) -> None:
    made(api, template, "Large", amount=1000)
    mine, theirs = (world.member(workspace, f"{name}-{workspace.slug}@example.org") for name in ("me", "they"))
    me, they = world.browser(mine), world.browser(theirs)
    query = "?q=large&a=data.amount&o=gt&v=99"
    me.send_form("/workspace/cases/views", name="Large ones", query=query)
    me.send_form("/workspace/cases/views", name="For all of us", query=query, shared="yes")
    assert "Large ones" in me.get("/workspace/cases").text
    text = they.get("/workspace/cases").text
    assert "Large ones" not in text
    assert "For all of us" in text
    address = re.search(r'href="/workspace/cases([^"]+)">For all of us', text)
    assert address
    soon(they, address[1].replace("&amp;", "&"), ["Large"])
    for id in re.findall(r"/workspace/cases/views/([0-9a-f-]{36})/delete", me.get("/workspace/cases").text):
        assert they.send_form(f"/workspace/cases/views/{id}/delete").status_code == 404
        assert me.send_form(f"/workspace/cases/views/{id}/delete").status_code == 200
    assert "For all of us" not in me.get("/workspace/cases").text
    assert me.send_form("/workspace/cases/views", name=" ", query="").status_code == 400


@pytest.mark.long
def test_views_are_renamed_updated_and_shown_first(world: World, workspace: Workspace, api: Api, template: str) -> None:
    """One name, one view; the chosen one is marked, and says when the list shows something else by now."""
    made(api, template, "Large", amount=1000)
    made(api, template, "Small", amount=1)
    mine, theirs = (world.member(workspace, f"{name}-{workspace.slug}@example.org") for name in ("me", "they"))
    me, they = world.browser(mine), world.browser(theirs)
    views, query = "/workspace/cases/views", "?a=data.amount&o=gt&v=99"
    saved = me.send_form(views, name="Large ones", query=query, shared="yes")
    assert ("Views</span>: <strong" in re.sub(r"\s+", " ", saved.text), "(changed)" in saved.text) == (True, False)
    id = saved.url.params["view"]
    assert me.send_form(views, name="large ONES", query="").status_code == 409
    changed = f"?a=data.amount&o=lt&v=99&view={id}"
    page = me.get(f"/workspace/cases{changed}").text
    assert ("(changed)" in page, "Update it with what is shown now" in page) == (True, True)
    assert they.send_form(f"{views}/{id}", name="Theirs", query=changed, update="yes").status_code == 404
    renamed = me.send_form(f"{views}/{id}", name="Small ones", query=changed)
    assert ("Small ones" in renamed.text, "(changed)" in renamed.text) == (True, True)
    updated = me.send_form(f"{views}/{id}", name="Small ones", query=changed, update="yes")
    assert "(changed)" not in updated.text
    they.send_form(f"{views}/{id}/first", first="yes", query=changed)
    first = they.get("/workspace/cases")
    assert first.url.params["view"] == id
    assert titles(they, "") == ["Small"]
    assert set(titles(they, "?view=all")) == set(titles(me, "")) == {"Large", "Small"}
    they.send_form(f"{views}/{id}/first", query=changed)
    assert set(titles(they, "")) == {"Large", "Small"}
    they.send_form(f"{views}/{id}/first", first="yes", query=changed)
    assert me.send_form(f"{views}/{id}/delete").status_code == 200
    assert set(titles(they, "")) == {"Large", "Small"}, "a view that is gone is nobody's first"
    private = me.send_form(views, name="Mine alone", query=query).url.params["view"]
    assert they.send_form(f"{views}/{private}/first", first="yes", query="").status_code == 404


def test_a_private_view_is_nobody_elses_not_even_an_administrators(world: World, workspace: Workspace) -> None:
    mine, boss = (
        world.browser(world.member(workspace, f"{name}-{workspace.slug}@example.org", role))
        for name, role in (("mine", "handler"), ("boss", "administrator"))
    )
    views = "/workspace/cases/views"
    private, shared = (
        mine.send_form(views, name=name, query="", **more).url.params["view"]
        for name, more in (("Private", {}), ("Shared", {"shared": "yes"}))
    )
    assert "Private" not in boss.get("/workspace/cases").text
    assert boss.send_form(f"{views}/{private}", name="Mine now", query="").status_code == 404
    assert boss.send_form(f"{views}/{private}/delete").status_code == 404
    assert boss.send_form(f"{views}/{shared}", name="For all", query="").status_code == 200
    page = mine.get("/workspace/cases").text
    assert ("Private" in page, "For all" in page) == (True, True)
    assert boss.send_form(f"{views}/{shared}/delete").status_code == 200
    page = mine.get("/workspace/cases").text
    assert ("Private" in page, "For all" in page) == (True, False)


def test_what_can_be_filtered_by_is_as_the_templates_are_now(api: Api, template: str, handler: Browser) -> None:
    """What is offered is drawn once and kept: another version, another language and what is chosen show at once."""
    asked = handler.get("/workspace/cases?a=data.city&o=eq&v=Namur").text
    assert asked.count(">City</option>") == 2, "the row that asks, and a blank one"
    assert re.findall(r'<option value="data.city"( selected)?', asked) == [" selected", ""]
    renamed = {"title": "Claim", "schema": [{**FIELDS[1], "name": "Town"}, *FIELDS[::2]]}
    api.json("PUT", f"/v1/case_templates/{template}", json=renamed)
    page = handler.get("/workspace/cases").text
    assert ">Town</option>" in page
    assert ">City</option>" not in page
    assert ">Référence</option>" in handler.get("/workspace/cases", headers={"Accept-Language": "fr"}).text
