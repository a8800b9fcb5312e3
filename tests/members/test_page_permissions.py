"""Every page, walked by whom it is not for: strangers, members of other workspaces, and members of lesser roles."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from dossier import contacts
from dossier.app import PAGES as ALL
from dossier.case_templates import actions as templates
from dossier.cases.actions import bulk
from dossier.cases.store.collection import VIEWS
from dossier.form_templates import store as form_templates
from dossier.forms.store import words
from dossier.foundation.actor import Scope
from dossier.foundation.identifiers import new_id
from dossier.permissions import PERMISSIONS
from dossier.tokens import actions as tokens
from dossier.tokens.model import CoveredWorkspace
from dossier.web import Call, PageRoute, Public
from dossier.workspaces import actions as workspaces
from dossier.workspaces.model import Workspace
from tests.files.support import kept
from tests.forms.support import publish
from tests.many import left_to_ci
from tests.wire.test_tenancy import CANARY, Victim
from tests.world import Api, Browser, World

pytestmark = pytest.mark.long

PAGES = [each for each in ALL if not isinstance(each, Call)]
"""What scripts call answers with statuses, and has tests of its own (`tests/files/test_resuming.py`)."""

NAMES = ("view", "form_view", "bulk", "template", "form_template", "asked", "contact", "attachment", "webhook")
FORMS = {
    "revision": "1",
    "template_version": "1",
    "version": "1",
    "change": "archive",
    "name": "x",
    "entry": str(new_id()),
    "value": "x",
    "archived": "true",
    "status": "draft",
    "role": "handler",
    "workspace": "",
    "attachment": str(new_id()),
    "field": "name",
}


@pytest.fixture(scope="module")
def victim(world: World, database_url: str) -> Victim:
    return Victim(world, database_url)


@pytest.fixture(scope="module")
def stranger(world: World) -> Browser:
    """A browser in which nobody signs in."""
    return Browser(base_url=world.server.url)


@pytest.fixture(scope="module")
def signed_in(world: World) -> Callable[[str], Browser]:
    """Role → a browser in which somebody of it has signed in, once for all pages: what is tried there is refused."""
    workspace = world.workspace()
    return cache(lambda role: world.browser(world.member(workspace, f"{role}-{workspace.slug}@example.org", role)))


@pytest.fixture(scope="module")
def of_others(world: World, victim: Victim) -> dict[str, str]:
    """What there is elsewhere, by name."""
    other = world.member(world.workspace(), f"{CANARY}-{new_id().hex[-12:]}@example.org")
    kept_there = world.do(lambda tx: _kept(tx, victim, other.id))
    return victim.names | {"member": str(other.id), "token": world.do(lambda tx: _token(tx))} | kept_there


def ask(browser: Browser, route: PageRoute, names: dict[str, str]) -> tuple[int, str]:
    """Status and text of the answer, with the names that were sent taken out."""
    about = {
        "contacts/views": "contact_view",
        "forms/views": "form_view",
        "workspace/files": "attachment",
        "workspace/contacts": "contact",
        "workspace/forms": "asked",
        "workspace/form-batches": "asked",
        "members": "member",
        "/api": "token",
        "/webhooks": "webhook",
        "/views": "view",
        "/bulk": "bulk",
        "templates/forms": "form_template",
        "templates": "template",
    }
    id = names[next((name for part, name in about.items() if part in route.path), "case")]
    parts = {
        "id": id,
        "file": names.get("attachment", str(new_id())),
        "key": "name",
        "secret": "x",
        "part": "elements" if "templates/forms" in route.path else "schema",
        "name": "invitation",
        "language": "fr",
        "kind": "json",
        "page": "1",
        "delivery": names.get("delivery", str(new_id())),
        "element": "name",
        "preset": id,
        "workspace": "nobody",
    }
    path = re.sub(r"{(\w+)}", lambda found: parts[found[1]], route.path)
    if route.method == "GET":
        answer = browser.get(path)
    elif route.streams:
        answer = browser.send_file(path)
    else:
        answer = browser.send_form(path, **FORMS | {"workspace": names["workspace"]})
    text = re.sub(r'nonce="[^"]+"|[0-9a-f]{64}', "", answer.text)
    for name in names.values():
        text = text.replace(name, "…")
    return answer.status_code, text


@pytest.mark.parametrize(
    "route", [each for each in PAGES if each.needs != Public], ids=lambda each: f"{each.method} {each.path}"
)
def test_strangers_are_sent_to_sign_in(stranger: Browser, route: PageRoute) -> None:
    answer = stranger.request(route.method, route.path.replace("{id}", str(new_id())))
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize(
    "route",
    [each for each in PAGES if "{" in each.path or "switch" in each.path],
    ids=lambda each: f"{each.method} {each.path}",
)
def test_another_workspace_does_not_exist(
    signed_in: Callable[[str], Browser], of_others: dict[str, str], route: PageRoute
) -> None:
    nothing = {name: str(new_id()) for name in of_others}
    of_victim, of_nothing = (ask(signed_in("administrator"), route, each) for each in (of_others, nothing))
    assert of_victim == of_nothing
    assert CANARY not in of_victim[1]
    assert of_victim[0] in (400, 404) or route.needs == Public


async def _kept(transaction: Any, victim: Victim, member: UUID) -> dict[str, str]:
    """A view that everybody there has, and a change of many cases."""
    workspace = UUID(victim.names["workspace"])
    view = await VIEWS.insert(transaction, workspace, CANARY, {}, member_id=member, shared=True)
    of_contacts = await contacts.VIEWS.insert(transaction, workspace, CANARY, {}, member_id=member, shared=True)
    of_forms = await words.VIEWS.insert(transaction, workspace, CANARY, {}, member_id=member, shared=True)
    acting = transaction.within(Scope((workspace,)))
    acting.actor = replace(acting.actor, type="member", id=member)
    change = await bulk.ask(acting, workspace, "archive", "", [UUID(victim.names["case"])])
    ((_, asking),) = await form_templates.find(acting, victim.names["form"])
    return {
        "view": str(view),
        "contact_view": str(of_contacts),
        "form_view": str(of_forms),
        "bulk": str(change),
        "form_template": str(asking),
    }


async def _token(transaction: Any) -> str:

    made = await workspaces.create(transaction, f"t-{new_id().hex[-12:]}", "T")
    token, _ = await tokens.create(transaction, CANARY, [CoveredWorkspace(made.id, made.slug)])
    return str(token.id)


@pytest.mark.parametrize(
    "route",
    [
        each
        for each in PAGES
        if each.needs in PERMISSIONS
        and "limited" not in PERMISSIONS[each.needs].holders
        and "handler" in PERMISSIONS[each.needs].holders
    ],
    ids=lambda each: f"{each.method} {each.path}",
)
def test_limited_members_do_not_touch_what_others_share(signed_in: Callable[[str], Browser], route: PageRoute) -> None:
    """A contact and an owner belong to the workspace, not to one case."""
    assert ask(signed_in("limited"), route, {name: str(new_id()) for name in (*NAMES, "case", "workspace")})[0] == 403


def test_a_page_that_does_not_exist_says_so_to_people(world: World, workspace: Workspace) -> None:
    browser = world.browser(world.member(workspace, f"lost-{workspace.slug}@example.org"))
    answer = browser.get("/workspace/nowhere/at/all")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such page" in answer.text
    assert browser.get("/workspace/cases/no-uuid").status_code == 400


def test_an_address_that_is_cut_short_leads_to_what_is_there(world: World, workspace: Workspace) -> None:
    browser = world.browser(world.member(workspace, f"short-{workspace.slug}@example.org"))
    for short, place in {
        "/": "/workspace/cases",
        "/workspace": "/workspace/cases",
        "/workspace/settings": "/workspace/settings/profile",
    }.items():
        assert browser.get(short).url.path == place


@left_to_ci(
    "asks every page for each part of its address",
    "members/test_page_permissions.py::test_another_workspace_does_not_exist",
)
def test_no_part_of_an_address_is_an_error_of_ours(world: World, workspace: Workspace) -> None:
    """[S2 S3] What no text may have, and what is no text, in each part of each page's address."""
    browser = world.browser(world.member(workspace, f"walks-{workspace.slug}@example.org", "administrator"))
    word = re.search(r'name="form_token" value="(\w+)"', browser.get("/workspace/settings/profile").text)
    assert word
    for route in PAGES:
        for part in re.findall(r"\{[a-z]+(?::path)?\}", route.path):
            for wrong in ("%00", "%ff"):
                path = re.sub(r"\{[a-z]+(?::path)?\}", str(new_id()), route.path.replace(part, wrong))
                assert browser.request(route.method, path, data={"form_token": word[1]}).status_code < 500, path


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PUT", "/workspace/cases", 405), ("POST", "/workspace/nowhere", 405), ("GET", "/sign-out", 405),
     ("DELETE", "/workspace", 405), ("GET", "/nowhere", 404), ("GET", "/sign-in/nowhere", 404), ("POST", "/nowhere", 404)],
)  # fmt: skip
def test_a_browser_is_shown_a_page_where_none_answers(world: World, method: str, path: str, status: int) -> None:
    """[H8] A wrong method and an unknown address answer people in their language, and programs as the contract says."""
    with world.client() as client:
        page = client.request(method, path, headers={"accept": "text/html,*/*;q=0.8", "accept-language": "fr"})
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
        assert {404: "Introuvable", 405: "Pas possible ici"}[status] in page.text
        assert "nonce-" in page.headers["content-security-policy"]
        program = client.request(method, path, headers={"accept": "application/json"})
        assert (program.status_code, program.headers["content-type"]) == (status, "application/json")
        assert program.headers.get("allow") == page.headers.get("allow")
        api = client.request("GET", "/v1/nowhere", headers={"accept": "text/html"})
        assert api.headers["content-type"] == "application/json"


