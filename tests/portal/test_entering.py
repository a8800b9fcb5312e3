"""[F1] Arriving by a link: every state, and coming in."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from argon2 import PasswordHasher

from dossier.forms.actions import entering
from dossier.forms.model import calendar
from dossier.foundation.clock import wire_time
from dossier.workspaces.model import Workspace
from tests.forms.support import ask, publish
from tests.portal.support import ACCIDENT, Made, hidden, make_form, state, token
from tests.world import Api, Client, World


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace)


def test_looking_makes_nothing_and_sets_no_cookie(made: Made) -> None:
    """A mail scanner follows every link."""
    with made.visitor() as contact:
        for _ in range(2):
            page = contact.at()
            assert (page.status_code, state(page)) == (200, "start")
            assert "set-cookie" not in page.headers
    assert made.responses() == []


def test_what_every_page_carries(made: Made) -> None:
    with made.visitor() as contact:
        headers = contact.at().headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    policy = headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_start_begins_once(made: Made) -> None:
    with made.visitor() as contact:
        first = contact.press("start")
        assert state(first) == "page"
        assert first.url.path.endswith("/pages/you")
        contact.press("start")
    assert len(made.responses()) == 1


def test_whoever_never_keeps_a_cookie_fills_no_table(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "MOST_SESSIONS", 3)
    guest = made.visitor()
    for _ in range(6):
        made.visitor().press("start")
        made.world.clock.forward(seconds=1)
    guest.press("start")
    sql = "SELECT count(*) AS count, max(created_at) AS latest FROM form_sessions WHERE workspace_id = ANY(%(scope)s) AND form_id = %(form)s"
    kept = made.world.do(lambda tx: tx.one(sql, form=made.form.id), made.scope())
    assert kept["count"] == 3
    assert made.world.clock() - kept["latest"] < timedelta(seconds=1), "the oldest make room"
    for _ in range(4):
        made.visitor().press("start")
    assert guest.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "false"}).status_code == 200
    assert made.data()["name"] == "Eve", "by the link alone one goes on"


def test_the_session_goes_to_this_form_alone(made: Made) -> None:
    with made.visitor() as contact:
        contact.follow_redirects = False
        cookie = contact.press("start").headers["set-cookie"]
    assert f"Path=/r/{made.secret}" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize(
    ("members", "there"),
    [
        ({"status": "draft"}, "not-yet"),
        ({"status": "completed"}, "done"),
        ({"status": "processed"}, "done"),
        ({"status": "declined"}, "declined"),
    ],
)
def test_a_form_says_where_one_is(world: World, workspace: Workspace, members: dict[str, Any], there: str) -> None:
    made = make_form(world, workspace, **members)
    with made.visitor() as contact:
        assert state(contact.at()) == there
        for act in ("start", "code", "enter", "submit", "later", "rating"):
            contact.press(act) if "form_token" in contact.at().text else None
            assert state(contact.at()) == there
        assert state(contact.at("pages", "you")) == there
    assert made.responses() == []


def test_a_form_opens_and_ends_by_the_clock(world: World, workspace: Workspace) -> None:
    now = world.clock()
    made = make_form(world, workspace, active_from=now + timedelta(hours=1), active_until=now + timedelta(hours=2))
    with made.visitor() as contact:
        assert state(contact.at()) == "not-yet"
        made.change(active_from=wire_time(now - timedelta(hours=1)))
        assert state(contact.at()) == "start"
        made.change(active_until=wire_time(now - timedelta(minutes=1)))
        assert state(contact.at()) == "expired"
        made.change(archived_at=wire_time(now))
        assert state(contact.at()) == "closed"


def test_void_and_unknown_links_are_the_same(world: World, made: Made) -> None:
    with Client(base_url=world.server.url) as client:
        unknown = [client.get(f"/r/{each}") for each in ("x", "A" * 43, "%00", made.secret[:-1])]
        assert {each.status_code for each in unknown} == {404}
        assert len({each.text for each in unknown}) == 1
        assert state(unknown[0]) == "missing"
        post = client.post(f"/r/{'A' * 43}/start")
        assert (post.status_code, state(post)) == (404, "missing")


@pytest.mark.parametrize(
    "path", ["/r", "/r/", "/r/x/", "/r/{secret}/", "/r/{secret}/nope", "/f", "/f/", "/f/x", "/f/x/"]
)
def test_an_address_that_is_none_is_missing_in_the_words_of_the_portal(made: Made, path: str) -> None:
    with Client(base_url=made.world.server.url, headers={"Accept-Language": "nl"}) as client:
        page = client.get(path.format(secret=made.secret), headers={"Accept": "text/html"})
        other = client.get("/rest", headers={"Accept": "text/html"})
    assert (page.status_code, state(page)) == (404, "missing")
    assert '<html lang="nl"' in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert (other.status_code, "data-state" in other.text) == (404, False)


def test_only_our_own_pages_send_forms(made: Made) -> None:
    with made.visitor() as contact:
        text = contact.at().text
        assert contact.post(made.address + "/start").status_code == 403
        assert contact.post(made.address + "/start", data={"form_token": "x"}).status_code == 403
        foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
        assert (
            contact.post(made.address + "/start", data={"form_token": token(text)}, headers=foreign).status_code == 403
        )
        hidden = {"origin": "null", "sec-fetch-site": "cross-site"}
        assert (
            contact.post(made.address + "/start", data={"form_token": token(text)}, headers=hidden).status_code == 403
        )
        assert made.responses() == []
        ours = {"origin": "null", "sec-fetch-site": "same-origin"}
        assert state(contact.post(made.address + "/start", data={"form_token": token(text)}, headers=ours)) == "page"


def test_a_page_speaks_the_readers_language(world: World, workspace: Workspace) -> None:
    document = {
        "title": "Report",
        "locale": "en",
        "pages": [{"key": "a", "title": "A", "elements": [{"key": "n", "type": "text", "label": "Name"}]}],
        "texts": {
            "ar": {"title": "تقرير", "pages.a.title": "أ", "elements.n.label": "الاسم"},
            "fr": {"title": "Rapport"},
        },
    }
    made = make_form(world, workspace, document)
    with made.visitor(headers={"accept-language": "ar,en;q=0.5"}) as contact:
        page = contact.at()
        assert '<html lang="ar" dir="rtl"' in page.text
        assert "تقرير" in page.text
        french = contact.get(made.address + "?lang=fr")
        assert '<html lang="fr" dir="ltr"' in french.text
        assert "Rapport" in french.text
        assert f"{made.address}/start?lang=fr" in french.text
    with made.visitor(headers={"accept-language": "de"}) as contact:
        assert '<html lang="en"' in contact.at().text


def test_a_deadline_says_which_half_of_the_day_where_it_is_written_so(world: World, workspace: Workspace) -> None:
    document = {
        "title": "تقرير",
        "locale": "ar",
        "pages": [{"key": "a", "title": "أ", "elements": [{"key": "n", "type": "text", "label": "الاسم"}]}],
    }
    for hour, written in ((8, "8:05 ص"), (20, "8:05 م")):
        until = datetime(2099, 1, 28, hour, 5, tzinfo=ZoneInfo(workspace.time_zone))
        with make_form(world, workspace, document, active_until=until).visitor() as contact:
            assert written in contact.at().text.replace("\u202f", " ").replace("\xa0", " ")


def test_what_ends_with_a_day_ends_on_it(world: World, workspace: Workspace) -> None:
    """Given as a day, an end is the midnight after it; nobody reads “21 May, 00:00” as the 20th."""
    until = datetime(2099, 5, 21, tzinfo=ZoneInfo(workspace.time_zone))
    with make_form(world, workspace, active_until=until).visitor() as contact:
        assert "You can answer until 20 May 2099." in contact.at().text
    later = make_form(world, workspace, active_until=until + timedelta(minutes=30))
    with later.visitor() as contact:
        assert "You can answer until 21 May 2099, 00:30." in contact.at().text


def test_the_link_is_sent_to_who_is_asked_and_five_times_an_hour(made: Made) -> None:
    contact = made.visitor()
    contact.press("start")
    answers = [contact.press("later") for _ in range(6)]
    assert [each.status_code for each in answers] == [200] * 5 + [429]
    assert "The link was sent to you. What you have answered is kept." in answers[0].text

    async def look(transaction: Any) -> Any:
        return await transaction.all("SELECT body, sent_to FROM messages WHERE workspace_id = ANY(%(scope)s)")

    letters = made.world.do(look, made.scope())
    assert len(letters) == 5
    assert made.url in letters[0]["body"]
    assert letters[0]["sent_to"] == ["eve@example.org"]


def test_the_link_that_is_sent_is_among_the_messages_of_the_form(world: World, workspace: Workspace, api: Api) -> None:
    publish(world, workspace)
    form = ask(api, user={"email": "eve@example.org"})
    link = form["links"]["fill"]
    with Client(base_url=world.server.url) as contact:
        path = link.removeprefix(world.server.url)
        contact.post(f"{path}/start", data=hidden(contact.get(path).text))
        contact.post(f"{path}/later", data=hidden(contact.get(path).text))
    noted = api.json("GET", f"/v1/forms/{form['id']}")["notifications"][-1]
    assert (noted["template"], noted["method"], noted["to"], noted["system"]) == (
        "raw",
        "email",
        "eve@example.org",
        True,
    )
    assert link not in str(noted["variables"])


def test_until_when_for_a_calendar(world: World, workspace: Workspace) -> None:
    made = make_form(world, workspace, active_until=datetime(2031, 5, 2, 14, tzinfo=UTC))
    with made.visitor() as contact:
        entry = contact.at("deadline.ics")
        assert "deadline.ics" in contact.at().text
    assert entry.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = entry.text.split("\r\n")
    assert "DTEND:20310502T140000Z" in lines
    assert "SUMMARY:Answer: Accident report" in lines
    assert max(len(each.encode()) for each in lines) <= 75


def test_a_calendar_takes_any_title() -> None:
    made = calendar.entry(
        UUID(int=1), "Élan; a, b\n\\" + "é" * 90, "https://x/r/y", datetime.now(UTC), datetime.now(UTC)
    )
    text = made.decode()
    assert max(len(each.encode()) for each in text.split("\r\n")) <= 75
    assert "SUMMARY:Élan\\; a\\, b\\n\\\\" in text.replace("\r\n ", "")


def test_a_second_tab_of_before_the_session_still_sends(made: Made) -> None:
    """What somebody typed there would be lost."""
    with made.visitor() as contact:
        word = token(contact.at().text)
        contact.press("start")
        sent = contact.post(f"{made.address}/start", data={"form_token": word})
        assert (sent.status_code, state(sent)) == (200, "page")
    assert len(made.responses()) == 1


def test_the_first_page_is_light(made: Made) -> None:
    """60 kB at most with its styles, scripts and icon, as they come without any compression."""
    plain = {"accept-encoding": "identity"}
    contact = made.visitor()
    page = contact.get(made.address, headers=plain)
    named = set(re.findall(r'<(?:link|script|img)[^>]+(?:href|src)="(/[^"]+)"', page.text))
    assert {each.rpartition(".")[2].partition("?")[0] for each in named} >= {"css", "js"}
    sent = [page, *(contact.get(each, headers=plain) for each in named)]
    assert all(each.is_success and "content-encoding" not in each.headers for each in sent)
    assert sum(len(each.content) for each in sent) <= 60_000


@pytest.mark.parametrize("status", ["pending", "completed"])
def test_what_a_member_fills_in_is_nowhere_in_the_portal(world: World, workspace: Workspace, status: str) -> None:
    made = make_form(world, workspace, internal=True, status="pending")
    with made.visitor() as contact:
        made.change(internal=False)
        contact.press("start")
        form_token = token(contact.at().text)
        made.change(internal=True, status=status)
        shown = ["", "/pages/you", "/check", "/deadline.ics", "/copy.pdf", f"/files/{made.form.id}/picture"]
        done = ["/code", "/enter", "/start", "/decline", "/later", "/rating", "/submit", "/pages/you", "/files/photos"]
        found = {f"GET {each}": contact.get(made.address + each) for each in shown}
        sent = {"form_token": form_token, "name": "Eve", "reason": "No", "rating": "5", "entry": "x"}
        found |= {f"POST {each}": contact.post(made.address + each, data=sent) for each in done}
        found["PUT"] = contact.put(f"{made.address}/answers/name", json={"value": "Eve"})
        upload = f"{made.address}/uploads"
        found["begin"] = contact.post(upload)
        for method in ("HEAD", "PATCH", "DELETE"):
            found[method] = contact.request(method, f"{upload}/{made.form.id}")
    assert {each: answer.status_code for each, answer in found.items()} == dict.fromkeys(found, 404)
    assert state(found["GET "]) == "missing"
    assert made.now().status == status
    assert made.data() == {}


def test_where_forms_are_sent_one_is_led_on(world: World, workspace: Workspace) -> None:
    """Another language on the page of a refusal, and a tab that is opened again, are a look at the address that was sent to."""
    hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("sesame")
    document = ACCIDENT | {"texts": {"fr": {"title": "Constat"}}, "access": "password"}
    made = make_form(world, workspace, document, password_hash=hash)
    contact = made.visitor()
    refused = contact.press("enter", entry="wrong")
    assert (state(contact.get(other_language(refused))), 'lang="fr"' in contact.get(other_language(refused)).text) == (
        "code", True,
    )  # fmt: skip
    contact.press("enter", entry="sesame")
    refused = contact.press("submit")
    assert refused.status_code == 400
    french = contact.get(other_language(refused))
    assert (state(french), 'lang="fr"' in french.text) == ("check", True)
    for path in ("code", "enter", "start", "decline", "later", "rating", "files/name"):
        assert state(contact.at(path)) == "continue", path
    assert made.now().status == "pending"


def other_language(page: httpx.Response) -> str:
    found = re.search(r'<a href="([^"]+)" lang="fr"', page.text)
    assert found
    return unescape(found[1])


def test_how_long_there_still_is(world: World, workspace: Workspace) -> None:
    document = ACCIDENT | {"texts": {"ar": {"title": "تقرير"}}}
    made = make_form(world, workspace, document, active_until=world.clock() + timedelta(days=3, hours=1))
    contact = made.visitor()
    assert ">in 3 days<" in contact.at().text
    assert "خلال 3 أيام" in contact.get(f"{made.address}?lang=ar").text
    contact.press("start")
    assert ">in 3 days<" in contact.at("check").text
