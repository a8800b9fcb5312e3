"""Writing to people about a form: planned with it, put as a message when it is due, and called off when nobody waits any more."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from dossier import form_templates, messages, workspaces
from dossier.forms.actions.wording import Asking, Writing, written
from dossier.forms.model import Form, links
from dossier.forms.model.notification import PLANNED, SYSTEM, Kind, Notification, Planned, plan
from dossier.forms.store import notifications
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.services import Services
from dossier.foundation.text import gettext_noop
from dossier.messages.model import Channel, NewMessage
from dossier.web import addresses

_BOUNCED = gettext_noop("A message to {address} came back before; nobody is written to there.")
_OVER = Sentence(gettext_noop("Nobody waits for an answer any more."))
_NOT_MADE = gettext_noop("It could not be written: {why}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where people reach the server, and what links are derived by."""

    base_url: str
    cipher: Cipher

    @classmethod
    def of(cls, services: Services) -> "Origin":
        """Where that is for what is done by itself."""
        return cls(services.address, services.cipher)

    def fill(self, form: Form) -> str:
        """The contact's own link."""
        return f"{self.base_url}{addresses.FORM_LINKS / links.secret(self.cipher, form.id, form.link)}"

    def hash(self, form: Form) -> bytes:
        """By which the link is found."""
        return links.hash_of(links.secret(self.cipher, form.id, form.link))

    def personal(self, form: Form) -> str:
        """Where everything that the workspace asks of somebody is."""
        return f"{self.base_url}{addresses.PERSONAL / form.workspace_slug}"

    def app(self, form: Form) -> str:
        """The form's page for members."""
        return f"{self.base_url}{addresses.FORMS / form.id}"


async def announce_plan(transaction: Transaction, form: Form, origin: Origin | None, *, invite: bool = True) -> None:
    """Plan what is written about a form that is sent, and write at once what is due; without an `origin` a job does that."""
    if form.internal:
        return
    template = await form_templates.version(transaction, form.workspace_id, form.template_id, form.template_version)
    planned = plan(form, template.messages, transaction.clock(), invite=invite)
    await notifications.put(transaction, [_noted(form, each) for each in planned])
    if origin:
        await write_due(transaction, form, origin)


def _noted(form: Form, planned: Planned) -> Notification:
    return Notification(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        kind=planned.kind,
        channel=planned.channel,
        at=planned.at,
        place=planned.place,
        recipient=form.user.email if planned.channel == "email" else form.user.phone,
        system=planned.kind in SYSTEM,
        locale=form.user.locale,
    )


async def write_due(transaction: Transaction, form: Form, origin: Origin) -> None:
    """Write what is due about a form; reminders that were missed meanwhile are one."""
    due = await notifications.due_of_form(transaction, form.id, transaction.clock())
    last = {each.channel: each.id for each in due if each.kind == "reminder"}
    for each in due:
        if each.kind == "reminder" and last[each.channel] != each.id:
            await notifications.put(transaction, [replace(each, status="skipped")])
        else:
            await _write(transaction, form, each, origin)


async def write_now(
    transaction: Transaction,
    form: Form,
    kind: Kind,
    channel: Channel,
    origin: Origin,
    code: str = "",
    asking: Asking | None = None,
) -> Notification:
    """Write something about a form now, to who is asked or, by its kind, to the owner."""
    noted = _noted(form, Planned(kind, channel, transaction.clock()))
    if kind in ("request_completed", "expiry"):
        noted = replace(noted, recipient=form.owner["email"] if form.owner else None, locale=None, system=True)
    return await _write(transaction, form, noted, origin, code, asking)


async def _write(
    transaction: Transaction,
    form: Form,
    noted: Notification,
    origin: Origin,
    code: str = "",
    asking: Asking | None = None,
) -> Notification:
    """The notification with its message, or why there is none."""
    try:
        noted = await _put(transaction, form, noted, origin, code, asking)
    except AppError as refused:
        noted = replace(noted, status="failed", error=Sentence(_NOT_MADE, {"why": refused.problems[0].message}))
    await notifications.put(transaction, [noted])
    if noted.status == "failed" and noted.kind in PLANNED:
        await notifications.skip(transaction, form.workspace_id, form.id, PLANNED, noted.channel)
    return noted


async def _put(
    transaction: Transaction, form: Form, noted: Notification, origin: Origin, code: str, asking: Asking | None
) -> Notification:
    to_owner = noted.kind in ("request_completed", "expiry")
    address = noted.recipient or ""
    if address and await messages.bounced_before(transaction, form.workspace_id, noted.channel, [address]):
        return replace(noted, status="failed", error=Sentence(_BOUNCED, {"address": address}))
    link = origin.app(form) if to_owner else origin.fill(form)
    letter = await written(transaction, form, noted, Writing(link, code, to_owner, asking, origin.personal(form)))
    workspace = await workspaces.get(transaction, form.workspace_id)
    new = NewMessage(
        form.workspace_id,
        noted.channel,
        (address,) if address else (),
        letter.text,
        subject=letter.subject,
        html=letter.html,
        case_id=form.case_id,
        from_name=workspace.name,
        contacts=(form.contact_id,) if form.contact_id and not to_owner else (),
        missing=letter.missing,
        conceals=code or None,
    )
    message = await messages.put(transaction, new)
    variables = None if noted.kind == "otp" else letter.variables
    return replace(noted, message_id=message.id, sender=workspace.name, locale=letter.language, variables=variables)


async def call_off(transaction: Transaction, form: Form, kinds: Collection[str] = PLANNED) -> None:
    """What is planned of these kinds is not sent any more."""
    for id in await notifications.skip(transaction, form.workspace_id, form.id, kinds):
        await messages.call_off(transaction, id, _OVER)
