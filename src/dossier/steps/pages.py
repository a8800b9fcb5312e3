"""The steps of a case for people: what is to be done, by whom and until when; started with a look at what will be sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier import case_templates as templates
from dossier import workspaces
from dossier.case_templates.model import OWNER, Step, document_choices, parse
from dossier.case_templates.pages import forms
from dossier.cases import KEEPING, named_case
from dossier.cases.model import Case, CaseChange
from dossier.cases.pages.case import ACTS
from dossier.cases.pages.lists import LIST_PAGES
from dossier.conditions.rows import last_value
from dossier.drafting.model import Draft
from dossier.flow.model.planning import due_at
from dossier.flow.model.states import SENDING
from dossier.forms.model.batch import MOST_ROWS
from dossier.forms.pages.batches import begin
from dossier.foundation.clock import wire_time
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Invalid, NotFound
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.letters import Wording, Writing, composed, first_recipient, line, write
from dossier.letters.model import reader_language
from dossier.messages.model import SHOWN_BY, as_shown, previewed
from dossier.records.pages import as_of_moment
from dossier.steps.actions.doing import given, letter_of
from dossier.steps.actions.steps import set_step, start_step
from dossier.web import PageRoute, addresses, current_user, database_of, form, language_of, origin_of, render, see_other

# ---- what is done ----


async def start(request: Request) -> Response:
    """Start it as it is, for a member and until when they say."""
    user, sent = current_user(request), form(request)
    until = as_of_moment(sent.get("due_at", ""), user.time_zone)
    data = {"due_at": wire_time(until.replace(second=0, microsecond=0))} if until else {}
    if sent.get("assignee"):
        data["assignee"] = sent["assignee"]
    return await ACTS.done(request, lambda tx, case: _start(tx, case, request, data))


async def complete(request: Request) -> Response:
    note = form(request).get("note", "").strip()
    return await _set(request, "completed", {"note": note} if note else {})


async def cancel(request: Request) -> Response:
    return await _set(request, "cancelled", {})


async def _set(request: Request, wanted: Any, data: Mapping[str, Any]) -> Response:
    key = request.path_params["key"]
    return await ACTS.done(request, lambda tx, case: set_step(tx, case, key, wanted, data))


async def _start(transaction: Transaction, case_id: UUID, request: Request, data: Mapping[str, Any]) -> CaseChange:
    key, origin = request.path_params["key"], origin_of(request)
    return (await start_step(transaction, case_id, key, data, origin=origin)).change


# ---- with a look before ----


async def page(request: Request) -> Response:
    return await _page(request, None)


async def send(request: Request) -> Response:
    """Send it, at its time, or a test of it to who writes."""
    user, sent = current_user(request), form(request)
    case_id = query.identifier(request.path_params["id"], "id")
    try:
        if sent.get("do") == "test":
            await database_of(request).write(user.actor, lambda tx: _test(tx, case_id, request))
            return await _page(request, sent)
        data = _given(sent)
        if at := as_of_moment(sent.get("send_at", ""), user.time_zone):
            data["send_at"] = wire_time(at.replace(second=0, microsecond=0))
        await database_of(request).write(user.actor, lambda tx: _start(tx, case_id, request, data))
    except AppError as refusal:
        return await _page(request, sent, refusal)
    return see_other(addresses.CASES / case_id)


async def shown(request: Request) -> Response:
    """What the person would see, for a frame that lets it do nothing."""
    sent = dict(getattr(request.state, "form", ()))
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        case, step = await _case_and_step(request, reading)
        try:
            new = await composed(reading, case, letter_of(step, _state(case, step, sent), origin_of(request)))
            said = previewed(new, language_of(request).said)
        except AppError as refusal:
            said = as_shown("\n".join(language_of(request).said(each.message) for each in refusal.problems))
    return HTMLResponse(said, headers={"Content-Security-Policy": SHOWN_BY, "Cache-Control": "no-store"})


async def tried(request: Request) -> Response:
    """What the step of the designer's form would say on a case, for a frame that lets it do nothing."""
    said = language_of(request).said
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await templates.get_draft(reading, query.identifier(request.path_params["id"], "id"))
        try:
            text = await _tried(request, reading, draft)
        except AppError as refusal:
            text = as_shown("\n".join(said(each.message) for each in refusal.problems))
    return HTMLResponse(text, headers={"Content-Security-Policy": SHOWN_BY, "Cache-Control": "no-store"})


async def _tried(request: Request, reading: ReadSession, draft: Draft) -> str:
    case = await named_case(reading, last_value(request.state.form, "try.case"))
    step, document = _step_of_form(request, draft)
    language = last_value(request.state.form, "try.language").strip()
    case = replace(case, template=parse(document), locale=language or case.locale)
    assert case.template
    found, state = case.template.step_by_key[step], {"data": {}, **_until(case, case.template.step_by_key[step])}
    if found.type in SENDING:
        return previewed(
            await composed(reading, case, letter_of(found, state, origin_of(request))), language_of(request).said
        )
    if found.type not in ("note", "task"):
        raise Invalid.because("Only what is written has a preview: e-mails, SMS, notes and tasks.")
    writing = Writing(first_recipient(case, found) or next((each.contact for _, each in case.slots), None), found)
    return as_shown((await line(reading, case, Wording.of(found), writing)).text)


