"""Doing what is due with forms: ending those whose time is over, and writing what was planned. Doing it twice does it once."""

from functools import partial
from uuid import UUID

import structlog

from dossier.forms.actions.notifying import Origin, write_due
from dossier.forms.actions.saving import begin, save
from dossier.forms.model import transitions
from dossier.forms.store import notifications, reading, writing
from dossier.foundation.actor import SERVER, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.jobs import Job
from dossier.foundation.services import Services

log = structlog.get_logger()

DO_FORM = Job("forms.do_form")
"""Does what is due with one form."""
DO_DUE_FORMS = Job("forms.do_due_forms", cron="* * * * *")
"""The same for all of which something is due."""
AT_ONCE = 100


async def do_all(services: Services) -> None:
    """Everything that is due, form by form; one that cannot be done keeps no other one waiting."""
    failed: set[UUID] = set()
    while True:
        async with services.database.reading(SERVER) as session:
            found = await notifications.due(session, services.clock(), AT_ONCE + len(failed))
        left = [each for each in found if each[1] not in failed]
        if not left:
            return
        for workspace_id, form_id in left:
            try:
                await do_one(services, workspace_id, form_id)
            except Exception:
                log.exception("form", id=str(form_id))
            failed.add(form_id)  # looked at: what is left of it is for the next time


async def do_form(services: Services, workspace: str, form: str) -> None:
    """What is due with one form."""
    await do_one(services, UUID(workspace), UUID(form))


async def do_one(services: Services, workspace_id: UUID, form_id: UUID) -> None:
    """The same, by its ids."""
    actor = system("automation", Scope((workspace_id,)))
    await services.database.write(actor, partial(_do, form_id=form_id, origin=Origin.of(services)))


async def _do(transaction: Transaction, form_id: UUID, origin: Origin) -> None:
    form = await reading.lock(transaction, form_id)
    if form is None:
        return
    form = await save(transaction, transitions.expired(begin(transaction, form), transaction.clock()))
    await writing.link(transaction, form, origin.hash(form))  # of one that was made where nobody knew it
    await write_due(transaction, form, origin)
