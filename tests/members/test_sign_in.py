"""Coming in: passwords, one-time links, sessions, and everything that must not open a door."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from dossier.members import actions, jobs
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

PASSWORD = "correct horse battery"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator", given_name="Ada")


def user(world: World) -> Browser:
    return Browser(base_url=world.server.url, timeout=30)


def with_password(world: World, member: Any) -> Browser:
    browser = world.browser(member)
    assert "Your password is set" in browser.send_form("/workspace/settings/profile/password", new=PASSWORD).text
    return browser


def test_a_link_signs_in_once(world: World, ada: Any) -> None:
    link = f"/sign-in/link/{world.do(lambda tx: actions.link_for(tx, ada.email))}"
    first, second = user(world), user(world)
    assert first.get(link).status_code == 200, "looking does not use it up"
    assert first.post(link).status_code == 303
    assert "Ada" in first.get("/workspace/settings/profile").text
    assert second.post(link).status_code == 404


def test_a_link_ends_after_a_week_and_when_there_is_a_newer_one(world: World, ada: Any) -> None:
    old, late = (world.do(lambda tx: actions.link_for(tx, ada.email)) for _ in range(2))
    assert user(world).post(f"/sign-in/link/{old}").status_code == 404
    world.clock.forward(days=8)
    assert user(world).post(f"/sign-in/link/{late}").status_code == 404


def test_signing_in_with_a_password(world: World, ada: Any) -> None:
    with_password(world, ada)
    browser = user(world)
    answer = browser.post(
        "/sign-in", data={"email": ada.email.upper(), "password": PASSWORD, "next": "/workspace/settings/api"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/workspace/settings/api")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/workspace/settings/api").status_code == 200


def test_wrong_address_and_wrong_password_are_told_alike(world: World, ada: Any) -> None:
    with_password(world, ada)
    answers = [
        user(world).post("/sign-in", data={"email": email, "password": "wrong wrong wrong"})
        for email in (ada.email, "nobody@example.org")
    ]
    assert {each.status_code for each in answers} == {400}
    texts = {re.sub(r'nonce="[^"]+"|value="[^"]*@[^"]*"', "", each.text) for each in answers}
    assert len(texts) == 1


def test_too_many_wrong_passwords(world: World, ada: Any) -> None:
    with_password(world, ada)
    sent = {"email": ada.email, "password": "wrong wrong wrong"}
    assert [user(world).post("/sign-in", data=sent).status_code for _ in range(11)] == [400] * 10 + [429]
    assert user(world).post("/sign-in", data=sent | {"password": PASSWORD}).status_code == 429
    world.clock.forward(minutes=16)
    assert user(world).post("/sign-in", data=sent | {"password": PASSWORD}).status_code == 303


@pytest.mark.long
def test_one_client_does_not_try_one_password_on_everybody(world: World, ada: Any) -> None:
    """Fifty wrong ones within a quarter of an hour, whatever addresses they are for; other clients go on."""
    with_password(world, ada)
    world.clock.forward(minutes=16)  # others came from this machine too
    elsewhere = Browser(base_url=world.server.url, transport=httpx.HTTPTransport(local_address="127.0.0.2"))
    wrong = [{"email": f"somebody-{n}@example.org", "password": PASSWORD} for n in range(51)]
    assert [user(world).post("/sign-in", data=each).status_code for each in wrong] == [400] * 50 + [429]
    right = {"email": ada.email, "password": PASSWORD}
    assert user(world).post("/sign-in", data=right).status_code == 429
    assert elsewhere.post("/sign-in", data=right).status_code == 303
    world.clock.forward(minutes=16)
    assert user(world).post("/sign-in", data=right).status_code == 303


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(world: World, ada: Any, address: str) -> None:
    with_password(world, ada)
    answer = user(world).post("/sign-in", data={"email": ada.email, "password": PASSWORD, "next": address})
    assert answer.headers["location"] == "/workspace/cases"


def test_a_new_password_needs_the_present_one_and_ends_other_sessions(world: World, ada: Any) -> None:
    first = with_password(world, ada)
    other = world.browser(ada)
    assert (
        first.send_form("/workspace/settings/profile/password", new="another long one", current="no").status_code == 400
    )
    assert first.send_form("/workspace/settings/profile/password", new="short", current=PASSWORD).status_code == 400
    assert "Sign out" in other.get("/workspace/cases").text
    assert (
        "is set"
        in first.send_form("/workspace/settings/profile/password", new="another long one", current=PASSWORD).text
    )
    assert "Sign out" not in other.get("/workspace/cases").text


def test_signing_out_ends_the_session_on_the_server(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    cookies = dict(browser.cookies)
    browser.send_form("/sign-out")
    again = httpx.get(f"{world.server.url}/workspace/cases", cookies=cookies)
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in?next=/workspace/cases")


def test_forms_of_other_sites_are_refused(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    form = {"name": "CRM", "days": ""}
    assert browser.post("/workspace/settings/api", data=form).status_code == 403
    assert browser.post("/workspace/settings/api", data=form | {"form_token": "0" * 64}).status_code == 403
    assert "Sign out" in browser.get("/workspace/cases").text


def test_another_site_signs_nobody_in(world: World, ada: Any) -> None:
    """The form of signing in carries no token: what the browser says of its origin is its only wall."""
    with_password(world, ada)
    right, foreign = {"email": ada.email, "password": PASSWORD}, {"Origin": "https://evil.example"}
    refused = user(world).post("/sign-in", data=right, headers=foreign)
    assert (refused.status_code, "set-cookie" in refused.headers) == (403, False)
    link = f"/sign-in/link/{world.do(lambda tx: actions.link_for(tx, ada.email))}"
    assert user(world).post(link, headers=foreign).status_code == 403
    ours = {"Origin": world.server.url}
    assert user(world).post("/sign-in", data=right, headers=ours).status_code == 303
    assert user(world).post(link, headers=ours).status_code == 303, "it was not used up"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://{host}"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://{host}"},
    ],
)
def test_what_the_browser_says_of_the_sender_counts(world: World, ada: Any, headers: dict[str, str]) -> None:
    """[S27] The origin with its scheme, and Fetch Metadata before all: even with the right token."""
    browser = world.browser(ada)
    host = browser.base_url.netloc.decode()
    browser.headers.update({name: value.format(host=host) for name, value in headers.items()})
    assert browser.send_form("/workspace/settings/api", name="CRM", days="").status_code == 403


def test_a_session_that_nobody_uses_ends(world: World, ada: Any) -> None:
    """[S21] After twelve hours without a request; who works on stays in."""
    busy, idle = world.browser(ada), world.browser(ada)
    for _ in range(3):
        world.clock.forward(hours=5)
        assert "Sign out" in busy.get("/workspace/cases").text
    assert "Sign out" not in idle.get("/workspace/cases").text


def test_a_new_password_renews_the_session(world: World, ada: Any) -> None:
    """[S21] Whoever has seen the old cookie is out, and the member goes on."""
    browser = with_password(world, ada)
    old = dict(browser.cookies)
    browser.send_form("/workspace/settings/profile/password", new="another long one entirely", current=PASSWORD)
    assert "Sign out" in browser.get("/workspace/cases").text
    assert httpx.get(f"{world.server.url}/workspace/cases", cookies=old).status_code == 303


def test_signing_out_clears_what_the_browser_keeps(world: World, ada: Any) -> None:
    """[S21] What was searched for is nobody's business afterwards."""
    browser = world.browser(ada)
    browser.follow_redirects = False
    assert "storage" in browser.send_form("/sign-out").headers["clear-site-data"]


