"""Erasing forms: one by itself, those of a case that is erased, and of somebody who is erased what tells who they are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import audit, files, messages, workspaces
from dossier.contacts.model import Contact
from dossier.forms.actions.making import KIND, country_of
from dossier.forms.actions.saving import lock, newest_response
from dossier.forms.events import FormDeleted, ResponseErased
from dossier.forms.model import Form, FormUser
from dossier.forms.model.forgetting import Told
from dossier.forms.model.new import asked_user
from dossier.forms.store import batches, erasing, notifications, reading, writing
from dossier.forms.store.answers import HOLDER
from dossier.forms.store.words import SEARCH, VIEWS
from dossier.foundation import events, stored_answers
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict
from dossier.foundation.text import fold, gettext_noop
from dossier.listing import search
from dossier.records.model import IfMatch

_OF_CASE = gettext_noop("The form belongs to a case, and goes with it; archive it instead.")


async def delete(transaction: Transaction, form_id: UUID, seen: IfMatch = None) -> None:
    """Erase a form with its answers, and the files that only it had; 404, 409 `belongs_to_case`, 412."""
    transaction.actor.require("forms.erase")
    form = (await lock(transaction, form_id, seen)).after
    if form.case_id is not None:
        raise Conflict.because(_OF_CASE, "belongs_to_case")
    await _erase(transaction, form)


async def forget_case(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> None:
    """A case is about to be erased: its forms go with it."""
    for form in await reading.of_case(transaction, workspace_id, case_id):
        await _erase(transaction, form)


async def _erase(transaction: Transaction, form: Form) -> None:
    newest = await newest_response(transaction, form.id)
    fact = FormDeleted(form.workspace_id, form.id, newest.id if newest else None, form.case_id, form.step, form)
    await events.publish(transaction, fact)
    await _forget_messages(transaction, form.workspace_id, [form.id])
    answered = await erasing.responses_of(transaction, form.workspace_id, form.id)
    await writing.delete(transaction, form.workspace_id, form.id)
    await _let_go(transaction, form.workspace_id, form.id, answered)
    await audit.record(transaction, "form.erased", form.id, workspace_id=form.workspace_id)


async def _let_go(transaction: Transaction, workspace_id: UUID, form_id: UUID, answered: Sequence[UUID]) -> None:
    """The files that only the form and its answers had go with them, and those that were sent to it and are no answers."""
    await files.let_go(transaction, KIND, workspace_id, form_id)
    for each in answered:
        await files.let_go(transaction, HOLDER, workspace_id, each)
    await files.forget_sent(transaction, workspace_id, form_id)


async def forget_person(transaction: Transaction, workspace_id: UUID, person: Contact) -> list[UUID]:
    """Somebody is erased: of the forms that they were asked only is left that they were; the forms. None are made that wait for them."""
    await _take_out_of_batches(transaction, workspace_id, person)  # first: what a batch made meanwhile is found below
    ids = await erasing.asked(transaction, workspace_id, person)
    for id in ids:
        form = await reading.lock(transaction, id)
        if form:
            await _empty(transaction, form, Told.of(person))
    await _forget_before(transaction, workspace_id, person)
    await _forget_messages(transaction, workspace_id, ids)
    await notifications.forget_recipients(transaction, workspace_id, ids)
    await stored_answers.forget_about(transaction, ids)
    also = await _forget_given(transaction, workspace_id, person)
    await search.retake(transaction, SEARCH, workspace_id, [*ids, *also])
    for text in filter(None, (person.email, person.phone)):
        await VIEWS.forget_text(transaction, workspace_id, text)
    return ids


async def forget_colleague(transaction: Transaction, workspace_id: UUID, member_id: UUID, email: str) -> None:
    """Who worked here is erased: nothing of forms tells what they were called, nor where they were written to."""
    await erasing.forget_names(transaction, workspace_id, member_id)
    await erasing.forget_owner(transaction, workspace_id, email)
    await stored_answers.forget_about(transaction, await erasing.owned(transaction, workspace_id, member_id))
    await VIEWS.forget_of(transaction, workspace_id, member_id)
    await VIEWS.forget_text(transaction, workspace_id, email)


async def forget_text(transaction: Transaction, workspace_id: UUID, text: str) -> None:
    """Nobody looks for forms by an address any more that nobody has."""
    await VIEWS.forget_text(transaction, workspace_id, text)


async def _empty(transaction: Transaction, form: Form, told: Told) -> None:
    await erasing.empty(transaction, replace(form, user=FormUser(), webhooks=_nameless(form.webhooks, told)))
    answered = await erasing.responses_of(transaction, form.workspace_id, form.id)
    await _let_go(transaction, form.workspace_id, form.id, answered)
    for each in answered:
        await events.publish(transaction, ResponseErased(form.workspace_id, form.id, each, form.case_id, form.step))


async def _forget_before(transaction: Transaction, workspace_id: UUID, person: Contact) -> None:
    """Out of forms that ask another by now goes what they answered; what the other one answered stays."""
    await erasing.forget_written(transaction, workspace_id, person)
    found = await erasing.answered_before(transaction, workspace_id, person)
    for each in found:  # those that somebody goes on with first: they hold files of the ones before
        await reading.lock(transaction, each.form_id)
        await erasing.forget_responses(transaction, workspace_id, [each.id], None if each.over else person.id)
        if each.over:
            await files.let_go(transaction, HOLDER, workspace_id, each.id)
        elif left := await erasing.files_left(transaction, workspace_id, each.id):
            await files.drop(transaction, HOLDER, workspace_id, each.id, left)
        await files.forget_sent(transaction, workspace_id, each.form_id)
    await stored_answers.forget_about(transaction, [each.form_id for each in found])


def _nameless(webhooks: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """The addresses that do not name them."""
    return {url: events for url, events in webhooks.items() if not told.is_in(url)}


def _without(given: erasing.Given, told: Told) -> erasing.Given:
    """The same without whoever is erased."""
    said = {name: told.out_of(each) for name, each in given.all().items() if name not in ("webhooks", "redirect_url")}
    url = None if told.is_in(given.redirect_url) else given.redirect_url
    return replace(given, webhooks=_nameless(given.webhooks, told), redirect_url=url, **said)


async def _forget_given(transaction: Transaction, workspace_id: UUID, person: Contact) -> list[UUID]:
    """What programs gave with forms that ask another by now does not say who was asked before; the forms."""
    told, touched = Told.of(person), []
    for given in await erasing.given_of_others(transaction, workspace_id, person):
        if not told.is_in(given.all()):
            continue
        await erasing.put_given(transaction, workspace_id, _without(given, told))
        await erasing.forget_values(transaction, workspace_id, given.id)
        for answer in await erasing.answers_filled_in(transaction, workspace_id, given.id):
            await erasing.put_answer(transaction, workspace_id, replace(answer, value=told.out_of(answer.value)))
        touched.append(given.id)
    await stored_answers.forget_about(transaction, touched)
    return touched


async def _take_out_of_batches(transaction: Transaction, workspace_id: UUID, person: Contact) -> None:
    country = country_of(await workspaces.get(transaction, workspace_id))
    for batch_id, place, given in await batches.waiting_users(transaction, workspace_id):
        user, _ = asked_user(given, country)
        same_email = person.email and user.email and fold(person.email) == fold(user.email)
        if same_email or (person.phone and person.phone == user.phone):
            await batches.cancel_row(transaction, workspace_id, batch_id, place)


async def _forget_messages(transaction: Transaction, workspace_id: UUID, form_ids: Sequence[UUID]) -> None:
    if ids := await notifications.messages_of(transaction, workspace_id, form_ids):
        await messages.forget(transaction, workspace_id, ids)
