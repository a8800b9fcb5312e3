"""E-mails to members, written as pages are: by templates, in the reader's language. The jobs that send them are here, too."""

import html
from collections.abc import Sequence

from dossier.foundation.jobs import MAIL, Job, Jobs
from dossier.foundation.pages.language import language
from dossier.foundation.services import Services
from dossier.messages.model import NewMessage
from dossier.notices import actions
from dossier.notices.model import Notice, Recipient
from dossier.texts import one_line
from dossier.texts.brand import Brand, page
from dossier.web import render_text

SHOWN = 50  # notices of one e-mail; of the rest it says how many they are


def written(recipient: Recipient, gathered: Sequence[Notice], base_url: str) -> NewMessage:
    """What was gathered for a member, as one e-mail."""
    speaks = language(recipient.language or "en")
    values = {
        "notices": gathered[:SHOWN],
        "more": len(gathered) - SHOWN,
        "count": len(gathered),
        "base": base_url,
        "to": recipient,
    }
    subject, text, inside = (
        render_text(speaks.code, f"notices/mail/{part}.html", **values).strip()
        for part in ("subject", "text", "inside")
    )
    mail = page(speaks.code, html.unescape(subject), inside, "", Brand(name=recipient.workspace))
    to = (recipient.email,)
    said = (html.unescape(text), one_line(html.unescape(subject)), mail)
    return NewMessage(recipient.workspace_id, "email", to, *said, member_id=recipient.member_id)


async def mail_soon(services: Services) -> None:
    """Send what members want to know at once; what came together is one e-mail."""
    await actions.mail(services, "soon", written)


async def mail_daily(services: Services) -> None:
    """Send what members want to know once a day, where it is morning."""
    await actions.mail(services, "daily", written)


JOBS: Jobs = {
    Job("notices.mail_soon", MAIL, cron="* * * * *"): mail_soon,
    Job("notices.mail_daily", MAIL, cron="5 * * * *"): mail_daily,
}
