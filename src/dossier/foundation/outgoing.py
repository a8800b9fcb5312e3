"""What carries messages to people: the operator's mail server and SMS provider; without them nothing leaves the house."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal, Protocol

from dossier.foundation.mail_door import MailDoor
from dossier.foundation.mailbox import Mailbox
from dossier.foundation.messages import Message
from dossier.foundation.text import email_identity


class NotTaken(Exception):
    """A message was refused: `for_good`, or for now; `alone`: the fault is this message's, so that others may go on."""

    def __init__(self, says: Message, *, for_good: bool = False, alone: bool = True) -> None:
        super().__init__(says.id)  # without its values: what a server answered may be about somebody
        self.says, self.for_good, self.alone = says, for_good, alone


class MailLine(Protocol):
    """A connection to a mail server, for some messages."""

    async def send(self, mail: EmailMessage, to: Sequence[str]) -> tuple[Message, Message | None]:
        """Hand over an e-mail to these addresses: what the server said, and of which of the addresses that it does not take it; NotTaken."""


class Mail(Protocol):
    """A mail server. `sender`: whom e-mails are from, as a header has it."""

    @property
    def sender(self) -> str: ...
    def line(self) -> AbstractAsyncContextManager[MailLine]:
        """A connection while the block runs; NotTaken."""

    async def says(self) -> str:
        """How it answers, as far as one can see without sending; NotTaken."""


class Sms(Protocol):
    """What sends short texts to telephones."""

    @property
    def kind(self) -> Literal["sms", "console"]: ...
    async def send(self, to: str, text: str, id: str) -> Message:
        """Hand over a text; the same `id` is the same text once more. What was answered; NotTaken."""

    async def says(self) -> str:
        """How it answers, as far as one can see without sending; NotTaken."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the operator set, and for how long a message that is being sent is left to who sends it.

    `domain`: of the addresses, each for one thing, to which people answer; none: they answer to whom it is from.
    `mailbox`, `door`: by which of them what they answer comes in. `sender_domains`: where senders may be chosen, beside the server's own.
    """

    mail: Mail | None = None
    sms: Sms | None = None
    lease: timedelta = timedelta(minutes=3)
    domain: str = ""
    mailbox: Mailbox | None = None
    door: MailDoor | None = None
    sender_domains: frozenset[str] = frozenset()

    @property
    def sendable(self) -> frozenset[str]:
        """The domains in which a sender may be chosen, in lower case; none without a mail server."""
        if self.mail is None:
            return frozenset()
        return self.sender_domains | {parseaddr(self.mail.sender)[1].rpartition("@")[2].lower()}

    @property
    def own(self) -> frozenset[str]:
        """The addresses that are ours, as they are compared."""
        return frozenset({email_identity(parseaddr(self.mail.sender)[1])} if self.mail else ())
