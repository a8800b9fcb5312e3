"""How mail comes in: a door on this machine that the mail server beside us uses, and a mailbox that is looked into."""

import asyncio
import imaplib
import smtplib
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dossier import workspaces
from dossier.foundation.actor import Scope, system
from dossier.foundation.errors import Unavailable
from dossier.foundation.mail_door import MailDoor
from dossier.foundation.mailbox import Mailbox
from dossier.foundation.outgoing import Outgoing
from dossier.foundation.testing.outgoing import FakeMail
from dossier.messages import actions
from tests.messages import mails
from tests.messages.imap import Folder, imap_server
from tests.messages.mails import ID
from tests.messages.servers import certificate_in
from tests.messages.support import Post
from tests.messages.test_incoming import of_case, sent
from tests.world import Api

DOMAIN = "in.dossier.example"


@pytest.fixture
def case(make_case: Any) -> Any:
    return make_case()


@pytest.fixture
def answered(post: Post) -> Post:
    post.outgoing = Outgoing(FakeMail(), domain=DOMAIN)
    return post


@pytest.fixture
def door(answered: Post) -> Iterator[int]:
    """The port of a door that is open."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    services = replace(answered.world.services, outgoing=answered.outgoing)

    async def begin() -> "asyncio.Task[None]":
        task = asyncio.create_task(actions.listen(services, MailDoor("127.0.0.1", port)))
        for _ in range(200):
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.01)
        return task

    async def end(task: "asyncio.Task[None]") -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    task = answered.world.server.run(begin())
    yield port
    answered.world.server.run(end(task))


def hand_over(port: int, content: bytes, to: str, sender: str = "ann@example.org") -> Any:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as smtp:
        return smtp.sendmail(sender, [to], content)


def about(message: Any, content: bytes) -> bytes:
    return content.replace(ID.encode(), message["id"].encode()).replace(
        b"case+KEY@" + DOMAIN.encode(), message["reply_to"].encode()
    )


def test_an_answer_comes_in_by_the_door(api: Api, answered: Post, case: Any, door: int) -> None:
    message = sent(answered, case)
    content = about(message, mails.REPLY)
    for _ in range(2):
        hand_over(door, content, message["reply_to"])
    assert [each["subject"] for each in of_case(api, case)] == ["Re: Votre dossier"]


def test_who_answers_about_a_case_that_is_gone_is_told(api: Api, answered: Post, case: Any, door: int) -> None:
    """[18] It was taken, and nobody ever read it; what a machine writes is told to nobody."""
    message = sent(answered, case)
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    content = about(message, mails.REPLY)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        hand_over(door, content, message["reply_to"])
    assert refused.value.smtp_code == 554
    hand_over(
        door, content.replace(b"MIME-Version:", b"Auto-Submitted: auto-replied\r\nMIME-Version:"), message["reply_to"]
    )


def test_a_bounce_comes_in_by_the_door(answered: Post, case: Any, door: int) -> None:
    message = sent(answered, case)
    assert answered.outgoing.mail
    (own,) = answered.outgoing.own
    hand_over(door, about(message, mails.POSTFIX), own, sender="")
    assert answered.read(message["id"])["status"] == "bounced"


@pytest.fixture
def claims(answered: Post) -> str:
    """An address that the workspace chose to write from."""
    address, id = "Claims@example.org", answered.workspace.id
    answered.world.do(lambda tx: workspaces.set_mail_from(tx, id, address), system("cli", Scope((id,))))
    return address.lower()


def test_a_bounce_of_what_was_written_about_a_case_that_is_gone_is_taken(
    api: Api, answered: Post, case: Any, door: int
) -> None:
    message = sent(answered, case)
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    assert answered.outgoing.mail
    (own,) = answered.outgoing.own
    assert hand_over(door, about(message, mails.POSTFIX), own, sender="") == {}


def test_what_comes_back_to_a_workspaces_own_address_comes_in_by_the_door(
    answered: Post, case: Any, door: int, claims: str
) -> None:
    """[18] Mail servers were told that nobody is there, and the bounces of its messages were lost."""
    message = sent(answered, case)
    hand_over(door, about(message, mails.POSTFIX), claims, sender="")
    assert answered.read(message["id"])["status"] == "bounced"


def test_mail_of_a_workspaces_own_address_that_comes_round_ends(
    api: Api, answered: Post, case: Any, door: int, claims: str
) -> None:
    message = sent(answered, case)
    content = about(message, mails.REPLY).replace(b"<ann@example.org>", f"<{claims}>".encode())
    hand_over(door, content, message["reply_to"], sender=claims)
    assert of_case(api, case) == []


def test_who_cannot_be_looked_up_comes_again(answered: Post, case: Any, door: int, monkeypatch: Any) -> None:
    async def away(*_arguments: Any) -> bool:
        raise Unavailable.because("The database is away.")

    monkeypatch.setattr(workspaces, "is_mail_from", away)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        hand_over(door, b"x", "claims@example.org")
    ((code, _),) = refused.value.recipients.values()
    assert code == 451


def test_nobody_else_is_here(door: int) -> None:
    for address in ("ann@example.org", "case+x@other.example", "root@localhost"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            hand_over(door, b"x", address)


def test_what_is_too_large_is_refused_before_and_after_it_comes(door: int) -> None:
    with smtplib.SMTP("127.0.0.1", door, timeout=30) as smtp:
        smtp.ehlo()
        assert smtp.mail("a@b.example", ["SIZE=99999999999"])[0] == 552


def test_lines_without_a_return_end_no_mail(api: Api, answered: Post, case: Any, door: int) -> None:
    message = sent(answered, case)
    smuggled = b"From: ann@example.org\r\nMessage-ID: <s@x>\r\n\r\none\n.\nMAIL FROM:<x@y.z>\r\ntwo"
    with socket.create_connection(("127.0.0.1", door), timeout=30) as line:
        answers = line.makefile("rb")

        def say(text: bytes) -> bytes:
            line.sendall(text + b"\r\n")
            return answers.readline()

        answers.readline()
        say(b"HELO x")
        say(b"MAIL FROM:<ann@example.org>")
        assert say(f"RCPT TO:<{message['reply_to']}>".encode()).startswith(b"250")
        assert say(b"DATA").startswith(b"354")
        assert say(smuggled + b"\r\n.").startswith(b"250")
    (found,) = of_case(api, case)
    assert "two" in answered.read(found["id"])["text"]


@pytest.mark.parametrize(
    "talk", [b"x" * 200_000, b"\x00\xff\r\n" * 50, b"DATA\r\nRCPT TO:<a@b>\r\nMAIL\r\nRCPT\r\n", b"EHLO\r\n" * 1000]
)
def test_who_talks_nonsense_holds_up_nobody(door: int, talk: bytes) -> None:
    with socket.create_connection(("127.0.0.1", door), timeout=30) as line:
        with suppress(OSError):
            line.sendall(talk)
        with smtplib.SMTP("127.0.0.1", door, timeout=30) as smtp:
            assert smtp.noop()[0] == 250


def test_more_connections_than_there_are_turns_are_sent_away(door: int) -> None:
    lines = [socket.create_connection(("127.0.0.1", door), timeout=30) for _ in range(12)]
    try:
        assert any(line.makefile("rb").readline().startswith(b"421") for line in lines[-2:])
    finally:
        for line in lines:
            line.close()


WRONG: list[tuple[Callable[[str], Any], str]] = [
    (MailDoor.read, "smtp://0.0.0.0:2525"),
    (MailDoor.read, "smtp://192.0.2.1:2525"),
    (MailDoor.read, "smtp://127.0.0.1"),
    (MailDoor.read, "http://127.0.0.1:25"),
    (Mailbox.read, "imap://a:b@host"),
    (Mailbox.read, "imaps://host"),
    (Mailbox.read, 'imaps://a:b@host/x"y'),
]


@pytest.mark.parametrize(("read", "url"), WRONG)
def test_what_cannot_be_an_intake_is_refused(read: Callable[[str], Any], url: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        read(url)


# ---- a mailbox ----


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


def looked_into(answered: Post, folder: Folder, certificate: Path) -> None:
    """What the job does each minute."""
    with imap_server(folder, certificate) as port:
        mailbox = Mailbox.read(f"imaps://dossier:secret@127.0.0.1:{port}/INBOX?authorities={certificate}")
        services = replace(answered.world.services, outgoing=replace(answered.outgoing, mailbox=mailbox))
        answered.world.server.run(actions.fetch(services), 60)


def test_what_is_unread_comes_in_and_is_read_afterwards(api: Api, answered: Post, case: Any, certificate: Path) -> None:
    message, other = sent(answered, case), sent(answered, case)
    folder = Folder(
        {1: about(message, mails.REPLY), 2: b"\0", 3: about(other, mails.POSTFIX), 4: b"Subject: spam\r\n\r\nx"}
    )
    looked_into(answered, folder, certificate)
    assert folder.read == {1, 2, 3, 4}
    assert [each["subject"] for each in of_case(api, case)] == ["Re: Votre dossier"]
    assert answered.read(other["id"])["status"] == "bounced"
    folder.read.clear()  # as when the server was killed before it could say so
    looked_into(answered, folder, certificate)
    assert len(of_case(api, case)) == 1


def test_what_cannot_be_kept_stays_unread(answered: Post, case: Any, certificate: Path, monkeypatch: Any) -> None:
    async def lost(*_: Any) -> None:
        raise Unavailable.because("Not now.")

    monkeypatch.setattr("dossier.messages.actions.receiving.take_in", lost)
    folder = Folder({1: about(sent(answered, case), mails.REPLY)})
    looked_into(answered, folder, certificate)
    assert folder.read == set()


def test_a_mailbox_that_does_not_let_us_in_fails_the_job(answered: Post, certificate: Path) -> None:
    with pytest.raises(imaplib.IMAP4.error):
        looked_into(answered, Folder(lets_in=False), certificate)


def test_what_is_too_large_is_never_fetched(answered: Post, certificate: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("dossier.messages.actions.receiving.MAX_MAIL", 100)
    folder = Folder({1: b"x" * 101})
    looked_into(answered, folder, certificate)
    assert folder.read == {1}


def test_the_doctor_hears_how_the_mailbox_is(certificate: Path) -> None:
    folder = Folder({1: b"x", 2: b"y"}, read={1})
    with imap_server(folder, certificate) as port:
        mailbox = Mailbox.read(f"imaps://dossier:secret@127.0.0.1:{port}/INBOX?authorities={certificate}")
        assert asyncio.run(mailbox.says()) == "1 unread"
    assert folder.read == {1}
