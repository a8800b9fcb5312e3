"""A workbook (XLSX) that grows in files, not in memory, with no cell that a spreadsheet would run."""

import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from dossier.foundation.errors import Unprocessable

MAX_ROWS = 1_048_575  # of a sheet, under its head
MAX_COLUMNS = 16_384
MAX_CELL = 32_767  # characters, the most that a spreadsheet takes
FIRST_YEAR = 1900  # of a spreadsheet's calendar; earlier days are texts
DIGITS = 15  # of a number that a spreadsheet keeps; one with more is written as text
WIDEST = 60  # characters of a column
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FOLDER = "dossier-export-"  # begins the names of folders that hold what is not done yet
_LEFT_BEHIND = 86_400  # seconds after which such a folder belongs to a process that was killed


def raise_if_too_many(rows: int) -> None:
    """422 where a sheet has no room for so many."""
    if rows > MAX_ROWS:
        raise Unprocessable.because(
            "A workbook has room for {count} rows, and this list has more. Take it as CSV, or narrow it first.",
            "too_many_rows",
            count=MAX_ROWS,
        )


def raise_if_too_wide(columns: int) -> None:
    """422 where a sheet has no room for so many columns."""
    if columns > MAX_COLUMNS:
        raise Unprocessable.because(
            "A workbook has room for {count} columns, and this list has {columns}. Take it as CSV, or narrow it first.",
            "too_many_columns",
            count=MAX_COLUMNS,
            columns=columns,
        )


@contextmanager
def workbook(name: str, head: Sequence[str]) -> Iterator["Workbook"]:
    """A workbook with one sheet; what it needs on the disk is gone when the block ends. 422 where the head is too wide."""
    raise_if_too_wide(len(head))
    with tempfile.TemporaryDirectory(prefix=_FOLDER) as folder, tempfile.TemporaryFile(dir=folder) as file:
        yield Workbook(folder, file, name, head)


def forget_killed() -> None:
    """Delete what processes that were killed left on this machine's disk."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        if folder.stat().st_mtime < time.time() - _LEFT_BEHIND:
            shutil.rmtree(folder, ignore_errors=True)


class Workbook:
    """One sheet: a head that stays, cells by their kind, columns as wide as what stands in them."""

    def __init__(self, folder: str, file: BinaryIO, name: str, head: Sequence[str]) -> None:
        import xlsxwriter  # noqa: PLC0415 - memory that most servers need seldom

        self._file = file
        self._book = xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder})
        self._book.use_zip64()  # where a sheet has more than 4 GB before it is compressed
        self._sheet = self._book.add_worksheet(name)
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._widths = [len(each) + 4 for each in head]
        self.rows = 0
        self.cut = 0  # texts that were too long for a cell
        bold = self._book.add_format({"bold": True})
        for place, column in enumerate(head):
            self._sheet.write_string(0, place, column, bold)
        self._sheet.freeze_panes(1, 0)

    def write(self, rows: Iterable[Sequence[Any]]) -> None:
        """Some more rows. 422 when there are more than a sheet takes, as by those that were made meanwhile."""
        for row in rows:
            raise_if_too_many(self.rows + 1)
            for place, cell in enumerate(row):
                if cell is not None:
                    self._write(place, cell)
                    width = 17 if isinstance(cell, datetime) else len(str(cell)) + 1
                    if width > self._widths[place]:
                        self._widths[place] = min(width, WIDEST)
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
        else:
            self._sheet.write_string(*at, self._short(str(as_text(cell))))  # never as a formula

    def _short(self, text: str) -> str:
        """As much of a text as a cell holds; it goes on, and shows it."""
        if len(text) <= MAX_CELL:
            return text
        self.cut += 1
        return text[: MAX_CELL - 1] + "…"

    def finish(self) -> BinaryIO:
        """The file, to be read from its beginning."""
        for place, width in enumerate(self._widths):
            self._sheet.set_column(place, place, width)
        self._sheet.autofilter(0, 0, max(self.rows, 1), len(self._widths) - 1)
        self._book.close()
        self._file.seek(0)
        return self._file


def as_text(cell: Any) -> Any:
    """All digits of a number, never with an exponent; a time with a blank between."""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "milliseconds")
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return ("true" if cell else "false") if isinstance(cell, bool) else cell


def _fits(number: int | Decimal) -> bool:
    """Whether a spreadsheet's number, a double, has all its digits."""
    if type(number) is int and -(10**DIGITS) < number < 10**DIGITS:
        return True
    return len(Decimal(number).as_tuple().digits) <= DIGITS