def test_plain_http_is_for_this_machine_only(world: World) -> None:
    answer = user(world).get("/sign-in", headers={"Host": "dossier.example.org"})
    assert answer.status_code == 403
    assert "DOSSIER_TRUSTED_PROXIES" in answer.text


def test_pages_let_in_no_script_but_ours(world: World) -> None:
    headers = user(world).get("/sign-in").headers
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


IMPORTED = re.compile(r'^import .* from "([^"]+)";$', re.MULTILINE)


@pytest.mark.long
@pytest.mark.parametrize("path", ["/sign-in", "/workspace/cases", "/workspace/cases/{case}", "/workspace/templates"])
def test_the_first_view_is_small(world: World, workspace: Workspace, make_case: Any, path: str) -> None:
    """Below 150 kB with all that it needs; pages themselves are not compressed (BREACH), what they load is."""
    schema = [{"key": f"country_{n}", "type": "country", "name": "Country"} for n in range(3)]
    case = make_case(schema=schema)["id"]
    member = world.member(workspace, f"first-{workspace.slug}@example.org", "administrator")
    browser = user(world) if path == "/sign-in" else world.browser(member)
    page = browser.get(path.replace("{case}", case)).text
    files = {*re.findall(r'(?:src|href)="(/assets/[^"#]+)[#"]', page)}
    for _ in range(4):  # what modules import
        files |= {urljoin(each, name) for each in files for name in IMPORTED.findall(browser.get(each).text)}
    sizes = [int(browser.get(each).headers["content-length"]) for each in files]
    assert len(files) >= 8
    total = sum(sizes) + len(page.encode())
    assert total < 150_000, total


