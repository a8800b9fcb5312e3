"""Handing in what was answered: once, however often it is pressed; what is missing or wrong is said, and nothing is handed in then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dossier.form_templates.model import Asked, FormTemplate, Missing
from dossier.forms.actions import saving
from dossier.forms.actions.answering import Browser, asked_of, closed
from dossier.forms.events import FormSubmitted
from dossier.forms.model import Answer, Form, Response
from dossier.forms.model.access import Entry, where
from dossier.forms.store import answers as store
from dossier.forms.store import responses
from dossier.foundation import events
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.json import same

RATINGS = ("1", "2", "3", "4", "5")
MOST_COMMENT = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Submitted:
    """What came of it: handed in where nothing is `missing` or `wrong` (by element)."""

    response: Response | None
    missing: tuple[Missing, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return not self.missing and not self.wrong


def wrong_in(asked: Asked, response: Response | None) -> tuple[str, ...]:
    """The elements that are there of which something was typed that does not count."""
    answers = response.answers if response else {}
    shown = (each.key for page in asked.pages for each in page.elements)
    return tuple(key for key in shown if key in answers and answers[key].typed is not None)


async def submit(transaction: Transaction, form_id: UUID, template: FormTemplate, browser: Browser) -> Submitted:
    """Hand in the answers; 404, 409. Handed in already: as it is."""
    transaction.actor.require("forms.answer")
    change = await saving.lock(transaction, form_id)
    form = change.after
    newest = await saving.newest_response(transaction, form_id)
    state = where(replace(form, access="direct"), newest, Entry(), transaction.clock())
    if state == "done":
        return Submitted(newest)
    if state != "continue" or newest is None:
        raise closed(state)
    asked = asked_of(template, form, newest)
    if asked.missing or wrong_in(asked, newest):
        return Submitted(newest, asked.missing, wrong_in(asked, newest))
    response = await _complete(transaction, form, template, newest, browser)
    form = await saving.save(transaction, change.put("submitted", {"status": "completed"}))
    await events.publish(transaction, FormSubmitted(form.workspace_id, form.id, response.id, form.case_id, form.step))
    return Submitted(response)


async def _complete(
    transaction: Transaction, form: Form, template: FormTemplate, response: Response, browser: Browser
) -> Response:
    """The response with what counts, computed values among it; what is hidden now is put aside. It looks at its case no more."""
    now, asked = transaction.clock(), asked_of(template, form, response)
    counts = asked.answers()
    changed = [_settled(transaction, response, key, value) for key, value in counts.items()]
    response = replace(
        response,
        completed_at=now,
        updated_at=max(now, response.updated_at),
        put_aside=_put_aside(response, asked),
        case_seen={path: form.case.get(path) for path in sorted(template.looks_at_case)},
        user=form.user,
        ip=browser.ip or response.ip,
        user_agent=browser.agent or response.user_agent,
        accept_language=browser.accepts or response.accept_language,
    )
    return await store.save(transaction, response, [each for each in changed if each])


def _put_aside(response: Response, asked: Asked) -> tuple[str, ...]:
    """What a condition hides; not what is asked and was left empty, or emptied."""
    hidden = response.answers.keys() - asked.answers().keys()
    return tuple(sorted(key for key in hidden if key not in asked.visible or response.answers[key].value is not None))


def _settled(transaction: Transaction, response: Response, key: str, value: Any) -> Answer | None:
    """What counts of an element, where that is not what is kept: it follows from others, or a part of a row is hidden."""
    kept = response.answers.get(key)
    if kept and same(kept.value, value):
        return None
    return Answer(key, kept.version + 1 if kept else 1, value, None, transaction.clock(), "system")


async def rate(transaction: Transaction, form_id: UUID, rating: str) -> Response | None:
    """How whoever answered found it; the last one counts; 400, 404."""
    transaction.actor.require("forms.answer")
    if rating not in RATINGS:
        raise Invalid.because("Choose how it was.", pointer="/rating")
    await saving.lock(transaction, form_id)
    newest = await saving.newest_response(transaction, form_id)
    if newest is None or newest.completed_at is None:
        return None
    rated = replace(newest, rating=rating)
    await responses.update(transaction, rated)
    return rated


def summary(missing: tuple[Missing, ...]) -> Mapping[str, list[Missing]]:
    """Page → what is missing on it."""
    found: dict[str, list[Missing]] = {}
    for each in missing:
        found.setdefault(each.page, []).append(each)
    return found
