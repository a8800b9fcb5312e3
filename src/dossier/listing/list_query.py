"""What the address of a list asks for: words, states, rows of conditions, an order, and where to begin; and which rows that means."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from dossier.conditions import Condition, all_of, attribute, equals, parse_condition
from dossier.conditions.rows import (
    MAX_ROWS,
    FilterAttribute,
    FilterRow,
    Match,
    from_rows,
    parse_rows,
    raise_if_unfinished,
)
from dossier.foundation import exact
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.identifiers import parse_id
from dossier.listing.collection import Archived, Collection, Matching, Selection, Shape
from dossier.listing.counting import (
    MAX_COUNTED,
    Group,
    Numbers,
    find_related,
    groups,
    has_more,
    kept_groups,
    matching,
    ready_fields,
    some_groups,
)
from dossier.listing.keyset import Cursor, Order, Stretch, fetch_best, fetch_page
from dossier.listing.lookup import STEPS, Found, Search, search
from dossier.listing.search import SearchIndex
from dossier.web import Looker
from dossier.web.addresses import Address

T = TypeVar("T")

ME = "me"  # as an owner: who looks
FEW = 100  # rows that are not worth a “more than”
MAX_SEARCH = 200  # characters
_RELATIVE = re.compile(r"today([+-]\d{1,4})?")
_PLACES = ("after", "before")
_BESIDE = (*_PLACES, "count", "keys")  # what an address of a list may have besides what a view keeps
_OPTIONS = {"archived": ("true", "false"), "match": ("all", "any"), "order": ("up", "down")}


@dataclass(frozen=True, slots=True)
class State:
    """What a parameter of an address narrows a list to: an attribute with a value, one of the `known` if they are."""

    attribute: str
    known: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list that people look at: where it is, of what, which states narrow it, and of which attributes “me” is a value."""

    address: Address
    kind: Collection
    index: SearchIndex
    states: Mapping[str, State] = field(default_factory=dict)
    of_members: frozenset[str] = frozenset()

    @property
    def parameters(self) -> tuple[str, ...]:
        """What an address of the list, and a view of it, keep."""
        return ("q", *self.states, "archived", "match", "a", "o", "v", "sort", "order", "view")