@pytest.mark.parametrize("role", ["handler", "limited"])
@pytest.mark.parametrize(
    "route",
    [
        each
        for each in PAGES
        if each.needs in PERMISSIONS and not {"handler", "limited"} & PERMISSIONS[each.needs].holders
    ],
    ids=lambda each: f"{each.method} {each.path}",
)
def test_role_permissions(signed_in: Callable[[str], Browser], route: PageRoute, role: str) -> None:
    names = {name: str(new_id()) for name in (*NAMES, "member", "token", "case", "workspace")}
    assert ask(signed_in(role), route, names)[0] == 403


def form_template(browser: Browser) -> str:
    """One that speaks French too."""
    page = browser.send_form("/workspace/templates/forms", title="Asked")
    browser.send_form(f"{page.url.path}/languages", language="fr")
    return str(page.url.path).rpartition("/")[2]


def forms(world: World, workspace: Workspace, api: Api) -> dict[str, str]:
    """A form, and one that was sent to many."""
    publish(world, workspace)
    form = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "accident"}})
    batch = api.json("POST", "/v1/form_batches", 202, json={"template": "accident", "rows": [{"data": {}}]})
    return {"workspace/forms": form["id"], "workspace/form-batches": batch["id"]}


def test_pages_take_few_statements(
    world: World, workspace: Workspace, api: Api, make_case: Any, make_template: Any
) -> None:
    """At most eight; the session is one of them."""
    browser = world.browser(world.member(workspace, f"many-{workspace.slug}@example.org", "administrator"))
    field = {"key": "amount", "type": "number", "name": "Amount"}
    ask = {"key": "amount", "title": "Ask", "type": "email", "recipient": "main", "body": "x"}
    template = make_template(schema=[field], steps=[ask])["id"]
    case = make_case(template={"id": template}, contacts=[{"email": "asked@example.org"}])["id"]
    make_template_again(world, workspace, template, field)
    ids = {
        "workspace/files": kept(api, data={"case": case})["id"],
        "workspace/messages": api.json(
            "POST", f"/v1/cases/{case}/messages", 201, json={"to": ["a@example.org"], "body": "x"}
        )["id"],
        "workspace/contacts": make_case(contacts=[{"email": "few@example.org"}])["contacts"][0]["id"],
        "templates/forms": form_template(browser),
        **forms(world, workspace, api),
        "templates": template,
        "members": str(world.member(workspace, f"other-{workspace.slug}@example.org").id),
        "webhooks": (webhook := api.json("POST", "/v1/webhooks", 201, json={"url": "https://93.184.216.34/"})["id"]),
    }
    delivery = api.json("POST", f"/v1/webhooks/{webhook}/test", 202)["id"]
    bulk = str(browser.send_form("/workspace/cases/bulk", change="archive", case=case).url.path)
    paths = [
        route.path.replace("{id}", next((id for part, id in ids.items() if part in route.path), case)).replace("{part}", "elements" if "/forms" in route.path else "schema").replace("{name}", "invitation").replace("{language}", "fr").replace("{kind}", "json").replace("{key}", "amount").replace("{page}", "1").replace("{delivery}", delivery).replace("{file}", ids["workspace/files"])
        for route in PAGES
        if route.method == "GET" and route.needs != Public and not re.search("live|path:|bulk|provider|exports/{|together|paper|picture|webhooks/forms/|forms/lists/", route.path)
    ]  # fmt: skip
    more = [
        "?q=dupnt+peeters&status=draft&a=data.amount&o=gt&v=1&sort=title",
        "/export.csv?q=dupnt&a=data.amount&o=gt&v=1",
    ]
    paths.append(f"/workspace/files/together?ids={ids['workspace/files']}")
    paths += [f"/workspace/contacts{each}" for each in ("?q=dupnt+few&a=email&o=contains&v=x", "/export.xlsx?q=few")]
    for path in [*paths, bulk, *(f"/workspace/cases{each}" for each in more), f"/workspace/cases/{case}?at=2100-01-01"]:
        world.statements.clear()
        assert browser.get(path, follow_redirects=False).status_code in (200, 303), path
        most = 12 if "q=" in path else 8  # a search asks one way to answer after the other (decision 33)
        assert 1 <= len(world.statements) <= most, (path, world.statements)


