"""The states of a form, and which lead where (the table of `PATCH /forms/{id}`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dossier.forms.model.form import Form, FormChange
from dossier.forms.model.new import later
from dossier.foundation.clock import wire_time
from dossier.foundation.errors import AppError, Problem, Unprocessable
from dossier.foundation.text import gettext_noop

NOW_DRAFT = gettext_noop("The form is a draft: send it first.")
_DONE = gettext_noop("The form was answered already.")
_DECLINED = gettext_noop("Whoever was asked declined the form.")
_BEGUN = gettext_noop("Somebody has begun to answer the form: it cannot become a draft any more.")
_PENDING = gettext_noop("The form was not answered yet.")
_ARCHIVED = gettext_noop("The form is archived: unarchive it first.")
_PAST = gettext_noop("The form ends before it begins: say until when it is open.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a form; what is left out stays. `says_until`: whether `active_until` was sent, None being never then."""

    archived: bool | None = None
    draft: bool | None = None
    processed: bool | None = None
    active_until: datetime | None = None
    says_until: bool = False


def carried_out(change: FormChange, asked: Asked, now: datetime, *, begun: bool) -> FormChange:
    """The change with all of it, in the order of the contract whatever the order in the body; 422, and nothing then."""
    if asked.archived is False:
        change = change.put("unarchived", {"archived_at": None})
    if asked.draft is not None:
        change = called_back(change, begun=begun) if asked.draft else sent(change, now, asked)
    if asked.says_until:
        change = open_until(change, asked.active_until, now)
    if asked.processed is not None:
        change = processed(change) if asked.processed else unprocessed(change)
    if asked.archived and change.after.archived_at is None:
        change = change.put("archived", {"archived_at": wire_time(change.after.updated_at)})
    return change


def refused(form: Form, why: str, at: str | None = None, code: str = "invalid_transition") -> AppError:
    """422 with the present status; `at`: what of what was asked for cannot be."""
    return Unprocessable((Problem(why, code, at, meta={"status": form.status}),))


def sent(change: FormChange, now: datetime, asked: Asked | None = None) -> FormChange:
    """A draft is sent; one that was sent already stays as it is."""
    form = change.after
    if form.status != "draft":
        return change
    if form.archived_at:
        raise refused(form, _ARCHIVED, "/draft")
    begin = form.active_from or now
    until = asked.active_until if asked and asked.says_until else form.active_until
    if until is None and not (asked and asked.says_until):
        until = later(begin, form.expires_after, form.time_zone)
    if until is not None and until <= max(now, begin):
        raise refused(form, _PAST, "/draft")
    values: Mapping[str, Any] = {
        "status": "pending",
        "active_from": wire_time(begin),
        "active_until": until and wire_time(until),
    }
    return change.put("sent", values)


def called_back(change: FormChange, *, begun: bool) -> FormChange:
    """What nobody has begun becomes a draft again."""
    form = change.after
    if form.status == "draft":
        return change
    if form.status != "pending":
        raise _over(form, "/draft")
    if begun:
        raise refused(form, _BEGUN, "/draft", "already_begun")
    return change.put("called_back", {"status": "draft", "expired_at": None})


def open_until(change: FormChange, until: datetime | None, now: datetime) -> FormChange:
    """It ends then: at once when that is past, and it is open again when it had ended."""
    form = change.after
    if form.status not in ("draft", "pending"):
        raise _over(form, "/active_until")
    is_over = form.status == "pending" and until is not None and until <= now
    values: dict[str, Any] = {"active_until": until and wire_time(until)}
    values["expired_at"] = values["active_until"] if is_over else None
    if form.status == "draft":
        values["expires_after"] = None  # said until when: also where that is never
    return change.put("dates", values)


def expired(change: FormChange, now: datetime) -> FormChange:
    """What is open still ends when its time is over."""
    form = change.after
    over = form.active_until is not None and form.active_until <= now
    if form.status != "pending" or form.expired_at or not over or form.active_until is None:
        return change
    return change.put_by_itself("expired", {"expired_at": wire_time(form.active_until)})


def processed(change: FormChange) -> FormChange:
    """What was answered is processed."""
    form = change.after
    if form.status == "completed":
        return change.put("processed", {"status": "processed", "processed_at": wire_time(form.updated_at)})
    if form.status != "processed":
        raise refused(form, {"draft": NOW_DRAFT, "pending": _PENDING, "declined": _DECLINED}[form.status], "/processed")
    return change


def unprocessed(change: FormChange) -> FormChange:
    """What was processed is to be looked at once more; anything else is not processed as it is."""
    if change.after.status == "processed":
        return change.put("unprocessed", {"status": "completed", "processed_at": None})
    return change


def _over(form: Form, at: str) -> AppError:
    return refused(form, _DECLINED if form.status == "declined" else _DONE, at)
