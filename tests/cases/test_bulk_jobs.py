"""What is done to many cases: changed at once with a result for each, and exported without running in a spreadsheet."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from dossier.foundation.actor import Scope
from dossier.members import actions as members
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, Browser, World, working_world


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))


def finished(browser: Browser, **sent: Any) -> str:
    """The page of a bulk change once it is done."""
    return done(browser, "/workspace/cases/bulk", **sent)


def taken_back(browser: Browser, page: str) -> str:
    """The page of the change that takes this one back, once it is done."""
    back = re.search(r'action="(/workspace/cases/bulk/[0-9a-f-]+/back)"', page)
    assert back
    return done(browser, back[1])


def done(browser: Browser, address: str, **sent: Any) -> str:
    answer = browser.send_form(address, **sent)
    assert answer.status_code == 200, answer.text
    until = time.monotonic() + 60
    while ">Done.<" not in answer.text and time.monotonic() < until:
        time.sleep(0.05)
        answer = browser.get(str(answer.url))
    assert ">Done.<" in answer.text
    return answer.text


@left_to_ci(
    "waits for jobs over many cases, forth and back", "cases/test_bulk_jobs.py::test_owners_and_statuses_are_taken_back"
)
@pytest.mark.long
def test_archiving_many_and_taking_it_back(handler: Browser, make_case: Any, api: Api) -> None:
    cases = [make_case(title=f"Case {number}")["id"] for number in range(5)]
    api.json("POST", f"/v1/cases/{cases[0]}", json={"archived": True})
    page = finished(handler, change="archive", case=cases)
    assert "4 changed" in page
    assert "1 were so already" in page
    assert all(api.json("GET", f"/v1/cases/{each}")["archived_at"] for each in cases)
    back = re.search(r'action="(/workspace/cases/bulk/[0-9a-f-]+/back)"', page)
    assert back
    assert "4 changed" in done(handler, back[1])
    archived = [bool(api.json("GET", f"/v1/cases/{each}")["archived_at"]) for each in cases]
    assert archived == [True, False, False, False, False], "the one that was archived before stays so"


@pytest.mark.long
def test_owners_and_statuses_are_taken_back(world: World, workspace: Workspace, make_case: Any, api: Api) -> None:
    """[H11] Each case gets back what it had, with the moves that followed; one that changed since stays, and says why."""
    an, bo = (world.member(workspace, f"{name}-{workspace.slug}@example.org", given_name=name) for name in ("An", "Bo"))
    browser = world.browser(an)
    review = {"condition": {"status": {"$eq": "pending"}}, "watch": ["status"]}
    statuses = [{"key": "review", "label": "To review", "parent_status": "pending", "when": review}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "statuses": statuses})["id"]
    cases = [
        make_case(title="Of An", owner={"email": an.email})["id"],
        make_case(title="Of nobody", template={"id": template})["id"],
        make_case(title="Changed since")["id"],
    ]
    page = finished(browser, change=f"owner:{bo.email}", case=cases)
    assert ("3 changed" in page, ">Bo</span>" in page) == (True, True)
    api.json("PATCH", f"/v1/cases/{cases[2]}", json={"owner": {"email": an.email}})
    page = taken_back(browser, page)
    assert ("2 changed" in page, "1 refused" in page, "“Owner” was changed again since" in page) == (True, True, True)
    found = [api.json("GET", f"/v1/cases/{each}") for each in cases]
    assert [each["owner"] and each["owner"]["email"] for each in found] == [an.email, None, an.email]
    statuses_now = lambda: [api.json("GET", f"/v1/cases/{each}")["status"] for each in cases[:2]]  # noqa: E731
    page = finished(browser, change="status:pending", case=cases[:2])
    assert statuses_now() == ["pending", "review"]
    page = taken_back(browser, page)
    assert ("2 changed" in page, statuses_now()) == (True, ["draft", "draft"]), "what followed goes back with it"
    assert "2 changed" in taken_back(browser, page), "taking back can be taken back"
    assert statuses_now()[0] == "pending"


def test_nobody_else_takes_it_back(world: World, workspace: Workspace, handler: Browser, make_case: Any) -> None:
    """[H11] A change of many cases is its member's; in the timelines everybody finds it."""
    page = finished(handler, change="archive", case=make_case()["id"])
    back = re.search(r"/workspace/cases/bulk/[0-9a-f-]+/back", page)
    assert back
    other = world.browser(world.member(workspace, f"o-{workspace.slug}@example.org"))
    assert other.send_form(back[0]).status_code == 404


