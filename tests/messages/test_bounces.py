"""What mail servers say of a mail that did not arrive: whom it did not reach, whom nobody has, and of which of ours."""

from email import message_from_string
from email.message import Message
from typing import Any

import pytest

from dossier.messages.model.bounces import bounce_of

OURS = "0190a6b2-0000-7000-8000-000000000001"
EVE = "eve@example.org"


def bounced(mail: str) -> Any:
    read = message_from_string(mail)
    parts: list[Message] = [
        each for each in read.walk() if not each.is_multipart() or each.get_content_maintype() == "message"
    ]
    return bounce_of(read, parts)


def report(*groups: str, beside: str = f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{OURS}@x.example>\n") -> str:
    said = "\n\n".join(("Reporting-MTA: dns; mx.example", *groups))
    return (
        'From: a@b.c\nContent-Type: multipart/report; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n{said}\n\n--b\n{beside}\n--b--\n"
    )


def group(
    address: str = EVE,
    action: str = "failed",
    status: str = "5.1.1",
    says: str = "smtp; 550 5.1.1 no such user",
    kind: str = "rfc822",
) -> str:
    return f"Final-Recipient: {kind}; {address}\nAction: {action}\nStatus: {status}\nDiagnostic-Code: {says}"


@pytest.mark.parametrize(
    ("groups", "failed", "gone", "status", "says"),
    [
        ([group()], (EVE,), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(action=" Failed ")], (EVE,), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(action="delayed")], (), (), "", ""),
        ([group(status="5.2.2")], (EVE,), (), "5.2.2", "550 5.1.1 no such user"),
        ([group(status="5.0.0")], (EVE,), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(status="5.0.0", says="smtp; no")], (EVE,), (EVE,), "5.0.0", "no"),
        ([group(status="", says="smtp; 550 5.7.1 spam")], (EVE,), (), "5.7.1", "550 5.7.1 spam"),
        ([group(status="", says="gone")], (EVE,), (), "", "gone"),
        ([group(says=f"smtp; {EVE} is  nobody")], (EVE,), (EVE,), "5.1.1", "… is nobody"),
        ([group(kind="x400")], (), (), "5.1.1", "550 5.1.1 no such user"),
        ([group(kind="UTF-8")], (EVE,), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(address="nobody")], (), (), "5.1.1", "550 5.1.1 no such user"),
        (["Original-Recipient: rfc822; ann@example.org\n" + group()], ("ann@example.org",), ("ann@example.org",), "5.1.1", "550 5.1.1 no such user"),
        ([group(), group()], (EVE,), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(), group("bo@example.org", status="4.2.2")], (EVE, "bo@example.org"), (EVE,), "5.1.1", "550 5.1.1 no such user"),
        ([group(says="smtp; " + "x" * 301)], (EVE,), (EVE,), "5.1.1", "x" * 300),
        ([], (), (), "", ""),
    ],
)  # fmt: skip
def test_a_report_says_whom_it_did_not_reach(groups: Any, failed: Any, gone: Any, status: str, says: str) -> None:
    found = bounced(report(*groups))
    assert (found.failed, found.gone, found.original, found.status, found.says) == (failed, gone, (OURS,), status, says)


def test_of_many_recipients_fifty_are_read() -> None:
    """And what the report says of itself."""
    addresses = [f"p{number}@example.org" for number in range(60)]
    assert bounced(report(*map(group, addresses))).failed == tuple(addresses[:50])


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        (f"Content-Type: message/rfc822\n\nMessage-ID: <{OURS}@x.example>\nSubject: Hi\n\nHello", (OURS,)),
        ("Content-Type: message/rfc822\n\nSubject: Hi\n\nHello", ()),
        (f"Content-Type: image/png\n\nMessage-ID: <{OURS}@x.example>", ()),
        (f"Content-Type: text/plain\n\n> Message-Id: <{OURS}@x.example>", (OURS,)),
        ("Content-Type: text/plain\n\nMessage-ID: <other@x.example>", ()),
        (f"Content-Type: text/plain\n\n{'x' * 100_001} Message-ID: <{OURS}@x.example>", ()),
    ],
)
def test_which_of_ours_came_back(beside: str, found: Any) -> None:
    assert bounced(report(group(), beside=beside)).original == found


def words(text: str, sender: str = "MAILER-DAEMON@mx.example", **headers: str) -> str:
    said = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return f"From: {sender}\n{said}Content-Type: text/plain\n\n{text}\n\n--- Below is a copy\nMessage-ID: <{OURS}@x.example>\nTo: other@example.org\n"


REFUSED = f"I could not deliver to <{EVE}>:\n550 5.1.1 unknown"


@pytest.mark.parametrize(
    ("mail", "failed", "gone", "status", "says"),
    [
        (words(REFUSED), (EVE,), (EVE,), "5.1.1", "550 5.1.1 unknown"),
        (words(REFUSED, Return_Path="<>"), (EVE,), (EVE,), "5.1.1", "550 5.1.1 unknown"),
        (words(REFUSED, sender="Postmaster <postmaster@mx.example>"), (EVE,), (EVE,), "5.1.1", "550 5.1.1 unknown"),
        (words(f"<{EVE}> 550 unknown"), (EVE,), (EVE,), "5.1.1", ""),
        (words(f"<{EVE}> 552 full"), (EVE,), (), "", ""),
        (words(f"<{EVE}> 5.2.2 full"), (EVE,), (), "5.2.2", "<…> 5.2.2 full"),
        (words("it failed", X_Failed_Recipients=f"{EVE}, bo@example.org"), (EVE, "bo@example.org"), (), "", ""),
        (words("it failed", X_Failed_Recipients=EVE, Return_Path="<x@y.z>"), (EVE,), (), "", ""),
    ],
)
def test_a_server_says_in_words_whom_it_did_not_reach(
    mail: str, failed: Any, gone: Any, status: str, says: str
) -> None:
    found = bounced(mail)
    assert (found.failed, found.gone, found.original, found.status, found.says) == (failed, gone, (OURS,), status, says)


@pytest.mark.parametrize(
    "mail",
    [
        words(REFUSED, sender="eve@example.org"),
        words(REFUSED, Return_Path="<eve@example.org>"),
        words("550 5.1.1 unknown"),
        words(f"<{EVE}> 4.2.2 later"),
        words(f"<{EVE}> thanks"),
        words(REFUSED).replace(OURS, "other"),
    ],
)
def test_what_is_no_report_is_none(mail: str) -> None:
    assert bounced(mail) is None
