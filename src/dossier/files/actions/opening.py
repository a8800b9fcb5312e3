"""The content of files as it is opened: brought to a folder of this machine, and office papers made PDF."""

import asyncio
from pathlib import Path
from typing import BinaryIO

from dossier.files.actions.reading import pieces
from dossier.files.model import File
from dossier.foundation.services import Services
from dossier.foundation.storage.folder import told_of_the_disk
from dossier.foundation.workshop.asking import Died, Limits, ask

_OFFICE = Limits(memory=4_000_000_000, processor=60, seconds=25, file=500_000_000, programs=True)
_at_office = asyncio.Semaphore(1)  # LibreOffice takes some hundred megabytes


async def fetch(services: Services, file: File, to: Path) -> None:
    """Its content as a local file; 409, 410, 503, 507."""
    found = await pieces(services, file)
    out = await services.storage.do(_opened, to)
    try:
        async for piece in found:
            await services.storage.do(_write, out, piece)
    finally:
        out.close()


def _opened(to: Path) -> BinaryIO:
    with told_of_the_disk():
        return to.open("xb")


def _write(out: BinaryIO, piece: bytes) -> None:
    with told_of_the_disk():
        out.write(piece)


async def office_pdf(services: Services, file: Path, home: Path) -> Path | None:
    """The PDF that LibreOffice makes of a local file; None where there is none, or it makes none. Died, Overdue."""
    if not services.office:
        return None
    async with _at_office:
        try:
            made = await ask(
                {"work": "office", "program": services.office, "file": str(file), "to": str(home)}, _OFFICE, home
            )
        except Died:
            return None
    return Path(made["file"])
