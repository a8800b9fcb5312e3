"""Mail that comes in: bounces stop what is sent there, answers are on the case with their files, machines and repeats change nothing."""

from dataclasses import replace
from typing import Any

import pytest

from dossier.foundation.outgoing import Outgoing
from dossier.foundation.testing.outgoing import FakeMail
from dossier.messages.actions import take_in
from dossier.messages.model.incoming import MAX_MAIL, Unreadable, read
from tests.messages import mails
from tests.messages.mails import ID, TO
from tests.messages.support import Post
from tests.world import Api

HARD = ["POSTFIX", "GMAIL", "EXCHANGE", "VAGUE", "EXIM", "QMAIL"]
SOFT = ["FULL", "EXPIRED", "SPAM"]


@pytest.mark.parametrize("name", [*HARD, *SOFT])
def test_what_came_back_is_known_for_it(name: str) -> None:
    mail = read(getattr(mails, name))
    assert mail.kind == "bounce"
    assert mail.bounce
    assert mail.bounce.failed == (TO,)
    assert mail.bounce.gone == ((TO,) if name in HARD else ())
    assert [str(each) for each in mail.about] == [ID]
    assert TO not in mail.bounce.says


@pytest.mark.parametrize("name", ["DELAYED", "DELIVERED"])
def test_what_is_on_its_way_did_not_come_back(name: str) -> None:
    assert read(getattr(mails, name)).kind == "notice"


def test_of_several_only_those_that_failed_came_back() -> None:
    bounce = read(mails.SEVERAL).bounce
    assert bounce
    assert bounce.failed == (TO,)


@pytest.mark.parametrize("content", mails.AWAY)
def test_out_of_office_is_no_bounce_and_no_person(content: bytes) -> None:
    mail = read(content)
    assert (mail.kind, mail.bounce) == ("machine", None)


def test_an_answer_is_read_with_its_words_and_files() -> None:
    mail = read(mails.REPLY.replace(b"KEY", b"a2" * 13))
    assert (mail.kind, mail.sender, mail.name, mail.subject) == ("person", TO, "Ann Bé", "Re: Votre dossier")
    assert mail.text == "Voilà mes papiers."
    assert mail.keys == ("a2" * 13,)
    assert [(each.name, each.type, each.content) for each in mail.files] == [("pièce.txt", "text/plain", b"Dear all")]


def test_of_html_the_words_are_read() -> None:
    assert read(mails.HTML_ONLY).text == "One\nTwo <3"


HOSTILE = {
    "nothing": b"",
    "no headers": b"\n\nhello",
    "zeros": b"\0" * 1000,
    "a bad charset": b"From: a@b.c\nContent-Type: text/plain; charset=nope\n\nx\xff",
    "bad base64": b"From: a@b.c\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n!!!!===",
    "a bad header": b"From: =?utf-8?b?////?= <a@b.c>\nSubject: =?x?q?a?=\n\nx",
    "a long header": b"From: a@b.c\nSubject: " + b"x" * 1_000_000 + b"\n\nx",
    "many headers": b"To: a@b.c\n" * 50_000 + b"\nx",
    "parts in parts": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(2000)
    ),
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 20_000,
    "many files": b"Content-Type: multipart/mixed; boundary=b\n\n"
    + b"--b\nContent-Disposition: attachment; filename=../../etc/x\n\nx\n" * 500,
    "a report of nothing": b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n\n--b--",
    "addresses": b"From: a@b.c\nTo: " + b"<" * 5000 + b"\n\nx",
    "brackets": b"From: a@b.c\nTo: " + b"(" * 4900 + b"\n\nx",
    "html": b"From: a@b.c\nContent-Type: text/html\n\n" + b"<p" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_or_refused_soon(name: str) -> None:
    try:
        mail = read(HOSTILE[name])
    except Unreadable:
        return
    assert len(mail.files) <= 30
    assert all("/" not in each.name for each in mail.files)
    assert len(mail.subject) <= 400


def test_a_mail_is_bounded() -> None:
    with pytest.raises(Unreadable):
        read(b"x" * (MAX_MAIL + 1))


# ---- what follows ----


@pytest.fixture
def answered(post: Post) -> Post:
    """A workspace whose cases have addresses."""
    post.outgoing = Outgoing(FakeMail(), domain="in.dossier.example")
    return post


@pytest.fixture
def case(make_case: Any) -> dict[str, Any]:
    made: dict[str, Any] = make_case()
    return made


def sent(post: Post, case: dict[str, Any]) -> Any:
    """A message that was sent about a case, as it is answered."""
    from uuid import UUID

    message = post.put(case_id=UUID(case["id"]))
    post.work()
    return post.read(message.id)


