"""Looking through what was answered: each answer accepted or refused, by whom and when; what is wholly accepted can be processed by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier import form_templates
from dossier.form_templates.model import FormTemplate, Wording
from dossier.form_templates.model import asked as ask
from dossier.forms.actions import saving
from dossier.forms.actions.answering import situation
from dossier.forms.events import FormReviewed
from dossier.forms.model import Form, FormChange, Response, transitions
from dossier.forms.model.reviewing import Counts, Item, Reviewed, Verdicts, counts, is_complete, items, problems
from dossier.forms.store import reading, responses, reviews
from dossier.foundation import events
from dossier.foundation.actor import Actor
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem
from dossier.foundation.text import gettext_noop
from dossier.records.model import Change, Entry, IfMatch

_NOT_HANDED_IN = gettext_noop("Nothing is to be looked through: the form was not handed in.")


@dataclass(frozen=True, slots=True)
class Review:
    """What a form asks with what came of it; `response`: the newest, None where nobody has begun; `earlier`: those before, newest first.

    `said`: of each response, by element.
    """

    form: Form
    template: FormTemplate
    response: Response | None
    items: Sequence[Item]
    earlier: Sequence[Response] = ()
    said: Mapping[UUID, Mapping[str, Reviewed]] = field(default_factory=dict)

    @property
    def handed_in_before(self) -> Response | None:
        """The newest of the earlier ones that was handed in."""
        return next((each for each in self.earlier if each.completed_at), None)

    @property
    def complete(self) -> bool:
        return is_complete(self.items)


async def answered(session: ReadSession, form_id: UUID) -> Review:
    """The form with its newest response; 404."""
    return await review_of(session, form_id)


async def review_of(session: ReadSession, form_id: UUID) -> Review:
    """How far the review of a form is; 404."""
    return await _review(session, await saving.get(session, form_id))


async def review(
    transaction: Transaction, form_id: UUID, verdicts: Verdicts, seen: IfMatch = None, response_id: UUID | None = None
) -> Review:
    """Say of answers that they are accepted or refused, or leave them open again; `response_id`: of the answers that were looked at.

    400, 404, 409 `wrong_state` and `answered_again`, 412.
    """
    transaction.actor.require("forms.change")
    change = await saving.lock(transaction, form_id, seen)
    found = await _review(transaction, change.after)
    if change.after.status not in ("completed", "processed") or found.response is None:
        raise wrong_state(change.after, _NOT_HANDED_IN)
    raise_if_answered_again(found, response_id)
    Invalid.if_any(problems(verdicts, found.items))
    said = _said(transaction, verdicts, found)
    await reviews.put(transaction, found.response, said)
    await reviews.drop(transaction, found.response, verdicts.undo)
    after = await _review(transaction, change.after)
    states = {each.element: each.state for each in found.items}
    news = {each.element: each.state for each in after.items if each.state != states.get(each.element)}
    if news:
        form = await _noted(transaction, change, states, after, news)
        after = await _review(transaction, form)
    return after


def raise_if_answered_again(found: Review, response_id: UUID | None) -> None:
    """409 where other answers are in front than those that somebody looked at."""
    if response_id and found.response and response_id != found.response.id:
        raise Conflict.because("Other answers were handed in meanwhile: look at these first.", "answered_again")


def wrong_state(form: Form, why: str) -> Conflict:
    """409 with the present status."""
    return Conflict((Problem(why, "wrong_state", meta={"status": form.status}),))


def _said(transaction: Transaction, verdicts: Verdicts, found: Review) -> list[Reviewed]:
    by, now = said_by(transaction.actor), transaction.clock()
    accepted = [Reviewed(each, "accepted", None, by, now) for each in sorted(verdicts.accepted(found.items))]
    return [*accepted, *(Reviewed(each.element, "refused", each.reason.strip(), by, now) for each in verdicts.refuse)]


def said_by(actor: Actor) -> Mapping[str, Any]:
    """Who says something of answers."""
    return {"type": actor.type, "id": actor.id, "name": actor.name}


async def _noted(
    transaction: Transaction, change: FormChange, before: Mapping[str, str], after: Review, news: Mapping[str, str]
) -> Form:
    """The form with it in its history, processed by itself where its template wants that, and told."""
    assert after.response
    changes: dict[str, Change] = {
        f"review.{key}": {"old": before.get(key), "new": state} for key, state in news.items()
    }
    change = change.note(Entry("reviewed", changes))
    if change.after.status == "processed" and not after.complete:
        change = transitions.unprocessed(change)
    elif change.after.status == "completed" and after.complete and await _is_processed_then(transaction, after):
        change = transitions.processed(change)
    form = await saving.save(transaction, change)
    accepted = tuple(key for key, state in news.items() if state == "accepted")
    fact = FormReviewed(form.workspace_id, form.id, after.response.id, form.case_id, form.step, accepted)
    await events.publish(transaction, fact)
    return form


async def _is_processed_then(transaction: Transaction, found: Review) -> bool:
    """Whether the preset, or what its template says once it is gone, has forms processed that are wholly accepted."""
    form = found.form
    presets = await form_templates.presets(transaction, str(form.preset_id), [form.workspace_id], usable=False)
    return presets[0].process_when_accepted if presets else found.template.process_when_accepted


# ---- how far it is ----


async def _review(session: ReadSession, form: Form) -> Review:
    found = await responses.of_form(session, form.id)
    said = await reviews.of_responses(session, [each.id for each in found])
    return await _of(session, form, found, said)


async def _of(
    session: ReadSession, form: Form, found: Sequence[Response], said: Mapping[UUID, Mapping[str, Reviewed]]
) -> Review:
    template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
    newest = found[0] if found else None
    wording = Wording(template, (newest and newest.locale) or form.user.locale or template.locale)
    labels = {each.key: wording.label(each) for each in template.elements}
    asked = ask(template, situation(form, newest))
    shown = items(asked, labels, newest, said.get(newest.id, {}) if newest else {})
    return Review(form, template, newest, shown, found[1:], said)


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A form of a case as its page shows it: `state` is its status, or more exactly `begun`, `again`, `expired`, `archived`.

    `labels`: of its elements; `numbers`: of its responses, by id.
    """

    form: Form
    state: str
    counts: Counts
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)


