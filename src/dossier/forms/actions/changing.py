"""What members and programs do with a form: send it, call it back, end it, process it, put it away, remind, another link."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dossier import members, workspaces
from dossier.contacts.actions import linking
from dossier.forms.actions.making import country_of
from dossier.forms.actions.notifying import Origin, announce_plan, write_now
from dossier.forms.actions.saving import CASE_IS_ARCHIVED, is_of_archived_case, lock, newest_response, save
from dossier.forms.model import USER_MEMBERS, Form, FormChange, links, transitions
from dossier.forms.model import new as model
from dossier.forms.model.transitions import Asked
from dossier.forms.store import notifications, writing
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem
from dossier.foundation.text import gettext_noop
from dossier.messages.model import CHANNELS
from dossier.records.model import IfMatch

_NOT_OPEN = gettext_noop("Nobody waits for an answer to this form: it is not open.")
_NO_LINK = gettext_noop("The form was answered, declined or put away; it needs no other link.")
_NOBODY = gettext_noop("There is nobody to write to: the form has no address and no telephone number.")


@dataclass(frozen=True, slots=True)
class Patch:
    """What is asked of a form: of its states, and who is asked or whose it is (`says_…`: whether it was sent)."""

    archived: bool | None = None
    draft: bool | None = None
    processed: bool | None = None
    active_until: str | None = None
    says_until: bool = False
    user: Mapping[str, str | None] | None = None
    owner: Mapping[str, Any] | None = None
    says_owner: bool = False


async def patch(transaction: Transaction, form_id: UUID, asked: Patch, origin: Origin, seen: IfMatch = None) -> Form:
    """The form as it is then; 400, 404, 412, 422 with nothing changed."""
    transaction.actor.require("forms.change")
    change = await lock(transaction, form_id, seen)
    form, now = change.after, transaction.clock()
    wanted = Asked(asked.archived, asked.draft, asked.processed, _until(asked, form), asked.says_until)
    if asked.archived is False and form.archived_at and await is_of_archived_case(transaction, form):
        raise transitions.refused(form, CASE_IS_ARCHIVED)
    begun = form.status == "pending" and await newest_response(transaction, form_id) is not None
    change = transitions.carried_out(change, wanted, now, begun=begun)
    change = await _with_owner(transaction, change, asked)
    change, corrected = await _with_user(transaction, change, asked)
    if corrected:
        await writing.link(transaction, change.after, _hash(change.after, origin))
    form = await save(transaction, change)
    await _plan_again(transaction, change, form, origin, corrected=corrected)
    return form


async def remind(transaction: Transaction, form_id: UUID, origin: Origin, seen: IfMatch = None) -> Form:
    """Who is asked is written to again; 404, 409 `wrong_state`, `no_recipient`, 412."""
    transaction.actor.require("forms.change")
    form = (await lock(transaction, form_id, seen)).after
    if not form.is_active(transaction.clock()):
        raise wrong_state(form, _NOT_OPEN)
    reached = [each for each in CHANNELS if (form.user.email if each == "email" else form.user.phone)]
    if not reached or form.internal:
        raise Conflict.because(_NOBODY, "no_recipient")
    for channel in reached:
        await write_now(transaction, form, "reminder", channel, origin)
    return form


async def new_link(transaction: Transaction, form_id: UUID, origin: Origin, seen: IfMatch = None) -> Form:
    """Another link leads to the form, and the one before nowhere any more; 404, 409 `wrong_state`, 412."""
    transaction.actor.require("forms.change")
    change = await lock(transaction, form_id, seen)
    form = change.after
    if form.status not in ("draft", "pending") or form.archived_at:
        raise wrong_state(form, _NO_LINK)
    change = change.put("link", {"link": form.link + 1})
    await writing.link(transaction, change.after, _hash(change.after, origin))
    return await save(transaction, change)


def wrong_state(form: Form, why: str) -> Conflict:
    """409 with the present status."""
    return Conflict((Problem(why, "wrong_state", meta={"status": form.status}),))


def _hash(form: Form, origin: Origin) -> bytes:
    return links.hash_of(links.secret(origin.cipher, form.id, form.link))


def _until(asked: Patch, form: Form) -> Any:
    if asked.active_until is None:
        return None
    try:
        return model.moment_or_day(asked.active_until, form.time_zone, ends=True)
    except ValueError:
        sentence = "“{field}” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z, or a day."
        raise Invalid.because(sentence, pointer="/active_until", field="active_until") from None


async def _with_owner(transaction: Transaction, change: FormChange, asked: Patch) -> FormChange:
    if not asked.says_owner:
        return change
    transaction.actor.require("forms.reassign")
    owner: Mapping[str, Any] | None = None
    if asked.owner and asked.owner.get("email"):
        found = await members.owner(transaction, change.after.workspace_id, asked.owner["email"], "/owner/email")
        owner = found.document()
    change = change.put("owner", {"owner_id": str(owner["id"]) if owner else None})
    return replace(change, after=replace(change.after, owner=owner))


async def _with_user(transaction: Transaction, change: FormChange, asked: Patch) -> tuple[FormChange, bool]:
    """The change with who is asked corrected, under a new link: who had the old one by mistake comes in no more."""
    form = change.after
    if asked.user is None:
        return change, False
    if form.status not in ("draft", "pending"):
        raise transitions.refused(form, gettext_noop("The form was answered already."))
    sent = {name: getattr(form.user, name) for name in USER_MEMBERS} | dict(asked.user)
    workspace = await workspaces.get(transaction, form.workspace_id)
    user, problems = model.asked_user(sent, country_of(workspace))
    Invalid.if_any(problems)
    if user == form.user:
        return change, False
    contact_id = form.contact_id
    if user.email != form.user.email:
        known = {name: getattr(user, name) for name in ("email", "given_name", "family_name", "phone")}
        given = {name: text for name, text in known.items() if text}
        contact_id = (await linking.link(transaction, form.workspace_id, given)).id if user.email else None
    change = change.put("recipient", {"link": form.link + 1})
    return replace(change, after=replace(change.after, user=user, contact_id=contact_id)), True


async def _plan_again(
    transaction: Transaction, change: FormChange, form: Form, origin: Origin, *, corrected: bool
) -> None:
    """What is written about it follows: everything when it is sent or goes to somebody else, reminders when it is open again."""
    kinds = {each.kind for each in change.entries}
    if form.status != "pending" or form.archived_at or form.expired_at or not kinds:
        return
    invite = corrected or "sent" in kinds
    if invite or kinds & {"dates", "unarchived"}:
        await notifications.drop_planned(transaction, form.workspace_id, form.id)
        await announce_plan(transaction, form, origin, invite=invite)


__all__ = ["Patch", "new_link", "patch", "remind", "wrong_state"]
