"""E-mails to members: what was gathered for each of them, as one message."""

from collections.abc import Callable, Sequence
from functools import partial

import structlog

from dossier import messages
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.services import Services
from dossier.messages.model import NewMessage
from dossier.notices import store
from dossier.notices.model import Mailing, Notice, Recipient

log = structlog.get_logger()

MORNING = 8  # o'clock of the workspace, when what is told once a day is sent

Written = Callable[[Recipient, Sequence[Notice], str], NewMessage]
"""Makes one e-mail of what was gathered for a member; the text is our own address."""


async def mail(services: Services, mailing: Mailing, written: Written) -> None:
    """Send what waits, once: it is taken by the transaction that puts the message. What is `daily` once it was morning."""
    hour = MORNING if mailing == "daily" else None
    for recipient in await services.database.write(system(), partial(store.to_mail, mailing=mailing, hour=hour)):
        put = partial(_put, recipient=recipient, mailing=mailing, written=written, base_url=services.address)
        try:
            await services.database.write(system("automation", Scope((recipient.workspace_id,))), put)
        except AppError as refusal:  # theirs waits; everybody else's is sent
            log.warning("notices not mailed", member=str(recipient.member_id), error=refusal.problems[0].code)


async def _put(
    transaction: Transaction, recipient: Recipient, mailing: Mailing, written: Written, base_url: str
) -> None:
    gathered = await store.take(transaction, recipient, mailing)
    if gathered and await messages.may_write_to(transaction, recipient.workspace_id, recipient.email):
        message = await messages.put(transaction, written(recipient, gathered, base_url))
        cases = {each.case_id for each in gathered if each.case_id}
        await store.note_mail(transaction, recipient.workspace_id, message.id, sorted(cases))