@contextmanager
def held_up(handler: Browser, database_url: str, cases: list[str], change: str) -> Iterator[str]:
    """A change of many that has done the first case and waits for the second; afterwards it goes on to its end."""
    with psycopg.connect(database_url) as other:
        other.execute("SELECT FROM cases WHERE id = %s FOR UPDATE", (cases[1],))
        address = str(handler.send_form("/workspace/cases/bulk", change=change, case=cases).url.path)
        soon(lambda: "1 changed" in handler.get(address).text)
        yield address


def soon(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    assert holds()


def test_who_loses_a_role_half_way_does_no_more(
    world: World, workspace: Workspace, make_case: Any, api: Api, database_url: str
) -> None:
    """[S15 H11] A change of many asks before each case what its member may do by then, and is not taken back half done."""
    world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator")
    member = world.member(workspace, f"demoted-{workspace.slug}@example.org")
    browser, cases = world.browser(member), [make_case(title=f"Case {number}")["id"] for number in range(4)]
    with held_up(browser, database_url, cases, "status:pending") as address:
        assert browser.send_form(f"{address}/back").status_code == 409, "it is under way"
        world.do(lambda tx: members.change_role(tx.within(Scope((workspace.id,))), workspace.id, member.id, "limited"))
    soon(lambda: ">Done.<" in browser.get(address).text)
    assert [api.json("GET", f"/v1/cases/{each}")["status"] for each in cases[2:]] == ["draft", "draft"]


def test_statuses_are_those_of_the_listed_templates(handler: Browser, make_case: Any, api: Api) -> None:
    """[H11] Each under its template; what is listed on all pages says which of them are meant; the choice of other pages counts."""
    made = {}
    for title in ("Claim", "Hiring"):
        statuses = [{"key": f"{title.lower()}_won", "label": f"{title} won", "parent_status": "closed"}]
        made[title] = api.json("POST", "/v1/case_templates", 201, json={"title": title, "statuses": statuses})["id"]
    cases = [make_case(title="One", template={"id": made["Claim"]})["id"], make_case(title="Two")["id"]]
    page = handler.get("/workspace/cases").text
    for title, id in made.items():
        group = page[page.index(f'data-of-template="{id}"') :].split("</optgroup>")[0]
        assert (f"{title} won" in group, group.count("<option")) == (True, 1)
    listed = lambda query: sorted(handler.get(f"/workspace/cases/bulk/templates{query}").text.split("\n"))  # noqa: E731
    assert listed("") == ["", made["Claim"]]
    assert listed("?a=title&o=eq&v=One") == [made["Claim"]]
    assert "2 changed" in finished(handler, change="archive", case=cases[0], elsewhere=cases[1])


@pytest.mark.long
def test_the_cases_of_who_leaves_go_to_whom_one_says(
    world: World, workspace: Workspace, make_case: Any, api: Api
) -> None:
    """[H9] Asked when they are removed; as bulk work, in each case's history, and nobody's when one says so."""
    ada, lea, bo = (
        world.member(workspace, f"{name}-{workspace.slug}@example.org", role, given_name=name.title())
        for name, role in (("ada", "administrator"), ("lea", "handler"), ("bo", "handler"))
    )
    browser = world.browser(ada)
    cases = [make_case(title=f"Case {number}", owner={"email": lea.email})["id"] for number in range(3)]
    api.json("POST", f"/v1/cases/{cases[2]}", json={"archived": True})
    address = f"/workspace/settings/members/{lea.id}/remove"
    question = browser.get(address).text
    assert ("They own 2 open cases." in question, f'value="{bo.email}"' in question) == (True, True)
    assert f'<option value="{lea.email}"' not in question
    assert browser.send_form(address, to=lea.email).status_code == 400
    assert browser.send_form(address, to="nobody@example.org").status_code == 400
    assert lea.email in browser.get("/workspace/settings/members").text, "refused: nothing has happened"
    assert "2 changed" in done(browser, address, to=bo.email)
    assert lea.email not in browser.get("/workspace/settings/members").text
    found = [api.json("GET", f"/v1/cases/{each}")["owner"]["email"] for each in cases]
    assert found == [bo.email, bo.email, lea.email]
    newest = api.json("GET", f"/v1/cases/{cases[0]}/history")["data"][0]
    assert (newest["actor"]["name"], newest["changes"]["owner"]["new"]["email"]) == ("Ada", bo.email)
    assert "2 changed" in done(browser, f"/workspace/settings/members/{bo.id}/remove", to="")
    assert api.json("GET", f"/v1/cases/{cases[0]}")["owner"] is None
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org")
    assert "They own no open case." in browser.get(f"/workspace/settings/members/{eve.id}/remove").text
    assert browser.send_form(f"/workspace/settings/members/{eve.id}/remove").url.path == "/workspace/settings/members"
    assert world.browser(eve).get(address).url.path == "/sign-in"


def test_all_that_the_list_shows(
    handler: Browser, make_case: Any, api: Api, workspace: Workspace, world: World
) -> None:
    world.member(workspace, f"boss-{workspace.slug}@example.org")
    wanted, other = make_case(title="Wanted")["id"], make_case(title="Other")["id"]
    sent = {"query": "?a=title&o=eq&v=Wanted", "all": "yes", "change": f"owner:boss-{workspace.slug}@example.org"}
    assert "1 changed" in finished(handler, **sent)
    assert api.json("GET", f"/v1/cases/{wanted}")["owner"]["email"].startswith("boss")
    assert api.json("GET", f"/v1/cases/{other}")["owner"] is None


def test_each_case_says_why_it_was_refused(handler: Browser, make_case: Any, api: Api) -> None:
    plain = make_case(title="Plain")["id"]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "statuses": [{"key": "won", "label": "Won", "parent_status": "closed"}]})  # fmt: skip
    special = make_case(title="Special", template={"id": template["id"]})["id"]
    page = finished(handler, change="status:won", case=[plain, special, "0190b3c4-0000-7000-8000-000000000000"])
    assert "1 changed" in page
    assert "2 refused" in page
    assert "Its template has no such status." in page
    assert "Won</span>" in page, "the heading says which status was meant"
    assert api.json("GET", f"/v1/cases/{special}")["status"] == "won"