def test_an_administrators_link_does_not_open_other_workspaces(world: World, workspace: Workspace, ada: Any) -> None:
    other = world.workspace()
    victim = world.member(other, f"eve-{workspace.slug}@example.org")
    with_password(world, victim)
    browser = world.browser(ada)
    link = invited(browser, victim.email)
    answer = user(world).post(link)
    assert answer.headers["location"].startswith("/sign-in?next=/sign-in/link/"), "their account was vouched for"
    again = browser.send_form(f"/workspace/settings/members/{victim.id}/link")
    assert again.status_code == 200, "they have not accepted: another link for the invitation"


def test_who_accepts_while_signed_in_keeps_all_they_have(world: World, workspace: Workspace, ada: Any) -> None:
    """[S1] The workspace is added to the session that is open; a colleague's link opens nothing else any more."""
    eve = world.member(world.workspace(), f"eve2-{workspace.slug}@example.org")
    hers, browser = with_password(world, eve), world.browser(ada)
    link = invited(browser, eve.email)
    token = re.search(r'name="form_token" value="(\w+)"', hers.get("/workspace/settings/profile").text)[1]  # type: ignore[index]
    assert hers.post(link, data={"form_token": token}).url.path == "/workspace/cases"
    assert f"Workspace {workspace.slug}" in hers.get("/workspace/cases").text
    assert browser.send_form(f"/workspace/settings/members/{eve.id}/link").status_code == 409
    assert user(world).post("/sign-in", data={"email": eve.email, "password": PASSWORD}).status_code == 303


def invited(browser: Browser, email: str, role: str = "handler") -> str:
    """The address with which somebody accepts."""
    page = browser.send_form(
        "/workspace/settings/members", email=email, role=role, given_name="Called", family_name="So"
    )
    found = re.search(r"/sign-in/link/[\w-]+", page.text)
    assert found, page.text
    return found[0]


def test_an_account_cannot_be_taken_over_before_its_owner_comes(world: World, workspace: Workspace, ada: Any) -> None:
    """[S1] An administrator of one workspace makes an account, sets its password, and waits for another to invite."""
    beta = world.workspace()
    attacker = world.browser(world.member(beta, f"evil-{beta.slug}@example.org", "administrator"))
    email = f"cfo-{workspace.slug}@example.org"
    session = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    session.post(invited(attacker, email, "administrator"))
    assert "Your password is set" in session.send_form("/workspace/settings/profile/password", new=PASSWORD).text
    link = invited(world.browser(ada), email, "administrator")
    signed_in = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    signed_in.post("/sign-in", data={"email": email, "password": PASSWORD})
    for browser in (session, signed_in):
        assert f"Workspace {workspace.slug}" not in browser.get("/workspace/cases").text
        assert browser.send_form("/workspace/switch", workspace=str(workspace.id)).status_code == 404
    owner = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    assert owner.post(link).status_code == 200
    assert f"Workspace {workspace.slug}" in owner.get("/workspace/cases").text
    assert 'value="Called"' in owner.get("/workspace/settings/profile").text, "as who invited them called them"
    for browser in (session, signed_in):
        assert "Sign out" not in browser.get("/workspace/cases").text, "sessions of before have ended"
    assert user(world).post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 400
    assert owner.send_form("/workspace/switch", workspace=str(beta.id)).status_code == 404, "beta sends its own link"
    assert user(world).post(link).status_code == 404, "a link is good once"


def test_beta_cannot_take_the_account_back(world: World, workspace: Workspace, ada: Any) -> None:
    """[S1] A second invitation of the first workspace opens that workspace, and nothing of the other."""
    beta = world.workspace()
    attacker = world.browser(world.member(beta, f"evil-{beta.slug}@example.org", "administrator"))
    email = f"cfo2-{workspace.slug}@example.org"
    owner = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    owner.post(invited(world.browser(ada), email))
    thief = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    thief.post(invited(attacker, email))
    page = thief.get("/workspace/cases").text
    assert f"Workspace {beta.slug}" in page
    assert f"Workspace {workspace.slug}" not in page
    assert thief.send_form("/workspace/switch", workspace=str(workspace.id)).status_code == 404


