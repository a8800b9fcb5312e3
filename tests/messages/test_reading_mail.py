"""What is read of a mail that comes in, and how much of it at most."""

import hashlib
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from dossier.messages.model import incoming
from dossier.messages.model.incoming import MAX_MAIL, Unreadable, read

OURS = "0190a6b2-0000-7000-8000-000000000001"


def mail(text: str = "Hello", **headers: str) -> bytes:
    said = {"From": "Eve <eve@example.org>", "Message-ID": "<1@x>"} | {
        n.replace("_", "-"): v for n, v in headers.items()
    }
    return ("".join(f"{name}: {value}\n" for name, value in said.items()) + f"\n{text}").encode()


def made(text: str = "Hello", *files: tuple[str, bytes], html: str = "") -> bytes:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "eve@example.org", "<1@x>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in files:
        message.add_attachment(content, "application", "pdf", filename=name)
    return message.as_bytes()


@pytest.mark.parametrize(
    ("name", "most", "headers"),
    [
        ("subject", 400, {"Subject": "s"}),
        ("mark", 500, {"Message_ID": "m"}),
        ("name", 200, {"From": "n"}),
        ("sender", 320, {"From": "a"}),
    ],
)
def test_of_a_header_so_much_is_kept(name: str, most: int, headers: Any) -> None:
    for length in (most, most + 1):
        said = {
            "s": "x" * length,
            "m": "x" * length,
            "n": f"{'x' * length} <eve@example.org>",
            "a": "x" * (length - 12) + "@example.org",
        }
        found = getattr(read(mail(**{header: said[kind] for header, kind in headers.items()})), name)
        assert len(found) == most


def test_what_a_mail_says_of_itself() -> None:
    to = ", ".join(f"p{number}@x.example" for number in range(60))
    about = " ".join(f"<{OURS[:-2]}{number:02}@x>" for number in range(30))
    found = read(mail(To=to, References=about, In_Reply_To=f"<{OURS}@x>", Subject=" Re:   it "))
    assert (found.kind, found.sender, found.name, found.subject) == ("person", "eve@example.org", "Eve", "Re: it")
    assert found.to == tuple(f"p{number}@x.example" for number in range(50))
    assert found.about[0] == UUID(OURS)
    assert len(found.about) == len(set(found.about)) == 20
    nameless = mail(Message_ID=" ")
    assert read(nameless).mark == hashlib.sha256(nameless).hexdigest()


AUTOMATIC = [
    {"Auto_Submitted": "auto-replied; x"},
    {"Precedence": " Bulk"},
    {"Precedence": "list"},
    {"X_Autoreply": "yes"},
    {"List_Id": "<x>"},
    {"Return_Path": "<>"},
    {"Subject": "Out of office: later"},
    {"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?= x"},
]


@pytest.mark.parametrize("headers", AUTOMATIC, ids=str)
def test_a_machine_wrote_it(headers: Any) -> None:
    assert read(mail(**headers)).kind == "machine"


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "No"}, {"Precedence": "first"}, {"Return_Path": "<a@b.c>"}, {"Subject": "I am out of office"}], ids=str
)  # fmt: skip
def test_somebody_wrote_it(headers: Any) -> None:
    assert read(mail(**headers)).kind == "person"


def test_a_text_is_plain_where_there_is_one() -> None:
    assert read(made(" Hello\r\nyou \x07", html="<p>Other</p>")).text == "Hello\nyou"
    only = "<title>x</title><p>One</p><br><br><br>Two &amp; three<script>no</script>"
    assert read(made(" ", html=only)).text == "One\n\nTwo & three"


@pytest.mark.parametrize("length", [200_000, 200_001])
def test_of_a_text_so_much_is_kept(length: int) -> None:
    assert len(read(mail("x" * length)).text) == 200_000
    assert len(read(made(" ", html="<p>" + "x" * length + "</p>")).text) == 200_000


@pytest.mark.parametrize("count", [30, 31])
def test_so_many_files_are_taken(count: int) -> None:
    files = read(made("x", *((f"{at}.pdf", b"x") for at in range(count)))).files
    assert [each.name for each in files] == [f"{at}.pdf" for at in range(30)]
    assert {(each.type, each.content) for each in files} == {("application/pdf", b"x")}


@pytest.mark.parametrize(
    ("given", "name"),
    [("a.pdf", "a.pdf"), ("../a\\b/c.pdf", "c.pdf"), (" . ", "attachment-1"), ("x" * 201, "x" * 200), ("a\x07.pdf", "a.pdf")],
)  # fmt: skip
def test_what_a_file_is_called(given: str, name: str) -> None:
    assert [each.name for each in read(made("x", (given, b"x"))).files] == [name]


def test_an_enclosed_mail_is_a_file() -> None:
    outer = EmailMessage()
    outer["From"] = "eve@example.org"
    outer.set_content("x")
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("y")
    outer.add_attachment(inner)
    (file,) = read(outer.as_bytes()).files
    assert (file.name, file.type) == ("attachment-1.eml", "message/rfc822")
    assert b"Subject: Inner" in file.content


@pytest.mark.parametrize("count", [200, 201])
def test_so_many_parts_are_looked_at(count: int) -> None:
    part = "--b\nContent-Type: text/plain\n\nx\n"
    text = read(f'Content-Type: multipart/mixed; boundary="b"\n\n{part * count}--b--\n'.encode()).text
    assert text.count("x") == 200


def test_a_mail_has_so_many_bytes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_MAIL == 25_000_000
    monkeypatch.setattr(incoming, "MAX_MAIL", 100)
    read(mail().ljust(100))
    with pytest.raises(Unreadable):
        read(mail().ljust(101))
