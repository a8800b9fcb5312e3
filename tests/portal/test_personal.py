"""[F9] Everything that is asked of a person, behind one code to their address: whom it tells what, what it opens, what guessing is worth."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dossier.forms.actions import entering, gathering
from dossier.forms.model import FormUser, person
from dossier.workspaces.model import Workspace
from tests.portal.support import ACCIDENT, Made, make_form, state, token
from tests.world import Client, World

EVE = "eve@example.org"


class Somebody(Client):
    """Somebody at the personal page of a workspace, in a browser that runs no scripts."""

    def __init__(self, world: World, workspace: Workspace, **more: Any) -> None:
        super().__init__(base_url=world.server.url, follow_redirects=True, **more)
        self.world, self.workspace, self.address = world, workspace, f"/me/{workspace.slug}"

    def page(self) -> httpx.Response:
        return self.get(self.address)

    def press(self, act: str, **fields: str) -> httpx.Response:
        return self.post(f"{self.address}/{act}", data={"form_token": token(self.page().text)} | fields)

    def ask(self, address: str = EVE) -> httpx.Response:
        """Ask for a code, which is then sent, if it is."""
        answer = self.press("code", address=address)
        for each in rows(self.world, self.workspace, "SELECT hash FROM person_codes WHERE code = ''"):
            self.world.server.run(gathering.send_code(self.world.services, str(self.workspace.id), each["hash"].hex()))
        return answer

    def come_in(self, address: str = EVE) -> httpx.Response:
        self.ask(address)
        return self.press("enter", entry=codes(self.world, self.workspace)[0])


def rows(world: World, workspace: Workspace, statement: str) -> list[dict[str, Any]]:
    from dossier.foundation.actor import Scope, system

    async def look(transaction: Any) -> Any:
        return await transaction.all(
            f"{statement} {'AND' if 'WHERE' in statement else 'WHERE'} workspace_id = ANY(%(scope)s)"
        )

    found: list[dict[str, Any]] = world.do(look, system(scope=Scope((workspace.id,))))
    return found


def codes(world: World, workspace: Workspace) -> list[str]:
    """The codes that were sent, the newest first."""
    sent = rows(world, workspace, "SELECT body, created_at, id FROM messages")
    sent.sort(key=lambda each: (each["created_at"], each["id"]), reverse=True)
    return [found[1] for each in sent if (found := re.search(r"\b(\d{6})\b", each["body"]))]


def titles(page: httpx.Response) -> list[str]:
    return re.findall(r'class="p-title" dir="auto">([^<]*)<', page.text)


@pytest.fixture
def somebody(world: World, workspace: Workspace) -> Somebody:
    return Somebody(world, workspace)


def named(title: str) -> dict[str, Any]:
    return ACCIDENT | {"title": title}


def test_all_that_is_asked_is_behind_one_code(world: World, workspace: Workspace, somebody: Somebody) -> None:
    late = world.clock() + timedelta(days=3)
    make_form(world, workspace, named("One"))
    make_form(world, workspace, named("Two"), active_until=late, access="email_code")
    assert state(somebody.page()) == "code"
    assert "set-cookie" not in somebody.page().headers, "looking keeps nothing"
    assert state(somebody.ask(" Eve@Example.org ")) == "code"
    page = somebody.press("enter", entry=codes(world, workspace)[0])
    assert (state(page), titles(page)) == ("requests", ["Two", "One"]), "what ends first is first"
    cookie = somebody.cookies.jar
    assert {each.path for each in cookie} == {somebody.address}
    assert page.headers["cache-control"] == "no-store"


def test_it_shows_that_person_in_that_workspace_alone(world: World, workspace: Workspace, somebody: Somebody) -> None:
    make_form(world, workspace, named("Mine"))
    make_form(world, workspace, named("Bob's"), user=FormUser(email="bob@example.org"))
    make_form(world, workspace, named("Nobody's"), user=FormUser())
    make_form(world, workspace, named("A member's"), internal=True)
    make_form(world, workspace, named("Not sent"), status="draft", active_from=None)
    make_form(world, workspace, named("Over"), active_until=world.clock() - timedelta(minutes=1))
    make_form(world, workspace, named("Put away"), archived_at=world.clock())
    make_form(world, world.workspace(), named("Elsewhere"))
    assert titles(somebody.come_in()) == ["Mine"]


def test_two_addresses_that_fold_to_the_same_are_two_people(
    world: World, workspace: Workspace, somebody: Somebody
) -> None:
    make_form(world, workspace, named("Of strasse"), user=FormUser(email="strasse@example.org"))
    make_form(world, workspace, named("Of straße"), user=FormUser(email="straße@example.org"))
    assert titles(somebody.come_in("strasse@example.org")) == ["Of strasse"]


@pytest.mark.parametrize("typed", ["+32 470 12 34 56", "٣٢٤٧٠١٢٣٤٥٦+"[-1] + "٣٢٤٧٠١٢٣٤٥٦"])
def test_a_phone_is_an_address_too(world: World, workspace: Workspace, somebody: Somebody, typed: str) -> None:
    make_form(world, workspace, named("By phone"), user=FormUser(phone="+32470123456"), access="sms_code")
    page = somebody.come_in(typed)
    assert titles(page) == ["By phone"]
    assert "A code is sent to your phone first" in page.text


def test_what_it_opens_and_what_asks_for_more(world: World, workspace: Workspace, somebody: Somebody) -> None:
    """Never over a text message or a password; a form of somebody else is not there."""
    mailed = make_form(world, workspace, named("Mailed"), access="email_code")
    texted = make_form(world, workspace, access="sms_code", user=FormUser(email=EVE, phone="+32470123456"))
    locked = make_form(world, workspace, access="password")
    others = make_form(world, workspace, access="email_code", user=FormUser(email="bob@example.org"))
    somebody.come_in()
    assert state(somebody.press("open", form=str(mailed.form.id))) == "start"
    assert state(somebody.get(f"{mailed.address}/pages/you")) == "page"
    for each in (texted, locked):
        assert state(somebody.press("open", form=str(each.form.id))) == "code"
        assert state(somebody.get(f"{each.address}/pages/you")) == "code"
    for id in (str(others.form.id), "x", ""):
        assert somebody.press("open", form=id).status_code == 404
    assert state(somebody.get(others.address)) == "code"


def test_signing_out_ends_what_it_opened(world: World, workspace: Workspace, somebody: Somebody) -> None:
    made = make_form(world, workspace, access="email_code")
    somebody.come_in()
    somebody.press("open", form=str(made.form.id))
    kept = {each.name: each.value for each in somebody.cookies.jar}
    out = somebody.press("leave")
    assert (state(out), "You are signed out." in out.text) == ("code", True)
    with Somebody(world, workspace, cookies=kept) as thief:
        assert state(thief.page()) == "code"
        assert state(thief.get(made.address)) == "code"


def test_whether_an_address_is_known_shows_nowhere(world: World, workspace: Workspace) -> None:
    make_form(world, workspace)
    said = []
    for address in (EVE, "nobody@example.org"):
        with Somebody(world, workspace) as each:
            answers = [each.ask(address), each.press("enter", entry="12"), *(each.ask(address) for _ in range(5))]
            hidden = [re.sub(r"[0-9a-f]{40}", "", answer.text.replace(address, "")) for answer in answers]
            said.append([(answer.status_code, text) for answer, text in zip(answers, hidden, strict=True)])
    assert said[0] == said[1]
    assert len(codes(world, workspace)) == 5


def test_the_code_goes_to_the_address_alone_and_nothing_of_it_lies_anywhere(
    world: World, workspace: Workspace, somebody: Somebody
) -> None:
    make_form(world, workspace)
    somebody.ask()
    (message,) = rows(world, workspace, "SELECT to_jsonb(messages) AS it FROM messages")
    assert EVE in str(message["it"])
    (kept,) = rows(world, workspace, "SELECT address, sent_to, code FROM person_codes")
    assert EVE not in str(kept)
    assert codes(world, workspace)[0] not in str(kept["code"])


def test_a_code_holds_where_it_was_asked_for(world: World, workspace: Workspace, somebody: Somebody) -> None:
    """Whoever reads a code over a shoulder, or asks for one beside, comes in with it nowhere else, and ends no other."""
    make_form(world, workspace)
    somebody.ask()
    (code,) = codes(world, workspace)
    with Somebody(world, workspace) as other:
        other.ask()
        if codes(world, workspace)[0] != code:
            assert state(other.press("enter", entry=code)) == "code"
    assert state(somebody.press("enter", entry=f"{code[:3]} {code[3:]}")) == "requests"


def test_five_tries_a_code_and_ten_minutes(world: World, workspace: Workspace, somebody: Somebody) -> None:
    make_form(world, workspace)
    somebody.ask()
    (code,) = codes(world, workspace)
    for _ in range(5):
        assert somebody.press("enter", entry=f"{(int(code) + 1) % 10**6:06}").status_code == 400
    assert state(somebody.press("enter", entry=code)) == "code"
    somebody.ask()
    world.clock.forward(minutes=11)
    assert state(somebody.press("enter", entry=codes(world, workspace)[0])) == "code"


def test_thirty_wrong_entries_a_day_for_an_address(world: World, workspace: Workspace, somebody: Somebody) -> None:
    make_form(world, workspace)
    world.clock.forward(hours=24 - world.clock().hour)  # the count is of a day
    statuses = []
    for _ in range(7):
        somebody.ask()
        wrong = f"{(int(codes(world, workspace)[0]) + 1) % 10**6:06}"
        statuses += [somebody.press("enter", entry=wrong).status_code for _ in range(5)]
        world.clock.forward(minutes=61)
    assert statuses == [400] * 30 + [429] * 5
    somebody.ask()
    refused = somebody.press("enter", entry=codes(world, workspace)[0])
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    world.clock.forward(hours=24)
    assert state(somebody.come_in()) == "requests"


def test_codes_of_forms_and_of_the_page_count_together(
    world: World, workspace: Workspace, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entering, "CODES_OF_ADDRESS", 3)
    made = make_form(world, workspace, access="email_code")
    for _ in range(3):
        somebody.ask()
    assert made.visitor().press("code").status_code == 429


def test_so_many_an_hour_from_one_network(
    world: World, workspace: Workspace, somebody: Somebody, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "OF_NETWORK", 2)
    answers = [somebody.ask(f"somebody{number}@example.org") for number in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert int(answers[2].headers["retry-after"]) > 0


def test_a_code_is_sent_once_however_often_its_job_runs(world: World, workspace: Workspace, somebody: Somebody) -> None:
    make_form(world, workspace)
    somebody.ask()
    (row,) = rows(world, workspace, "SELECT hash FROM person_codes")
    world.server.run(gathering.send_code(world.services, str(workspace.id), row["hash"].hex()))
    assert len(codes(world, workspace)) == 1


@pytest.mark.parametrize("typed", ["", "x", "eve@", "+32 1", "eve@example.org, bob@example.org", "a" * 300 + "@b.org"])
def test_what_is_no_address_is_said_so(somebody: Somebody, typed: str) -> None:
    refused = somebody.press("code", address=typed)
    assert (refused.status_code, state(refused)) == (400, "code")


def test_a_session_holds_in_its_workspace_alone(world: World, workspace: Workspace, somebody: Somebody) -> None:
    other = world.workspace()
    make_form(world, workspace, named("Here"))
    make_form(world, other, named("There"))
    somebody.come_in()
    held = next(iter(somebody.cookies.jar)).value
    with Somebody(world, other, cookies={"dossier-person": held or ""}) as thief:
        assert state(thief.page()) == "code"
        assert titles(thief.page()) == []


@pytest.mark.parametrize("slug", ["nobody-has-this", "%00", "a" * 500])
def test_there_is_no_other(world: World, slug: str) -> None:
    with Client(base_url=world.server.url) as client:
        page = client.get(f"/me/{slug}")
    assert (page.status_code, state(page)) == (404, "missing")


def test_what_has_ended_is_forgotten(world: World, workspace: Workspace, somebody: Somebody) -> None:
    make_form(world, workspace)
    somebody.ask("bob@example.org")
    somebody.come_in()
    world.clock.forward(days=3)
    assert state(somebody.page()) == "code"
    world.server.run(entering.forget_old(world.services))
    for table in ("person_codes", "person_sessions", "person_counts"):
        assert rows(world, workspace, f"SELECT 1 AS one FROM {table}") == []


def test_what_was_handed_in_leads_to_it(world: World, workspace: Workspace, somebody: Somebody) -> None:
    made: Made = make_form(world, workspace)
    made.change(status="declined")
    assert f'href="/me/{workspace.slug}"' in made.visitor().at().text


def test_it_speaks_five_languages(world: World, workspace: Workspace) -> None:
    for code, title in (("fr", "Est-ce bien vous ?"), ("ar", 'dir="rtl"'), ("de", "Sind Sie"), ("nl", "Bent u")):
        with Somebody(world, workspace, headers={"accept-language": code}) as each:
            assert title in each.page().text, code
