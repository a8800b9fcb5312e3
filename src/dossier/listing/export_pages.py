"""A list as a file, for people: at once where that is quick, else made by a job, while they see how far it is and may leave."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from psycopg.errors import DiskFull
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier.foundation import jobs
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict, Forbidden, NotFound
from dossier.foundation.http import query
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.messages import Message
from dossier.foundation.pages.language import Language, language
from dossier.foundation.services import Services
from dossier.listing import kept_exports as kept
from dossier.listing.collection import Matching, Shape
from dossier.listing.counting import count
from dossier.listing.export import Export, ExportedColumns, attached, steady
from dossier.listing.kept_exports import KeptExport
from dossier.listing.list_query import ListPage, ResolvedQuery
from dossier.listing.workbook import MEDIA_TYPE, Workbook, forget_killed, raise_if_too_many, workbook
from dossier.web import (
    CurrentUser,
    Looker,
    PageRoute,
    addresses,
    current_user,
    database_of,
    form,
    language_of,
    origin_of,
    render,
    see_other,
)

log = structlog.get_logger()

CHUNK = 1024 * 1024  # bytes of a file that are kept, and sent, at a time
AT_ONCE_OF_MEMBER = 3  # files that are made for somebody at the same time
NOTE_EVERY = 0.5  # seconds between two looks at whether it is still wanted
NO_ROOM = Message("There is no room left on the server’s disk. Tell whoever runs it, and try again then.")
BROKEN = Message("Something went wrong on the server; its log says what. Try again, or tell whoever runs it.")
GIVEN_UP = Message("The work on it was given up. Try again.")
_NO_SUCH = "There is no such file of yours; files are kept for a day."


class _Unwanted(Exception):
    """Nobody wants the file any more."""


@dataclass(frozen=True, slots=True)
class ExportPages:
    """What people do to have a list as a file: with the rows of a shape and the columns that these rows have.

    `columns`: what these rows have; it gets where people reach the server, too.
    `meant`: which rows an address of the list means for somebody. `note` notes that so many columns are taken out, before they are.
    `looker`: a member as who looks by now, None when they left.
    """

    page: ListPage
    exported: Shape[Any]
    columns: Callable[[Looker, Language, ReadSession, Matching, str, bool], Awaitable[ExportedColumns]]
    meant: Callable[[ReadSession, Looker, QueryParams, datetime], Awaitable[ResolvedQuery]]
    note: Callable[[Database, Actor, int], Awaitable[None]]
    looker: Callable[[ReadSession, UUID, UUID], Awaitable[Looker | None]]

    def pages(self) -> tuple[PageRoute, ...]:
        """The addresses under the list's own."""
        address = self.page.address
        return (
            PageRoute("GET", address + "/export.csv", self.as_csv, asks_again=True),
            PageRoute("GET", address + "/export.xlsx", self.as_xlsx, asks_again=True),
            PageRoute("POST", address + "/exports", self.start, asks_again=True),
            PageRoute("GET", address + "/exports/{id}", self.file, asks_again=True),
            PageRoute("POST", address + "/exports/{id}/again", self.again),
            PageRoute("POST", address + "/exports/{id}/delete", self.delete),
        )

    def jobs(self) -> Jobs:
        """What makes files, and what forgets them."""
        return {self._job: self.make, Job(f"{self._name}.sweep_exports", cron="*/5 * * * *"): self.sweep}

    @property
    def _name(self) -> str:
        return self.page.address.rpartition("/")[2]

    @property
    def _job(self) -> Job:
        return Job(f"{self._name}.export", jobs.EXPORTS)

    # ---- at once ----

    async def as_csv(self, request: Request) -> Response:
        """The list as CSV, with names for people or with `keys` for programs."""
        return (await self._noted(request, keys="keys" in request.query_params)).as_csv()

    async def as_xlsx(self, request: Request) -> Response:
        """The list as a workbook, where that is quick."""
        return await (await self._noted(request, keys=False)).as_xlsx()

    async def _noted(self, request: Request, *, keys: bool) -> Export:
        user, database = current_user(request), database_of(request)
        export = await self._export(
            database, user, language_of(request), request.query_params, database.clock(), origin_of(request), keys=keys
        )
        await self.note(database, user.actor, len(export.columns.names))
        return export

    async def _export(
        self,
        database: Database,
        who: Looker,
        said: Language,
        sent: QueryParams,
        now: datetime,
        origin: str,
        *,
        keys: bool,
    ) -> Export:
        async with database.reading(who.actor.scope, "costly") as reading:
            resolved = await self.meant(reading, who, sent, now)
            columns = await self.columns(who, said, reading, resolved.matching, origin, keys)
        rows, order = resolved.matching, steady(resolved.query.order)
        return Export(self._name, database, who.actor.scope, self.page.kind, self.exported, rows, order, columns)

    # ---- later ----

    async def start(self, request: Request) -> Response:
        """Have the list made as a workbook; 422 where it has no room, 409 where enough are being made already."""
        user, database, asked = current_user(request), database_of(request), form(request).get("query", "")
        async with database.reading(user.actor.scope, "costly") as reading:
            resolved = await self.meant(reading, user, query.parsed(asked), database.clock())
            total = await count(reading, self.page.kind, resolved.matching)
        raise_if_too_many(total)
        await database.write(user.actor, partial(self._ask, user, asked, language_of(request).code, total))
        return see_other(addresses.EXPORTS)

    async def _ask(self, user: CurrentUser, asked: str, said: str, total: int, transaction: Transaction) -> None:
        id = new_id()
        await _raise_if_busy(transaction, user)
        await kept.insert(transaction, user.workspace_id, id, self._name, asked, said, total)
        await self._job.defer(transaction, workspace=str(user.workspace_id), export=str(id))

    async def again(self, request: Request) -> Response:
        """Have made once more what could not be made; 404."""
        user, id = current_user(request), _id(request)

        async def handle(transaction: Transaction) -> None:
            await _raise_if_busy(transaction, user)
            if not await kept.ask_again(transaction, user.workspace_id, id):
                raise NotFound.because(_NO_SUCH)
            await self._job.defer(transaction, workspace=str(user.workspace_id), export=str(id))

        await database_of(request).write(user.actor, handle)
        return see_other(addresses.EXPORTS)

    async def delete(self, request: Request) -> Response:
        """Stop making a file, or forget one; 404."""
        user, id = current_user(request), _id(request)
        if not await database_of(request).write(
            user.actor, partial(kept.delete, workspace_id=user.workspace_id, id=id)
        ):
            raise NotFound.because(_NO_SUCH)
        return see_other(addresses.EXPORTS)

    async def file(self, request: Request) -> Response:
        """The file, for who asked for it and may still see as much: 404, 403."""
        user, database = current_user(request), database_of(request)
        async with database.reading(user.actor.scope) as reading:
            mine = await kept.of_member(reading, user.workspace_id, _member(user))
        found = next((each for each in mine if each.id == _id(request) and each.kind == self._name), None)
        if found is None or found.state != "done":
            raise NotFound.because(_NO_SUCH)
        if not found.is_for(user.actor.scope):
            raise Forbidden.because("This file was made when you could see more. Have it made again.")
        await self.note(database, user.actor, found.columns)
        headers = attached(self._name, "xlsx") | {"Content-Length": str(found.size)}
        return StreamingResponse(_chunks(database, user, found), headers=headers, media_type=MEDIA_TYPE)

    # ---- the job ----

    async def make(self, services: Services, workspace: str, export: str) -> None:
        """Make a file from its beginning. What cannot be made says why; while the database cannot work, the job tries again."""
        making = _Making(services.database, UUID(workspace), UUID(export))
        if (asked := await making.write(kept.begin)) is None:
            return
        try:
            await self._make(services, making, asked)
        except _Unwanted:
            return
        except AppError as refusal:
            await making.write(kept.fail, why=[each.message for each in refusal.problems])
        except DiskFull:
            await making.write(kept.fail, why=[NO_ROOM])
        except Exception as error:
            if jobs.cannot_work(error):
                raise
            log.exception("export failed", export=export)
            await making.write(kept.fail, why=[NO_ROOM if _no_room(error) else BROKEN])

    async def _make(self, services: Services, making: "_Making", asked: KeptExport) -> None:
        database = services.database
        async with database.reading(making.scope) as reading:
            who = await self.looker(reading, making.workspace_id, asked.member_id)
        if who is None:
            raise Forbidden.because("Whoever asked for this may not do it any more.")
        sent, said = query.parsed(asked.address), language(asked.language)
        export = await self._export(database, who, said, sent, asked.asked_at, services.address, keys=False)
        with workbook(self._name.capitalize(), export.columns.head) as book:
            await making.rows(export, book)
            size = await making.keep(book)
            made = {"rows": book.rows, "columns": len(export.columns.names), "cut": book.cut, "size": size}
        await making.write(kept.finish, **made, seen=who.actor.scope)

    async def sweep(self, services: Services) -> None:
        """Forget files after a day, what killed processes left on the disk, and end what no job makes any more."""
        await asyncio.to_thread(forget_killed)

        async def handle(transaction: Transaction) -> None:
            working = await jobs.asked(transaction, self._job, "export")
            await kept.purge(transaction, self._name, working, GIVEN_UP)

        await services.database.write(jobs.SYSTEM, handle)


