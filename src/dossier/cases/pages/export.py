"""The list as a file: CSV and XLSX, read and written a stretch at a time, with no cell that a spreadsheet would run."""

import asyncio
import csv
import io
import re
import tempfile
import unicodedata
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import xlsxwriter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier import audit
from dossier.cases.pages.columns import Columns, columns
from dossier.cases.pages.looking import look_strictly
from dossier.cases.pages.views import LIST
from dossier.cases.store import overview
from dossier.cases.store.overview import Matching, Order, Place
from dossier.foundation.database import Database
from dossier.foundation.pages import PageRoute, database_of, visitor_of
from dossier.foundation.pages.language import language_of
from dossier.foundation.visitor import Visitor

AT_ONCE = 500  # rows
CHUNK = 64 * 1024  # bytes
LONGEST_CELL = 32_767  # characters, the most that a spreadsheet takes
FIRST_YEAR = 1900  # of a spreadsheet's calendar; earlier days are texts
DIGITS = 15  # of a number that a spreadsheet keeps; one with more is written as text
WIDEST = 60  # characters of a column
MARK = "\ufeff"  # by which Excel knows UTF-8
_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\n")
"""What makes a spreadsheet read a text as a formula (OWASP, CSV injection), full-width forms and blanks aside."""
_NUMBER = re.compile(r"[+-]?[0-9 ().,/]+")  # runs nowhere: numbers, telephone numbers


@dataclass(frozen=True)
class Export:
    """What is exported: cases, in an order, with these columns."""

    database: Database
    visitor: Visitor
    matching: Matching
    order: Order
    columns: Columns

    async def rows(self) -> AsyncIterator[list[list[Any]]]:
        """All rows, some at a time, each time from where the last ones ended."""
        place, more = None, True
        while more:
            async with self.database.reading(self.visitor.actor.scope, "costly") as reading:
                rows, more = await overview.stretch(reading, self.matching, self.order, place, AT_ONCE, data=True)
            if rows:
                place = Place(rows[-1]["sort_key"], str(rows[-1]["id"]))
                yield [self.columns.cells(row) for row in rows]


async def as_csv(request: Request) -> Response:
    """The list as CSV (RFC 4180), UTF-8: for people with names and a mark for Excel, or with `keys` for programs."""
    export = await _export(request, keys="keys" in request.query_params)
    return StreamingResponse(_csv(export), headers=_headers("csv"), media_type="text/csv; charset=utf-8")


async def as_xlsx(request: Request) -> Response:
    """The list as a workbook; it grows in a temporary file, not in memory."""
    export = await _export(request)
    file = await _workbook(export)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return StreamingResponse(_chunks(file), headers=_headers("xlsx"), media_type=kind)


PAGES = (
    PageRoute("GET", LIST + "/export.csv", as_csv, asks_again=True),
    PageRoute("GET", LIST + "/export.xlsx", as_xlsx, asks_again=True),
)


def guarded(cell: Any) -> Any:
    """A cell of a CSV file: a text that a spreadsheet could run begins with an apostrophe, a number never does."""
    if not isinstance(cell, str) or _NUMBER.fullmatch(cell):
        return cell
    plain = unicodedata.normalize("NFKC", cell)
    return f"'{cell}" if plain.startswith(_FORMULA) or plain.strip().startswith(_FORMULA) else cell


async def _export(request: Request, *, keys: bool = False) -> Export:
    visitor, database = visitor_of(request), database_of(request)
    async with database.reading(visitor.actor.scope, "costly") as reading:
        looked = await look_strictly(reading, visitor, request.query_params, database_of(request).clock())
        shown = await columns(reading, looked.matching, language_of(request), visitor.time_zone, keys=keys)
    await audit.record_alone(database, visitor.actor, "cases.exported", fields=len(shown.names))
    asked = looked.asked
    # By time of making: a case that changes meanwhile does not move in this order.
    order = asked.order if asked.order.sort != "updated_at" else Order("created_at", asked.order.descending)
    return Export(database, visitor, looked.matching, order, shown)


async def _csv(export: Export) -> AsyncIterator[bytes]:
    yield b"" if export.columns.keys else MARK.encode()
    yield _lines([export.columns.head])
    async for rows in export.rows():
        yield _lines(rows)


def _lines(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([guarded(_text(cell)) for cell in row])
    return text.getvalue().encode()


def _text(cell: Any) -> Any:
    """All digits of a number, never with an exponent; a time with a blank between."""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat(" ") if isinstance(cell, datetime) else cell


async def _workbook(export: Export) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = _Sheet(book, export.columns.head)
    async for rows in export.rows():
        await asyncio.to_thread(sheet.write, rows)
    sheet.finish()
    await asyncio.to_thread(book.close)
    file.seek(0)
    return file


class _Sheet:
    """The sheet of a workbook: a head that stays, cells by their kind, columns as wide as what stands in them."""

    def __init__(self, book: Any, head: Sequence[str]) -> None:
        self._sheet = book.add_worksheet("Cases")
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._widths = [len(name) + 4 for name in head]
        self._next = 1
        bold = book.add_format({"bold": True})
        for place, name in enumerate(head):
            self._sheet.write_string(0, place, name, bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            for place, cell in enumerate(row):
                self._write(place, cell)
                width = 17 if isinstance(cell, datetime) else len(str(cell)) + 1
                self._widths[place] = max(self._widths[place], min(width, WIDEST))
            self._next += 1

    def _write(self, place: int, cell: Any) -> None:
        at = (self._next, place)
        if isinstance(cell, bool):
            self._sheet.write_boolean(*at, cell)
        elif isinstance(cell, int | Decimal) and _fits(cell):
            self._sheet.write_number(*at, float(cell))
        elif isinstance(cell, datetime) and cell.year >= FIRST_YEAR:
            self._sheet.write_datetime(*at, cell, self._moment)
        elif isinstance(cell, date) and cell.year >= FIRST_YEAR:
            self._sheet.write_datetime(*at, cell, self._day)
        elif cell is not None:
            self._sheet.write_string(*at, str(_text(cell))[:LONGEST_CELL])  # never as a formula

    def finish(self) -> None:
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        self._sheet.autofilter(0, 0, max(self._next - 1, 1), len(self._widths) - 1)


def _fits(number: int | Decimal) -> bool:
    """Whether a spreadsheet's number, a double, has all its digits."""
    return len(Decimal(number).as_tuple().digits) <= DIGITS


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _headers(kind: str) -> dict[str, str]:
    day = datetime.now(UTC).date().isoformat()
    return {"Content-Disposition": f'attachment; filename="cases-{day}.{kind}"', "Cache-Control": "no-store"}
