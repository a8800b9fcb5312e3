"""Papers in the formats of before: Word, Excel and PowerPoint as OLE, RTF; and drawings, SVG."""

import struct
from pathlib import Path
from xml.parsers import expat

_MOST = 20_000_000  # bytes of a drawing, or of an RTF, that are read
_STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",
    "PowerPoint Document": "application/vnd.ms-powerpoint",
    "__properties_version1.0": "application/vnd.ms-outlook",
}
_SVG = "http://www.w3.org/2000/svg"


class NoDrawing(ValueError):
    """It is XML of another kind, or has what no drawing needs."""


def looked_at(file: Path, head: bytes) -> dict[str, str | int]:
    """`{type}`; empty for what does not hold together."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _ole(file, head)
    if file.stat().st_size > _MOST:
        return {}
    content = file.read_bytes()
    if head.startswith(b"{\\rtf"):
        return {"type": "application/rtf"} if content.rstrip(b"\0\r\n \t").endswith(b"}") else {}
    raise_if_no_drawing(content)
    return {"type": "image/svg+xml"}


def raise_if_no_drawing(content: bytes) -> None:
    """XML that holds together, with `svg` around it, and that declares no entities: they are how small files become large."""
    parser = expat.ParserCreate(namespace_separator=" ")
    seen: list[str] = []

    def begin(name: str, _: object) -> None:
        if not seen and name not in ("svg", f"{_SVG} svg"):
            raise NoDrawing
        seen.append(name) if not seen else None

    def entity(*_: object) -> None:
        raise NoDrawing

    parser.StartElementHandler, parser.EntityDeclHandler = begin, entity
    parser.Parse(content, True)


def _ole(file: Path, head: bytes) -> dict[str, str | int]:
    """By the names in the directory, whose first sectors are read."""
    sector = 1 << struct.unpack("<H", head[30:32])[0] & 0xFFFF
    first = struct.unpack("<L", head[48:52])[0]
    if sector not in (512, 4096) or (first + 2) * sector > file.stat().st_size + sector:
        return {}
    with file.open("rb") as opened:
        opened.seek((first + 1) * sector)
        directory = opened.read(8 * sector)
    for at in range(0, len(directory) - 127, 128):
        length = struct.unpack("<H", directory[at + 64 : at + 66])[0]
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        for stream, type in _STREAMS.items():
            if name.startswith(stream):
                return {"type": type}
    return {}
