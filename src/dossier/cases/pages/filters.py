"""What the address of the list asks for: words, states, rows of conditions, an order, and where to begin."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from dossier.case_templates.model import CASES, PARENT_STATUSES
from dossier.cases.model import WAITING_FOR
from dossier.cases.store.lists import Archived, Selection
from dossier.cases.store.overview import SORTS, Order, Place, Sort
from dossier.cases.store.search import Search
from dossier.conditions import Condition, all_of, attribute, equals, parse_condition
from dossier.conditions.comparing import DAY, ONE_OF, TEXT
from dossier.conditions.rows import MOST_ROWS, Choice, Match, Row, from_rows, typed_rows
from dossier.fields import field_choices
from dossier.foundation import exact
from dossier.foundation.database import Row as Record
from dossier.foundation.errors import Refusal
from dossier.foundation.identifiers import parse_id

ME = "me"  # as an owner: who looks
_RELATIVE = re.compile(r"today([+-]\d{1,4})?")
_PLACES = ("after", "before")
_KEPT = ("q", "status", "key", "waiting_for", "archived", "match", "a", "o", "v", "sort", "order", "view")


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
    def view(self) -> str:
        """The id of the view that was chosen; the list may show something else by now."""
        return next(iter(self.parameters.get("view", [])), "")

    @property
    def kept(self) -> dict[str, list[str]]:
        """What a view keeps."""
        return {name: values for name, values in self.parameters.items() if name != "view"}

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
        return address(kept)


def address(parameters: Mapping[str, Sequence[str]]) -> str:
    """The part of an address that asks for this."""
    return "?" + urlencode(parameters, doseq=True)


def asked(sent: QueryParams) -> Asked:
    """What is asked for; parts that cannot be are left out, as an old link may have them."""
    parameters = QueryParams([(name, value.replace("\0", "")) for name, value in sent.multi_items()])
    archived: Archived = "true" if parameters.get("archived") == "true" else "false"
    states = {
        "parent_status": _known(parameters.get("status"), PARENT_STATUSES),
        "status": parameters.get("key") or "",
        "waiting_for": _known(parameters.get("waiting_for"), WAITING_FOR),
    }
    sort: Sort = next((each for each in SORTS if each == parameters.get("sort")), "updated_at")
    order = Order(sort, parameters.get("order", "down" if sort.endswith("_at") else "up") == "down")
    return Asked(
        words=parameters.get("q", "").strip()[:200],
        archived=archived,
        states={name: value for name, value in states.items() if value},
        match="any" if parameters.get("match") == "any" else "all",
        rows=list(typed_rows(parameters.multi_items())),
        order=order,
        place=_place(parameters, order),
        parameters={
            name: list(parameters.getlist(name))[: MOST_ROWS + 1] for name in _KEPT if any(parameters.getlist(name))
        },
    )


def ranked(asked: Asked, words: Search | None) -> Asked:
    """While somebody searches, what answers best comes first, unless another order was asked for."""
    has_rank = words is not None and not words.is_guessed
    by_rank = words if has_rank and asked.order.sort.endswith("_at") and asked.order.descending else None
    fits = asked.place is None or bool(by_rank) == _is_rank(asked.place.key)
    return replace(asked, order=replace(asked.order, rank=by_rank), place=asked.place if fits else None)


def meant(rows: Sequence[Row], choices: Sequence[Choice], email: str, today: date) -> list[Row]:
    """The rows with who and when is meant: “me” among owners, `today`, `today-7` or `today+30` among days."""
    days = {each.name for each in choices if each.compared.input == "date"}
    return [replace(row, value=_meant(row, row.attribute in days, email, today)) for row in rows]


def _meant(row: Row, is_day: bool, email: str, today: date) -> str:
    if row.attribute == "owner.email":
        return ", ".join(email if each.strip() == ME else each.strip() for each in row.value.split(","))
    found = _RELATIVE.fullmatch(row.value) if is_day else None
    return (today + timedelta(days=int(found[1] or 0))).isoformat() if found else row.value


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
    return parse_condition(from_rows(match, rows, choices, CASES), CASES) if rows else None


def list_choices(templates: Sequence[Record], colleagues: Sequence[Record]) -> list[Choice]:
    """Everything that the list can be filtered by."""
    statuses = {each["key"]: str(each["label"]) for template in templates for each in template["statuses"]}
    return [
        Choice("status", ONE_OF, options=list(statuses.items())),
        Choice("template.id", ONE_OF, options=[(str(each["id"]), each["title"]) for each in templates]),
        Choice("owner.email", ONE_OF, options=[(each["email"], _called(each)) for each in colleagues]),
        *(Choice(name, TEXT) for name in ("reference", "title", "description")),
        *(Choice(name, DAY) for name in ("created_at", "updated_at")),
        *(Choice(f"contact.{name}", TEXT, group="contact") for name in ("given_name", "family_name", "email", "phone")),
        *(choice for each in templates for choice in field_choices(each["fields"], each["title"])),
    ]


def _called(colleague: Record) -> str:
    return " ".join(filter(None, (colleague["given_name"], colleague["family_name"]))) or str(colleague["email"])


def _known(value: str | None, known: Sequence[str]) -> str:
    return value if value in known and value else ""


def _place(parameters: QueryParams, order: Order) -> Place | None:
    for name in _PLACES:
        key, found, id = parameters.get(name, "").rpartition("~")
        if found and parse_id(id) and (not order.sort.endswith("_at") or _is_time(key) or _is_rank(key)):
            return Place(key, id, backwards=name == "before")
    return None


def _is_rank(text: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,20}(\.[0-9]{1,20})?", text))


def _is_time(text: str) -> bool:
    """A time as our own addresses have it: in UTC, as PostgreSQL writes it; it refuses offsets that Python takes."""
    try:
        return text.endswith("+00") and bool(exact.local_moment(text))
    except ValueError:
        return False
