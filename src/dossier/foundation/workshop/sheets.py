"""A workbook (XLSX) as a text of rows and cells, as a table is copied from a spreadsheet: its first sheet, with the values that were last computed."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{text}` of `file`: `rows`, `columns` and `most` characters at most; `{}` where it is no workbook."""
    from openpyxl import load_workbook  # noqa: PLC0415 - only here

    with Path(order["file"]).open("rb") as opened:
        try:
            book = load_workbook(opened, read_only=True, data_only=True, keep_links=False)
            rows = book.worksheets[0].iter_rows(values_only=True, max_row=order["rows"], max_col=order["columns"])
            text = _text(rows, order["most"])
        except Exception:  # noqa: BLE001 - whatever a broken workbook makes of its reader
            yield {}
            return
    yield {"text": text}


def _text(rows: Iterable[Sequence[Any]], most: int) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for row in rows:
        cells = [_cell(each) for each in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            writer.writerow(cells)
        if out.tell() > most:
            break
    return out.getvalue().replace("\0", "").encode(errors="ignore").decode()


def _cell(value: Any) -> str:
    """As somebody would type it: days and times as ISO 8601 has them."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
        case time():
            return value.isoformat("minutes")
        case float():
            return f"{value:.10f}".rstrip("0").rstrip(".")
    return str(value).strip()
