"""What may be done to all forms that a list shows, each by itself, and later."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from dossier import members
from dossier.forms.actions import saving
from dossier.forms.actions.changing import Patch, patch, remind
from dossier.forms.actions.notifying import Origin
from dossier.forms.model import FORM_RECORD, Form
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.jobs import BULK, Job, Jobs
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.records import Bulk, begin_bulk

MOST = 50_000  # forms of one change
ACTS = ("remind", "expire", "archive")
CHANGE_MANY = Job("forms.change_many", BULK)  # workspace, bulk
GIVE_UP_CHANGES = Job("forms.give_up_changes", cron="* * * * *")


async def do(transaction: Transaction, form_id: UUID, act: str, origin: Origin) -> bool:
    """Remind, end or put away one; whether that changed something. What `patch` and `remind` refuse."""
    transaction.actor.require("forms.change")
    if act == "remind":
        await remind(transaction, form_id, origin)
        return True
    before = await saving.get(transaction, form_id)
    ended = Patch(active_until=wire_time(transaction.clock()), says_until=True)
    after = await patch(transaction, form_id, ended if act == "expire" else Patch(archived=True), origin)
    return after.version != before.version


def forms_at_once(origin: Origin) -> Bulk[Form]:
    """Where people reach the server is known once it runs."""
    return Bulk(
        record=FORM_RECORD,
        job=CHANGE_MANY,
        give_up=GIVE_UP_CHANGES,
        changes={act: _doing(act, origin) for act in ACTS},
        take_back=None,
        needs="forms.change",
        acting=members.actor_for_member,
        cancelled=Message("Cancelled before it was this form’s turn."),
    )


def _doing(act: str, origin: Origin) -> Callable[[Transaction, UUID, str], Awaitable[bool]]:
    return lambda transaction, form_id, _value: do(transaction, form_id, act, origin)


async def ask(transaction: Transaction, workspace_id: UUID, act: str, form_ids: Sequence[UUID], origin: Origin) -> UUID:
    """Have it done to many; the id under which one sees how far it is. 400, 403."""
    transaction.actor.require("forms.change")
    if act not in ACTS:
        raise Invalid.because("Choose what to do.", pointer="/act")
    if len(form_ids) > MOST:
        raise Invalid.because("That is more than {count} forms; filter the list further.", pointer="/form", count=MOST)
    return await begin_bulk(transaction, forms_at_once(origin), workspace_id, act, "", form_ids)


async def _change_many(services: Services, workspace: str, bulk: str) -> None:
    await forms_at_once(Origin.of(services)).change_many(services, workspace, bulk)


async def _give_up(services: Services) -> None:
    await forms_at_once(Origin.of(services)).give_up_changes(services)


JOBS: Jobs = {CHANGE_MANY: _change_many, GIVE_UP_CHANGES: _give_up}