def test_inviting_tells_nothing_of_other_workspaces(world: World, workspace: Workspace, ada: Any) -> None:
    """[S14] Known and unknown addresses look the same: page, link, name."""
    known = world.member(world.workspace(), f"known-{workspace.slug}@example.org", given_name="Secretname")
    with_password(world, known)
    browser = world.browser(ada)
    pages = []
    for email in (known.email, f"other-{workspace.slug}@example.org"):
        page = browser.send_form(
            "/workspace/settings/members", email=email, role="handler", given_name="X", family_name="Y"
        ).text
        assert "Secretname" not in page
        row = page[page.index(f'data-label="E-mail address">{email}') :][:400]
        pages.append(re.sub(r"[0-9a-f-]{36}", "", row).replace(email, "…"))
    assert pages[0][:120] == pages[1][:120]
    assert "invited" in pages[0]


def test_an_alike_address_tells_nothing_either(world: World, workspace: Workspace, ada: Any) -> None:
    """[S14] Letters that fold to those of somebody elsewhere are just another address."""
    elsewhere = world.member(world.workspace(), f"miss-{workspace.slug}@example.org")
    browser = world.browser(ada)
    for name in ("mi\u017f\u017f", "mas\u017f"):
        email = elsewhere.email.replace("miss", name)
        answer = browser.send_form(
            "/workspace/settings/members", email=email, role="handler", given_name="", family_name=""
        )
        assert (answer.status_code, "/sign-in/link/" in answer.text) == (200, True), answer.text


def test_who_has_not_accepted_is_nobody_yet(world: World, workspace: Workspace, ada: Any, api: Api) -> None:
    """[S1] No owner of cases, and not the administrator that a workspace keeps."""
    browser = world.browser(ada)
    email = f"later-{workspace.slug}@example.org"
    invited(browser, email, "administrator")
    assert api.post("/v1/cases", json={"title": "T", "owner": {"email": email}}).status_code == 400
    bob = world.member(workspace, f"bob2-{workspace.slug}@example.org", "administrator")
    his = world.browser(bob)
    assert his.send_form(f"/workspace/settings/members/{ada.id}/remove").status_code == 200
    assert "Sign out" not in browser.get("/workspace/cases").text


# ---- attempts ----


def test_of_many_passwords_at_once_no_more_than_allowed_are_tried(world: World, ada: Any) -> None:
    """[S7] Counted before they are checked; who is refused is told for how long."""
    with_password(world, ada)
    with ThreadPoolExecutor(20) as pool:
        wrong = {"email": ada.email, "password": "wrong wrong wrong"}
        answers = list(pool.map(lambda _: user(world).post("/sign-in", data=wrong), range(40)))
    codes = [each.status_code for each in answers]
    assert (codes.count(400), codes.count(429)) == (10, 30)
    assert {each.headers["retry-after"] for each in answers if each.status_code == 429} == {"900"}
    world.clock.forward(minutes=16)


def test_the_present_password_is_not_guessed_in_a_session(world: World, ada: Any) -> None:
    """[S7] A stolen session tries ten, not five a second for ever."""
    browser = visitor_with_password(world, ada)
    answers = [
        browser.send_form("/workspace/settings/profile/password", new=PASSWORD[::-1], current=f"wrong {n}").text
        for n in range(12)
    ]
    assert ["Too many" in each for each in answers] == [False] * 10 + [True] * 2


def visitor_with_password(world: World, member: Any) -> Browser:
    with_password(world, member)
    browser = Browser(base_url=world.server.url, timeout=30, follow_redirects=True)
    browser.post("/sign-in", data={"email": member.email, "password": PASSWORD})
    return browser


def test_a_stranger_locks_nobody_out_of_their_own_browser(world: World, ada: Any) -> None:
    """[S8] Where the member came in before, the failures of others do not count."""
    browser = visitor_with_password(world, ada)
    browser.send_form("/sign-out")
    wrong = {"email": ada.email, "password": "wrong wrong wrong"}
    assert [user(world).post("/sign-in", data=wrong).status_code for _ in range(11)][-1] == 429
    right = {"email": ada.email, "password": PASSWORD}
    assert user(world).post("/sign-in", data=right).status_code == 429
    assert browser.post("/sign-in", data=right).url.path == "/workspace/cases"
    assert browser.cookies.get("dossier-device")
    world.clock.forward(minutes=16)


# ---- leaving ----


