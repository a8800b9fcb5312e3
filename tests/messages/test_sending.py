"""A message is kept with what asks for it, sent afterwards with the same identifier each time, and what came of it is known."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dossier import messages
from dossier.foundation.actor import Scope, system
from dossier.foundation.errors import AppError
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.outgoing import NotTaken
from dossier.foundation.testing.outgoing import FakeMail, FakeSms
from dossier.messages import actions
from dossier.messages.model import Message, NewMessage
from dossier.messages.store import rows
from tests.files.support import kept
from tests.messages.support import ANN, Post
from tests.world import Api

LATER = NotTaken(Sentence("Not now."))
NEVER = NotTaken(Sentence("Never."), for_good=True)


class Killed(BaseException):
    """No error of anything: the process ends."""


def now(post: Post, message: Message) -> Message:
    found: Message = post.world.do(lambda tx: rows.get(tx, message.id), post.actor)
    return found


def text(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).strip()


def test_sent(post: Post, mail: FakeMail) -> None:
    put = post.put(ANN, html="<p>Dear Ann</p>", cc=("bob@example.org",), bcc=("eve@example.org",))
    assert (put.status, put.transport, mail.taken) == ("pending", None, [])
    post.work()
    sent = now(post, put)
    assert (sent.status, sent.transport, sent.error) == ("sent", "smtp", None)
    assert [str(each.result) for each in sent.attempts] == ["The mail server took it: 250 OK"]
    ((taken, to),) = mail.taken
    assert to == (ANN, "bob@example.org", "eve@example.org")
    assert (taken["To"], taken["Cc"], taken["Bcc"]) == (ANN, "bob@example.org", None)
    assert taken["Message-ID"] == f"<{put.id}@example.org>" == sent.message_id
    assert (text(taken), text(taken, "html")) == ("Dear Ann", "<p>Dear Ann</p>")
    post.work()
    assert len(mail.taken) == 1


def test_nothing_is_sent_for_what_was_not_kept(post: Post, mail: FakeMail) -> None:
    async def undone(tx: Any) -> None:
        await messages.put(tx, NewMessage(post.workspace.id, "email", (ANN,), "x"))
        raise LATER

    with pytest.raises(NotTaken):
        post.world.do(undone, post.actor)
    post.work()
    assert mail.taken == []


def test_without_a_mail_server_it_is_kept(house: Post) -> None:
    put = house.put()
    house.work()
    found = now(house, put)
    assert (found.status, found.transport) == ("sent", "outbox")
    assert "nothing left the house" in str(found.attempts[0].result)


def test_refused_for_now_is_tried_again_ever_more_seldom(post: Post, mail: FakeMail) -> None:
    put, mail.refusal = post.put(), LATER
    waits = []
    for _ in range(20):
        post.work()
        if (found := now(post, put)).status != "pending":
            break
        waits.append(round((found.due_at - post.world.clock()).total_seconds()))
        post.world.clock.forward(seconds=waits[-1] + 1)
    assert waits == [60, 300, 900, 3600, 10800, 21600, 43200, 86400]
    assert (found.status, str(found.error), len(found.attempts)) == ("failed", "Not now.", 9)


def test_refused_for_good_fails_at_once(post: Post, mail: FakeMail) -> None:
    put, mail.refusal = post.put(), NEVER
    post.work()
    assert (now(post, put).status, str(now(post, put).error)) == ("failed", "Never.")


def test_who_was_killed_in_the_middle_sends_it_again_under_the_same_identifier(post: Post, mail: FakeMail) -> None:
    put, mail.refusal = post.put(), Killed()  # type: ignore[assignment]
    with pytest.raises(Killed):
        post.work()
    known, mail.refusal = now(post, put).message_id, None
    post.work()
    assert mail.taken == [], "somebody may still be sending it"
    post.world.clock.forward(seconds=post.outgoing.lease.total_seconds())
    post.work()
    assert [taken["Message-ID"] for taken, _ in mail.taken] == [known]


def test_a_fault_of_ours_is_a_try_like_others(post: Post, mail: FakeMail) -> None:
    put, mail.refusal = post.put(), RuntimeError("about ann@example.org")  # type: ignore[assignment]
    post.work()
    assert (now(post, put).status, len(now(post, put).attempts)) == ("pending", 1)
    assert "fault of this server" in str(now(post, put).error)
    mail.refusal = None
    post.world.clock.forward(seconds=61)
    post.work()
    assert now(post, put).status == "sent"


@pytest.mark.parametrize("refusal", [None, NotTaken(Sentence("No such mailbox."), for_good=True)])
def test_where_what_follows_fails_it_is_not_sent_again_and_again(
    post: Post, mail: FakeMail, make_case: Any, monkeypatch: pytest.MonkeyPatch, refusal: Any
) -> None:
    """[18] A mail server had taken it, its case could not be told, and every three minutes it went once more."""

    async def broken(*_arguments: Any) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("dossier.steps.actions.messages.tell", broken)
    message, other = post.put(case_id=UUID(make_case()["id"])), post.put()
    mail.refusal = refusal
    for _ in range(3):
        post.work()
        post.world.clock.forward(minutes=10)
    assert len(mail.taken) == (0 if refusal else 2)
    assert {post.read(each.id)["status"] for each in (message, other)} == {"failed" if refusal else "sent"}


@pytest.mark.parametrize("away", [psycopg.OperationalError, psycopg.InterfaceError])
def test_where_the_database_is_away_the_case_is_told_later(
    post: Post, api: Api, mail: FakeMail, make_case: Any, monkeypatch: pytest.MonkeyPatch, away: Any
) -> None:
    """It goes once more, under the same identifier, and all that follows of it is kept with it."""
    case = make_case()["id"]
    message = post.put(case_id=UUID(case))

    async def broken(*_arguments: Any) -> None:
        raise away("the connection is closed")

    with monkeypatch.context() as patched:
        patched.setattr("dossier.steps.actions.messages.tell", broken)
        with pytest.raises(away):
            post.work()
    assert post.read(message.id)["status"] == "pending"
    post.world.clock.forward(minutes=10)
    post.work()
    assert len({each["Message-ID"] for each, _ in mail.taken}) == 1
    assert "message_sent" in [each["kind"] for each in api.json("GET", f"/v1/cases/{case}/history")["data"]]


def test_not_before_its_time(post: Post, mail: FakeMail) -> None:
    put = post.put(at=post.world.clock() + timedelta(hours=2))
    post.work()
    assert now(post, put).status == "pending"
    post.world.clock.forward(hours=2)
    post.work()
    assert now(post, put).status == "sent"


def test_what_is_due_is_sent_wherever_it_is(post: Post, mail: FakeMail) -> None:
    others = [replace(post, workspace=post.world.workspace()) for _ in range(2)]
    put = [(each, each.put(f"{number}@example.org")) for number, each in enumerate((post, *others))]
    services = replace(post.world.services, outgoing=post.outgoing)
    post.world.server.run(actions.send_due(services))
    assert [now(where, each).status for where, each in put] == ["sent"] * 3


def test_one_connection_for_many(post: Post, mail: FakeMail) -> None:
    for number in range(5):
        post.put(f"p{number}@example.org")
    post.work()
    assert (len(mail.taken), mail.lines) == (5, 1)


@pytest.mark.parametrize("given", ["a\r\nBcc: eve@example.org", "a\nb\u2028c", "\x00a"])
def test_no_text_becomes_a_header(post: Post, mail: FakeMail, given: str) -> None:
    post.put(subject=given, from_name=given)
    post.work()
    ((taken, _),) = mail.taken
    written = taken.as_bytes().decode()
    assert "\nBcc" not in written
    assert taken["Subject"] == " ".join(given.replace("\x00", " ").replace("\u2028", " ").split())


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: eve@example.org", "a b@example.org", "nobody", "a@example.org,b@example.org"]
)
def test_no_address_that_is_none(post: Post, address: str) -> None:
    for member in ("to", "cc", "bcc", "reply_to"):
        given: dict[str, Any] = {"to": (ANN,)} | {member: address if member == "reply_to" else (address,)}
        with pytest.raises(AppError) as refused:
            post.put(*given.pop("to"), **given)
        assert refused.value.problems[0].code == "invalid_email"


def test_nobody_to_write_to(post: Post) -> None:
    with pytest.raises(AppError) as refused:
        post.put(" ")
    assert refused.value.problems[0].code == "no_recipient"


def test_files_go_with_it(post: Post, mail: FakeMail) -> None:
    file = kept(post.api, b"content", "Überblick.txt")
    put = post.put(attachments=(file["id"],))
    assert post.api.delete(f"/v1/attachments/{file['id']}").status_code == 409, "the message holds it"
    post.work()
    ((taken, _),) = mail.taken
    (part,) = taken.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "Überblick.txt",
        "text/plain",
        "content",
    )
    assert now(post, put).status == "sent"


def test_an_erased_file_is_not_sent(post: Post, mail: FakeMail) -> None:
    file = kept(post.api)
    put = post.put(attachments=(file["id"],))
    assert post.api.delete(f"/v1/attachments/{file['id']}?force=true").status_code == 204
    post.work()
    assert mail.taken == []
    assert now(post, put).status == "failed"
    assert "cannot be sent" in str(now(post, put).error)


def test_sms(post: Post, sms: FakeSms) -> None:
    put = post.put("+32 470 12-34.56", channel="sms", subject="", text="Hello")
    post.work()
    assert sms.taken == [("+32470123456", "Hello", str(put.id))]
    assert now(post, put).transport == "sms"


def test_nobody_writes_where_a_message_came_back_from(post: Post) -> None:
    put = post.put(ANN)
    post.work()
    why = Sentence("There is no such mailbox.")
    post.world.do(lambda tx: messages.bounce(tx, put.id, ["Ann@EXAMPLE.org"], why), post.actor)
    assert now(post, put).status == "bounced"
    may = lambda address: post.world.do(lambda tx: messages.may_write_to(tx, post.workspace.id, address), post.actor)  # noqa: E731
    assert (may(ANN), may("bob@example.org")) == (False, True)
    post.world.do(lambda tx: actions.retry(tx, put.id), post.actor)
    assert may(ANN), "who sends it again by hand knows better"


def test_cancelled(post: Post, mail: FakeMail) -> None:
    put = post.put()
    post.world.do(lambda tx: actions.cancel(tx, put.id), post.actor)
    post.work()
    assert (now(post, put).status, mail.taken) == ("skipped", [])
    with pytest.raises(AppError):
        post.world.do(lambda tx: actions.cancel(tx, put.id), post.actor)


def test_what_was_never_sent_does_not_come_back(post: Post) -> None:
    put = post.put(ANN)
    post.world.do(lambda tx: actions.cancel(tx, put.id), post.actor)
    why = Sentence("There is no such mailbox.")
    for id in (put.id, new_id()):
        assert post.world.do(lambda tx, id=id: messages.bounce(tx, id, [ANN], why), post.actor) is None  # noqa: A006
    assert post.world.do(lambda tx: messages.may_write_to(tx, post.workspace.id, ANN), post.actor)


def test_a_limited_member_has_only_the_messages_of_their_cases(post: Post, make_case: Any) -> None:
    owner = post.world.member(post.workspace, f"lim-{post.workspace.slug}@example.org", "limited")
    mine, other = make_case(owner={"email": owner.email}), make_case()
    put = {case["id"]: post.put(case_id=case["id"]) for case in (mine, other)}
    limited = system("app", Scope((post.workspace.id,), owner.id))
    of_mine, of_other = (
        post.world.do(partial(rows.get, message_id=put[each["id"]].id), limited) for each in (mine, other)
    )
    assert of_mine
    assert of_other is None


def test_the_case_says_what_became_of_it(post: Post, make_case: Any) -> None:
    case = make_case()
    put = post.put(case_id=case["id"])
    post.work()
    entry = post.api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    assert (entry["kind"], entry["actor"]["type"]) == ("message_sent", "system")
    assert entry["changes"] == {
        f"messages.{put.id}": {
            "old": {"channel": "email", "status": "pending"},
            "new": {"channel": "email", "status": "sent"},
        }
    }
    refused = post.api.post(f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})
    assert refused.status_code == 409
    assert post.api.json("GET", f"/v1/cases/{case['id']}?at={case['created_at']}")["title"] == case["title"]


def test_nothing_is_left_of_the_messages_of_an_erased_case(post: Post, make_case: Any) -> None:
    case, file = make_case(), kept(post.api)
    sent, waiting = post.put(case_id=case["id"], attachments=(file["id"],)), None
    post.work()
    waiting = post.put(case_id=case["id"])
    assert post.api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert (now(post, sent).status, now(post, waiting).status) == ("sent", "skipped")
    for each in (now(post, sent), now(post, waiting)):
        assert (each.to, each.subject, each.text, each.html, each.attachments) == ((), "", "", None, ())
    assert post.api.get(f"/v1/attachments/{file['id']}").status_code == 404, "nothing else held it"
    with pytest.raises(AppError):
        post.world.do(lambda tx: actions.retry(tx, waiting.id), post.actor)


def test_nothing_is_left_of_messages_to_who_is_erased(post: Post, make_case: Any) -> None:
    case = make_case(contacts=[{"email": ANN, "given_name": "Ann"}])
    contact = case["contacts"][0]["id"]
    ours, other = post.put("ANN@example.org"), post.put("bob@example.org")
    by_id = post.put("old@example.org", contacts=(contact,))
    assert post.api.delete(f"/v1/contacts/{contact}").status_code == 204
    assert [now(post, each).text for each in (ours, other, by_id)] == ["", "Dear Ann", ""]