@pytest.mark.parametrize(
    "sent", [{"change": "archive"}, {"change": "nothing", "case": "0190b3c4-0000-7000-8000-000000000000"}, {"change": "archive", "case": "x"}]
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused_at_once(handler: Browser, sent: dict[str, str]) -> None:
    assert handler.send_form("/workspace/cases/bulk", **sent).status_code == 400


def test_limited_members_change_only_their_own(world: World, workspace: Workspace, make_case: Any, api: Api) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    hers, others = make_case(title="Hers", owner={"email": eve.email})["id"], make_case(title="CANARY")["id"]
    browser = world.browser(eve)
    page = finished(browser, change="archive", case=[hers, others])
    assert ("1 changed" in page, "1 refused" in page, "CANARY" in page) == (True, True, False)
    assert api.json("GET", f"/v1/cases/{others}")["archived_at"] is None
    assert browser.send_form("/workspace/cases/bulk", change="owner:", case=others).status_code == 403
    assert "CANARY" not in browser.get("/workspace/cases/export.csv?archived=false").text
    progress = re.search(r"/workspace/cases/bulk/[0-9a-f-]{36}", page)
    assert progress
    colleague = world.browser(world.member(workspace, f"other-{workspace.slug}@example.org"))
    assert colleague.get(progress[0]).status_code == 404
