"""The message with the link by which one goes on later."""

from dossier import messages, workspaces
from dossier.forms.model import Form
from dossier.forms.model.notification import Notification
from dossier.forms.store import notifications
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.pages.language import language as spoken
from dossier.foundation.text import gettext_noop
from dossier.messages.model import NewMessage

_LATER_SUBJECT = gettext_noop("Go on later: {name}")
_LATER_BODY = gettext_noop("What you have answered is kept. Go on here: {link}")


async def write_link(transaction: Transaction, form: Form, address: str, link: str, language: str) -> None:
    """Put the message that says the link."""
    transaction.actor.require("forms.answer")
    await _write(transaction, form, address, language, (_LATER_SUBJECT, _LATER_BODY), {"link": link, "name": form.name})


async def _write(
    transaction: Transaction,
    form: Form,
    address: str,
    language: str,
    words: tuple[str, str],
    values: dict[str, str],
) -> None:
    reader = spoken(language if language in MORE_LANGUAGES else "en")
    subject, body = (reader.gettext(each) for each in words)
    for name, value in values.items():
        subject, body = subject.replace("{" + name + "}", value), body.replace("{" + name + "}", value)
    by_mail = "@" in address
    new = NewMessage(
        workspace_id=form.workspace_id,
        channel="email" if by_mail else "sms",
        to=(address,),
        text=body,
        subject=subject if by_mail else "",
        contacts=(form.contact_id,) if form.contact_id else (),
        case_id=form.case_id,
    )
    message = await messages.put(transaction, new)
    workspace = await workspaces.get(transaction, form.workspace_id)
    noted = Notification(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        kind="raw",
        channel=new.channel,
        at=transaction.clock(),
        recipient=address,
        sender=workspace.name,
        system=True,
        locale=language,
        variables={"form": {"title": form.name}},
        message_id=message.id,
    )
    await notifications.put(transaction, [noted])
