"""What follows facts of others: of who is erased nothing is kept that was told."""

from urllib.parse import quote

from dossier import forms
from dossier.cases.events import CaseErased
from dossier.contacts.events import ContactErased
from dossier.forms.events import (
    AboutForm,
    AnswersSaved,
    FormChanged,
    FormCreated,
    FormDeclined,
    FormDeleted,
    FormNotReached,
    FormSubmitted,
    ResponseBegun,
    ResponseErased,
)
from dossier.forms.model import Form
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.members.events import MemberErased
from dossier.webhooks.actions import form_calls
from dossier.webhooks.model.form_events import FormEvent, of_entries
from dossier.webhooks.store import deliveries, form_deliveries


async def forget(transaction: Transaction, erased: ContactErased) -> None:
    """What was told of the cases that showed them is forgotten; what still waits is made anew, of the histories without them.

    Nothing is given out until the end: whoever does that later reads the histories as they are then.
    """
    if erased.showed:
        await deliveries.lock(transaction)
        await deliveries.forget_bodies(transaction, erased.workspace_id, erased.showed)
    person = erased.contact
    names = [f'"{each}"' for each in (person.given_name, person.family_name) if each]
    if texts := [*filter(None, (person.email, person.phone)), *names]:
        await form_deliveries.forget_naming(transaction, erased.workspace_id, texts)
    if addresses := [text for each in (person.email, person.phone) if each for text in (each, quote(each, safe=""))]:
        await form_deliveries.forget_addresses(transaction, erased.workspace_id, addresses)


async def forget_member(transaction: Transaction, erased: MemberErased) -> None:
    """The same of who worked here, and did what was told, or owned what it was told of."""
    await deliveries.lock(transaction)
    await deliveries.forget_bodies_naming(transaction, erased.workspace_id, erased.member_id)
    await form_deliveries.forget_naming(transaction, erased.workspace_id, [each for each in erased.names if each])


async def forget_case(transaction: Transaction, erased: CaseErased) -> None:
    """What was told of a case goes with it, also where nobody is told any more; what still waits is not sent."""
    await deliveries.lock(transaction)
    await deliveries.forget_cases(transaction, erased.case.workspace_id, [erased.case.id])


# ---- the addresses of forms ----

_ANSWERED = ("completed", "declined")


async def form_created(transaction: Transaction, fact: FormCreated) -> None:
    """The addresses of a form are told that it is there."""
    await form_calls.tell(transaction, fact.form, FormEvent("requests", fact.form_id, ("requests:created",)))


async def form_changed(transaction: Transaction, fact: FormChanged) -> None:
    """And of its changes; that it was answered or declined is told with the response, in that order."""
    was, now = fact.before.status, fact.form.status
    if was == now or now not in _ANSWERED or was == "processed":
        await form_calls.tell(transaction, fact.form, of_entries(fact.form_id, [each.kind for each in fact.entries]))


async def form_deleted(transaction: Transaction, fact: FormDeleted) -> None:
    """And that it is gone, with what it was."""
    await form_calls.tell_of_end(transaction, fact.form)


async def form_not_reached(transaction: Transaction, fact: FormNotReached) -> None:
    """And that an invitation reached nobody."""
    await _tell(transaction, fact, FormEvent("requests", fact.form_id, ("requests:updated",)))


async def response_begun(transaction: Transaction, fact: ResponseBegun) -> None:
    """And that somebody began to answer."""
    assert fact.response_id
    await _tell(transaction, fact, FormEvent("responses", fact.response_id, ("responses:created",)))


async def answers_saved(transaction: Transaction, fact: AnswersSaved) -> None:
    """And of what is answered, when it has been quiet for a while."""
    if (form := await _form(transaction, fact)) and form.webhooks and fact.response_id:
        await form_calls.tell_of_save(transaction, form, fact.response_id)


async def form_submitted(transaction: Transaction, fact: FormSubmitted) -> None:
    """And of what was handed in: first of the response, then of the form."""
    await _ended(transaction, fact, ("responses:updated", "responses:completed"))


async def form_declined(transaction: Transaction, fact: FormDeclined) -> None:
    """And that it was declined."""
    await _ended(transaction, fact, ("responses:updated",))


async def response_erased(transaction: Transaction, fact: ResponseErased) -> None:
    """And that what somebody answered is gone: nothing of it is told any more."""
    assert fact.response_id
    await form_deliveries.drop_saved(transaction, fact.workspace_id, fact.form_id, fact.response_id)
    await _tell(transaction, fact, FormEvent("responses", fact.response_id, ("responses:deleted",)))


async def _ended(transaction: Transaction, fact: AboutForm, events: tuple[str, ...]) -> None:
    if fact.response_id:
        await form_deliveries.drop_saved(transaction, fact.workspace_id, fact.form_id, fact.response_id)
        await _tell(transaction, fact, FormEvent("responses", fact.response_id, events))
    await _tell(transaction, fact, FormEvent("requests", fact.form_id, ("requests:updated",)))


async def _tell(transaction: Transaction, fact: AboutForm, event: FormEvent) -> None:
    if form := await _form(transaction, fact):
        await form_calls.tell(transaction, form, event)


async def _form(transaction: Transaction, fact: AboutForm) -> Form | None:
    return await forms.find(transaction.within(Scope((fact.workspace_id,))), fact.form_id)
