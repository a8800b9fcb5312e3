"""What can be done with messages."""

from dossier.messages.actions.believing import believed
from dossier.messages.actions.changing import bounce, call_off, cancel, forget, forget_case, forget_person, retry
from dossier.messages.actions.choosing import choose_sender
from dossier.messages.actions.putting import bounced_before, may_write_to, put
from dossier.messages.actions.receiving import FETCH, fetch, listen, take_in
from dossier.messages.actions.sending import SEND, SEND_DUE, send_due, send_waiting

__all__ = [
    "FETCH",
    "SEND",
    "SEND_DUE",
    "believed",
    "bounce",
    "bounced_before",
    "call_off",
    "cancel",
    "choose_sender",
    "fetch",
    "forget",
    "forget_case",
    "forget_person",
    "listen",
    "may_write_to",
    "put",
    "retry",
    "send_due",
    "send_waiting",
    "take_in",
]
