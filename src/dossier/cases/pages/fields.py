"""A field on the page: what its inputs hold, and what was typed into them as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.model import Case
from dossier.cases.pages.lists import LIST
from dossier.fields import Field
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, PreconditionFailed, Refusal
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, render, visitor_of

FROM_ELSEWHERE = ("file", "signature", "api_call")
"""Types that no input sets."""
ADDRESS = ("street", "street2", "postal_code", "city", "region", "country")
BLANK_ROWS = 1  # of a table, to type into

Sent = Sequence[tuple[str, str]]


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
        rows = self.held if isinstance(self.held, list) else []
        blank: list[Mapping[str, str]] = [{}] * BLANK_ROWS
        return [{key: text(cell) for key, cell in row.items()} for row in rows] + blank

    @property
    def conflict(self) -> bool:
        return isinstance(self.refusal, PreconditionFailed)


async def set_field(request: Request) -> Response:
    """Save one field as the API would; when somebody else changed it meanwhile, both values are shown."""
    visitor, sent = visitor_of(request), request.state.form
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    database = database_of(request)

    async def work(transaction: Transaction) -> Case:
        case = (await actions.opened(transaction, case_id)).case
        data = {key: typed(_field(case, key), sent)}
        return (await actions.update_data(transaction, case_id, data, _version(form(request)))).case

    try:
        case = await database.write(visitor.actor, work)
    except Refusal as refusal:
        async with database.reading(visitor.actor.scope) as reading:
            case = await actions.found(reading, case_id)
        shown = Shown(_field(case, key), case.data.get(key), typed(_field(case, key), sent), refusal)
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


def text(value: Any) -> str:
    """A stored value as an input holds it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _rows(field: Field, sent: Sent) -> list[dict[str, Any]]:
    """`cell.<row>.<column>`: rows in the order of their numbers; an empty one is no row."""
    columns: Mapping[str, Field] = {column.key: column for column in field.columns}  # type: ignore[attr-defined]
    rows: dict[int, dict[str, Any]] = {}
    for name, value in sent:
        prefix, _, rest = name.partition(".")
        number, _, key = rest.partition(".")
        if prefix == "cell" and number.isdecimal() and len(number) < 6 and key in columns and value.strip():
            rows.setdefault(int(number), {})[key] = _scalar(columns[key], value.strip())
    return [rows[number] for number in sorted(rows)]


def _scalar(field: Field, text: str) -> Any:
    if field.type == "checkbox":
        return {"true": True, "false": False}.get(text, text)
    if field.type not in ("number", "currency"):
        return text
    try:
        return Decimal(text.replace(" ", "").replace("\u202f", "").replace("\xa0", "").replace(",", "."))
    except InvalidOperation:
        return text


def _last(sent: Sent, wanted: str) -> str:
    return next((value.strip() for name, value in reversed(sent) if name == wanted), "")


def _field(case: Case, key: str) -> Field:
    if found := case.field(key):
        return found
    raise Invalid.because("The case has no such field.", "unknown_field")


def _version(sent: dict[str, str]) -> int | None:
    """The version that the person saw; after a conflict that is the one with both values."""
    seen = sent.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