async def of_case(session: ReadSession, workspace_id: UUID, case_id: UUID) -> list[CaseForm]:
    """The forms of a case, the oldest first, each with how complete it is."""
    forms = await reading.of_case(session, workspace_id, case_id)
    answered = await responses.of_forms(session, [each.id for each in forms]) if forms else {}
    said = await reviews.of_responses(session, [each[0].id for each in answered.values() if each])
    found = []
    for form in forms:
        answers = answered.get(form.id, [])
        review = await _of(session, form, answers[:1], said)
        labels = {each.key: each.label for each in review.template.elements} | {
            each.element: each.label for each in review.items
        }
        numbers = {str(each.id): each.number for each in answers}
        found.append(CaseForm(form, _state(form, answers), counts(form, review.items), labels, numbers))
    return found


def _state(form: Form, answered: Sequence[Response]) -> str:
    if form.archived_at:
        return "archived"
    if form.status != "pending":
        return form.status
    if form.expired_at:
        return "expired"
    return ("again" if len(answered) > 1 else "begun") if answered else "pending"


@dataclass(frozen=True, slots=True)
class Given:
    """Where a value of a case was given: to which question of which form, and in which of its responses, 0 for the only one."""

    form_id: UUID
    form: str
    element: str
    question: str
    response: int
    at: datetime


def given(asked: Sequence[CaseForm], source: Mapping[str, Any], at: datetime) -> list[Given]:
    """Where a value says that it was given; nothing of a form that is gone."""
    found, element = (each for each in asked if str(each.form.id) == source["form"]), source["element"]
    return [
        Given(
            each.form.id,
            each.form.name,
            element,
            each.labels.get(element, element),
            each.numbers.get(source["response"], 0) if len(each.numbers) > 1 else 0,
            at,
        )
        for each in found
    ]


async def completeness(session: ReadSession, workspace_id: UUID, case_id: UUID) -> Counts:
    """How complete the forms of a case are together."""
    return sum((each.counts for each in await of_case(session, workspace_id, case_id)), Counts())
