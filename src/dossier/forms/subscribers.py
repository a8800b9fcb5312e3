"""What follows facts: who waits for no answer is reminded no more, what became of messages is known, who is erased is in no form."""

from dataclasses import replace

from dossier.contacts.events import ContactErased
from dossier.files.events import FileRead
from dossier.forms.actions.due import DO_FORM
from dossier.forms.actions.notifying import call_off
from dossier.forms.actions.removing import forget_colleague, forget_person
from dossier.forms.events import FormChanged, FormDeclined, FormNotReached, FormSubmitted
from dossier.forms.model import Form
from dossier.forms.model.notification import PLANNED, Kind, Notification, State
from dossier.forms.store import notifications, papers, reading
from dossier.foundation import events
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.members.events import MemberErased
from dossier.messages.events import MessageBounced, MessageFailed, MessageSent
from dossier.messages.model import Channel


async def follow(transaction: Transaction, changed: FormChanged) -> None:
    """What nobody waits for any more is called off; of one that ended its owner is told."""
    form = changed.form
    if form.status != "pending" or form.archived_at or form.expired_at:
        await call_off(transaction, form)
    if any(each.kind == "expired" for each in changed.entries):
        await _plan_for_owner(transaction, form, "expiry")


async def tell_of_answers(transaction: Transaction, submitted: FormSubmitted) -> None:
    """Whoever answered has it confirmed, and the owner hears of it."""
    within = transaction.within(Scope((submitted.workspace_id,)))
    form = await reading.get(within, submitted.form_id)
    if form is None:
        return
    await call_off(within, form)
    if not form.internal:
        if form.user.email:
            await _plan(within, form, "confirmation", "email", form.user.email)
        elif form.user.phone:
            await _plan(within, form, "confirmation", "sms", form.user.phone)
    await _plan_for_owner(within, form, "request_completed")


async def call_off_declined(transaction: Transaction, declined: FormDeclined) -> None:
    """Who has declined is reminded no more."""
    within = transaction.within(Scope((declined.workspace_id,)))
    if form := await reading.get(within, declined.form_id):
        await call_off(within, form)


async def tell_of_message(transaction: Transaction, fact: MessageSent | MessageFailed | MessageBounced) -> None:
    """The form that a message is about knows what became of it; whom nothing reaches is written to no more by that channel."""
    message = fact.message
    within = transaction.within(Scope((message.workspace_id,)))
    noted = await notifications.by_message(within, message.workspace_id, message.id)
    if noted is None:
        return
    taken = message.status == "sent"
    status: State = "sent" if taken else "failed"
    error = None if taken else message.error
    header = f"<{message.message_id}>".replace("<<", "<").replace(">>", ">") if message.message_id else None
    await notifications.put(within, [replace(noted, status=status, error=error, header_id=header)])
    if not taken and not noted.system:
        await notifications.skip(within, noted.workspace_id, noted.form_id, PLANNED, noted.channel)
        if noted.kind == "invitation" and (form := await reading.get(within, noted.form_id)):
            fact_of_form = FormNotReached(form.workspace_id, form.id, None, form.case_id, form.step)
            await events.publish(within, fact_of_form)


async def forget_papers(transaction: Transaction, fact: FileRead) -> None:
    """What was printed with a picture that may not be given any more is not kept."""
    within = transaction.within(Scope((fact.workspace_id,)))
    await papers.forget(within, fact.workspace_id, fact.file_id)


async def forget(transaction: Transaction, erased: ContactErased) -> None:
    """Of who is erased nothing is left in forms."""
    await forget_person(transaction, erased.workspace_id, erased.contact)


async def forget_member(transaction: Transaction, erased: MemberErased) -> None:
    """Nor of who worked here: who sent forms to many and looked answers through is somebody, and notices to owners say to nobody."""
    await forget_colleague(transaction, erased.workspace_id, erased.member_id, erased.email)


async def _plan_for_owner(transaction: Transaction, form: Form, kind: Kind) -> None:
    if form.owner:
        await _plan(transaction, form, kind, "email", form.owner["email"])


async def _plan(transaction: Transaction, form: Form, kind: Kind, channel: Channel, address: str) -> None:
    """It is written by a job, once this is kept."""
    noted = Notification(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        kind=kind,
        channel=channel,
        at=transaction.clock(),
        recipient=address,
        system=kind != "confirmation",
        locale=form.user.locale if kind == "confirmation" else None,
    )
    await notifications.put(transaction, [noted])
    await DO_FORM.defer(transaction, workspace=str(form.workspace_id), form=str(form.id))
