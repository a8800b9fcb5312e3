"""The message with the link by which one goes on later."""

from dataclasses import replace

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
from dossier.texts import compose_aside, parse
from dossier.web import addresses

_LATER_SUBJECT = gettext_noop("Go on later: {name}")
_LATER_BODY = gettext_noop("What you have answered is kept. Go on here: {link}")


async def write_link(transaction: Transaction, form: Form, address: str, link: str, language: str) -> None:
    """Put the message that says the link, and note it with the form."""
    transaction.actor.require("forms.answer")
    mailing = await workspaces.mailing(transaction, form.workspace_id)
    reader = spoken(language if language in MORE_LANGUAGES else "en")
    subject, body = (reader.gettext(each) for each in (_LATER_SUBJECT, _LATER_BODY))
    new = NewMessage(
        workspace_id=form.workspace_id,
        channel="email" if "@" in address else "sms",
        to=(address,),
        text=body.replace("{link}", link),
        contacts=(form.contact_id,) if form.contact_id else (),
        case_id=form.case_id,
        from_name=mailing.name,
    )
    if new.channel == "email":
        brand = workspaces.brand(mailing, language, link.partition(f"{addresses.FORM_LINKS}/")[0])
        subject, body = subject.replace("{name}", "{{ name }}"), body.replace("{link}", "[{{ link }}]({{ link }})")
        values = {"name": form.name, "link": link}
        mail = await compose_aside(parse(subject, names=None), parse(body, names=None), values, language, brand)
        new = replace(new, subject=mail.subject, text=mail.text, html=mail.html)
    message = await messages.put(transaction, new)
    noted = Notification(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        kind="raw",
        channel=new.channel,
        at=transaction.clock(),
        recipient=address,
        sender=mailing.name,
        system=True,
        locale=language,
        variables={"form": {"title": form.name}},
        message_id=message.id,
    )
    await notifications.put(transaction, [noted])