@dataclass(frozen=True, slots=True)
class _Making:
    """A file that is being made."""

    database: Database
    workspace_id: UUID
    id: UUID

    @property
    def scope(self) -> Scope:
        return Scope((self.workspace_id,))

    async def write(self, work: Callable[..., Awaitable[Any]], **more: Any) -> Any:
        """Do something about it in a transaction of its own."""
        step = partial(work, workspace_id=self.workspace_id, id=self.id, **more)
        return await self.database.write(system(scope=self.scope), step)

    async def rows(self, export: Export, book: Workbook) -> None:
        """Write all rows, and say how far that is."""
        noted = 0.0
        async for rows in export.rows():
            await asyncio.to_thread(book.write, map(export.columns.cells, rows))
            if monotonic() - noted > NOTE_EVERY:
                noted = monotonic()
                await self._note(book.rows)
        await self._note(book.rows)

    async def _note(self, rows: int) -> None:
        if not await self.write(kept.note_rows, rows=rows):
            raise _Unwanted

    async def keep(self, book: Workbook) -> int:
        """Keep the file; how many bytes it has."""
        file, number, size = await asyncio.to_thread(book.finish), 0, 0
        while content := await asyncio.to_thread(file.read, CHUNK):
            await self.write(kept.add_chunk, number=number, content=content)
            number, size = number + 1, size + len(content)
        return size


