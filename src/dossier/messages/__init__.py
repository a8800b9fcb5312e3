"""E-mails and texts to people: kept with what asks for them, sent afterwards, and what came of each."""

from dossier.messages.actions.changing import bounce, call_off, cancel, forget, forget_case, retry
from dossier.messages.actions.putting import bounced_before, may_write_to, put
from dossier.messages.store.rows import of_case

__all__ = [
    "bounce",
    "bounced_before",
    "call_off",
    "cancel",
    "forget",
    "forget_case",
    "may_write_to",
    "of_case",
    "put",
    "retry",
]