def came(post: Post, content: bytes, message: Any) -> str:
    """What follows of a mail about a message."""
    key = (message["reply_to"] or "case+none@x").partition("+")[2].partition("@")[0]
    whole = content.replace(ID.encode(), message["id"].encode()).replace(b"KEY", key.encode())
    services = replace(post.world.services, outgoing=post.outgoing)
    outcome: str = post.world.server.run(take_in(services, read(whole)))
    return outcome


def of_case(api: Api, case: dict[str, Any]) -> list[Any]:
    found: list[Any] = api.json("GET", f"/v1/messages?case[id]={case['id']}&direction=in")["data"]
    return [each for each in found if each["direction"] == "in"]


@pytest.mark.parametrize("name", ["POSTFIX", "EXIM"])
def test_a_bounce_stops_what_is_sent_there_once(answered: Post, case: Any, name: str) -> None:
    message = sent(answered, case)
    assert came(answered, getattr(mails, name), message) == "bounced"
    assert came(answered, getattr(mails, name), message) == "repeated"
    after = answered.read(message["id"])
    assert after["status"] == "bounced"
    assert "5.1.1" in after["error"]
    assert answered.blocked(TO)


@pytest.mark.parametrize("name", SOFT)
def test_what_came_back_for_now_does_not_stop_the_address(answered: Post, case: Any, name: str) -> None:
    message = sent(answered, case)
    assert came(answered, getattr(mails, name), message) == "bounced"
    assert not answered.blocked(TO)


@pytest.mark.parametrize("content", [mails.DELAYED, mails.report("x: y", original="Message-ID: <a@b>")])
def test_what_is_no_failure_of_ours_changes_nothing(answered: Post, case: Any, content: bytes) -> None:
    message = sent(answered, case)
    assert came(answered, content, message) == "ignored"
    assert answered.read(message["id"])["status"] == "sent"


def test_an_answer_is_on_the_case_with_its_files_once(api: Api, answered: Post, case: Any) -> None:
    message = sent(answered, case)
    assert message["reply_to"].startswith("case+")
    assert len(message["reply_to"].partition("@")[0]) == len("case+") + 26
    assert came(answered, mails.REPLY, message) == "received"
    assert came(answered, mails.REPLY, message) == "repeated"
    (found,) = of_case(api, case)
    whole = answered.read(found["id"])
    assert (whole["status"], whole["direction"], whole["transport"]) == ("received", "in", "intake")
    assert (whole["text"], whole["subject"]) == ("Voilà mes papiers.", "Re: Votre dossier")
    assert [each["name"] for each in whole["attachments"]] == ["pièce.txt"]
    files = api.json("GET", f"/v1/cases/{case['id']}/files")["data"]
    assert [each["name"] for each in files] == ["pièce.txt"]


def test_all_messages_of_a_case_have_its_address_and_of_another_another(
    answered: Post, case: Any, make_case: Any
) -> None:
    addresses = {sent(answered, case)["reply_to"] for _ in range(2)}
    assert len(addresses) == 1
    assert sent(answered, make_case())["reply_to"] not in addresses


def test_an_answer_without_the_key_is_known_by_what_it_answers(api: Api, answered: Post, case: Any) -> None:
    message = sent(answered, case)
    assert came(answered, mails.REPLY.replace(b"case+KEY@in", b"claims@"), message) == "received"
    assert len(of_case(api, case)) == 1


def test_a_guessed_key_reaches_nothing(answered: Post, case: Any) -> None:
    message = sent(answered, case) | {
        "id": "0190a6b2-1111-7000-8000-000000000000",
        "reply_to": "case+" + "a" * 26 + "@x",
    }
    assert came(answered, mails.REPLY, message) == "lost"


def test_out_of_office_is_kept_and_nothing_follows(api: Api, answered: Post, case: Any) -> None:
    message = sent(answered, case)
    assert came(answered, mails.AWAY_EXCHANGE, message) == "received"
    assert answered.read(message["id"])["status"] == "sent"
    assert not answered.blocked(TO)
    assert len(of_case(api, case)) == 1


def test_our_own_mail_that_comes_round_ends(answered: Post, case: Any) -> None:
    message = sent(answered, case)
    from email.utils import parseaddr

    assert answered.outgoing.mail
    own = parseaddr(answered.outgoing.mail.sender)[1].encode()
    assert came(answered, mails.REPLY.replace(b"<ann@example.org>", b"<" + own + b">"), message) == "ignored"


def test_the_files_of_an_answer_to_an_archived_case_stay_with_the_message(api: Api, answered: Post, case: Any) -> None:
    message = sent(answered, case)
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    assert came(answered, mails.REPLY, message) == "received"
    (found,) = of_case(api, case)
    assert [each["name"] for each in answered.read(found["id"])["attachments"]] == ["pièce.txt"]
