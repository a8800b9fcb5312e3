"""What a message is: its states, what a new one must be, and how it looks as an e-mail."""

from dossier.messages.model.mail import SHOWN_BY, as_mail, as_shown, domain_of, previewed
from dossier.messages.model.message import (
    CHANNELS,
    DIRECTIONS,
    STATUSES,
    TRANSPORTS,
    VOCABULARY,
    Attempt,
    Channel,
    Message,
    Status,
    Transport,
    compared,
    identity,
    no_recipient,
    no_such,
)
from dossier.messages.model.new import MAX_ATTACHED, NewMessage, one_line
from dossier.messages.model.text_message import parts_of

__all__ = [
    "CHANNELS",
    "DIRECTIONS",
    "MAX_ATTACHED",
    "SHOWN_BY",
    "STATUSES",
    "TRANSPORTS",
    "VOCABULARY",
    "Attempt",
    "Channel",
    "Message",
    "NewMessage",
    "Status",
    "Transport",
    "as_mail",
    "as_shown",
    "compared",
    "domain_of",
    "identity",
    "no_recipient",
    "no_such",
    "one_line",
    "parts_of",
    "previewed",
]