def make_template_again(world: World, workspace: Workspace, template: str, field: dict[str, Any]) -> None:
    """A second version, so that there is something to move to."""

    async def work(transaction: Any) -> None:
        inside = transaction.within(Scope((workspace.id,)))
        await templates.revise(inside, UUID(template), {"title": "T", "schema": [field | {"name": "Sum"}]})

    world.do(work)


@pytest.fixture(scope="module")
def of_another_member(world: World) -> tuple[Browser, str]:
    """A limited member, and a case that somebody else owns."""
    workspace = world.workspace()
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    field = [{"key": "name", "type": "text", "name": "Name", "value": CANARY}]
    with world.client(world.token(workspace)) as api:
        case = api.json("POST", "/v1/cases", json={"title": CANARY, "schema": field})
    return world.browser(eve), case["id"]


@pytest.mark.parametrize(
    "route",
    [each for each in PAGES if each.path.startswith("/workspace/cases/{id}") and each.needs == "member"],
    ids=lambda each: f"{each.method} {each.path}",
)
def test_limited_members_find_no_case_of_others(of_another_member: tuple[Browser, str], route: PageRoute) -> None:
    browser, other = of_another_member
    of_other, of_nothing = (ask(browser, route, {"case": each, "workspace": ""}) for each in (other, str(new_id())))
    assert of_other[0] == of_nothing[0] == 404
    assert CANARY not in of_other[1]


