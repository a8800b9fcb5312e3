"""A list as a file: CSV and XLSX, read and written a stretch at a time, with no cell that a spreadsheet would run."""

import asyncio
import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.responses import Response, StreamingResponse

from dossier.foundation.actor import Scope
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Database
from dossier.foundation.errors import Unprocessable
from dossier.listing.collection import Collection, Matching, Shape
from dossier.listing.counting import has_more
from dossier.listing.keyset import Cursor, Order, Stretch, fetch_page

BATCH_SIZE = 500  # rows
CHUNK = 64 * 1024  # bytes
MAX_ROWS = 1_048_575  # of a sheet, under its head
MAX_CELL = 32_767  # characters, the most that a spreadsheet takes
FIRST_YEAR = 1900  # of a spreadsheet's calendar; earlier days are texts
DIGITS = 15  # of a number that a spreadsheet keeps; one with more is written as text
WIDEST = 60  # characters of a column
MARK = "\ufeff"  # by which Excel knows UTF-8
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")
"""What makes a spreadsheet read a text as a formula (OWASP, CSV injection), full-width forms and blanks aside."""
_NUMBER = re.compile(r"[+-]?[0-9 ().,/]+")  # runs nowhere: numbers, telephone numbers


_TOO_MANY = Unprocessable.because(
    "A workbook has room for {count} rows, and this list has more. Take it as CSV, or narrow it first.",
    "too_many_rows",
    count=MAX_ROWS,
)


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
        async with self.database.reading(self.scope, "costly") as reading:
            return await fetch_page(reading, self.kind, self.shape, self.matching, self.order, place, BATCH_SIZE)

    def as_csv(self) -> Response:
        """CSV (RFC 4180), UTF-8: for people with names and a mark for Excel, or with keys for programs."""
        return StreamingResponse(_csv(self), headers=self._headers("csv"), media_type="text/csv; charset=utf-8")

    async def as_xlsx(self) -> Response:
        """A workbook; it grows in a temporary file, not in memory. 422 where a sheet has no room for all rows."""
        async with self.database.reading(self.scope, "costly") as reading:
            if await has_more(reading, self.kind, self.matching, MAX_ROWS):
                raise _TOO_MANY
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return StreamingResponse(_chunks(await _workbook(self)), headers=self._headers("xlsx"), media_type=kind)

    def _headers(self, ending: str) -> dict[str, str]:
        name = f"{self.name}-{datetime.now(UTC).date().isoformat()}.{ending}"
        return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


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
        yield await asyncio.to_thread(_lines, map(export.columns.cells, rows))


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
    return escape_formula(cell) if type(cell) is str else _text(cell)


def _text(cell: Any) -> Any:
    """All digits of a number, never with an exponent; a time with a blank between."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "milliseconds")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return ("true" if cell else "false") if isinstance(cell, bool) else cell


async def _workbook(export: Export) -> BinaryIO:
    import xlsxwriter  # noqa: PLC0415 - memory that most servers need seldom

    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = _Sheet(book, export.name.capitalize(), export.columns.head)
    async for rows in export.rows():
        if sheet.rows + len(rows) > MAX_ROWS:  # by cases that were made meanwhile
            raise _TOO_MANY
        await asyncio.to_thread(sheet.write, map(export.columns.cells, rows))
    sheet.finish()
    await asyncio.to_thread(book.close)
    file.seek(0)
    return file


class _Sheet:
    """The sheet of a workbook: a head that stays, cells by their kind, columns as wide as what stands in them."""

    def __init__(self, book: Any, name: str, head: Sequence[str]) -> None:
        self._sheet = book.add_worksheet(name)
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._widths = [len(name) + 4 for name in head]
        self.rows = 0
        bold = book.add_format({"bold": True})
        for place, column in enumerate(head):
            self._sheet.write_string(0, place, column, bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        for row in rows:
            for place, cell in enumerate(row):
                self._write(place, cell)
                width = 17 if isinstance(cell, datetime) else len(str(cell)) + 1
                self._widths[place] = max(self._widths[place], min(width, WIDEST))
            self.rows += 1

    def _write(self, place: int, cell: Any) -> None:
        at = (self.rows + 1, place)
        if isinstance(cell, bool):
            self._sheet.write_boolean(*at, cell)
        elif isinstance(cell, int | Decimal) and _fits(cell):
            self._sheet.write_number(*at, float(cell))
        elif isinstance(cell, datetime) and cell.year >= FIRST_YEAR:
            self._sheet.write_datetime(*at, cell, self._moment)
        elif isinstance(cell, date) and cell.year >= FIRST_YEAR:
            self._sheet.write_datetime(*at, cell, self._day)
        elif cell is not None:
            text = str(_text(cell))
            if len(text) > MAX_CELL:
                text = text[: MAX_CELL - 1] + "…"  # it goes on, and shows it
            self._sheet.write_string(*at, text)  # never as a formula

    def finish(self) -> None:
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        self._sheet.autofilter(0, 0, max(self.rows, 1), len(self._widths) - 1)


def _fits(number: int | Decimal) -> bool:
    """Whether a spreadsheet's number, a double, has all its digits."""
    return len(Decimal(number).as_tuple().digits) <= DIGITS


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk
