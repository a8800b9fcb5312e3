"""Members are told by e-mail: what came together as one, in their language, once, and not what they have seen already."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest

from dossier import messages as door
from dossier.foundation.actor import Scope, system
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.outgoing import NotTaken, Outgoing
from dossier.foundation.testing.outgoing import FakeMail
from dossier.messages import actions as messages
from dossier.messages.model import NewMessage
from dossier.notices.pages.mails import mail_daily, mail_soon
from dossier.workspaces.model import Workspace
from tests.cases.test_contacts import traces
from tests.messages import mails
from tests.messages.support import Post as IncomingPost
from tests.messages.test_incoming import came, sent
from tests.notices.test_notices import CHOICES, NOTICES, give
from tests.world import Api, Browser, World


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada")


@pytest.fixture
def browser(world: World, ada: Any) -> Browser:
    return world.browser(ada)


class Post:
    """The jobs that write to members and send what they wrote, done at once."""

    def __init__(self, world: World, workspace: Workspace) -> None:
        self.world, self.workspace, self.mail = world, workspace, FakeMail()

    def soon(self) -> list[EmailMessage]:
        return self._after(mail_soon)

    def daily(self) -> list[EmailMessage]:
        return self._after(mail_daily)

    def _after(self, job: Any) -> list[EmailMessage]:
        services = replace(self.world.services, outgoing=Outgoing(self.mail))
        self.world.server.run(job(services))
        self.mail.taken.clear()
        self.world.server.run(messages.send_waiting(services, self.workspace.id))
        return [mail for mail, _ in self.mail.taken]


@pytest.fixture
def post(world: World, workspace: Workspace) -> Post:
    return Post(world, workspace)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part
    return str(part.get_content())


def test_what_came_together_is_one_mail_and_is_sent_once(post: Post, api: Api, ada: Any) -> None:
    case = give(api, ada.email, "Smith & Sons")
    (mail,) = post.soon()
    assert mail["To"] == ada.email
    assert mail["Subject"] == "Smith & Sons: This case is yours now."
    for kind in ("plain", "html"):
        assert f"/workspace/cases/{case['id']}" in text_of(mail, kind)
    assert "Smith & Sons\nThis case is yours now." in text_of(mail)
    assert "Smith &amp; Sons" in text_of(mail, "html")
    assert post.soon() == []
    for number in range(60):
        give(api, ada.email, f"Many {number}")
    (mail,) = post.soon()
    assert mail["Subject"] == f"60 notices in {post.workspace.name}"
    assert "And 10 more." in text_of(mail)


def test_a_title_that_is_longer_than_a_subject_stops_nobodys_mail(post: Post, api: Api, ada: Any) -> None:
    """[18] The mail could not be made, and nobody was mailed any more, minute after minute."""
    give(api, ada.email, "Long " * 99)
    (mail,) = post.soon()
    assert mail["To"] == ada.email
    assert 300 < len(str(mail["Subject"])) <= 400


def test_what_was_seen_is_not_mailed(post: Post, api: Api, ada: Any, browser: Browser) -> None:
    give(api, ada.email)
    browser.send_form(NOTICES + "/seen")
    assert post.soon() == []


def test_once_a_day_it_comes_in_the_morning_of_the_workspace(
    world: World, post: Post, api: Api, ada: Any, browser: Browser
) -> None:
    browser.send_form(CHOICES, assigned="digest")
    give(api, ada.email)
    sent = []
    for _ in range(25):
        assert post.soon() == []
        hour = world.clock().hour  # the workspace goes by UTC
        sent += [hour for _ in post.daily()]
        world.clock.forward(hours=1)
    assert sent == [8]


def test_what_could_not_be_sent_in_the_morning_is_sent_later_that_day(
    world: World, post: Post, api: Api, ada: Any, browser: Browser
) -> None:
    """[18] A server that stood still from eight to nine lost a day."""
    browser.send_form(CHOICES, assigned="digest")
    world.clock.forward(hours=(7 - world.clock().hour) % 24)
    give(api, ada.email)
    world.clock.forward(hours=4)
    assert len(post.daily()) == 1
    give(api, ada.email)
    world.clock.forward(hours=2)
    assert post.daily() == [], "once a day"


def test_a_mail_is_in_the_language_of_its_reader(
    world: World, post: Post, api: Api, ada: Any, browser: Browser
) -> None:
    browser.send_form("/workspace/settings/profile", given_name="Ada", family_name="", language="fr")
    give(api, ada.email, "Sinistre")
    (mail,) = post.soon()
    assert mail["Subject"] == "Sinistre: Ce dossier est maintenant le vôtre."
    assert 'lang="fr"' in text_of(mail, "html")


def test_a_limited_member_gets_no_title_of_a_case_that_is_not_theirs_any_more(
    world: World, workspace: Workspace, post: Post, api: Api, ada: Any
) -> None:
    lea = world.member(workspace, f"lea-{workspace.slug}@example.org", "limited")
    case = give(api, lea.email, "A secret matter")
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": ada.email}})
    mails = {mail["To"]: mail for mail in post.soon()}
    assert "A secret matter" in mails[ada.email]["Subject"]
    assert "A secret matter" not in mails[lea.email].as_string()


def test_who_owns_a_case_is_told_what_becomes_of_its_messages(
    world: World, workspace: Workspace, post: Post, api: Api, ada: Any, browser: Browser
) -> None:
    """Bounced and failed ones: by the facts that the messages publish."""
    case = give(api, ada.email)
    browser.send_form(NOTICES + "/seen")
    actor = system("automation", Scope((workspace.id,)))
    new = NewMessage(workspace.id, "email", ("ann@example.org",), "Dear Ann", "The papers", case_id=case["id"])
    world.do(lambda tx: door.put(tx, new), actor)
    post.mail.refusal = NotTaken(Sentence("There is no such mailbox."), for_good=True)
    post.soon()
    assert "The message “The papers” to ann@example.org could not be sent." in browser.get(NOTICES).text


def test_who_answers_is_told_to_the_owner_unless_it_is_they(
    world: World, workspace: Workspace, api: Api, ada: Any, browser: Browser
) -> None:
    """[18] Whoever answered what they were told by e-mail was told that they had written."""
    case = give(api, ada.email)
    incoming = IncomingPost(world, workspace, api, Outgoing(FakeMail(), domain="in.dossier.example"))
    message = sent(incoming, case)
    assert came(incoming, mails.REPLY.replace(mails.TO.encode(), ada.email.encode()), message) == "received"
    assert "wrote:" not in browser.get(NOTICES).text
    other = mails.REPLY.replace(b"reply-1@", b"reply-2@")
    assert came(incoming, other, message) == "received"
    assert f"{mails.TO} wrote:" in browser.get(NOTICES).text


def test_of_a_case_that_is_erased_nothing_is_left_in_mails(post: Post, api: Api, ada: Any) -> None:
    case = give(api, ada.email, "A secret matter")
    assert "A secret matter" in post.soon()[0]["Subject"]
    (row,) = api.json("GET", "/v1/messages", params={"to": ada.email})["data"]
    assert "A secret matter" in row["subject"]
    api.delete(f"/v1/cases/{case['id']}").raise_for_status()
    message = api.get(f"/v1/messages/{row['id']}").text
    assert "A secret matter" not in message
    assert case["id"] not in message


def test_of_somebody_who_is_erased_nothing_is_left_in_what_members_were_told(
    world: World, workspace: Workspace, post: Post, api: Api, ada: Any, browser: Browser, database_url: str
) -> None:
    """[18] To whom a message could not be sent stood under the bell, and in the e-mail about it."""
    case = give(api, ada.email)
    ann = {"key": "main", "given_name": "Ann", "email": "ann-of-papers@example.org"}
    (person,) = api.json("POST", f"/v1/cases/{case['id']}/contacts", json={"contacts": [ann]})["contacts"]
    actor = system("automation", Scope((workspace.id,)))
    new = NewMessage(workspace.id, "email", (ann["email"],), "Dear Ann", "The papers", case_id=case["id"])
    world.do(lambda tx: door.put(tx, new), actor)
    post.mail.refusal = NotTaken(Sentence("There is no such mailbox."), for_good=True)
    post.soon()
    browser.send_form("/workspace/settings/notices", failed="mail")
    assert ann["email"] in browser.get(NOTICES).text
    api.delete(f"/v1/contacts/{person['id']}").raise_for_status()
    assert ann["email"] not in browser.get(NOTICES).text
    assert traces(database_url, ann["email"]) == []


def test_what_a_member_is_told_is_no_business_of_colleagues(
    world: World, workspace: Workspace, post: Post, api: Api, ada: Any, browser: Browser
) -> None:
    """[18] E-mails to members stood among the messages of everybody who handles cases; who keeps the workspace sees them."""
    give(api, ada.email, "A matter between us")
    post.soon()
    (row,) = api.json("GET", "/v1/messages", params={"to": ada.email})["data"]
    address = f"/workspace/messages/{row['id']}"
    colleague = world.browser(world.member(workspace, f"bob-{workspace.slug}@example.org", "handler"))
    boss = world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))
    assert ada.email in browser.get("/workspace/messages").text
    assert ada.email in boss.get("/workspace/messages").text
    assert ada.email not in colleague.get("/workspace/messages").text
    seen = [each.get(address).status_code for each in (browser, boss, colleague)]
    assert seen == [200, 200, 404]
    assert colleague.send_form(f"{address}/retry").status_code == 404
