"""Declining to answer, where the form allows it; why is told to whoever asked."""

from dataclasses import replace
from uuid import UUID

from dossier.forms.actions import saving
from dossier.forms.actions.answering import Browser, closed
from dossier.forms.events import FormDeclined
from dossier.forms.model import Form, Response
from dossier.forms.model.access import Entry, where
from dossier.forms.store import responses
from dossier.foundation import events
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Forbidden, Invalid
from dossier.foundation.identifiers import new_id

MOST_REASON = 2_000  # characters


async def decline(transaction: Transaction, form_id: UUID, reason: str, browser: Browser) -> Response:
    """Decline; 400, 403, 404, 409. Declined already: as it is."""
    transaction.actor.require("forms.answer")
    change = await saving.lock(transaction, form_id)
    form, newest = change.after, await saving.newest_response(transaction, form_id)
    state = where(replace(form, access="direct"), newest, Entry(), transaction.clock())
    if state == "declined" and newest:
        return newest
    if state not in ("start", "continue"):
        raise closed(state)
    if not form.decline:
        raise Forbidden.because("This cannot be declined.", "cannot_decline")
    if len(reason) > MOST_REASON:
        raise Invalid.because("The reason has {count} characters at most.", pointer="/reason", count=MOST_REASON)
    response = await _declined(transaction, form, newest, reason, browser)
    form = await saving.save(transaction, change.put("declined", {"status": "declined"}))
    await events.publish(transaction, FormDeclined(form.workspace_id, form.id, response.id, form.case_id, form.step))
    return response


async def _declined(
    transaction: Transaction, form: Form, newest: Response | None, reason: str, browser: Browser
) -> Response:
    """The response that says so, made where nobody had begun one."""
    now, is_new = transaction.clock(), newest is None or not newest.is_open
    response = (
        newest
        if newest and not is_new
        else Response(
            form.workspace_id,
            new_id(),
            form.id,
            newest.number + 1 if newest else 1,
            now,
            now,
            user=form.user,
            ip=browser.ip,
            user_agent=browser.agent,
            accept_language=browser.accepts,
            locale=browser.language,
        )
    )
    response = replace(
        response, declined_at=now, updated_at=max(now, response.updated_at), reason=reason.strip() or None
    )
    await (responses.insert if is_new else responses.update)(transaction, response)
    return response
