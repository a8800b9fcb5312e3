"""Facts about messages. Each is published in the transaction that wrote the state."""

from dataclasses import dataclass

from dossier.foundation.events import Fact
from dossier.messages.model import Message


@dataclass(frozen=True, slots=True)
class MessageSent(Fact):
    """A transport took a message."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageFailed(Fact):
    """A message was refused for good, or its tries are used up."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageBounced(Fact):
    """A message came back after it was sent."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageReceived(Fact):
    """Somebody wrote to us."""

    message: Message
