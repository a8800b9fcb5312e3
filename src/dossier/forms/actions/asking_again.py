"""Asking again: what was refused goes back on the same link, in a new response that begins with everything else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier import records
from dossier.form_templates.model import asked as ask
from dossier.forms.actions import saving
from dossier.forms.actions.answering import counted, situation
from dossier.forms.actions.notifying import Origin, announce_plan, write_now
from dossier.forms.actions.reviewing import Review, raise_if_answered_again, review_of, said_by, wrong_state
from dossier.forms.actions.wording import Asking
from dossier.forms.events import ResponseBegun
from dossier.forms.model import FORM_RECORD, Form, FormChange, Response
from dossier.forms.model import new as model
from dossier.forms.model.reviewing import WHOLE, Reviewed
from dossier.forms.store import responses, reviews, writing
from dossier.foundation import events
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.identifiers import new_id
from dossier.foundation.text import did_you_mean, gettext_noop
from dossier.messages.model import CHANNELS
from dossier.records.model import IfMatch

MOST_WORDS = 5000  # characters of a message
_NOT_OVER = gettext_noop("The form was not answered yet; there is nothing to ask again.")
_PUT_AWAY = gettext_noop("The form is archived: unarchive it first.")


@dataclass(frozen=True, slots=True)
class Again:
    """What is asked again: these elements (None: what was refused), with words to who is asked, until when (`says_until`: whether that was sent)."""

    elements: tuple[str, ...] | None = None
    message: str | None = None
    active_until: str | None = None
    says_until: bool = False
    response_id: UUID | None = None  # of the answers that were looked at


async def reopen(transaction: Transaction, form_id: UUID, again: Again, origin: Origin, seen: IfMatch = None) -> Form:
    """The form, open again; 400, 404, 409 `wrong_state`, 412."""
    transaction.actor.require("forms.change")
    change = await saving.lock(transaction, form_id, seen)
    form = change.after
    if form.archived_at or form.status not in ("completed", "processed", "declined"):
        raise wrong_state(form, _PUT_AWAY if form.archived_at else _NOT_OVER)
    if await saving.is_of_archived_case(transaction, form):
        raise wrong_state(form, saving.CASE_IS_ARCHIVED)
    found = await review_of(transaction, form_id)
    raise_if_answered_again(found, again.response_id)
    asked = _asked(again, found)
    change = _open(transaction, change, again)
    response = await _begin(transaction, change.after, found, asked)
    await writing.count(transaction, change.after, *counted(ask(found.template, situation(change.after, response))))
    await _keep_words(transaction, response, again)
    form = await saving.save(transaction, change)
    await events.publish(transaction, ResponseBegun(form.workspace_id, form.id, response.id, form.case_id, form.step))
    records.announce(transaction, FORM_RECORD, form)
    await _write(transaction, form, found, asked, again, origin)
    return form


def _asked(again: Again, found: Review) -> tuple[str, ...] | None:
    """The elements that are asked again, None for all of them; 400."""
    Invalid.if_any(_problems(again, found))
    if again.elements is not None:
        return again.elements
    refused = tuple(each.element for each in found.items if each.state == "refused")
    if not refused and found.form.status != "declined":
        raise Invalid.because("Nothing was refused: name what is asked again.", "missing", pointer="/elements")
    return refused or None


def _problems(again: Again, found: Review) -> Iterator[Problem]:
    known = {each.key: each for each in found.template.elements if each.answered}
    for place, each in enumerate(again.elements or ()):
        if each not in known:
            hint = did_you_mean(each, known)
            sentence = "The form does not ask “{element}”.{hint}"
            yield Problem(sentence, "unknown_element", pointer("elements", place), element=each, hint=hint)
    if again.elements is not None and not again.elements:
        yield Problem("Name what is asked again.", "missing", "/elements")
    if again.message and len(again.message) > MOST_WORDS:
        yield Problem("The message has {count} characters at most.", "too_long", "/message", count=MOST_WORDS)


def _open(transaction: Transaction, change: FormChange, again: Again) -> FormChange:
    """The form pending, until the time that was said; without one it has as long as it had at first."""
    form, now = change.after, transaction.clock()
    until = form.active_until
    if again.says_until:
        until = _moment(again.active_until, form) if again.active_until else None
        if until is not None and until <= now:
            raise Invalid.because("“active_until” must be in the future.", pointer="/active_until")
    elif until is not None and until <= now:
        until = model.later(now, form.expires_after, form.time_zone)
    values: dict[str, Any] = {
        "status": "pending",
        "processed_at": None,
        "expired_at": None,
        "active_until": until and wire_time(until),
    }
    return change.put("asked_again", values)


def _moment(text: str, form: Form) -> Any:
    try:
        return model.moment_or_day(text, form.time_zone, ends=True)
    except ValueError:
        sentence = "“{field}” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z, or a day."
        raise Invalid.because(sentence, pointer="/active_until", field="active_until") from None


async def _begin(transaction: Transaction, form: Form, found: Review, asked: Sequence[str] | None) -> Response:
    """The new response in front: it begins with the answers of everything that is not asked again, and what was said of these."""
    before, now = found.response, transaction.clock()
    kept = {key: each for key, each in (before.answers if before else {}).items() if asked is None or key not in asked}
    response = Response(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        number=before.number + 1 if before else 1,
        created_at=now,
        updated_at=now,
        asked=None if asked is None else tuple(asked),
        user=form.user,
        locale=before.locale if before else None,
        answers=kept,
    )
    await responses.insert(transaction, response)
    if before:
        said = (await reviews.of_responses(transaction, [before.id])).get(before.id, {})
        await reviews.put(transaction, response, [each for key, each in said.items() if key in kept])
    return response


async def _keep_words(transaction: Transaction, response: Response, again: Again) -> None:
    """The words to who is asked, for the page that they come to."""
    words = (again.message or "").strip()
    if words:
        said = Reviewed(WHOLE, "refused", words, said_by(transaction.actor), transaction.clock())
        await reviews.put(transaction, response, [said])


async def _write(
    transaction: Transaction,
    form: Form,
    found: Review,
    asked: Sequence[str] | None,
    again: Again,
    origin: Origin,
) -> None:
    """Who is asked is written what is asked again, why, and in the words of who asks."""
    if form.internal:
        return
    reasons: Mapping[str, str | None] = {each.element: each.reason for each in found.items}
    labels = {each.element: each.label for each in found.items}
    parts = tuple((labels.get(key, key), reasons.get(key)) for key in asked or ())
    reached = [each for each in CHANNELS if (form.user.email if each == "email" else form.user.phone)]
    for channel in reached:
        await write_now(transaction, form, "raw", channel, origin, asking=Asking(parts, again.message))
    await announce_plan(transaction, form, origin, invite=False)


__all__ = ["Again", "reopen"]
