"""What the address of the list asks for: words, states, rows of conditions, an order, and where to begin."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from dossier.case_templates.model import PARENT_STATUSES
from dossier.cases.model import WAITING_FOR
from dossier.cases.store.lists import Archived, Selection
from dossier.cases.store.overview import SORTS, Order, Place, Sort
from dossier.conditions import CASES, Condition, all_of, attribute, equals, parse_condition
from dossier.conditions.condition import Operator
from dossier.conditions.rows import Match, Reader, Row, from_rows, number, yes_or_no
from dossier.foundation.database import Row as Record
from dossier.foundation.errors import Refusal
from dossier.foundation.identifiers import parse_id

OPERATORS: Mapping[str, tuple[Operator, str | None]] = {
    "eq": ("$eq", None),
    "ne": ("$ne", None),
    "contains": ("$contains", None),
    "gt": ("$gt", None),
    "ge": ("$ge", None),
    "lt": ("$lt", None),
    "le": ("$le", None),
    "in": ("$in", None),
    "nin": ("$nin", None),
    "filled": ("$defined", "true"),
    "empty": ("$defined", "false"),
}
"""How an operator is called in an address, and the value that goes without saying."""

KINDS: Mapping[str, Reader] = {"number": number, "currency": number, "checkbox": yes_or_no}
_NOT_COMPARED = ("file", "signature", "api_call", "table", "address")
_PLACES = ("after", "before")
_KEPT = ("q", "status", "key", "waiting_for", "archived", "match", "a", "o", "v", "sort", "order")


@dataclass(frozen=True, slots=True)
class Choice:
    """An attribute that a row can be about: `label` only where it is the workspace's own word."""

    name: str
    kind: str
    label: str = ""
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """The list that an address asks for."""

    words: str
    archived: Archived
    states: Mapping[str, str]  # parent_status, status, waiting_for: each narrows the list, and not its own counts
    match: Match
    rows: Sequence[Row]
    order: Order
    place: Place | None
    parameters: Mapping[str, list[str]]

    @property
    def narrowed(self) -> bool:
        return bool(self.words or self.states or self.rows)

    def address(self, **changed: str | None) -> str:
        """The same list with other parameters, from its beginning; None takes one out."""
        kept = {name: list(values) for name, values in self.parameters.items()}
        for name, value in changed.items():
            kept.pop(name, None)
            if value:
                kept[name] = [value]
        return "?" + urlencode(kept, doseq=True)


def asked(parameters: QueryParams) -> Asked:
    """What is asked for; parts that cannot be are left out, as an old link may have them."""
    archived: Archived = "true" if parameters.get("archived") == "true" else "false"
    states = {
        "parent_status": _known(parameters.get("status"), PARENT_STATUSES),
        "status": parameters.get("key") or "",
        "waiting_for": _known(parameters.get("waiting_for"), WAITING_FOR),
    }
    sort: Sort = next((each for each in SORTS if each == parameters.get("sort")), "updated_at")
    order = Order(sort, parameters.get("order", "down" if sort.endswith("_at") else "up") == "down")
    return Asked(
        words=parameters.get("q", "").replace("\0", "").strip()[:200],
        archived=archived,
        states={name: value for name, value in states.items() if value},
        match="any" if parameters.get("match") == "any" else "all",
        rows=list(rows(parameters.multi_items())),
        order=order,
        place=_place(parameters, order),
        parameters={name: list(parameters.getlist(name)) for name in _KEPT if any(parameters.getlist(name))},
    )


def rows(pairs: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """The rows of a form or an address: `a` (attribute), `o` (operator) and `v` (value), again and again."""
    columns = [[value for name, value in pairs if name == wanted] for wanted in ("a", "o", "v")]
    for name, operator, value in zip(*columns, strict=False):
        if name and operator in OPERATORS:
            op, given = OPERATORS[operator]
            if given or value.strip():
                yield Row(name, op, given or value.strip())


def operator_of(row: Row) -> str:
    """How a row's operator is called in a form."""
    wanted = (row.op, row.value if row.op == "$defined" else None)
    return next(name for name, each in OPERATORS.items() if each == wanted)


def selections(asked: Asked, choices: Sequence[Choice]) -> tuple[Selection, Selection, Refusal | None]:
    """The cases of the list; those whose states are counted; and what is wrong with the rows, which then count for nothing."""
    condition, wrong = None, None
    try:
        condition = condition_of(asked.match, asked.rows, choices)
    except Refusal as refusal:
        wrong = refusal
    states = [equals(attribute(CASES, name), value) for name, value in asked.states.items()]
    wide = Selection(asked.archived, condition)
    parts = [*([condition] if condition else []), *states]
    return replace(wide, condition=all_of(parts) if parts else None), wide, wrong


def condition_of(match: Match, rows: Sequence[Row], choices: Sequence[Choice]) -> Condition | None:
    """The condition that rows stand for; 400."""
    return parse_condition(raw_condition(match, rows, choices)) if rows else None


def raw_condition(match: Match, rows: Sequence[Row], choices: Sequence[Choice]) -> dict[str, Any]:
    """The same as JSON."""
    readers = {each.name: KINDS[each.kind] for each in choices if each.kind in KINDS}
    return from_rows(match, rows, readers)


def field_choices(fields: Sequence[Mapping[str, Any]]) -> Iterator[Choice]:
    """The fields of templates that can be compared; of one key, the first."""
    seen: set[str] = set()
    for field in fields:
        if field["type"] not in _NOT_COMPARED and field["key"] not in seen:
            seen.add(field["key"])
            options = [(str(each["value"]), str(each["label"])) for each in field.get("options") or ()]
            yield Choice(f"data.{field['key']}", field["type"], field["name"], options)


def list_choices(templates: Sequence[Record], colleagues: Sequence[Record]) -> list[Choice]:
    """Everything that the list can be filtered by."""
    statuses = {each["key"]: str(each["label"]) for template in templates for each in template["statuses"]}
    return [
        Choice("status", "choices", options=list(statuses.items())),
        Choice("template.id", "choices", options=[(str(each["id"]), each["title"]) for each in templates]),
        Choice("owner.email", "choices", options=[(each["email"], each["email"]) for each in colleagues]),
        *(Choice(name, "text") for name in ("reference", "title", "description")),
        *(Choice(f"contact.{name}", "text") for name in ("given_name", "family_name", "email", "phone")),
        *(Choice(name, "date") for name in ("created_at", "updated_at")),
        *field_choices([field for template in templates for field in template["fields"]]),
    ]


def _known(value: str | None, known: Sequence[str]) -> str:
    return value if value in known and value else ""


def _place(parameters: QueryParams, order: Order) -> Place | None:
    for name in _PLACES:
        key, found, id = parameters.get(name, "").rpartition("~")
        if found and parse_id(id) and "\0" not in key and (not order.sort.endswith("_at") or _is_time(key)):
            return Place(key, id, backwards=name == "before")
    return None


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text))
    except ValueError:
        return False
