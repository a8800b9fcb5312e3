"""Somebody is told by a rule: an e-mail each, and members under the bell, too, each in their own way."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import members, notices
from dossier.case_templates.model import OWNER, Tell
from dossier.cases import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.messages import Message, shortened
from dossier.foundation.text import gettext_noop
from dossier.letters import Recipient, Wording, Writing, lacking, line, mail, reached, unreached
from dossier.letters.model import entry_of
from dossier.messages import put
from dossier.messages.model import NewMessage
from dossier.notices.model import About
from dossier.texts import InvalidText, one_line

_SAYS = gettext_noop("A rule says: {text}")


async def tell(transaction: Transaction, change: CaseChange, action: Tell, origin: str) -> None:
    """One message each, in sending hours, so that nobody sees who else was told; each in the reader's language, and in the history."""
    case, now = change.after, transaction.clock()
    at = opening if (opening := case.working.opening(now)) > now else None
    people = await reached(transaction, case, "email", action.to)
    colleagues = await _colleagues(transaction, case, action, origin)
    if not people and not colleagues:
        raise Conflict.because("There is nobody to write to.", "no_recipient")
    entries: dict[str, Any] = {}
    missing: dict[str, None] = {}
    for each in people:
        if not colleagues.get(each.means, True):
            continue
        new = replace(await _told(transaction, case, each, action.text, origin), at=at)
        message = await put(transaction, new)
        entries[f"messages.{message.id}"] = entry_of(message)
        missing |= dict.fromkeys(new.missing)
    reason = lacking(tuple(missing), None, tuple(unreached(case, action.to, {each.means for each in people})))
    if entries:
        await KEEPING.save(transaction, change.put("message_pending", entries, reason))


async def _colleagues(transaction: Transaction, case: Case, action: Tell, origin: str) -> dict[str, bool]:
    """Members whom it is to are told under the bell, each in their own way: by how they are named, whether they want the message, too."""
    found: dict[str, bool] = {}
    for name in action.to:
        if member := await _member(transaction, case, name):
            what = Message(_SAYS, {"text": shortened(await _line(transaction, case, action.text, origin))})
            about = About(case.id, written=True)
            await notices.tell_about(transaction, case.workspace_id, [member], "told", what, about)
            found[name] = await notices.wants_mail(transaction, case.workspace_id, member, "told")
    return found


async def _member(transaction: Transaction, case: Case, name: str) -> UUID | None:
    """The member who is named so: the owner, or by address."""
    address = (case.owner or {}).get("email") if name == OWNER else name
    if not address or "@" not in address:
        return None
    try:
        return (await members.owner(transaction, case.workspace_id, address, "")).id
    except Invalid:
        return None


async def _line(transaction: Transaction, case: Case, text: str, origin: str) -> str:
    try:
        said = await line(transaction, case, Wording(body=text), Writing(base_url=origin))
    except InvalidText as refusal:
        raise Invalid(refusal.problems) from None
    return one_line(said.text)


async def _told(transaction: Transaction, case: Case, who: Recipient, text: str, origin: str) -> NewMessage:
    try:
        said = await mail(transaction, case, Wording(body=text), Writing(who.contact, base_url=origin))
    except InvalidText as refusal:
        raise Invalid(refusal.problems) from None
    texts = (said.text, said.subject, said.html)
    contacts = (who.contact.id,) if who.contact and who.contact.id else ()
    new = NewMessage(case.workspace_id, "email", (who.address,), *texts, case_id=case.id, contacts=contacts)
    return replace(new, missing=said.missing)
