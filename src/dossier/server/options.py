"""How an option of the server is read from the environment, and what its text must be; ValueError says how."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from dossier.foundation.cipher import MIN_KEY


@dataclass(frozen=True, slots=True)
class Option:
    """How a setting is read from the environment."""

    name: str
    meaning: str
    read: Callable[[str], Any] = str
    secret: bool = False
    shown_default: str | None = None


def whole(least: int, most: int = 2**31) -> Callable[[str], int]:
    """A whole number within limits."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            message = f"must be a whole number from {least} to {most}"
            raise ValueError(message)
        return int(text)

    return read


def one_of(*options: str) -> Callable[[str], str]:
    """One of these words."""

    def read(text: str) -> str:
        if text not in options:
            message = f"must be one of {', '.join(options)}"
            raise ValueError(message)
        return text

    return read


def truth(text: str) -> bool:
    """true or false."""
    return one_of("true", "false")(text) == "true"


def address(text: str) -> str:
    """Where people or programs reach a server."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        message = "must be an address such as https://dossier.example.org"
        raise ValueError(message)
    return text


def key(text: str) -> str:
    """A text that nobody guesses."""
    if len(text.strip()) < MIN_KEY:
        message = f"must have {MIN_KEY} characters or more"
        raise ValueError(message)
    return text


def smtp(text: str) -> str:
    """A mail server; its password stays in the text."""
    from dossier.foundation.smtp import SmtpServer  # noqa: PLC0415 - the library takes a tenth of a second

    SmtpServer.read(text, "")
    return text


def sms(text: str) -> str:
    """What sends short texts."""
    from dossier.foundation.sms import read_provider  # noqa: PLC0415 - as above

    read_provider(text)
    return text


def intake(text: str) -> str:
    """By which way mail comes in; a password stays in the text."""
    from dossier.foundation.mail_door import MailDoor  # noqa: PLC0415 - as above
    from dossier.foundation.mailbox import Mailbox  # noqa: PLC0415 - as above

    MailDoor.read(text) if text.startswith("smtp:") else Mailbox.read(text)
    return text


def domain(text: str) -> str:
    """A domain of mail."""
    if not re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", text):
        message = "must be a domain such as in.example.org, in small letters"
        raise ValueError(message)
    return text


def mailbox(text: str) -> str:
    """An e-mail address, with or without a name."""
    local, _, domain = parseaddr(text)[1].rpartition("@")
    if not (local and domain) or "\n" in text or "\r" in text:
        message = "must be an address such as Claims <claims@example.org>"
        raise ValueError(message)
    return text


def setting(default: Any, name: str, meaning: str, read: Callable[[str], Any] = str, **more: Any) -> Any:
    """The field of a setting: its default, its name, what it means, and how it is read."""
    return field(default=default, metadata={"option": Option(name, meaning, read, **more)})
