"""One case: what is known and who is asked, what is to be done, what happened."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import case_templates as templates
from dossier import forms, members, messages, records
from dossier.cases import actions
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.history import as_it_was
from dossier.cases.model import CASE_RECORD, WAITING_FOR, Case, CaseChange
from dossier.cases.pages.lists import LIST
from dossier.cases.pages.shown_steps import shown_steps
from dossier.cases.pages.telling import Telling
from dossier.contacts.model import Contact
from dossier.fields import in_sections
from dossier.files.model.held import data_for_people, offered
from dossier.files.pages import FilePages
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.members.model import Colleague
from dossier.records.pages import ActPages, as_of_moment, timeline
from dossier.records.pages.timeline import MAX_SHOWN, SHOWN
from dossier.web import PageRoute, current_user, database_of, form, language_of, render, see_other

ACTS = ActPages(actions.UNDO, LIST)
FILE_PAGES = FilePages(FILES, LIST, lambda case: case.reference or case.title)
MOST_MESSAGES = 20  # that the page of a case knows of
LENGTHS = {"title": 500, "reference": 500, "description": 100_000}


async def one_case(request: Request) -> Response:
    """The case now, or as it was `at` a moment."""
    user, case_id = current_user(request), query.identifier(request.path_params["id"], "id")
    at = as_of_moment(request.query_params.get("at", ""), user.time_zone)
    most = MAX_SHOWN if request.query_params.get("timeline") == "all" else SHOWN
    async with database_of(request).reading(user.actor.scope) as reading:
        present = await actions.KEEPING.get(reading, case_id)
        case = await as_it_was(reading, present, at) if at else present
        history = await timeline(reading, CASE_RECORD, present, most)
        names = await FILES.named(reading, present, history.entries)
        colleagues = await members.list_members(reading, user.workspace_id)
        shown = await FILE_PAGES.shown(services_of(request), reading, case)
        asked = await forms.of_case(reading, case.workspace_id, case.id) if present.forms and not at else []
        sources = await records.history.sources(reading, CASE_RECORD, present, "data.") if asked else {}
        written = [] if at else await messages.of_case(reading, case.workspace_id, case.id, MOST_MESSAGES)
        follows = None if at else case.template_id
        newest = await templates.current_version(reading, case.workspace_id, follows) if follows else None
    steps, fixed = list(shown_steps(case, services_of(request).clock())), bool(at or case.archived_at)
    return render(
        request,
        "cases/case.html",
        case=case,
        at=at,
        newest=newest,
        fixed=fixed,
        colleagues=colleagues,
        waiting_for=WAITING_FOR,
        steps=[each for each in steps if each.status != "completed"],
        done=[each for each in steps if each.status == "completed"],
        slots=_slots(case),
        sections=list(in_sections(_section_names(case), case.fields(), data_for_people(case), offered(case))),
        former=_former(case, colleagues),
        files=shown,
        together=FILE_PAGES.together(case, shown),
        messages=written,
        forms=asked,
        given_in={path.removeprefix("data."): forms.given(asked, *source) for path, source in sources.items()},
        most_messages=MOST_MESSAGES,
        writes=not fixed and user.may("messages.send"),
        sends=not fixed and user.may("files.upload"),
        most=services_of(request).file_limits.most,
        filled=sum(case.data.get(each.key) is not None for each in case.fields()),
        count=sum(1 for _ in case.fields()),
        history=history,
        telling=Telling(case, language_of(request), fixed, names),
    )


async def set_status(request: Request) -> Response:
    return await ACTS.done(
        request, lambda tx, case: actions.patch(tx, case, {"status": form(request).get("status", "")})
    )


async def set_waiting_for(request: Request) -> Response:
    value = query.choice(form(request), "waiting_for", WAITING_FOR, "none")
    return await ACTS.done(request, lambda tx, case: actions.patch(tx, case, {"waiting_for": value}))


async def set_owner(request: Request) -> Response:
    email = form(request).get("owner", "")
    owner = {"email": email} if email else None
    return await ACTS.done(request, lambda tx, case: actions.patch(tx, case, {"owner": owner}))


async def set_details(request: Request) -> Response:
    """What the case is called; a title is always there, the others may be emptied."""
    sent = form(request)
    values = {name: sent.get(name, "").strip() or None for name in LENGTHS}

    async def change(transaction: Transaction, case_id: UUID) -> CaseChange:
        case = (await actions.KEEPING.lock(transaction, case_id)).after
        _raise_if_bad_details(values)
        changed = {name: value for name, value in values.items() if value != getattr(case, name)}
        return await actions.patch(transaction, case_id, changed, query.version_seen(sent) if changed else None)

    return await ACTS.done(request, change)


def _raise_if_bad_details(values: Mapping[str, str | None]) -> None:
    if not values["title"]:
        raise Invalid.because("A case has a title.", "missing", pointer="/title")
    if long := [name for name, most in LENGTHS.items() if len(values[name] or "") > most]:
        raise Invalid.because("That is too long.", "too_long", pointer=f"/{long[0]}")


async def erase(request: Request) -> Response:
    """Erase the case for good, once the person has said that they mean it."""
    case_id = query.identifier(request.path_params["id"], "id")
    if form(request).get("sure") != "yes":
        raise Invalid.because("Tick that you mean it: nothing brings an erased case back.", "not_sure")
    await database_of(request).write(current_user(request).actor, lambda tx: actions.delete(tx, case_id))
    return see_other(LIST)


PAGES = (
    PageRoute("GET", LIST + "/{id}", one_case),
    *ACTS.pages(),
    *FILE_PAGES.pages(),
    PageRoute("POST", LIST + "/{id}/status", set_status),
    PageRoute("POST", LIST + "/{id}/waiting-for", set_waiting_for),
    PageRoute("POST", LIST + "/{id}/owner", set_owner, "cases.reassign"),
    PageRoute("POST", LIST + "/{id}/details", set_details),
    PageRoute("POST", LIST + "/{id}/erase", erase, "cases.erase"),
)


def _section_names(case: Case) -> dict[str | None, str | None]:
    return {each.key: each.name for each in case.template.sections} if case.template else {}


def _former(case: Case, colleagues: Iterable[Colleague]) -> str | None:
    """The name of an owner who works here no more."""
    owner = case.owner
    if owner is None or any(each.email == owner["email"] for each in colleagues):
        return None
    return " ".join(filter(None, (owner.get("given_name"), owner.get("family_name")))) or owner["email"]


def _slots(case: Case) -> dict[str, tuple[str, Contact | None]]:
    """Slot → its label and who is in it."""
    slots: dict[str, tuple[str, Contact | None]] = {}
    for slot in case.template.slots if case.template else ():
        slots[slot.key] = (slot.name, None)
    return slots | {key: (filled.label, filled.contact) for key, filled in case.contacts.items()}
