"""Answering a form: begun once, each answer kept by itself, what is wrong kept as it was typed; two devices meet at an element, no further."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from dossier import records
from dossier.fields import Sent
from dossier.form_templates.model import Asked, Element, FormTemplate, Situation, asked, is_empty
from dossier.forms.events import AnswersSaved, ResponseBegun
from dossier.forms.model import FORM_RECORD, Answer, Form, Response
from dossier.forms.model.access import Entry, State, where
from dossier.forms.model.given import Given, Reading, Wrong, digest, files_named, given, of_json, with_hidden
from dossier.forms.store import answers as store
from dossier.forms.store import reading, responses, writing
from dossier.foundation import events
from dossier.foundation.clock import today
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, NotFound
from dossier.foundation.identifiers import new_id, parse_id
from dossier.foundation.json import same
from dossier.foundation.text import gettext_noop

_CLOSED = {
    "done": gettext_noop("This was handed in already."),
    "declined": gettext_noop("This was declined already."),
    "expired": gettext_noop("The time for this is over. What you had saved is kept."),
    "not-yet": gettext_noop("This cannot be answered yet."),
}
_OVER = gettext_noop("This cannot be answered any more.")


@dataclass(frozen=True, slots=True)
class Browser:
    """What is kept of where an answer came from."""

    ip: str | None = None
    agent: str | None = None
    accepts: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    """An answer on its way. `sent`: as inputs were filled in; `value`: as a program says it, where nothing was `sent`; `base`: the version that its
    sender has seen, None for whatever there is; `seen`: the digest of what it was there, so that what nobody touched stays as it is by now.
    """

    sent: Sent | None = None
    value: Any = None
    base: int | None = None
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved: the response by now, what it asks, what is wrong by element, and what another device changed meanwhile."""

    form: Form
    response: Response
    asked: Asked
    wrong: Mapping[str, tuple[Wrong, ...]] = field(default_factory=dict)
    conflicts: Mapping[str, Given] = field(default_factory=dict)


def situation(form: Form, response: Response | None) -> Situation:
    """What a form is decided by, with the answers as they are kept, also those that a choice hides."""
    kept = response.answers.values() if response else ()
    values = {**({} if response else form.filled), **{each.element: each.value for each in kept}}
    user = {name: getattr(form.user, name) for name in form.user.__slots__}
    case = form.case if response is None or response.case_seen is None else {**form.case, **response.case_seen}
    return Situation({key: each for key, each in values.items() if each is not None}, form.options, user, case)


def asked_of(template: FormTemplate, form: Form, response: Response | None) -> Asked:
    """What the form asks by now; of a form that is asked again only that."""
    return _narrowed(asked(template, situation(form, response)), response)


def _narrowed(whole: Asked, response: Response | None) -> Asked:
    if response is None or response.asked is None:
        return whole
    wanted = set(response.asked)
    pages = [
        replace(page, elements=tuple(each for each in page.elements if _is_wanted(each.element, wanted)))
        for page in whole.pages
    ]
    missing = tuple(each for each in whole.missing if (each.group or each.element) in wanted)
    return replace(whole, pages=tuple(page for page in pages if page.elements), missing=missing)


def _is_wanted(element: Element, wanted: set[str]) -> bool:
    return element.key in wanted or element.derived


async def begin(transaction: Transaction, form_id: UUID, browser: Browser) -> Response:
    """The response that is being answered, begun if there is none; 404, 409."""
    transaction.actor.require("forms.answer")
    form, newest = await lock_open(transaction, form_id)
    return newest if newest and newest.is_open else await _begin(transaction, form, newest, browser)


