"""Several files as one ZIP, which is written as it is read: never whole anywhere, however large."""

import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

from dossier.files.actions.reading import pieces, raise_if_withheld
from dossier.files.model import File
from dossier.files.model.together import MOST_ZIPPED, raise_if_large, unique_names
from dossier.foundation.services import Services


class _Written:
    """Where the ZIP is written, and taken from."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """All of it is taken in time."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        held, self._held = self._held, bytearray()
        return bytes(held)


def raise_if_not_zipped(services: Services, files: Sequence[File]) -> None:
    """409, 410, 413: what is refused before a byte of them is read."""
    for each in files:
        raise_if_withheld(services, each)
    raise_if_large(sum(each.size for each in files), MOST_ZIPPED)


async def zipped(services: Services, files: Sequence[File]) -> AsyncIterator[bytes]:
    """The pieces of a ZIP of the originals, as they are; the first is there already. 409, 410, 413, 503."""
    raise_if_not_zipped(services, files)
    found = _pieces(services, files)
    first = await anext(found)

    async def all() -> AsyncIterator[bytes]:
        yield first
        async for piece in found:
            yield piece

    return all()


async def _pieces(services: Services, files: Sequence[File]) -> AsyncIterator[bytes]:
    out = _Written()
    with zipfile.ZipFile(cast("Any", out), "w", zipfile.ZIP_STORED) as made:
        for name, file in zip(unique_names([each.name for each in files]), files, strict=True):
            entry = zipfile.ZipInfo(name, file.created_at.timetuple()[:6])
            entry.file_size, entry.external_attr = file.size, 0o600 << 16
            with made.open(entry, "w") as content:
                async for piece in await pieces(services, file):
                    content.write(piece)
                    yield out.taken()
    yield out.taken()
