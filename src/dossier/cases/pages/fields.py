"""A field on the page: what its inputs hold, and what was typed into them as JSON."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel.core import get_global
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.model import Case
from dossier.cases.pages.views import LIST
from dossier.fields import BadValue, Field
from dossier.fields.contact_details import Phone, is_country
from dossier.fields.field import shown as quoted
from dossier.fields.scalars import Currency, Text
from dossier.fields.table import Table
from dossier.foundation import exact
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, PreconditionFailed, Refusal
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, render, visitor_of

FROM_ELSEWHERE = ("file", "signature", "api_call")
"""Types that no input sets."""
ADDRESS = ("street", "street2", "postal_code", "city", "region", "country")
BLANK_ROWS = 1  # of a table, to type into
COUNTRIES = 250  # about so many there are
MOST_CELLS = 1_500  # of a table that can be changed on a page: a form is read up to 2,000 fields
MOST_OPTIONS = 20_000  # in all cells of a table together; where there would be more, one types what else one chooses

Sent = Sequence[tuple[str, str]]
_CELL = re.compile(r"row (\d+), “([^”]+)” (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as the page shows it; `typed`: what could not be saved, as it would be stored."""

    field: Field
    value: Any
    typed: Any = None
    refusal: Refusal | None = None
    saved: bool = False

    @property
    def editable(self) -> bool:
        return self.field.type not in FROM_ELSEWHERE

    @property
    def too_large(self) -> bool:
        """Whether it is a table with more cells than a page can show as inputs; programs can change it."""
        return isinstance(self.field, Table) and len(self.value or ()) * len(self.field.columns) > MOST_CELLS

    @property
    def crowded(self) -> bool:
        """Whether the choices of a table's cells are typed, with a list to help."""
        columns = self.field.columns if isinstance(self.field, Table) else ()
        return len(self.rows) * sum(map(_offered, columns)) > MOST_OPTIONS

    @property
    def composed(self) -> bool:
        """Whether it has several inputs, which are saved together."""
        return self.field.type in ("address", "table")

    @property
    def held(self) -> Any:
        """What the inputs hold: what was typed, if it could not be saved."""
        return self.typed if self.refusal else self.value

    @property
    def texts(self) -> list[str]:
        if self.held is None:
            return []
        return [text(each) for each in self.held] if isinstance(self.held, list) else [text(self.held)]

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The rows of a table, as texts, and blank ones after them."""
        rows = self.held if isinstance(self.held, list) and self.field.type == "table" else []
        blank: list[Mapping[str, str]] = [{}] * BLANK_ROWS
        return [{key: text(cell) for key, cell in row.items()} for row in rows] + blank

    @property
    def sentences(self) -> list[str]:
        """What is wrong with it, by its name."""
        problems = self.refusal.problems if self.refusal else ()
        return [_for_people(self.field, self.texts, each.detail, self.rows) for each in problems]

    @property
    def conflict(self) -> bool:
        return isinstance(self.refusal, PreconditionFailed)


def _for_people(field: Field, typed: Sequence[str], detail: str, rows: Sequence[Mapping[str, str]] = ()) -> str:
    """A refusal as the person at the form understands it: by the field's name, by an example instead of a pattern."""
    said, name = detail.removeprefix(f"“{field.key}” "), f"“{field.name}”"
    if said == detail:
        return detail
    if isinstance(field, Table) and (cell := _CELL.fullmatch(said)):
        column = next(each for each in field.columns if each.key == cell[2])
        named = column.model_copy(update={"name": f"{field.name} {cell[1]}: {column.name}"})
        return _for_people(named, [text(rows[int(cell[1]) - 1].get(column.key, ""))], f"“{column.key}” {cell[3]}")
    if isinstance(field, Text) and said.startswith("must match the pattern"):
        return (
            f"{name} must be written such as {field.example}."
            if field.example
            else f"{name} is not written as it must be here."
        )
    if field.type == "email":
        return f"{name} must be an e-mail address such as name@example.org, not “{quoted(' '.join(typed))}”."
    return f"{name} {said}"


def _offered(column: Field) -> int:
    """How many options a cell of the column has."""
    return COUNTRIES if column.type == "country" else len(getattr(column, "options", ()))


