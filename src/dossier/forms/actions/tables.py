"""A table that somebody sends as a file: CSV as it is, a workbook by the workshop."""

import asyncio
from pathlib import Path

from dossier.forms.model.batch import MOST_ROWS
from dossier.forms.model.sheet import MOST_COLUMNS, MOST_TEXT
from dossier.foundation.errors import Invalid
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, ask

_LIMITS = Limits(processor=20, seconds=25)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_reading = asyncio.Semaphore(2)  # processes at a time


async def text_of(services: Services, content: bytes) -> str:
    """The text of a table, as if it were pasted; 400 for what is none."""
    if content.startswith(_OLD_OFFICE):
        raise Invalid.because("Save the table as XLSX or CSV: this is an older kind of workbook.", pointer="/file")
    if content.startswith(_ZIP):
        return await _of_workbook(services, content)
    try:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")  # as older spreadsheets save CSV


async def _of_workbook(services: Services, content: bytes) -> str:
    async with _reading, placed(services.storage) as home:
        file = home / "table.xlsx"
        await services.storage.do(_write, file, content)
        order = {"work": "sheet", "file": str(file), "rows": MOST_ROWS + 2, "columns": MOST_COLUMNS, "most": MOST_TEXT}
        try:
            found = await ask(order, _LIMITS, home)
        except Died:
            found = {}
    if "text" not in found:
        raise Invalid.because("This workbook cannot be read. Save it anew as XLSX, or as CSV.", pointer="/file")
    return str(found["text"])


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