async def my_exports(request: Request) -> Response:
    """The files that somebody asked for, of all lists; a script of the page asks for the part alone, as long as one is being made."""
    user = current_user(request)
    async with database_of(request).reading(user.actor.scope) as reading:
        mine = await kept.of_member(reading, user.workspace_id, _member(user))
    part = bool(request.headers.get("hx-request"))
    return render(
        request,
        "listing/exports_part.html" if part else "listing/exports.html",
        exports=mine,
        under_way=any(each.under_way for each in mine),
    )


PAGES: Sequence[PageRoute] = (PageRoute("GET", addresses.EXPORTS, my_exports),)


async def _raise_if_busy(transaction: Transaction, user: CurrentUser) -> None:
    mine = await kept.of_member(transaction, user.workspace_id, _member(user))
    if sum(each.under_way for each in mine) >= AT_ONCE_OF_MEMBER:
        raise Conflict.because(
            "{count} files are being made for you already. Wait until one is done, or stop one.",
            "under_way",
            count=AT_ONCE_OF_MEMBER,
        )


async def _chunks(database: Database, user: CurrentUser, found: KeptExport) -> AsyncIterator[bytes]:
    number, left = 0, found.size
    while left:
        async with database.reading(user.actor.scope) as reading:
            content = await kept.chunk(reading, user.workspace_id, found.id, number)
        if content is None:
            message = "the file was forgotten while it was read"
            raise RuntimeError(message)
        yield content
        number, left = number + 1, left - len(content)


def _no_room(error: Exception) -> bool:
    """Whether the disk of this machine is full; what writes workbooks hides that in an error of its own."""
    reasons = (error, error.__cause__, error.__context__, *error.args)
    return any(isinstance(each, OSError) and each.errno in (errno.ENOSPC, errno.EDQUOT) for each in reasons)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _member(user: CurrentUser) -> UUID:
    assert user.actor.id
    return user.actor.id
