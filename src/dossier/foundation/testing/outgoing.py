"""A mail server and an SMS provider that keep what they are given, and refuse when they are told to."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Literal

from dossier.foundation.messages import Message
from dossier.foundation.outgoing import NotTaken


@dataclass
class FakeMail:
    """Takes every e-mail, or refuses each as `refusal` says; `lines`: how many connections there were."""

    sender: str = "Dossier <dossier@example.org>"
    taken: list[tuple[EmailMessage, tuple[str, ...]]] = field(default_factory=list)
    refusal: NotTaken | None = None
    lines: int = 0

    @asynccontextmanager
    async def line(self) -> AsyncIterator["FakeMail"]:
        self.lines += 1
        yield self

    async def send(self, mail: EmailMessage, to: Sequence[str]) -> tuple[Message, Message | None]:
        if self.refusal:
            raise self.refusal
        self.taken.append((mail, tuple(to)))
        return Message("The mail server took it: {answer}", {"answer": "250 OK"}), None

    async def says(self) -> str:
        return "answers"


@dataclass
class FakeSms:
    """Takes every text, or refuses each as `refusal` says."""

    taken: list[tuple[str, str, str]] = field(default_factory=list)
    refusal: NotTaken | None = None
    kind: Literal["sms", "console"] = "sms"

    async def send(self, to: str, text: str, id: str) -> Message:
        if self.refusal:
            raise self.refusal
        self.taken.append((to, text, id))
        return Message("The SMS provider took it: {code}", {"code": "202"})

    async def says(self) -> str:
        return "answers"
