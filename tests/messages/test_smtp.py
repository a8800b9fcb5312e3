"""With real servers: TLS, STARTTLS, refusals now and for good, slow ones, lines that drop; an SMS provider that clamours."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dossier.foundation.outgoing import NotTaken, Outgoing
from dossier.foundation.sms import Console, read_provider
from dossier.foundation.smtp import SmtpServer
from dossier.messages.model import Message
from dossier.messages.store import rows
from tests.messages.servers import Mailbox, Provider, certificate_in, mail_server, sms_provider
from tests.messages.support import ANN, Post

SENDER = "Claims <claims@example.org>"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate_in(tmp_path_factory.mktemp("tls"))


@contextmanager
def by(
    post: Post, box: Mailbox, url: str = "smtp://127.0.0.1:{port}?starttls=none", seconds: float = 5, **more: Any
) -> Iterator[Post]:
    with mail_server(box, **more) as port:
        server = replace(SmtpServer.read(url.format(port=port), SENDER), seconds=seconds, whole=seconds * 2)
        yield replace(post, outgoing=Outgoing(mail=server))


def sent(post: Post, *to: str, **more: Any) -> Message:
    """A message, and what became of it at once."""
    put = post.put(*to, **more)
    post.work()
    return now(post, put)


def now(post: Post, put: Message) -> Message:
    found: Message = post.world.do(lambda tx: rows.get(tx, put.id), post.actor)
    return found


def test_taken(post: Post) -> None:
    box = Mailbox()
    with by(post, box) as here:
        for number in range(3):
            here.put(f"p{number}@example.org", bcc=("eve@example.org",), html="<p>Dear <b>Ann</b></p>")
        here.work()
    assert box.lines == 1, "one connection for all three"
    assert box.to == [[f"p{number}@example.org", "eve@example.org"] for number in range(3)]
    mail = box.came[0]
    assert (mail["From"], mail["Subject"], mail["Bcc"]) == (SENDER, "The papers", None)
    assert mail.get_body(("html",)).get_content().strip() == "<p>Dear <b>Ann</b></p>"  # type: ignore[union-attr]


@pytest.mark.parametrize("encryption", ["tls", "starttls"])
def test_encrypted(post: Post, certificate: Path, encryption: str) -> None:
    box, scheme = Mailbox(), "smtps" if encryption == "tls" else "smtp"
    who = "dossier:se%3Acret@" if encryption == "starttls" else ""
    url = f"{scheme}://{who}127.0.0.1:{{port}}?authorities={certificate}"
    with by(post, box, url, encryption=encryption, certificate=certificate) as here:
        assert (found := sent(here)).status == "sent", found.error
        unknown = replace(here, outgoing=Outgoing(mail=replace(here.outgoing.mail, authorities="")))  # type: ignore[type-var]
        refused = sent(unknown)
        assert (refused.status, len(box.came)) == ("pending", 1)
        assert "cannot be encrypted" in str(refused.error)


def test_a_wrong_password_is_nobodys_fault_but_ours(post: Post, certificate: Path) -> None:
    url = f"smtp://dossier:wrong@127.0.0.1:{{port}}?authorities={certificate}"
    with by(post, Mailbox(), url, encryption="starttls", certificate=certificate) as here:
        assert (found := sent(here)).status == "pending", "no message fails for it"
        assert "535" in str(found.error)


def test_without_starttls_nothing_is_said(post: Post) -> None:
    box = Mailbox()
    with by(post, box, "smtp://dossier:se%3Acret@127.0.0.1:{port}") as here:
        assert sent(here).status == "pending"
    assert box.came == []


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        ("451 4.3.0 come back", "pending", "does not take it now: 451 4.3.0 come back"),
        ("421 4.3.2 closing", "pending", "does not take it now: 421 4.3.2 closing"),
        ("554 5.7.1 no spam", "failed", "refuses it: 554 5.7.1 no spam"),
    ],
)
def test_refused(post: Post, answer: str, status: str, says: str) -> None:
    with by(post, box := Mailbox(answer=answer)) as here:
        put = here.put()
        here.work()
        assert (now(here, put).status, says in str(now(here, put).error)) == (status, True), now(here, put).error
        if status == "pending":
            box.answer = "250 OK"
            here.world.clock.forward(seconds=61)
            here.work()
            assert now(here, put).status == "sent"
            assert [mail["Message-ID"] for mail in box.came] == [now(here, put).message_id]


def test_some_addresses_are_refused(post: Post) -> None:
    box = Mailbox(of_recipient=lambda to: "550 5.1.1 nobody" if to.startswith("bob") else "250 OK")
    with by(post, box) as here:
        assert (found := sent(here, ANN, "bob@example.org")).status == "sent"
        assert "bob@example.org" in str(found.error)
        assert sent(here, "bob@example.org").status == "failed"
        assert box.to == [[ANN]]


def test_slow_and_dropped(post: Post) -> None:
    with by(post, box := Mailbox(seconds=30), seconds=0.5) as here:
        began = time.monotonic()
        assert (found := sent(here)).status == "pending"
        assert time.monotonic() - began < 20
        assert "in time" in str(found.error)
    with by(post, Mailbox(drops=True), seconds=2) as here:
        assert (found := sent(here)).status == "pending"
        assert "lost" in str(found.error)
    assert box.came == []


def test_who_is_not_there_is_asked_once_a_minute_and_not_once_a_message(post: Post) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}?starttls=none"
        here = replace(post, outgoing=Outgoing(mail=replace(SmtpServer.read(url, SENDER), seconds=0.3, whole=0.3)))
        put = [here.put(f"p{number}@example.org") for number in range(4)]
        here.work()
    assert [now(here, each).tries for each in put] == [1, 0, 0, 0]


def test_names_in_other_scripts(post: Post) -> None:
    box = Mailbox()
    with by(post, box) as here:
        found = sent(
            here, "ann@bücher.example", subject="Übergröße – 日本", text="日本語\r\n.\r\nend", from_name="Ämter, GmbH"
        )
        assert found.status == "sent", found.error
    (mail,) = box.came
    assert box.to == [["ann@xn--bcher-kva.example"]]
    assert mail["Subject"] == "Übergröße – 日本"
    assert mail["From"].addresses[0].display_name == "Ämter, GmbH"
    assert "日本語\n.\nend" in mail.get_content().replace("\r\n", "\n")


def test_what_the_doctor_sees(post: Post) -> None:
    with by(post, Mailbox()) as here:
        mail = here.outgoing.mail
        assert mail
        assert "takes e-mail from Claims" in here.world.server.run(mail.says())
    with pytest.raises(NotTaken):
        here.world.server.run(mail.says())


# ---- SMS ----


def text_by(post: Post, url: str) -> Post:
    return replace(post, outgoing=Outgoing(sms=read_provider(url)))


@pytest.mark.parametrize(
    ("status", "became"),
    [
        (200, "sent"),
        (202, "sent"),
        (503, "pending"),
        (429, "pending"),
        (401, "pending"),
        (400, "failed"),
        (302, "failed"),
    ],
)
def test_sms_by_a_provider(post: Post, status: int, became: str) -> None:
    provider = Provider(status=status, elsewhere="http://127.0.0.1:1/" if status == 302 else "")
    with sms_provider(provider) as port:
        here = text_by(post, f"http://:t%2Fken@127.0.0.1:{port}/messages?from=Dossier")
        found = sent(here, "+32 470 123456", channel="sms", subject="", text="Hello 😀")
    assert (found.status, found.transport) == (became, "sms")
    assert provider.came == [{"to": "+32470123456", "text": "Hello 😀", "id": str(found.id)}]
    assert provider.tokens == ["Bearer t/ken"]


def test_a_provider_that_clamours_is_not_listened_to(post: Post) -> None:
    with sms_provider(Provider(clamours=True)) as port:
        began = time.monotonic()
        assert (
            sent(text_by(post, f"http://127.0.0.1:{port}/"), "+32470123456", channel="sms", text="x").status == "sent"
        )
        assert time.monotonic() - began < 15


def test_a_provider_that_is_not_there(post: Post) -> None:
    found = sent(text_by(post, "http://127.0.0.1:1/"), "+32470123456", channel="sms", text="x")
    assert (found.status, "no connection" in str(found.error)) == ("pending", True)


def test_on_the_console(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    here = replace(post, outgoing=Outgoing(sms=Console()))
    assert sent(here, "+32470123456", channel="sms", text="Hello").transport == "console"
    assert "SMS to +32470123456" in capsys.readouterr().out


@pytest.mark.parametrize("url", ["mail.example.org", "http://a", "smtp://", "smtp://a?starttls=maybe", "smtp://a?x=1"])
def test_what_is_no_mail_server(url: str) -> None:
    with pytest.raises(ValueError, match="smtps://"):
        SmtpServer.read(url, SENDER)


@pytest.mark.parametrize("url", ["ftp://a", "https://", "console"])
def test_what_is_no_provider(url: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        read_provider(url)