def _until(case: Case, step: Step) -> dict[str, Any]:
    until = due_at(case, step, case.updated_at)
    return {"due_at": until} if until else {}


def _step_of_form(request: Request, draft: Draft) -> tuple[str, dict[str, Any]]:
    """The key of the step that the form says, and the draft's document with it."""
    key = request.query_params.get("key") or None
    choices = document_choices(draft.document)
    item = forms.step(request.state.form, draft.item("steps", key) if key else {}, choices)
    steps = [item if each["key"] == key else each for each in draft.items("steps")] + ([] if key else [item])
    return item["key"], {**draft.document, "steps": steps}


async def _test(transaction: Transaction, case_id: UUID, request: Request) -> None:
    case, step = await _case_and_step(request, transaction)
    mine = {"to": [current_user(request).email], "cc": [], "bcc": []}
    state = _state(case, step, form(request))
    letter = letter_of(step, {**state, "data": {**state["data"], **mine}}, origin_of(request))
    await write(transaction, case_id, replace(letter, step=None))


async def _case_and_step(request: Request, reading: ReadSession) -> tuple[Case, Step]:
    case = await KEEPING.get(reading, query.identifier(request.path_params["id"], "id"))
    step = case.template.step_by_key.get(request.path_params["key"]) if case.template else None
    if step is None or step.type not in SENDING:
        raise NotFound.because("The case has no such step that sends something.", "unknown_step")
    return case, step


def _given(sent: Mapping[str, str]) -> dict[str, Any]:
    """What was changed before sending; what was left as the template says it is the template's."""
    data: dict[str, Any] = {
        name: text
        for name in ("subject", "body")
        if name in sent and (text := _lines(sent[name])) != _lines(sent.get(f"seen.{name}", ""))
    }
    for name in ("to", "cc"):
        if name in sent and sent[name] != sent.get(f"seen.{name}"):
            data[name] = [each.strip() for each in sent[name].split(",") if each.strip()]
    return data


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")


def _state(case: Case, step: Step, sent: Mapping[str, str]) -> dict[str, Any]:
    """The step as it would be started."""
    state = dict(case.steps[step.key])
    return state | {"data": {**state["data"], **_given(sent)}} | _until(case, step)


async def _page(request: Request, sent: Mapping[str, str] | None, refusal: AppError | None = None) -> Response:
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        case, step = await _case_and_step(request, reading)
        mailing = await workspaces.mailing(reading, case.workspace_id)
    case.raise_if_archived()
    sending = given(step.sending, case.steps[step.key]["data"])
    said = Wording(sending.subject or "", sending.body or "", sending.texts).read_in(
        reader_language(case, mailing.language)
    )
    seen = {"subject": said.subject, "body": said.body, "to": ", ".join(sending.to), "cc": ", ".join(sending.cc)}
    outgoing = services_of(request).outgoing
    taken = outgoing.sms if step.type == "sms" else outgoing.mail
    return render(
        request,
        "steps/step.html",
        status=refusal.status if refusal else 200,
        case=case,
        step=step,
        seen=seen,
        sent={**seen, "send_at": "", **(sent or {})},
        known=[(key, filled.label) for key, filled in case.slots] + ([(OWNER, "")] if case.owner else []),
        refusal=refusal,
        tested=bool(sent) and refusal is None,
        kept_here=[] if taken else [step.type],
    )


async def ask_many(request: Request) -> Response:
    """The people of the cases that a list shows, as the table from which a form is sent to many."""
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope, "costly") as reading:
        meant = await LIST_PAGES.meant(reading, user, request.query_params, database_of(request).clock())
        found = await meant.fetch(reading, LIST_PAGES.shape, MOST_ROWS)
    rows = [[getattr(each, name) or "" for name in _PERSON] + [str(each.id)] for each in found.rows]
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in [[*_PERSON, "case"], *rows]]
    return await begin(request, "\n".join(lines))


_PERSON = ("email", "phone", "given_name", "family_name")
_STEP = addresses.CASES + "/{id}/steps/{key}"
PAGES = (
    PageRoute("GET", addresses.FORM_BATCHES + "/cases", ask_many, "forms.create"),
    PageRoute("POST", _STEP + "/start", start),
    PageRoute("POST", _STEP + "/done", complete),
    PageRoute("POST", _STEP + "/cancel", cancel),
    PageRoute("GET", _STEP + "/write", page, "messages.send"),
    PageRoute("POST", _STEP + "/write", send, "messages.send"),
    PageRoute("GET", _STEP + "/write/shown", shown, "messages.send"),
    PageRoute("POST", _STEP + "/write/shown", shown, "messages.send"),
    PageRoute("POST", addresses.TEMPLATES + "/{id}/steps/try", tried, "templates.design"),
)
