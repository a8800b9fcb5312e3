"""The list as a file: CSV and XLSX, read and written a stretch at a time, with no cell that a spreadsheet would run."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier.cases.pages.lists import LIST
from dossier.cases.pages.looking import look_strictly
from dossier.cases.store import overview
from dossier.cases.store.overview import Matching, Order, Place
from dossier.foundation import json
from dossier.foundation.database import Database, Row
from dossier.foundation.pages import PageRoute, database_of, visitor_of
from dossier.foundation.visitor import Visitor

AT_ONCE = 500  # rows
CHUNK = 64 * 1024  # bytes
LONGEST_CELL = 32_767  # characters, the most that a spreadsheet takes
_DANGEROUS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
)  # what makes a spreadsheet read a text as a formula (OWASP, CSV injection)

_OWN = ("id", "reference", "title", "parent_status", "status", "waiting_for", "owner_email")
_CONTACT = ("given_name", "family_name", "email", "phone")
_TIMES = ("created_at", "updated_at", "archived_at")


@dataclass(frozen=True)
class Export:
    """What is exported: cases, in an order, with these fields."""

    database: Database
    visitor: Visitor
    matching: Matching
    order: Order
    fields: Mapping[str, str]  # key -> name

    @property
    def head(self) -> list[str]:
        return [*_OWN, *(f"contact_{name}" for name in _CONTACT), *_TIMES, *self.fields]

    def cells(self, row: Row) -> list[Any]:
        """A case's cells: texts, numbers, true and false, times on the workspace's clock."""
        zone = ZoneInfo(self.visitor.time_zone)
        times = [row[name] and row[name].astimezone(zone).replace(tzinfo=None) for name in _TIMES]
        own = [str(row[name]) if row[name] is not None else None for name in (*_OWN, *_CONTACT)]
        return [*own, *times, *(_plain(row["data"].get(key)) for key in self.fields)]

    async def rows(self) -> AsyncIterator[list[list[Any]]]:
        """All rows, some at a time, each time from where the last ones ended."""
        place, more = None, True
        while more:
            async with self.database.reading(self.visitor.actor.scope) as reading:
                rows, more = await overview.stretch(reading, self.matching, self.order, place, AT_ONCE, data=True)
            if rows:
                place = Place(rows[-1]["sort_key"], str(rows[-1]["id"]))
                yield [self.cells(row) for row in rows]


async def as_csv(request: Request) -> Response:
    """The list as CSV (RFC 4180), UTF-8."""
    export = await _export(request)
    return StreamingResponse(_csv(export), headers=_headers("csv"), media_type="text/csv; charset=utf-8")


async def as_xlsx(request: Request) -> Response:
    """The list as a workbook; it grows in a temporary file, not in memory."""
    export = await _export(request)
    file = await _workbook(export)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return StreamingResponse(_chunks(file), headers=_headers("xlsx"), media_type=kind)


PAGES = (
    PageRoute("GET", LIST + "/export.csv", as_csv),
    PageRoute("GET", LIST + "/export.xlsx", as_xlsx),
)


def guarded(cell: Any) -> Any:
    """A cell of a CSV file: a text that a spreadsheet could run begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_DANGEROUS) else cell


async def _export(request: Request) -> Export:
    visitor, database = visitor_of(request), database_of(request)
    async with database.reading(visitor.actor.scope) as reading:
        looked = await look_strictly(reading, visitor, request.query_params)
    asked = looked.asked
    # By time of making: a case that changes meanwhile does not move in this order.
    order = asked.order if asked.order.sort != "updated_at" else Order("created_at", asked.order.descending)
    return Export(database, visitor, looked.matching, order, _fields(looked.templates))


def _fields(recipes: Sequence[Row]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for recipe in recipes:
        for field in recipe["fields"]:
            fields.setdefault(field["key"], field["name"])
    return fields


async def _csv(export: Export) -> AsyncIterator[bytes]:
    yield _lines([export.head])
    async for rows in export.rows():
        yield _lines(rows)


def _lines(rows: Iterable[list[Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([guarded(cell.isoformat(" ") if isinstance(cell, datetime) else cell) for cell in row])
    return text.getvalue().encode()


async def _workbook(export: Export) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was sent
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Cases")
    sheet.freeze_panes(1, 0)
    written = 0
    for cell, name in enumerate(export.head):
        sheet.write_string(0, cell, name, book.add_format({"bold": True}) if cell == 0 else None)
    async for rows in export.rows():
        await asyncio.to_thread(_write_rows, sheet, written + 1, rows)
        written += len(rows)
    await asyncio.to_thread(book.close)
    file.seek(0)
    return file


def _write_rows(sheet: Any, first: int, rows: list[list[Any]]) -> None:
    for number, row in enumerate(rows, first):
        for place, cell in enumerate(row):
            if isinstance(cell, bool):
                sheet.write_boolean(number, place, cell)
            elif isinstance(cell, int | Decimal):
                sheet.write_number(number, place, float(cell))
            elif isinstance(cell, datetime):
                sheet.write_datetime(number, place, cell)
            elif cell is not None:
                sheet.write_string(number, place, str(cell)[:LONGEST_CELL])  # never as a formula


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield chunk


def _plain(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, list | dict):
        return json.encode(value).decode()
    return value


def _headers(kind: str) -> dict[str, str]:
    day = datetime.now(UTC).date().isoformat()
    return {"Content-Disposition": f'attachment; filename="cases-{day}.{kind}"', "Cache-Control": "no-store"}