async def save(
    transaction: Transaction,
    form_id: UUID,
    template: FormTemplate,
    sendings: Mapping[str, Sending],
    browser: Browser,
    wording: Any = None,
) -> Saved:
    """Keep answers, by element; what cannot be read is kept as it was typed, and the value before it stays; 404, 409."""
    transaction.actor.require("forms.answer")
    form, newest = await lock_open(transaction, form_id)
    response = newest if newest and newest.is_open else await _begin(transaction, form, newest, browser)
    elements = {key: _element(template, response, key) for key in sendings}
    how = await _reading(transaction, form, response, elements, sendings, wording)
    found = {key: _given(elements[key], each, how) for key, each in sendings.items()}
    found |= _with_hidden(template, form, response, sendings, found)
    touched = {
        key: each for key, each in found.items() if not _is_untouched(response.answers.get(key), sendings[key], each)
    }
    conflicts = {key: each for key, each in touched.items() if _clashes(response.answers.get(key), sendings[key], each)}
    changed = [
        answer
        for key, each in touched.items()
        if key not in conflicts and (answer := _answer(transaction, form, response, key, each))
    ]
    if changed:
        before = [response.answers[each.element] for each in changed if each.element in response.answers]
        response = await _keep(transaction, form, response, changed, browser)
        await _hold(transaction, response, template, elements, before, changed)
    wrong = {key: each.wrong for key, each in found.items() if each.wrong and key not in conflicts}
    whole = asked(template, situation(form, response))
    if changed:
        await writing.count(transaction, form, *counted(whole))
    return Saved(form, response, _narrowed(whole, response), wrong, conflicts)


def counted(whole: Asked) -> tuple[int, int]:
    """How many questions there are by now, those included that are not asked again, and how many are answered."""
    shown = [each for page in whole.pages for each in page.elements if each.element.answered]
    return len(shown), sum(not is_empty(each.value) for each in shown)


async def lock_open(transaction: Transaction, form_id: UUID) -> tuple[Form, Response | None]:
    """The form, locked, and its newest response; 404, and 409 where it cannot be answered now."""
    form = await reading.lock(transaction, form_id)
    if form is None:
        raise NotFound.because("This link does not lead anywhere.")
    found = await responses.of_form(transaction, form_id)
    newest = found[0] if found else None
    state = where(replace(form, access="direct"), newest, Entry(), transaction.clock())
    if state not in ("start", "continue"):
        raise closed(state)
    return form, newest


def closed(state: State) -> Conflict:
    """Why a form cannot be answered now."""
    refusal = Conflict.because(_CLOSED.get(state, _OVER), f"form_{state}")
    assert isinstance(refusal, Conflict)
    return refusal


async def _begin(transaction: Transaction, form: Form, newest: Response | None, browser: Browser) -> Response:
    now = transaction.clock()
    filled = {
        key: Answer(key, 1, value, None, now, "system") for key, value in form.filled.items() if value is not None
    }
    response = Response(
        workspace_id=form.workspace_id,
        id=new_id(),
        form_id=form.id,
        number=newest.number + 1 if newest else 1,
        created_at=now,
        updated_at=now,
        user=form.user,
        locale=browser.language,
        ip=browser.ip,
        user_agent=browser.agent,
        accept_language=browser.accepts,
        answers=filled,
    )
    await responses.insert(transaction, response)
    records.announce(transaction, FORM_RECORD, form)
    await events.publish(transaction, ResponseBegun(form.workspace_id, form.id, response.id, form.case_id, form.step))
    return response


def _element(template: FormTemplate, response: Response, key: str) -> Element:
    """An element that is answered by itself; 404."""
    element = next((each for each in template.elements if each.key == key), None)
    if element is None or not element.answered or (response.asked is not None and key not in response.asked):
        raise NotFound.because("There is no such question here.")
    return element


async def _reading(
    session: Transaction,
    form: Form,
    response: Response,
    elements: Mapping[str, Element],
    sendings: Mapping[str, Sending],
    wording: Any,
) -> Reading:
    known = {
        id
        for key, element in elements.items()
        if key in response.answers
        for id in files_named(element, response.answers[key].value)
    }
    named = {str(id) for each in sendings.values() for text in _texts(each) if (id := parse_id(text))} - known
    owned = dict.fromkeys(known) | (await _owned(session, form, named) if named else {})
    day = today(session.clock(), form.time_zone)
    return Reading(day, form.time_zone, wording.field if wording else lambda element: element.field, owned)