async def set_field(request: Request) -> Response:
    """Save one field; when somebody else changed the same part of it meanwhile, both values are shown."""
    visitor, sent = visitor_of(request), request.state.form
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    database = database_of(request)

    async def work(transaction: Transaction) -> Case:
        case = (await actions.opened(transaction, case_id)).case
        field, seen = _field(case, key), version_seen(form(request))
        value = typed(local(field, visitor.time_zone), sent)
        return (await actions.set_field(transaction, case, field, value, seen)).case

    try:
        case = await database.write(visitor.actor, work)
    except Refusal as refusal:
        async with database.reading(visitor.actor.scope) as reading:
            case = await actions.found(reading, case_id)
        shown = Shown(_field(case, key), case.data.get(key), _held(_field(case, key), sent), refusal)
    else:
        shown = Shown(_field(case, key), case.data.get(key), saved=True)
    status = shown.refusal.status if shown.refusal else 200
    return render(request, "cases/field.html", status=status, case=case, shown=shown, at=None)


PAGES = (PageRoute("POST", LIST + "/{id}/fields/{key}", set_field),)


def typed(field: Field, sent: Sent) -> Any:
    """What was typed into the field's inputs, as JSON has it; what cannot be is left for the field to refuse."""
    if field.type == "address":
        address = {name: value for part in ADDRESS if (value := _last(sent, name := f"value.{part}"))}
        return {name.removeprefix("value."): value for name, value in address.items()} or None
    if field.type == "table":
        return _rows(field, sent) or None
    texts = [value.strip() for name, value in sent if name == "value" and value.strip()]
    if field.type == "multiple_choice":
        return texts or None
    return _scalar(field, texts[-1]) if texts else None


def local(field: Field, time_zone: str) -> Field:
    """The field as it is read where people are: a phone number without its country is one of theirs."""
    if isinstance(field, Table):
        columns = [local(column, time_zone) for column in field.columns]
        return field.model_copy(update={"columns": columns})
    if not isinstance(field, Phone) or field.country:
        return field
    country = get_global("zone_territories").get(time_zone)
    return field.model_copy(update={"country": country}) if is_country(country) else field


def _international(field: Phone, text: str) -> str:
    """The number as the case will hold it; one that is none is left for the field to refuse."""
    try:
        return field.check(text, date.max)
    except BadValue:
        return text


def _held(field: Field, sent: Sent) -> Any:
    """What was typed, also where it cannot be read: then the texts themselves."""
    try:
        return typed(field, sent)
    except Refusal:
        return _rows(field, sent, read=False) if field.type == "table" else _last(sent, "value")


def text(value: Any) -> str:
    """A stored value as an input holds it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return exact.shown_number(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rows(field: Field, sent: Sent, *, read: bool = True) -> list[dict[str, Any]]:
    """`cell.<row>.<column>`: rows in the order of their numbers; an empty one is no row."""
    columns: Mapping[str, Field] = {column.key: column for column in field.columns}  # type: ignore[attr-defined]
    rows: dict[int, dict[str, Any]] = {}
    for name, value in sent:
        prefix, _, rest = name.partition(".")
        number, _, key = rest.partition(".")
        if prefix == "cell" and number.isdecimal() and len(number) < 6 and key in columns and value.strip():
            rows.setdefault(int(number), {})[key] = _scalar(columns[key], value.strip()) if read else value.strip()
    return [rows[number] for number in sorted(rows)]


def _scalar(field: Field, text: str) -> Any:
    if field.type == "checkbox":
        return {"true": True, "false": False}.get(text, text)
    if isinstance(field, Phone):
        return _international(field, text)
    if field.type not in ("number", "currency"):
        return text
    decimals = field.most_decimals if isinstance(field, Currency) else getattr(field, "decimals", None)
    try:
        return exact.typed_number(text, decimals)
    except ValueError as error:
        raise Invalid.because(f"“{field.name}” {error}.", pointer=f"/data/{field.key}") from None


def _last(sent: Sent, wanted: str) -> str:
    return next((value.strip() for name, value in reversed(sent) if name == wanted), "")


def _field(case: Case, key: str) -> Field:
    if found := case.field(key):
        return found
    raise Invalid.because("The case has no such field.", "unknown_field")


def version_seen(sent: dict[str, str]) -> int | None:
    """The version that the person saw; after a conflict that is the one with both values."""
    seen = sent.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
