"""One case: what is known and who is asked, what is to be done, what happened."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.cases import actions
from dossier.cases.actions.history import case_at, history_page
from dossier.cases.model import WAITING_FOR, Case, Work
from dossier.cases.pages.fields import Shown
from dossier.cases.store import reading as store
from dossier.contacts.model import Contact
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.http import query
from dossier.foundation.lists import Page
from dossier.foundation.pages import PageRoute, database_of, form, render, see_other, visitor_of
from dossier.members.model import email_problems

TIMELINE, LONG_TIMELINE = 20, 1000  # entries shown


async def one_case(request: Request) -> Response:
    """The case now, or as it was `at` a moment."""
    visitor, case_id = visitor_of(request), query.identifier(request.path_params["id"], "id")
    at = _moment(request.query_params.get("at", ""), visitor.time_zone)
    async with database_of(request).reading(visitor.actor.scope) as reading:
        total, entries = await history_page(reading, case_id, Page(1, _wanted(request)))
        case = await case_at(reading, case_id, at) if at else await actions.found(reading, case_id)
        colleagues = await members.colleagues(reading, visitor.workspace_id)
        newest = await store.newest_version(reading, case_id) if case.template_id and not at else None
    return render(
        request,
        "cases/case.html",
        case=case,
        at=at,
        newest=newest,
        version=entries[0].version if entries else 0,
        fixed=bool(at or case.archived_at),
        colleagues=colleagues,
        waiting_for=WAITING_FOR,
        steps=list(_steps(case)),
        titles={step.key: step.title for step in case.template.steps} if case.template else {},
        slots=_slots(case),
        sections=list(_sections(case)),
        filled=sum(case.data.get(each.key) is not None for each in case.fields()),
        count=sum(1 for _ in case.fields()),
        entries=entries,
        more=total - len(entries),
    )


async def undo(request: Request) -> Response:
    entry = query.identifier(form(request).get("entry", ""), "entry")
    return await _changed(request, lambda tx, case: actions.undo(tx, case, entry))


async def archive(request: Request) -> Response:
    archived = form(request).get("archived") == "true"
    return await _changed(request, lambda tx, case: actions.archive(tx, case, archived))


async def set_status(request: Request) -> Response:
    return await _changed(
        request, lambda tx, case: actions.patch(tx, case, {"status": form(request).get("status", "")})
    )


async def set_waiting_for(request: Request) -> Response:
    value = query.choice(form(request), "waiting_for", WAITING_FOR, "none")
    return await _changed(request, lambda tx, case: actions.patch(tx, case, {"waiting_for": value}))


async def set_owner(request: Request) -> Response:
    email = form(request).get("owner", "")
    owner = {"email": email} if email else None
    return await _changed(request, lambda tx, case: actions.patch(tx, case, {"owner": owner}))


async def set_contact(request: Request) -> Response:
    """Set the members of one slot; all of them empty: nobody is in it any more."""
    sent = form(request)
    given = {name: sent.get(name, "").strip() or None for name in ("given_name", "family_name", "email", "phone")}
    if given["email"]:
        Invalid.if_any(email_problems(given["email"], "/email"))
    slot = {"key": request.path_params["key"]} | (given if any(given.values()) else {"contact": None})
    return await _changed(request, lambda tx, case: actions.update_contacts(tx, case, [slot]))


async def start_step(request: Request) -> Response:
    return await _changed(request, lambda tx, case: actions.start_step(tx, case, request.path_params["key"], {}))


async def complete_step(request: Request) -> Response:
    note = form(request).get("note", "").strip()
    data = {"note": note} if note else {}
    return await _changed(request, lambda tx, case: actions.complete_step(tx, case, request.path_params["key"], data))


async def _changed(request: Request, change: Callable[[Transaction, UUID], Awaitable[Work]]) -> Response:
    """Do it, and show the case again."""
    case_id = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(visitor_of(request).actor, lambda tx: change(tx, case_id))
    return see_other(f"/workspace/cases/{case_id}")


PAGES = (
    PageRoute("GET", "/workspace/cases/{id}", one_case),
    PageRoute("POST", "/workspace/cases/{id}/undo", undo),
    PageRoute("POST", "/workspace/cases/{id}/archive", archive),
    PageRoute("POST", "/workspace/cases/{id}/status", set_status),
    PageRoute("POST", "/workspace/cases/{id}/waiting-for", set_waiting_for),
    PageRoute("POST", "/workspace/cases/{id}/owner", set_owner, "handler"),
    PageRoute("POST", "/workspace/cases/{id}/contacts/{key}", set_contact, "handler"),
    PageRoute("POST", "/workspace/cases/{id}/steps/{key}/start", start_step),
    PageRoute("POST", "/workspace/cases/{id}/steps/{key}/done", complete_step),
)


def _sections(case: Case) -> Iterator[tuple[str | None, list[Shown]]]:
    """The fields by section; those of none come last, without a name."""
    names: dict[str | None, str | None] = (
        {each.key: each.name for each in case.template.sections} if case.template else {}
    )
    for section, name in (names | {None: None}).items():
        if shown := [Shown(each, case.data.get(each.key)) for each in case.fields() if each.section == section]:
            yield name, shown


def _steps(case: Case) -> Iterator[dict[str, Any]]:
    """What is to be done, as the page shows it; hidden steps are left out."""
    for step in case.template.steps if case.template else ():
        state = case.steps[step.key]
        if state["status"] != "hidden":
            by_hand = step.type in ("task", "note")
            yield {"key": step.key, "title": step.title, "by_hand": by_hand, "status": state["status"]}


def _slots(case: Case) -> dict[str, tuple[str, Contact | None]]:
    """Slot → its label and who is in it."""
    slots: dict[str, tuple[str, Contact | None]] = {}
    for slot in case.template.slots if case.template else ():
        slots[slot.key] = (slot.name, None)
    return slots | {key: (filled.label, filled.contact) for key, filled in case.contacts.items()}


def _wanted(request: Request) -> int:
    """How many entries of the timeline: all that the page may show, once somebody asked for more."""
    return LONG_TIMELINE if request.query_params.get("timeline") == "all" else TIMELINE


def _moment(text: str, time_zone: str) -> datetime | None:
    """A time as an input has it, on the workspace's clock; None for one that is no time."""
    try:
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
    except (ValueError, OverflowError):
        return None
