"""A field on the page: what its inputs hold, and what was typed into them as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.core import get_global
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.model import Case
from dossier.cases.pages.looking import LIST
from dossier.fields import Field, Sent, as_typed
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, PreconditionFailed, Problem
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, render

BLANK_ROWS = 1  # of a table, to type into


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page shows it; `typed`: what could not be saved, as it would be stored."""

    field: Field
    value: Any
    typed: Any = None
    refusal: AppError | None = None
    saved: bool = False

    @property
    def held(self) -> Any:
        """What the inputs hold: what was typed, if it could not be saved."""
        return self.typed if self.refusal else self.value

    @property
    def texts(self) -> list[str]:
        if self.held is None:
            return []
        return [as_typed(each) for each in self.held] if isinstance(self.held, list) else [as_typed(self.held)]

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The rows of a table, as texts, and blank ones after them."""
        rows = self.held if isinstance(self.held, list) else []
        blank: list[Mapping[str, str]] = [{}] * BLANK_ROWS
        texts = ({key: as_typed(cell) for key, cell in row.items()} for row in rows if isinstance(row, Mapping))
        return [*texts, *blank]

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong with it."""
        return self.refusal.problems if self.refusal else ()

    @property
    def conflict(self) -> bool:
        return isinstance(self.refusal, PreconditionFailed)


async def set_field(request: Request) -> Response:
    """Save one field; when somebody else changed the same part of it meanwhile, both values are shown."""
    user, sent = current_user(request), request.state.form
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    database = database_of(request)

    async def handle(transaction: Transaction) -> Case:
        case = (await actions.get_for_update(transaction, case_id)).after
        field, seen = _field(case, key), version_seen(form(request))
        value = local(field, user.time_zone).typed(sent)
        return (await actions.set_field(transaction, case, field, value, seen)).after

    try:
        case = await database.write(user.actor, handle)
    except AppError as refusal:
        async with database.reading(user.actor.scope) as reading:
            case = await actions.get_or_404(reading, case_id)
        shown = Shown(_field(case, key), case.data.get(key), _held(_field(case, key), sent), refusal)
    else:
        shown = Shown(_field(case, key), case.data.get(key), saved=True)
    status = shown.refusal.status if shown.refusal else 200
    return render(request, "cases/field.html", status=status, case=case, shown=shown, at=None)


PAGES = (PageRoute("POST", LIST + "/{id}/fields/{key}", set_field),)


def local(field: Field, time_zone: str) -> Field:
    """The field as it is read where people are: a phone number without its country is one of theirs."""
    country = get_global("zone_territories").get(time_zone)
    return field.local(country) if country else field


def _held(field: Field, sent: Sent) -> Any:
    """What was typed, also where it cannot be read: then the texts themselves."""
    try:
        return field.typed(sent)
    except AppError:
        return field.unread(sent)


def _field(case: Case, key: str) -> Field:
    if found := case.field(key):
        return found
    raise Invalid.because("The case has no such field.", "unknown_field")


def version_seen(sent: dict[str, str]) -> int | None:
    """The version that the person saw; after a conflict that is the one with both values."""
    seen = sent.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
