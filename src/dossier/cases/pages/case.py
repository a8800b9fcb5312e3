"""Cases for people: the list, one case with its fields, and its timeline."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import members
from dossier.cases import actions
from dossier.cases.actions.history import history_page
from dossier.cases.model import WAITING_FOR, Case, Work
from dossier.contacts.model import Contact
from dossier.fields import Field
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, PreconditionFailed, Refusal
from dossier.foundation.http import query
from dossier.foundation.lists import Page
from dossier.foundation.pages import PageRoute, database_of, form, render, see_other, visitor_of
from dossier.members.model import email_problems

TIMELINE = 20  # entries shown
NOT_TYPED_HERE = ("file", "signature", "api_call", "table", "address")
"""Types that are shown, and come from elsewhere than a single input."""


async def one_case(request: Request) -> Response:
    visitor, case_id = visitor_of(request), query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(visitor.actor.scope) as reading:
        case = await actions.found(reading, case_id)
        total, entries = await history_page(reading, case_id, Page(1, TIMELINE))
        colleagues = await members.colleagues(reading, visitor.workspace_id)
    return render(
        request,
        "cases/case.html",
        case=case,
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


async def set_field(request: Request) -> Response:
    """Save one field as the API would; when somebody else changed it meanwhile, both values are shown."""
    visitor, sent = visitor_of(request), form(request)
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    database = database_of(request)

    async def work(transaction: Transaction) -> Case:
        case = (await actions.opened(transaction, case_id)).case
        data = {key: typed(_field(case, key), [text for name, text in request.state.form if name == "value"])}
        return (await actions.update_data(transaction, case_id, data, _version(sent))).case

    try:
        case = await database.write(visitor.actor, work)
    except Refusal as refusal:
        async with database.reading(visitor.actor.scope) as reading:
            case = await actions.found(reading, case_id)
        shown = Shown(_field(case, key), case.data.get(key), typed=_texts(request), refusal=refusal)
        return render(request, "cases/field.html", status=refusal.status, case=case, shown=shown)
    return render(
        request, "cases/field.html", case=case, shown=Shown(_field(case, key), case.data.get(key), saved=True)
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
    PageRoute("POST", "/workspace/cases/{id}/fields/{key}", set_field),
    PageRoute("POST", "/workspace/cases/{id}/undo", undo),
    PageRoute("POST", "/workspace/cases/{id}/archive", archive),
    PageRoute("POST", "/workspace/cases/{id}/status", set_status),
    PageRoute("POST", "/workspace/cases/{id}/waiting-for", set_waiting_for),
    PageRoute("POST", "/workspace/cases/{id}/owner", set_owner, "handler"),
    PageRoute("POST", "/workspace/cases/{id}/contacts/{key}", set_contact, "handler"),
    PageRoute("POST", "/workspace/cases/{id}/steps/{key}/start", start_step),
    PageRoute("POST", "/workspace/cases/{id}/steps/{key}/done", complete_step),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page shows it: with what was typed, if that could not be saved."""

    field: Field
    value: Any
    typed: list[str] | None = None
    refusal: Refusal | None = None
    saved: bool = False

    @property
    def editable(self) -> bool:
        return self.field.type not in NOT_TYPED_HERE

    @property
    def texts(self) -> list[str]:
        """What the input holds."""
        if self.typed is not None:
            return self.typed
        if self.value is None:
            return []
        if isinstance(self.value, list):
            return [str(each) for each in self.value]
        return [str(self.value).lower() if isinstance(self.value, bool) else str(self.value)]

    @property
    def conflict(self) -> bool:
        return isinstance(self.refusal, PreconditionFailed)


def typed(field: Field, texts: list[str]) -> Any:
    """What was typed, as JSON has it; what cannot be is left for the field to refuse."""
    texts = [text for text in texts if text.strip()]
    if field.type == "multiple_choice":
        return texts or None
    text = texts[-1].strip() if texts else None
    if text is None or field.type not in ("number", "currency", "checkbox"):
        return text
    if field.type == "checkbox":
        return {"true": True, "false": False}.get(text, text)
    try:
        return Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return text


def _texts(request: Request) -> list[str]:
    return [text for name, text in request.state.form if name == "value" and text]


def _field(case: Case, key: str) -> Field:
    if found := case.field(key):
        return found
    raise Invalid.because("The case has no such field.", "unknown_field")


def _version(sent: dict[str, str]) -> int | None:
    """The version that the person saw; without it whatever is there is overwritten, as they have chosen."""
    text = sent.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _sections(case: Case) -> Iterator[tuple[str, list[Shown]]]:
    names = {each.key: each.name for each in case.template.sections} if case.template else {}
    for section in [*names, None]:
        fields = [each for each in case.fields() if getattr(each, "section", None) == section]
        if fields:
            shown = [Shown(each, case.data.get(each.key)) for each in fields]
            yield (names[section] if section else "Fields" if not names else "Other"), shown


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
