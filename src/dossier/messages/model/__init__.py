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
    sees_personal,
)
from dossier.messages.model.new import (
    MAX_ATTACHED,
    MOST_RECIPIENTS,
    NewMessage,
    address_problems,
    one_line,
    problems_of,
)
from dossier.messages.model.text_message import parts_of

__all__ = [
    "CHANNELS",
    "DIRECTIONS",
    "MAX_ATTACHED",
    "MOST_RECIPIENTS",
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
    "address_problems",
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
    "problems_of",
    "sees_personal",
]