def test_limited_members_see_only_their_own_cases(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    boss = world.member(workspace, f"boss-{workspace.slug}@example.org", "handler")
    field = [{"key": "name", "type": "text", "name": "Name", "value": "x"}]
    hers = make_case(title="Hers", owner={"email": eve.email}, schema=field)["id"]
    others = make_case(title=CANARY, owner={"email": boss.email}, schema=field)["id"]
    browser = world.browser(eve)
    page = browser.get("/workspace/cases").text
    assert "Hers" in page
    assert CANARY not in page
    assert re.search(r'id="total">1<', page), "the count too"
    assert f">{CANARY}<" not in browser.get(f"/workspace/cases?q={CANARY}").text
    assert browser.get(f"/workspace/cases/{hers}").status_code == 200
    assert browser.get(f"/workspace/cases/{others}").status_code == 404
    assert browser.send_form(f"/workspace/cases/{others}/fields/name", value="mine").status_code == 404
    assert browser.send_form(f"/workspace/cases/{others}/archive", archived="true").status_code == 404
    assert world.browser(boss).get(f"/workspace/cases/{others}").status_code == 200
    case = api.json("GET", f"/v1/cases/{others}")
    assert (case["schema"][0]["value"], case["archived_at"]) == ("x", None)


def test_an_error_that_nobody_foresaw_is_a_page_too(
    world: World, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr("dossier.listing.views.SavedViews.of_member", broken)
    browser = world.browser(world.member(workspace, f"e-{workspace.slug}@example.org"))
    answer = browser.get("/workspace/cases")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "text/html; charset=utf-8")
    assert answer.headers["x-request-id"] in answer.text
    assert CANARY not in answer.text
