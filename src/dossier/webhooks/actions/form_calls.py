"""Calls to the addresses that forms name themselves: put as facts come, written at the first try, and repeated byte for byte."""

from collections.abc import Collection
from functools import partial
from uuid import UUID

from dossier import forms, notices
from dossier.forms.model import Form, wire
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.foundation.text import gettext_noop
from dossier.notices.model import About
from dossier.web import addresses
from dossier.webhooks.model import form_events as model
from dossier.webhooks.model import subscriptions
from dossier.webhooks.model.deliveries import Claimed, Outcome, no_such
from dossier.webhooks.model.form_events import FormEvent
from dossier.webhooks.store import form_deliveries as store

_GIVEN_UP = gettext_noop("“{host}” did not take what happened to the form {reference}; it is not tried again.")


async def tell(transaction: Transaction, form: Form, event: FormEvent) -> None:
    """Call whoever asked to be told of it."""
    if urls := model.addresses(form.webhooks, event):
        await store.put(transaction, form.workspace_id, form.id, urls, event)


async def tell_of_save(transaction: Transaction, form: Form, response_id: UUID) -> None:
    """Call whoever asked to be told of saved answers, once for all of a while."""
    event = FormEvent("responses", response_id, model.SAVED)
    if urls := model.addresses(form.webhooks, event):
        await store.put_saved(transaction, form.workspace_id, form.id, urls, event)


async def tell_of_end(transaction: Transaction, form: Form) -> None:
    """Call whoever asked to be told that a form is erased. This and whatever still waits says the form as it was."""
    await tell(transaction, form, FormEvent("requests", form.id, ("requests:deleted",)))
    waiting = await store.unwritten(transaction, form.workspace_id, form.id)
    shown = await forms.whole(transaction, form) if waiting else None
    for each in waiting:
        assert shown
        here = model.placeholder(each.id)
        places = wire.Places(f"{here}/v1", partial(_fill, here), partial(_app, here))
        said = model.body(each.events, each.subject, each.subject_id, wire.form(shown, places))
        await store.set_body(transaction, form.workspace_id, each.id, said)


def _fill(here: str, form: Form) -> str:
    return f"{here}{addresses.FORM_LINKS / f'{form.id}.{form.link}'}"


def _app(here: str, form: Form) -> str:
    return f"{here}{addresses.FORMS / form.id}"


async def turn(
    transaction: Transaction, outcomes: list[Outcome], most: int, mine: Collection[UUID], *, hold: bool = False
) -> tuple[list[Claimed], bool]:
    """Keep what came of tries, and claim what is due; as `delivering.turn` does for webhooks."""
    transaction.actor.require("server.operate")
    await store.record(transaction, outcomes)
    for each in outcomes:
        await _ended(transaction, each)
    if hold:
        await store.hold(transaction, mine)
    return (await store.claim(transaction, most, mine) if most > 0 else []), False


async def _ended(transaction: Transaction, outcome: Outcome) -> None:
    delivery = outcome.delivery
    if outcome.is_gone:
        await store.end_address(transaction, delivery.workspace_id, delivery.webhook_id, delivery.url)
    elif outcome.follows()[0] == "dead":
        within = transaction.acting(system(scope=Scope((delivery.workspace_id,))))
        form = await forms.find(within, delivery.webhook_id)
        if form and form.owner_id:
            host = subscriptions.parts(delivery.url).hostname or delivery.url
            said = Message(_GIVEN_UP, {"host": host, "reference": form.reference})
            about = About(form.case_id, form.id)
            await notices.tell_about(within, form.workspace_id, [form.owner_id], "failed", said, about)


async def written(services: Services, delivery: Claimed) -> str:
    """The body of a call, as each try sends it."""
    if delivery.written and delivery.body is not None:
        return delivery.body
    return await services.database.write(system(), partial(_written, services=services, delivery=delivery))


async def _written(transaction: Transaction, services: Services, delivery: Claimed) -> str:
    kept = await store.lock_body(transaction, delivery)
    if kept is None:
        raise no_such(delivery.id)
    if kept.written:
        return str(kept.body)
    origin = forms.Origin.of(services)
    within = transaction.within(Scope((delivery.workspace_id,)))
    if kept.body is not None:
        body = _with_addresses(kept.body, delivery, origin)
    else:
        shown = await forms.whole(within, await forms.get(within, delivery.webhook_id))
        places = wire.Places(f"{origin.base_url}/v1", origin.fill, origin.app)
        body = model.body(kept.events, kept.subject, kept.subject_id, wire.form(shown, places))
    await store.write_body(transaction, delivery, body)
    return body


def _with_addresses(body: str, delivery: Claimed, origin: forms.Origin) -> str:
    """A body that was written when its form was erased, with the addresses that it has here; its own link leads nowhere any more."""
    return body.replace(model.placeholder(delivery.id), origin.base_url)