async def _owned(transaction: Transaction, form: Form, named: Collection[str]) -> dict[str, Any]:
    actor = transaction.actor
    return {**await store.sent_by(transaction, form.id, named, actor.id if actor.type == "member" else None)}


def _texts(sending: Sending) -> Iterator[str]:
    """Every text in what is sent: files are named by some of them."""
    if sending.sent is not None:
        yield from (value for _, value in sending.sent)
    else:
        yield from _texts_of(sending.value)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_of(each)


def _given(element: Element, sending: Sending, how: Reading) -> Given:
    if sending.sent is not None:
        return given(element, sending.sent, how)
    return of_json(element, sending.value, how)


def _with_hidden(
    template: FormTemplate,
    form: Form,
    response: Response,
    sendings: Mapping[str, Sending],
    found: Mapping[str, Given],
) -> dict[str, Given]:
    """The groups that came as a page has them, with what was not asked in their rows until now."""
    groups = [each for each in template.elements if each.key in found and each.type == "group"]
    before = asked(template, situation(form, response)) if groups else None
    answers, whole = response.answers, {}
    for each in groups:
        sent, group = sendings[each.key].sent, before.element(each.key) if before else None
        if sent is not None and group and each.key in answers:
            whole[each.key] = with_hidden(group, answers[each.key].value, sent, found[each.key])
    return whole


def _is_untouched(kept: Answer | None, sending: Sending, found: Given) -> bool:
    return not found.wrong and sending.seen == digest(found.value) and (kept is None or kept.typed is None)


def _clashes(kept: Answer | None, sending: Sending, found: Given) -> bool:
    """Whether somebody else changed it since its sender looked, to something else."""
    version = kept.version if kept else 0
    if sending.base is None or sending.base == version:
        return False
    return bool(found.wrong) or not same(found.value, kept.value if kept else None)


def _answer(transaction: Transaction, form: Form, response: Response, key: str, found: Given) -> Answer | None:
    """The answer as it is kept from now on; None where nothing changes."""
    kept = response.answers.get(key)
    value = (kept.value if kept else None) if found.wrong else found.value
    typed = [list(each) for each in found.typed] if found.typed is not None else None
    if (kept is None and value is None and typed is None) or (
        kept and same(kept.value, value) and same(kept.typed, typed)
    ):
        return None
    actor = transaction.actor
    actor_id = form.contact_id if actor.type == "contact" else actor.id
    return Answer(key, kept.version + 1 if kept else 1, value, typed, transaction.clock(), actor.type, actor_id)


async def _keep(
    transaction: Transaction, form: Form, response: Response, changed: Sequence[Answer], browser: Browser
) -> Response:
    response = replace(
        response,
        updated_at=max(transaction.clock(), response.updated_at),
        ip=browser.ip,
        user_agent=browser.agent,
        accept_language=browser.accepts,
        locale=browser.language or response.locale,
    )
    response = await store.save(transaction, response, changed)
    records.announce(transaction, FORM_RECORD, form)
    keys = tuple(each.element for each in changed)
    await events.publish(
        transaction, AnswersSaved(form.workspace_id, form.id, response.id, form.case_id, form.step, keys)
    )
    return response


async def _hold(
    transaction: Transaction,
    response: Response,
    template: FormTemplate,
    elements: Mapping[str, Element],
    before: Sequence[Answer],
    changed: Sequence[Answer],
) -> None:
    """What answers name by now is held, and what only those before named no more."""
    gone = {id for _, id in _files(elements, before)}
    if gone:
        still = {each.key: each for each in template.elements if each.key in response.answers}
        gone -= {id for _, id in _files(still, [response.answers[key] for key in still])}
    await store.hold(transaction, response, list(_files(elements, changed)), gone)


def _files(elements: Mapping[str, Element], changed: Sequence[Answer]) -> Iterator[tuple[str, str]]:
    for each in changed:
        for id in files_named(elements[each.element], each.value):
            yield each.element, id
