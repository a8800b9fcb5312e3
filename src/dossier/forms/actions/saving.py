"""How forms are changed: found and locked, kept with their history, and told."""

from dataclasses import replace
from uuid import UUID

from dossier import records
from dossier.forms.events import FormChanged
from dossier.forms.model import FORM_RECORD, Form, FormChange, Response
from dossier.forms.store import reading, responses, writing
from dossier.foundation import events
from dossier.foundation.actor import Scope
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.text import gettext_noop
from dossier.records.model import ChangeSet, IfMatch, VersionConflict, matches, next_moment

CASE_IS_ARCHIVED = gettext_noop("The case is archived; unarchive it first.")


async def get(session: ReadSession, form_id: UUID) -> Form:
    """The form as it stands; 404."""
    return FORM_RECORD.found(await reading.get(session, form_id), form_id)


async def lock(transaction: Transaction, form_id: UUID, seen: IfMatch = None) -> FormChange:
    """The form, locked, ready to be changed; 404, and 412 when it is not as the client has seen it."""
    form = FORM_RECORD.found(await reading.lock(transaction, form_id), form_id)
    raise_if_unseen(form, seen)
    return begin(transaction, form)


async def is_of_archived_case(transaction: Transaction, form: Form) -> bool:
    """Whether the case that a form belongs to, also one that the actor does not see, is put away: nothing of it is open then."""
    if form.case_id is None:
        return False
    within = transaction.within(Scope((form.workspace_id,)))
    case = await reading.case_of(within, form.workspace_id, form.case_id)
    return bool(case and case.is_put_away)


def raise_if_unseen(form: Form, seen: IfMatch) -> None:
    """412 for any version but the one that the client has seen."""
    if not matches(seen, form.version):
        sentence = "The version is {version} now."
        raise VersionConflict.because(sentence, "changed_since", version=form.version)


def begin(transaction: Transaction, form: Form) -> FormChange:
    """A change that has not changed anything yet. The form carries the time it will have been changed at."""
    return ChangeSet(FORM_RECORD, form, replace(form, updated_at=next_moment(form, transaction.clock())))


async def save(transaction: Transaction, change: FormChange) -> Form:
    """Keep what was changed and publish it; nothing when nothing was."""
    before, form = change.before, change.after
    assert before
    if not change.changed:
        return before
    await writing.save(transaction, change)
    records.announce(transaction, FORM_RECORD, form)
    newest = await newest_response(transaction, form.id)
    response_id = newest.id if newest else None
    fact = FormChanged(form.workspace_id, form.id, response_id, form.case_id, form.step, before, form, change.entries)
    await events.publish(transaction, fact)
    return form


async def newest_response(session: ReadSession, form_id: UUID) -> Response | None:
    """The response that counts; None where nobody has begun."""
    found = await responses.of_form(session, form_id)
    return found[0] if found else None
