"""Who changed what about a contact, and when: the same history that cases have."""

import re
from typing import Any
from uuid import UUID

import pytest

from dossier import contacts, records
from dossier.contacts.model import CONTACT_RECORD, KeptContact
from dossier.foundation.actor import Scope
from dossier.foundation.identifiers import new_id
from dossier.foundation.lists import Page
from dossier.records.model import HistoryEntry, VersionConflict
from tests.world import Api, World

EVE = {"key": "main", "email": "eve-history@example.org", "given_name": "Eve"}


@pytest.fixture
def contact_id(make_case: Any) -> str:
    made: str = make_case(contacts=[EVE])["contacts"][0]["id"]
    return made


def history(world: World, workspace: Any, contact_id: str) -> tuple[KeptContact, list[HistoryEntry]]:
    async def read() -> tuple[KeptContact, list[HistoryEntry]]:
        async with world.database.reading(Scope((workspace.id,))) as reading:
            kept = await contacts.kept(reading, UUID(contact_id))
            assert kept
            total, entries = await records.history_page(reading, CONTACT_RECORD, kept, Page(1, 20))
            assert total == len(entries)
            return kept, entries

    found: tuple[KeptContact, list[HistoryEntry]] = world.server.run(read())
    return found


def change(api: Api, case: dict[str, Any], **members: Any) -> dict[str, Any]:
    body = {"contacts": [{"key": "main", **members}]}
    return dict(api.json("POST", f"/v1/cases/{case['id']}/contacts", json=body))


def test_each_change_is_an_entry_with_who_did_it(world: World, api: Api, workspace: Any, make_case: Any) -> None:
    case = make_case(contacts=[EVE])
    contact_id = case["contacts"][0]["id"]
    change(api, case, phone="+3221234567")
    member = world.member(workspace, f"h-{workspace.slug}@example.org", given_name="Hana")
    form = {"given_name": "Eva", "family_name": "", "email": EVE["email"], "phone": "+3221234567"}
    world.browser(member).send_form(f"/workspace/cases/{case['id']}/contacts/main", **form)
    kept, entries = history(world, workspace, contact_id)
    assert [each.version for each in entries] == [3, 2, 1]
    assert kept.version == 3
    assert [each.kind for each in entries] == ["details", "details", "created"]
    assert [each.changes for each in entries] == [
        {"given_name": {"old": "Eve", "new": "Eva"}},
        {"phone": {"old": None, "new": "+3221234567"}},
        {"email": {"old": None, "new": EVE["email"]}, "given_name": {"old": None, "new": "Eve"}},
    ]
    assert [(each.actor["type"], each.actor["name"], each.via) for each in entries[:2]] == [
        ("member", "Hana", "link"),
        ("token", "Test", "api"),
    ]


def test_programs_read_it_in_the_shape_of_a_cases_history(api: Api, make_case: Any) -> None:
    case = make_case(contacts=[EVE])
    change(api, case, phone="+3221234567")
    address = f"/v1/contacts/{case['contacts'][0]['id']}"
    answer = api.json("GET", f"{address}/history", params={"page[size]": 1})
    (newest,) = answer["data"]
    assert (answer["meta"]["total_count"], newest["version"]) == (2, 2)
    assert newest["changes"] == {"phone": {"old": None, "new": "+3221234567"}}
    assert newest.keys() == api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0].keys()
    assert api.get(address).headers["etag"] == '"2-1"'
    assert api.get(f"/v1/contacts/{new_id()}/history").status_code == 404


def test_people_read_it_on_the_contacts_page(world: World, api: Api, workspace: Any, make_case: Any) -> None:
    case = make_case(contacts=[EVE])
    change(api, case, given_name="Eva")
    reader = world.browser(world.member(workspace, f"r-{workspace.slug}@example.org"))
    page = reader.get(f"/workspace/contacts/{case['contacts'][0]['id']}").text
    assert re.search(r"<strong[^>]*>Test</strong>\s+changed the contact", page)
    assert "Given name: Eve → Eva" in page
    assert "1 more in the same minute" in page


def test_equal_details_are_no_version(world: World, api: Api, workspace: Any, make_case: Any, contact_id: str) -> None:
    make_case(contacts=[EVE])
    change(api, make_case(contacts=[EVE]), given_name="Eve")
    kept, entries = history(world, workspace, contact_id)
    assert (kept.version, len(entries)) == (1, 1)


def test_undo_on_a_case_is_an_entry_of_the_contact(world: World, api: Api, workspace: Any, make_case: Any) -> None:
    case = make_case(contacts=[EVE])
    change(api, case, given_name="Eva")
    entry = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})
    kept, entries = history(world, workspace, case["contacts"][0]["id"])
    assert entries[0].changes == {"given_name": {"old": "Eva", "new": "Eve"}}
    assert [each.changes["given_name"]["old"] for each in entries[:2]] == ["Eva", "Eve"]
    assert kept.contact.given_name == "Eve"


def test_if_match_names_what_was_changed_since(world: World, api: Api, workspace: Any, make_case: Any) -> None:
    case = make_case(contacts=[EVE])
    change(api, case, phone="1")
    kept, _ = history(world, workspace, case["contacts"][0]["id"])

    async def check(seen: int, *paths: str) -> None:
        async with world.database.reading(Scope((workspace.id,))) as reading:
            await records.check_if_match(reading, CONTACT_RECORD, kept, seen, paths)

    world.server.run(check(1, "given_name", "email"))
    with pytest.raises(VersionConflict) as refused:
        world.server.run(check(1, "phone", "email"))
    (problem,) = refused.value.problems
    assert (problem.code, problem.pointer, problem.meta and problem.meta["value"]) == ("changed_since", "/phone", "1")
    with pytest.raises(VersionConflict) as ahead:
        world.server.run(check(3, "email"))
    assert ahead.value.problems[0].code == "not_reached"


def test_a_history_stays_in_its_workspace(world: World, workspace: Any, contact_id: str) -> None:
    kept, _ = history(world, workspace, contact_id)
    other = world.workspace()

    async def look() -> tuple[Any, int]:
        async with world.database.reading(Scope((other.id,))) as reading:
            total, _ = await records.history_page(reading, CONTACT_RECORD, kept, Page(1, 20))
            return await contacts.kept(reading, UUID(contact_id)), total

    assert world.server.run(look()) == (None, 0)