@pytest.mark.parametrize("leaves", ["removed", "demoted"])
def test_the_tokens_of_who_leaves_end_at_once(world: World, workspace: Workspace, ada: Any, leaves: str) -> None:
    """[S5] Before it is done, the page says which; a token of two workspaces keeps the other one."""
    elsewhere = world.workspace()
    bob = world.member(workspace, f"leaver-{workspace.slug}@example.org", "administrator")
    world.member(elsewhere, bob.email, "administrator")
    his = world.browser(bob)
    page = his.send_form("/workspace/settings/api", name="Loot", days="90", workspaces=[str(workspace.id)]).text
    token = re.search(r"pnbx_[0-9a-f]{48}", page)
    assert token
    with world.client(token[0]) as api:
        assert api.get("/v1/cases").status_code == 200
        browser = world.browser(ada)
        asks = {"removed": f"/{bob.id}/remove", "demoted": ""}[leaves]
        assert "Loot" in browser.get(f"/workspace/settings/members{asks}").text
        act = {"removed": "remove", "demoted": "role"}[leaves]
        assert browser.send_form(f"/workspace/settings/members/{bob.id}/{act}", role="handler").status_code == 200
        assert api.get("/v1/cases").status_code in (401, 403) or api.json("GET", "/v1/workspaces")["data"] == []


@pytest.mark.parametrize("part", ["owner", "contacts"])
def test_undo_does_not_go_round_the_roles(world: World, workspace: Workspace, api: Api, part: str) -> None:
    """[S15] What a limited member may not do, they may not do by taking it back."""
    eve = world.member(workspace, f"limited-{workspace.slug}@example.org", "limited")
    handler = world.member(workspace, f"handler-{workspace.slug}@example.org")
    case = api.json(
        "POST", "/v1/cases", json={"title": "T", "owner": {"email": handler.email}, "contacts": [{"given_name": "A"}]}
    )
    api.json("POST", f"/v1/cases/{case['id']}/contacts", json={"contacts": [{"given_name": "B"}]})
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": eve.email}})
    entries = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
    entry = next(
        each["id"]
        for each in entries
        if any(path.startswith(part) for path in each["changes"]) and each["kind"] != "created"
    )
    refused = world.browser(eve).send_form(f"/workspace/cases/{case['id']}/undo", entry=entry)
    assert refused.status_code == 403
    assert api.json("GET", f"/v1/cases/{case['id']}")["owner"]["email"] == eve.email


def test_nobody_changes_their_own_place_and_one_administrator_stays(
    world: World, workspace: Workspace, ada: Any
) -> None:
    browser = world.browser(ada)
    assert browser.send_form(f"/workspace/settings/members/{ada.id}/role", role="handler").status_code == 409
    assert browser.send_form(f"/workspace/settings/members/{ada.id}/remove").status_code == 409
    bob = world.member(workspace, f"bob-{workspace.slug}@example.org")
    his = world.browser(bob)
    assert browser.send_form(f"/workspace/settings/members/{bob.id}/role", role="limited").status_code == 200
    assert browser.send_form(f"/workspace/settings/members/{bob.id}/remove").status_code == 200
    assert "Sign out" not in his.get("/workspace/cases").text


def test_what_ended_is_forgotten(world: World, ada: Any) -> None:
    browser = world.browser(ada)
    user(world).post("/sign-in", data={"email": ada.email, "password": "wrong wrong wrong"})
    world.do(lambda tx: actions.link_for(tx, ada.email))
    world.server.run(jobs.purge_expired_sign_ins(world.services))
    assert "Sign out" in browser.get("/workspace/cases").text, "nothing that still holds"
    world.clock.forward(days=15)
    assert "Sign out" not in browser.get("/workspace/cases").text
    world.server.run(jobs.purge_expired_sign_ins(world.services))
    for table in ("sessions", "sign_in_links", "sign_in_failures"):
        query = f"SELECT count(*) AS count FROM {table}"
        assert world.do(lambda tx, query=query: tx.one(query))["count"] == 0, table


@pytest.mark.parametrize("easy", ["passwordpassword", "123456789012", "aaaaaaaaaaaa", "qwertyuiopasdf", "OWN ADDRESS"])
def test_easy_passwords_are_refused(world: World, ada: Any, easy: str) -> None:
    """[S23] Common ones, rows of keys, repeats, and one's own address."""
    page = world.browser(ada).send_form(
        "/workspace/settings/profile/password", new=easy.replace("OWN ADDRESS", ada.email)
    )
    assert "first that are guessed" in page.text
