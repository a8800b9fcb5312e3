"""Contacts by themselves: listed, searched, filtered, sorted and exported for people; listed and read by programs."""

import csv
import io
import json
import re
from typing import Any

import pytest

from dossier.contacts.jobs import WORDS
from dossier.workspaces.model import Workspace
from tests.cases.test_contacts import traces
from tests.world import Api, Browser, World

PEOPLE: list[dict[str, Any]] = [
    {"given_name": "Zoë", "family_name": "Aerts", "email": "zoe@example.org", "phone": "+32470111222"},
    {"given_name": "Bram", "family_name": "Peeters", "email": "bram@example.org"},
    {"given_name": "An", "family_name": "peeters"},
    {"email": "nobody@example.org"},
]


@pytest.fixture
def people(make_case: Any) -> list[str]:
    """The ids of the contacts of `PEOPLE`, each on a case of their own."""
    cases = [make_case(title=f"Case {number}", contacts=[each]) for number, each in enumerate(PEOPLE)]
    return [each["contacts"][0]["id"] for each in cases]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"contacts-{workspace.slug}@example.org"))


def names(browser: Browser, query: str = "") -> list[str]:
    """What the contacts of a list are called, in its order."""
    answer = browser.get(f"/workspace/contacts{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a href="/workspace/contacts/[0-9a-f-]{36}">([^<]*)</a>', answer.text)


def taken(world: World, workspace: Workspace) -> None:
    world.server.run(WORDS.reindex(world.services, str(workspace.id)))


# ---- for people ----


def test_the_list_is_sorted_and_filtered(handler: Browser, people: list[str]) -> None:
    """By family name, then given name; who has none stands where their address does."""
    assert len(people) == 4
    assert names(handler, "?sort=name") == ["Zoë Aerts", "nobody@example.org", "An peeters", "Bram Peeters"]
    assert names(handler, "?sort=created_at&order=up")[0] == "Zoë Aerts"
    assert names(handler, "?a=family_name&o=eq&v=PEETERS&sort=name") == ["An peeters", "Bram Peeters"]
    assert names(handler, "?a=phone&o=filled&v=") == ["Zoë Aerts"]
    assert 'id="total">4<' in handler.get("/workspace/contacts").text
    assert handler.get("/workspace/contacts?a=created_at&o=gt&v=soon").status_code == 400


def test_the_list_is_leafed_through(handler: Browser, make_case: Any) -> None:
    for number in range(27):
        make_case(title="T", contacts=[{"family_name": f"N{number:02}"}])
    first = handler.get("/workspace/contacts?sort=name")
    onwards = re.search(r'rel="next" href="([^"]+)"', first.text)
    assert onwards
    second = handler.get("/workspace/contacts" + onwards[1].replace("&amp;", "&"))
    assert re.findall(r">(N\d\d)</a>", first.text + second.text) == [f"N{number:02}" for number in range(27)]
    back = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert back
    assert names(handler, back[1].replace("&amp;", "&")) == [f"N{number:02}" for number in range(25)]


def test_a_contact_is_found_although_mistyped(
    world: World, workspace: Workspace, handler: Browser, people: list[str], api: Api
) -> None:
    taken(world, workspace)
    assert set(names(handler, "?q=peters")) == {"Bram Peeters", "An peeters"}
    assert names(handler, "?q=0470+11+12+22") == names(handler, "?q=zoe") == ["Zoë Aerts"]
    case = api.json("GET", "/v1/cases?contact[email]=bram@example.org")["data"][0]["id"]
    api.json("POST", f"/v1/cases/{case}/contacts", json={"contacts": [{"key": "main", "family_name": "Willems"}]})
    taken(world, workspace)
    assert names(handler, "?q=willems") == ["Bram Willems"]
    assert people[1] in handler.get("/workspace/contacts?q=willems").text


def test_an_export_has_what_the_list_shows(handler: Browser, people: list[str], api: Api) -> None:
    answer = handler.get("/workspace/contacts/export.csv?a=family_name&o=filled&v=&sort=name")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert [each["Family name"] for each in rows] == ["Aerts", "peeters", "Peeters"]
    assert (rows[0]["Phone"], rows[0]["Cases"], rows[0]["Id"]) == ("+32470111222", "1", people[0])
    keys = handler.get("/workspace/contacts/export.csv?keys=true").text
    assert keys.startswith("family_name,given_name,email,phone,cases,created_at,updated_at,id\r\n")
    assert handler.get("/workspace/contacts/export.xlsx").content[:2] == b"PK"
    acts = api.json("GET", "/v1/audit?act=contacts.exported")["data"]
    assert len(acts) == 3


def test_a_contact_has_a_page(handler: Browser, people: list[str], api: Api, make_case: Any) -> None:
    again = make_case(title="A second case", contacts=[PEOPLE[1]])
    api.json("POST", f"/v1/cases/{again['id']}/contacts", json={"contacts": [{"key": "main", "phone": "+3225550000"}]})
    page = handler.get(f"/workspace/contacts/{people[1]}").text
    for text in ("Bram Peeters", "bram@example.org", "A second case", "Case 1", "changed the contact", "+3225550000"):
        assert text in page, text
    assert "Case 0" not in page
    assert handler.get(f"/workspace/contacts/{again['id']}").status_code == 404


def test_limited_members_see_the_contacts_of_their_own_cases(
    world: World, workspace: Workspace, people: list[str], make_case: Any
) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    make_case(title="Hers", owner={"email": eve.email}, contacts=[PEOPLE[0]])
    browser = world.browser(eve)
    assert names(browser) == ["Zoë Aerts"]
    assert 'id="total">1<' in browser.get("/workspace/contacts").text
    assert names(browser, "?a=family_name&o=eq&v=Peeters") == []
    taken(world, workspace)
    assert names(browser, "?q=peeters") == []
    page = browser.get(f"/workspace/contacts/{people[0]}").text
    assert "Hers" in page
    assert "Case 0" not in page, "a case of somebody else"
    assert browser.get(f"/workspace/contacts/{people[1]}").status_code == 404
    exported = browser.get("/workspace/contacts/export.csv?keys=true").text
    assert "Aerts" in exported
    assert "Peeters" not in exported


# ---- for programs ----


def test_programs_list_contacts(api: Api, people: list[str]) -> None:
    page = api.json("GET", "/v1/contacts?page[size]=3&sort=created_at")
    assert page["meta"] == {"total_count": 4, "total_pages": 2, "page_size": 3, "current_page": 1}
    assert [each["id"] for each in page["data"]] == people[:3]
    assert page["data"][0]["name"] == "Zoë Aerts"
    assert page["data"][0]["cases"] == 1
    by_name = api.json("GET", "/v1/contacts?family_name=PEETERS&given_name=bram")["data"]
    assert [each["id"] for each in by_name] == [people[1]]
    assert api.json("GET", "/v1/contacts/count?family_name=PEETERS") == {"count": 2}
    assert api.json("GET", "/v1/contacts/count") == {"count": 4}
    condition = {"attributes": {"phone": {"$defined": True}, "created_at": {"$gt": "2020-01-01"}}}
    filtered = api.json("GET", "/v1/contacts", params={"filter": json.dumps(condition)})["data"]
    assert [each["id"] for each in filtered] == [people[0]]
    following = api.get("/v1/contacts?page[size]=3&sort=created_at").headers["link"]
    assert "page%5Bafter%5D" in following or "page[after]" in following


def test_programs_read_a_contact(api: Api, people: list[str], workspace: Workspace) -> None:
    answer = api.get(f"/v1/contacts/{people[0]}")
    assert answer.headers["etag"] == '"1-1"', "version, and how many cases"
    read = answer.json()
    assert {name: read[name] for name in PEOPLE[0]} == PEOPLE[0]
    assert (read["workspace"], read["cases"]) == ({"id": str(workspace.id)}, 1)
    assert api.get(f"/v1/contacts/{workspace.id}").status_code == 404
    assert api.get("/v1/contacts?archived=true").status_code == 400
    assert api.get("/v1/contacts?email=no").status_code == 400


def test_what_the_search_knew_of_an_erased_contact_is_gone(
    world: World, workspace: Workspace, database_url: str, api: Api, make_case: Any
) -> None:
    case = make_case(contacts=[{"family_name": "Canarysought"}])
    taken(world, workspace)
    assert {"contact_words", "contact_search_words"} <= set(traces(database_url, "canarysought"))
    assert api.delete(f"/v1/contacts/{case['contacts'][0]['id']}").status_code == 204
    assert traces(database_url, "canarysought") == []


# ---- saved views ----

VIEWS = "/workspace/contacts/views"


def test_what_a_list_of_contacts_shows_is_kept_under_a_name(
    world: World, workspace: Workspace, handler: Browser, people: list[str]
) -> None:
    """For oneself or for everybody, renamed, shown first, deleted: as with cases."""
    they = world.browser(world.member(workspace, f"they-{workspace.slug}@example.org"))
    query = "?a=family_name&o=eq&v=Peeters&sort=name"
    mine = handler.send_form(VIEWS, name="The Peeters", query=query)
    assert (mine.status_code, mine.url.path) == (200, "/workspace/contacts")
    assert re.findall(r'<a href="/workspace/contacts/[0-9a-f-]{36}">([^<]*)</a>', mine.text) == ["An peeters", "Bram Peeters"]  # fmt: skip
    shared = handler.send_form(VIEWS, name="For all of us", query=query, shared="yes").url.params["view"]
    assert "The Peeters" not in they.get("/workspace/contacts").text
    assert "For all of us" in they.get("/workspace/contacts").text
    assert "For all of us" not in they.get("/workspace/cases").text, "each list has views of its own"
    assert they.send_form(f"{VIEWS}/{shared}", name="Theirs", query=query).status_code == 404
    they.send_form(f"{VIEWS}/{shared}/first", first="yes", query=query)
    assert names(they) == ["An peeters", "Bram Peeters"]
    assert len(names(they, "?view=all")) == len(people)
    assert handler.send_form(f"{VIEWS}/{shared}/delete").status_code == 200
    assert "For all of us" not in they.get("/workspace/contacts").text


def test_views_that_look_for_somebody_who_is_erased_are_forgotten(
    handler: Browser, api: Api, people: list[str]
) -> None:
    handler.send_form(VIEWS, name="Zoë", query="?a=email&o=eq&v=Zoe@example.org", shared="yes")
    handler.send_form(VIEWS, name="Others", query="?a=family_name&o=eq&v=Peeters", shared="yes")
    api.request("DELETE", f"/v1/contacts/{people[0]}")
    page = handler.get("/workspace/contacts").text
    assert ("Others" in page, ">Zoë" in page) == (True, False)
