"""What programs ask of every kept thing: itself, now or at a time, its history, and changes."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import exact
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.group_commit import Change
from dossier.foundation.http import body as bodies
from dossier.foundation.http import openapi, query, writes
from dossier.foundation.http.body import RequestModel
from dossier.foundation.http.claims import claim_of, is_proved, prove
from dossier.foundation.http.reads import read, unless_known
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import api_address, services_of
from dossier.records import schemas
from dossier.records.actions.data import D, DataChanges
from dossier.records.actions.history import history_page
from dossier.records.actions.keeping import Keeping
from dossier.records.actions.undo import TakingBack
from dossier.records.model import A, ChangeSet, HistoryEntry, IfMatch, Record, T
from dossier.records.schemas import HistoryPage, history_entry

AT = openapi.query("at", {"type": "string", "format": "date-time"}, "read the case as it was then")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")

PREFER = openapi.header("Prefer", "`return=minimal` asks for the receipt")

B = TypeVar("B", bound=RequestModel)


@dataclass(frozen=True, slots=True)
class Sent(Generic[B]):
    """What a program sent to change the thing with an `id`: a body, and the version it has seen; `parts` of the address."""

    id: UUID
    seen: IfMatch
    body: B
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ThingRoutes(Generic[A]):
    """What programs do with one thing, each of which is added to a router: `path` ends with `{id}`, which `id` documents.

    `does`: operation and summary; `gives`: the shape of a thing, and `full` the thing in it; `receipt`: what a change of it did, in short.
    Both get the address of the API, which addresses in them begin with.
    """

    path: str
    id: openapi.Parameter
    gives: type[BaseModel]
    full: Callable[[A, str], Mapping[str, Any]]
    receipt: Callable[[ChangeSet[A], str], Mapping[str, Any]]

    def read(
        self,
        router: Router,
        keeping: Keeping[A],
        as_it_was: Callable[[ReadSession, A, datetime], Awaitable[A]],
        does: tuple[str, str],
    ) -> None:
        """The thing as it stands, or `as_it_was` at a time."""

        async def get_one(request: Request) -> Response:
            sent = query.parameters(request, ("at",))
            moment, id = as_of(sent), query.identifier(request.path_params["id"], "id")
            if moment:
                async with read(request) as reading:
                    thing = await as_it_was(reading, await keeping.get(reading, id), moment)
            else:
                lookups = services_of(request).lookups(keeping.get_together)
                thing = await lookups.ask(request.state.caller.actor.scope, id)
            return unless_known(request, lambda: self.full(thing, api_address(request)), thing.version)

        documented = openapi.documented(*does, parameters=(self.id, AT), gives=self.gives)
        router.get(self.path, **documented)(get_one)

    def change(
        self,
        router: Router,
        method: str,
        below: str,
        does: tuple[str, str],
        body: type[B],
        work: Callable[[Transaction, Sent[B]], Awaitable[ChangeSet[A]]],
        *,
        parts: Sequence[openapi.Parameter] = (),
        optional: bool = False,
    ) -> None:
        """A change by a body, which may be `optional`. `parts` documents what else stands in the address."""

        async def change_one(request: Request) -> Response:
            sent = await bodies.read(request, body, optional=optional)
            asked = lambda tx, thing_id, seen: work(tx, Sent(thing_id, seen, sent, request.path_params))  # noqa: E731
            return await writes.changed(request, asked, partial(self.answer, request))

        self._add(router, method, below, does, body, change_one, parts, optional=optional)

    def undo(self, router: Router, taking_back: TakingBack[A], does: tuple[str, str]) -> None:
        """Taking an entry of the history back."""

        async def undo_one(request: Request) -> Response:
            entry = query.body_identifier((await bodies.read(request, schemas.Undo)).entry, "entry")
            undo = lambda tx, thing_id, seen: taking_back.undo(tx, thing_id, entry, seen)  # noqa: E731
            return await writes.changed(request, undo, partial(self.answer, request))

        self._add(router, "POST", "/undo", does, schemas.Undo, undo_one)

    def erase(
        self,
        router: Router,
        erase: Callable[[Transaction, UUID, IfMatch], Awaitable[Any]],
        does: tuple[str, str],
        description: str = "",
    ) -> None:
        """Erasing it, as the client has seen it."""

        async def erase_one(request: Request) -> Response:
            return await writes.erased(request, erase)

        taken = (self.id, *openapi.WRITE, openapi.IF_MATCH)
        documented = openapi.documented(*does, parameters=taken, status=204, description=description)
        router.delete(self.path, **documented)(erase_one)

    def _add(
        self,
        router: Router,
        method: str,
        below: str,
        does: tuple[str, str],
        body: type[BaseModel],
        handler: Callable[[Request], Awaitable[Response]],
        parts: Sequence[openapi.Parameter] = (),
        *,
        optional: bool = False,
    ) -> None:
        taken = (self.id, *parts, *openapi.WRITE, openapi.IF_MATCH)
        documented = openapi.documented(
            *does, parameters=taken, body=body, body_required=not optional, gives=self.gives
        )
        router.add(method, self.path + below, handler, **documented)

    def answer(self, request: Request, done: ChangeSet[A]) -> ApiResponse:
        """The thing in full with its ETag; the receipt for `Prefer: return=minimal` (RFC 7240)."""
        headers = {"ETag": f'"{done.after.version}"'}
        if query.preferences(request).get("return", "").lower() == "minimal":
            headers["Preference-Applied"] = "return=minimal"
            return ApiResponse(self.receipt(done, api_address(request)), headers=headers, about=done.after.id)
        return ApiResponse(self.full(done.after, api_address(request)), headers=headers, about=done.after.id)


@dataclass(frozen=True, slots=True)
class DataRoutes(Generic[D]):
    """How programs update the data of things with fields."""

    things: ThingRoutes[D]
    data: DataChanges[D]

    def one(self, router: Router, does: tuple[str, str], description: str) -> None:
        """Many fields of one thing at once; a plain update shares its transaction with others."""

        async def update_one(request: Request) -> Response:
            body = await bodies.read(request, schemas.UpdateData)
            if writes.is_plain(request):
                id, actor = query.identifier(request.path_params["id"], "id"), request.state.caller.actor
                updates = services_of(request).group_commit(self.data.update_in_company)
                if done := await updates.submit(Change(actor, id, body.data, claim_of(request.scope))):
                    is_proved(request)
                    return writes.answered(request, self.things.answer(request, done))
            await prove(request.scope)
            update = lambda tx, thing_id, seen: self.data.update(tx, thing_id, body.data, seen)  # noqa: E731
            return await writes.changed(request, update, partial(self.things.answer, request))

        documented = openapi.documented(
            *does,
            description=description,
            parameters=(self.things.id, *openapi.WRITE, openapi.IF_MATCH, PREFER),
            body=schemas.UpdateData,
            gives=(self.things.gives, schemas.Receipt),
        )
        router.post(self.things.path + "/data", **documented)(update_one)

    def many(self, router: Router, path: str, member: str, body: type[B], does: tuple[str, str], repeated: str) -> None:
        """Several things, each all or nothing, in the `member` of a body; `repeated`: what is said of one that stands twice."""

        async def update_many(request: Request) -> Response:
            items: Sequence[schemas.OneOfMany] = getattr(await bodies.read(request, body), member)
            query.raise_if_conditional(request)
            sent = {query.body_identifier(each.id, member, index, "id"): each for index, each in enumerate(items)}
            _raise_if_repeated([each.id.lower() for each in items], member, repeated)

            async def handle(transaction: Transaction) -> ApiResponse:
                results = await self.data.update_many(transaction, {id: each.data for id, each in sent.items()})
                receipt = lambda change: self.things.receipt(change, api_address(request))  # noqa: E731
                answers = [schemas.result_of_many(id, results[id], receipt) for id in sent]
                return ApiResponse({"results": answers})

            return await writes.write(request, request.state.caller.actor, handle)

        documented = openapi.documented(*does, parameters=openapi.WRITE, body=body, gives=schemas.ManyResults)
        router.post(path, **documented)(update_many)


def _raise_if_repeated(ids: Sequence[str], member: str, sentence: str) -> None:
    if len(set(ids)) < len(ids):
        Invalid.if_any(
            Problem(sentence, "duplicate", pointer(member, index, "id"))
            for index, id in enumerate(ids)
            if id in ids[:index]
        )


def history_route(
    router: Router,
    path: str,
    id: openapi.Parameter,
    record: Record[T],
    find: Callable[[ReadSession, UUID], Awaitable[T | None]],
    told: Callable[[Request, ReadSession, T, Sequence[HistoryEntry]], Awaitable[Sequence[HistoryEntry]]] | None = None,
    **documented: Any,
) -> None:
    """Add the history of a kind of thing under its address. `find`: the thing, or None; `documented`: operation and summary.

    `told`: the entries of a thing as programs see them, where that is not how they are stored.
    """

    async def list_history(request: Request) -> Response:
        page = query.page(query.parameters(request, ("page[number]", "page[size]")))
        thing_id = query.identifier(request.path_params["id"], "id")
        async with read(request) as reading:
            thing = record.found(await find(reading, thing_id), thing_id)
            total, entries = await history_page(reading, record, thing, page)
            shown = await told(request, reading, thing, entries) if told else entries
        return ApiResponse(page.envelope(total, [history_entry(each) for each in shown])).response()

    parameters = (id, openapi.PAGE_NUMBER, openapi.PAGE_SIZE)
    router.get(path, **openapi.documented(**documented, parameters=parameters, gives=HistoryPage))(list_history)


def as_of(sent: dict[str, str]) -> datetime | None:
    """The parameter `at`, an RFC 3339 time, or a day; a `+` of its offset may have arrived as a space. 400."""
    if "at" not in sent:
        return None
    plus = sent["at"].replace(" ", "+")
    try:
        if len(plus) == 10:
            day = exact.day(plus)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        if _TIME.fullmatch(plus):
            return exact.moment(plus)
    except (ValueError, OverflowError):
        pass
    detail = "“at” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z, or a day."
    raise Invalid.because(detail, "invalid_parameter", parameter="at")
