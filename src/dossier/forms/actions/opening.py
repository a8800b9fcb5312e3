"""A form of one's own by a public link: made when somebody presses the button, not when they look; so many a day."""

import ipaddress
from datetime import timedelta

from dossier.form_templates.model import PresetRow
from dossier.forms.actions.answering import Browser, begin
from dossier.forms.actions.entering import begin_session
from dossier.forms.actions.making import create
from dossier.forms.actions.notifying import Origin
from dossier.forms.model import Form
from dossier.forms.model.new import NewForm
from dossier.forms.store import visits
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import TooManyRequests
from dossier.foundation.services import Services
from dossier.permissions import of_contact

OF_NETWORK, OF_PRESET = 50, 2_000  # begun on a day
_KEPT = timedelta(days=2)


async def open_form(services: Services, preset: PresetRow, client: str, origin: Origin) -> tuple[Form, str]:
    """A new form without anybody's name, and the secret of a session of it; 429. It is counted first, and stays counted."""
    actor = system("form", Scope((preset.workspace_id,)))
    seal = services.cipher.seals(f"form network {network(client)}")[0]
    if not await services.database.write(actor, lambda tx: _is_let(tx, preset, seal)):
        raise TooManyRequests.because("Too many were begun from here today. Try again tomorrow.")
    return await services.database.write(actor, lambda tx: _make(tx, preset, origin))


async def _is_let(transaction: Transaction, preset: PresetRow, seal: str) -> bool:
    """Whether one more is begun; a network that has begun its share uses up nothing of what others may begin."""
    today = transaction.clock().date()
    await visits.forget(transaction, preset.workspace_id, today - _KEPT)
    if await visits.count(transaction, preset.workspace_id, preset.id, today, seal) > OF_NETWORK:
        return False
    return await visits.count(transaction, preset.workspace_id, preset.id, today, "") <= OF_PRESET


async def _make(transaction: Transaction, preset: PresetRow, origin: Origin) -> tuple[Form, str]:
    form = (await create(transaction, NewForm((preset.workspace_id,), preset_id=preset.id), origin)).form
    contact = Actor("contact", None, "", "form", Scope((form.workspace_id,)), of_contact())
    transaction = transaction.acting(contact)
    await begin(transaction, form.id, Browser())
    return form, await begin_session(transaction, form)


def network(client: str) -> str:
    """The network that an address is of, as far as one household or office has one: /24, /56."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    return str(ipaddress.ip_network(f"{address}/{24 if address.version == 4 else 56}", strict=False))