_ROWS = ("a", "o", "v")  # of conditions: three lists that are kept as one, blanks too, as of “is filled in”


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The list that an address asks for."""

    words: str
    archived: Archived
    states: Mapping[str, str]  # by attribute: each narrows the list, and not its own counts
    match: Match
    rows: Sequence[FilterRow]
    order: Order
    place: Cursor | None
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

    def beside(self, *own: str) -> list[tuple[str, str]]:
        """What a form about `own` parameters carries along of the others, so that it narrows the list that is shown."""
        others = ((name, values) for name, values in self.parameters.items() if name not in own)
        return [(name, value) for name, values in others for value in values if value or name in _ROWS]

    def address(self, **changed: str | None) -> str:
        """The same list with other parameters, from its beginning; None takes one out."""
        kept = {name: list(values) for name, values in self.parameters.items()}
        for name, value in changed.items():
            kept.pop(name, None)
            if value:
                kept[name] = [value]
        return address(kept)

    def sorted_by(self, sort: str) -> str:
        """The address of the same list sorted so; of one that is so already, in the other direction."""
        turned = ("up" if self.order.descending else "down") if self.order.sort == sort else None
        return self.address(sort=sort, order=turned)

    def next(self, shown: Stretch[Any]) -> str:
        """The address of the stretch after this one, empty at the end."""
        there_is = shown.more or (self.place and self.place.backwards)
        return self.address(after=shown.ends[1].text) if shown.ends and there_is else ""

    def previous(self, shown: Stretch[Any]) -> str:
        """The address of the stretch before this one, empty at the beginning."""
        there_is = self.place and (shown.more or not self.place.backwards)
        return self.address(before=shown.ends[0].text) if shown.ends and there_is else ""


@dataclass(frozen=True, slots=True)
class ResolvedQuery:
    """The list that was asked for: its rows, those whose states are counted, and what can be asked about."""

    query: ListQuery
    kind: Collection
    narrow: Matching
    wide: Matching
    asked: Selection  # of `wide`, whose conditions by rows narrow both
    search: Search | None  # what more narrows both
    choices: Sequence[FilterAttribute]
    wrong: AppError | None  # what is wrong with what was asked for: then nothing is listed

    @property
    def matching(self) -> Matching:
        """The rows of the list, whatever their order."""
        return _both(self.narrow, self.search.all() if self.search else None)

    async def numbers(self, reading: ReadSession, states: Sequence[str], *, exactly: bool) -> Numbers:
        """How many rows there are; and of each combination of states, whichever of them narrow the list."""
        if self.wrong:
            return Numbers(0)
        counted = await self._groups(reading, states, exactly=exactly)
        if counted.more and self.query.states:
            return replace(await self._some(reading, self.narrow, ()), groups=())
        asked = self.query.states.items()
        narrow = [each for each in counted.groups if all(each.values[name] == value for name, value in asked)]
        return counted if counted.more else replace(counted, total=sum(each.count for each in narrow))

    async def _groups(self, reading: ReadSession, states: Sequence[str], *, exactly: bool) -> Numbers:
        """Of each combination of states, unless there are more rows than are counted."""
        if not self.search and self.asked.condition is None and (kept := await self._kept(reading, states)) is not None:
            return Numbers(0, kept)
        if exactly:
            found = self.search.all() if self.search else None
            return Numbers(0, await groups(reading, self.kind, _both(self.wide, found), states))
        return await self._some(reading, self.wide, states)

    async def _kept(self, reading: ReadSession, states: Sequence[str]) -> Sequence[Group] | None:
        return await kept_groups(reading, self.kind, self.query.archived, states)

    async def _some(self, reading: ReadSession, rows: Matching, states: Sequence[str]) -> Numbers:
        """Counted among the first things that have the words; where those are too few to say, among all of them."""
        if self.search:
            found = await some_groups(reading, self.kind, _both(rows, self.search.some()), states)
            if self.search.is_rare or sum(each.count for each in found) > FEW:
                return _numbers(found, complete=self.search.is_rare)
            many = await has_more(reading, self.kind, rows, STEPS[-1])
            rows = _both(rows, self.search.all() if many else self.search.whichever())
        return _numbers(await some_groups(reading, self.kind, rows, states), complete=True)

    async def fetch(self, reading: ReadSession, shape: Shape[T], size: int, *, nothing: bool = False) -> Stretch[T]:
        """The stretch of rows that is asked for; not looked for where it is known that there is `nothing`."""
        order, place = self.query.order, self.query.place
        if nothing:
            return Stretch([], None, more=False)
        if order.rank:
            return await fetch_best(reading, self.kind, shape, self.narrow, order, place, size)
        found = self.search.whichever() if self.search else None
        return await fetch_page(reading, self.kind, shape, self.narrow, order, place, size, found)

    def strictly(self) -> "ResolvedQuery":
        """The same for what is done with the rows: what is wrong with what was asked for is raised."""
        if self.wrong:
            raise self.wrong
        return self


def _numbers(some: Sequence[Group], *, complete: bool) -> Numbers:
    """Of rows that were counted to a limit: all of them, or that there are more."""
    counted = sum(each.count for each in some)
    if counted > MAX_COUNTED or not complete:
        return Numbers(min(counted - 1, MAX_COUNTED) // FEW * FEW, more=True)
    return Numbers(counted, some)


def address(parameters: Mapping[str, Sequence[str]]) -> str:
    """The part of an address that asks for this."""
    return "?" + urlencode(parameters, doseq=True)


def parse_query(page: ListPage, sent: QueryParams) -> ListQuery:
    """What is asked for; parts that cannot be are left out, and `resolve` says so."""
    parameters = _cleaned(sent)
    states = {each.attribute: _known(parameters.get(name), each) for name, each in page.states.items()}
    order = _order(page, parameters)
    return ListQuery(
        words=parameters.get("q", "").strip()[:MAX_SEARCH],
        archived="true" if parameters.get("archived") == "true" else "false",
        states={name: value for name, value in states.items() if value},
        match="any" if parameters.get("match") == "any" else "all",
        rows=list(parse_rows(parameters.multi_items())),
        order=order,
        place=_place(parameters, is_time=page.kind.sorts[order.sort].is_time),
        parameters={
            name: list(parameters.getlist(name))[: MAX_ROWS + 1]
            for name in page.parameters
            if any(parameters.getlist(_ROWS[0] if name in _ROWS else name))
        },
    )


def parse_strictly(page: ListPage, sent: QueryParams) -> ListQuery:
    """The same for what is kept: 400 where an address asks for what there is not."""
    if wrong := _unknown(page, _cleaned(sent)):
        raise wrong
    return parse_query(page, sent)


def _cleaned(sent: QueryParams) -> QueryParams:
    return QueryParams([(name, value.replace("\0", "")) for name, value in sent.multi_items()])


async def resolve(
    reading: ReadSession,
    page: ListPage,
    user: Looker,
    sent: QueryParams,
    now: datetime,
    choices: Sequence[FilterAttribute],
) -> ResolvedQuery:
    """Which rows an address means: at most two statements, for the words and for the fields that are indexed."""
    cleaned = _cleaned(sent)
    asked = parse_query(page, cleaned)
    today = now.astimezone(ZoneInfo(user.time_zone)).date()
    meant = replace(asked, rows=_meant(page, asked.rows, choices, user.email, today))
    narrow, wide, wrong = _selections(page, meant, choices)
    words = await search(reading, page.index, asked.words) if asked.words else None
    ready = await ready_fields(reading, page.kind, wide.condition)
    found = await find_related(reading, page.kind, wide.condition)
    return ResolvedQuery(
        query=_ranked(page, asked, words),
        kind=page.kind,
        narrow=await matching(reading, page.kind, narrow, ready, found),
        wide=await matching(reading, page.kind, wide, ready, found),
        asked=replace(wide, ready=ready),
        search=words,
        choices=choices,
        wrong=_unknown(page, cleaned) or wrong,
    )


def _unknown(page: ListPage, sent: QueryParams) -> AppError | None:
    """What an address asks for and there is not: left out, everything would be listed. `_…` and `utm_…` are not ours."""
    try:
        raise_if_unfinished(sent.multi_items())
        _raise_if_unknown(page, sent)
    except AppError as refusal:
        return refusal
    return None


def _raise_if_unknown(page: ListPage, sent: QueryParams) -> None:
    states = {name: each.known for name, each in page.states.items() if each.known}
    options = {**states, **_OPTIONS, "sort": tuple(page.kind.sorts)}
    for name, value in sent.multi_items():
        if name not in (*page.parameters, *_BESIDE) and not name.startswith(("_", "utm_")):
            raise Invalid.because("A list knows nothing of “{name}” in its address.", name=name)
        if value and value not in options.get(name, (value,)):
            known = ", ".join(options[name])
            raise Invalid.because(
                "In the address of a list “{name}” cannot be “{value}”; it can be {known}.",
                name=name,
                value=value,
                known=known,
            )


def _both(rows: Matching, found: Found | None) -> Matching:
    return (f"{rows[0]} AND {found.where}", rows[1] | found.values) if found else rows


def _ranked(page: ListPage, asked: ListQuery, words: Search | None) -> ListQuery:
    """While somebody searches, what answers best comes first, unless another order was asked for."""
    by_rank = words if page.kind.sorts[asked.order.sort].is_time and asked.order.descending else None
    fits = asked.place is None or bool(by_rank) == _is_rank(asked.place.key)
    return replace(asked, order=replace(asked.order, rank=by_rank), place=asked.place if fits else None)


def _meant(
    page: ListPage, rows: Sequence[FilterRow], choices: Sequence[FilterAttribute], email: str, today: date
) -> list[FilterRow]:
    """The rows with who and when is meant: “me” among members, `today`, `today-7` or `today+30` among days."""
    days = {each.name for each in choices if each.compared.input == "date"}
    return [replace(row, value=_value(page, row, row.attribute in days, email, today)) for row in rows]


def _value(page: ListPage, row: FilterRow, is_day: bool, email: str, today: date) -> str:
    if row.attribute in page.of_members:
        return ", ".join(email if each.strip() == ME else each.strip() for each in row.value.split(","))
    found = _RELATIVE.fullmatch(row.value) if is_day else None
    return (today + timedelta(days=int(found[1] or 0))).isoformat() if found else row.value


def _selections(
    page: ListPage, asked: ListQuery, choices: Sequence[FilterAttribute]
) -> tuple[Selection, Selection, AppError | None]:
    """The rows of the list; those whose states are counted; and what is wrong with the conditions, which then count for nothing."""
    vocabulary = page.kind.vocabulary
    condition, wrong = None, None
    try:
        condition = _condition(page, asked, choices)
    except AppError as refusal:
        wrong = refusal
    states = [equals(attribute(vocabulary, name), value) for name, value in asked.states.items()]
    wide = Selection(asked.archived, condition)
    parts = [*([condition] if condition else []), *states]
    return replace(wide, condition=all_of(parts) if parts else None), wide, wrong


def _condition(page: ListPage, asked: ListQuery, choices: Sequence[FilterAttribute]) -> Condition | None:
    """The condition that the rows stand for; 400."""
    vocabulary = page.kind.vocabulary
    raw = from_rows(asked.match, asked.rows, choices, vocabulary) if asked.rows else None
    return parse_condition(raw, vocabulary) if raw else None


def _known(value: str | None, state: State) -> str:
    return value if value and (value in state.known or not state.known) else ""


def _order(page: ListPage, parameters: QueryParams) -> Order:
    sorts = page.kind.sorts
    sort = next((each for each in sorts if each == parameters.get("sort")), next(iter(sorts)))
    return Order(sort, parameters.get("order", "down" if sorts[sort].is_time else "up") == "down")


def _place(parameters: QueryParams, *, is_time: bool) -> Cursor | None:
    for name in _PLACES:
        key, found, id = parameters.get(name, "").rpartition("~")
        if found and parse_id(id) and (not is_time or _is_time(key) or _is_rank(key)):
            return Cursor(key, id, backwards=name == "before")
    return None


def _is_rank(text: str) -> bool:
    rank, _, key = text.partition(" ")
    return bool(re.fullmatch("[0-3]", rank)) and _is_time(key)


def _is_time(text: str) -> bool:
    """A time as our own addresses have it: in UTC, as PostgreSQL writes it; it refuses offsets that Python takes."""
    try:
        return text.endswith("+00") and bool(exact.local_moment(text))
    except ValueError:
        return False
