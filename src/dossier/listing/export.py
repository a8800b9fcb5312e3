"""A list as a file, read and written a stretch at a time, with no cell that a spreadsheet would run: CSV here, XLSX by `workbook.py`."""

import asyncio
import csv
import io
import re
import unicodedata
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import Response, StreamingResponse

from dossier.foundation.actor import Scope
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Database
from dossier.foundation.errors import TooManyRequests, Unprocessable
from dossier.listing.collection import Collection, Matching, Shape
from dossier.listing.counting import count
from dossier.listing.keyset import Cursor, Order, Stretch, fetch_page
from dossier.listing.workbook import MEDIA_TYPE, as_text, raise_if_too_many, workbook

BATCH_SIZE, MAX_BATCHES = 500, 4  # rows that are read at first, and times as many at most
WRITTEN = 1_000_000  # bytes of them, for which more or fewer are read next
AT_ONCE = 5_000  # rows of a workbook that is made while one waits
TRIES, PAUSE = 60, 1.0  # for the turn of a stretch, and seconds between two
MARK = "\ufeff"  # by which Excel knows UTF-8
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")
"""What makes a spreadsheet read a text as a formula (OWASP, CSV injection), full-width forms and blanks aside."""
_NUMBER = re.compile(r"[+-]?[0-9 ().,/]+")  # runs nowhere: numbers, telephone numbers


class ExportedColumns(Protocol):
    """The columns of an export: their names, and what stands in them for a row."""

    @property
    def names(self) -> Mapping[str, str]:
        """Key → name, of what they show of each row."""

    @property
    def keys(self) -> bool:
        """Whether they are as programs know them: then without a mark for Excel."""

    @property
    def head(self) -> list[str]:
        """The names of the columns, no two alike."""

    def cells(self, row: Any) -> list[Any]:
        """A row's cells: texts, exact numbers, true and false, days, moments (`time_cell`)."""


@dataclass(frozen=True)
class AttributeColumns:
    """Columns that are attributes of the rows: attribute → its name for people; times are on the workspace's clock."""

    names: Mapping[str, str]
    time_zone: str
    keys: bool = False

    @property
    def head(self) -> list[str]:
        """The names, or the attributes for programs."""
        return list(self.names if self.keys else self.names.values())

    def cells(self, row: Any) -> list[Any]:
        """A row's cells."""
        return [self._cell(getattr(row, name)) for name in self.names]

    def _cell(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return time_cell(value, ZoneInfo(self.time_zone), keys=self.keys)
        return str(value) if isinstance(value, UUID) else value


def time_cell(at: datetime, zone: ZoneInfo, *, keys: bool) -> Any:
    """A moment on the workspace's clock for people; in UTC, as the API writes it, for programs."""
    return wire_time(at) if keys else at.astimezone(zone).replace(tzinfo=None)


@dataclass
class Pace:
    """How many rows are read next: each time costs as much as reading a hundred small ones, and large ones take memory."""

    rows: int = field(default_factory=lambda: BATCH_SIZE)

    def wrote(self, rows: int, size: int) -> None:
        """So many rows were so many bytes."""
        self.rows = min(max(rows * WRITTEN // size, 1), MAX_BATCHES * BATCH_SIZE)


@dataclass(frozen=True)
class Export:
    """What is exported under a name: rows of a shape, in an order, with these columns."""

    name: str
    database: Database
    scope: Scope
    kind: Collection
    shape: Shape[Any]
    matching: Matching
    order: Order
    columns: ExportedColumns
    pace: Pace = field(default_factory=Pace)

    async def rows(self) -> AsyncIterator[list[Any]]:
        """All rows, some at a time; while they are written, the next ones are read, from where these ended."""
        reading = asyncio.ensure_future(self._fetch(None))
        try:
            more = True
            while more:
                found = await reading
                if more := found.more:
                    reading = asyncio.ensure_future(self._fetch(found.ends and found.ends[1]))
                if found.rows:
                    yield found.rows
        finally:
            reading.cancel()

    async def _fetch(self, place: Cursor | None) -> Stretch[Any]:
        """The next stretch; it waits for its turn for a while, since what was begun would otherwise end in the middle."""
        for tries_left in range(TRIES, 0, -1):
            try:
                async with self.database.reading(self.scope, "costly") as reading:
                    return await fetch_page(
                        reading, self.kind, self.shape, self.matching, self.order, place, self.pace.rows
                    )
            except TooManyRequests:
                if tries_left == 1:
                    raise
                await asyncio.sleep(PAUSE)
        raise AssertionError

    def as_csv(self) -> Response:
        """CSV (RFC 4180), UTF-8: for people with names and a mark for Excel, or with keys for programs."""
        return StreamingResponse(_csv(self), headers=attached(self.name, "csv"), media_type="text/csv; charset=utf-8")

    async def as_xlsx(self) -> Response:
        """A workbook of rows that are few (`AT_ONCE`); 422 of more."""
        async with self.database.reading(self.scope, "costly") as reading:
            total = await count(reading, self.kind, self.matching)
        raise_if_too_many(total)
        if total > AT_ONCE:
            raise Unprocessable.because(
                "This list has more than {count} rows: its workbook is made in the background. Choose it in the list’s menu.",
                "made_later",
                count=AT_ONCE,
            )
        return Response(await self._workbook(), headers=attached(self.name, "xlsx"), media_type=MEDIA_TYPE)

    async def _workbook(self) -> bytes:
        with workbook(self.name.capitalize(), self.columns.head) as book:
            async for rows in self.rows():
                await asyncio.to_thread(book.write, map(self.columns.cells, rows))
            return await asyncio.to_thread(lambda: book.finish().read())


def attached(name: str, ending: str) -> dict[str, str]:
    """The head of an answer that a browser keeps as a file, called after what is in it and the day."""
    called = f"{name}-{datetime.now(UTC).date().isoformat()}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{called}"', "Cache-Control": "no-store"}


def steady(order: Order) -> Order:
    """The order of an export: by time of making, not of change, so that what changes meanwhile does not move in it."""
    return Order("created_at" if order.sort == "updated_at" else order.sort, order.descending)


def escape_formula(cell: Any) -> Any:
    """A cell of a CSV file: a text that a spreadsheet could run begins with an apostrophe, a number never does."""
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    plain = cell if cell.isascii() else unicodedata.normalize("NFKC", cell)
    return f"'{cell}" if plain.startswith(_FORMULA) or plain.strip().startswith(_FORMULA) else cell


async def _csv(export: Export) -> AsyncIterator[bytes]:
    yield b"" if export.columns.keys else MARK.encode()
    yield _lines([export.columns.head])
    async for rows in export.rows():
        lines = await asyncio.to_thread(_lines, map(export.columns.cells, rows))
        export.pace.wrote(len(rows), len(lines))
        yield lines


def _lines(rows: Iterable[list[Any]]) -> bytes:
    """What begins with a letter or a digit, most cells, is no formula and is written as it is, as integers are."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [
            cell if (type(cell) is str and cell[:1].isalnum()) or cell is None or type(cell) is int else _written(cell)
            for cell in row
        ]
        for row in rows
    )
    return text.getvalue().encode()


def _written(cell: Any) -> Any:
    return escape_formula(cell) if type(cell) is str else as_text(cell)
