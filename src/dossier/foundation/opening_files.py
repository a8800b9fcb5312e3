"""A program by itself: opens a file that somebody sent, and says on one line of JSON what it is. Run as `python -I -m`.

Parsers meet what was made to break them. So they run here: in a process without our database, keys or network settings,
with an end to its memory and time; what it dies of is nobody else's.
"""

import json
import resource
import struct
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

MEMORY = 1_000_000_000  # bytes of address space
SECONDS = 10  # of processor
MAX_PIXELS = 50_000_000
MAX_DIRECTORY = 4 * 1024 * 1024  # bytes of a ZIP's directory: some 60,000 names
PICTURES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
}
OFFICE = {"word/": "document", "xl/": "sheet", "ppt/": "presentation"}
_OOXML = {
    "document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "presentation": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
SIGNATURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"II*\0",
    b"MM\0*",
    b"BM",
    b"%PDF-",
    b"PK\x03\x04",
    b"PK\x05\x06",
)
"""How a file begins that one of the parsers could open."""

Found = dict[str, str | int]


def looked_at(file: Path) -> Found:
    """`{type, width?, height?}`; empty for what no parser opens."""
    with file.open("rb") as opened:
        head = opened.read(8)
    if head.startswith(b"%PDF-"):
        return pdf(file)
    if head.startswith(b"PK"):
        return archive(file)
    return picture(file)


def picture(file: Path) -> Found:
    """A picture that Pillow opens and that is not vast: its pixels are not read."""
    from PIL import Image  # noqa: PLC0415 - only pictures need it

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    with Image.open(file, formats=list(PICTURES)) as image:
        kind, (width, height) = image.format or "", image.size
        if width * height > MAX_PIXELS or min(width, height) < 1:
            return {}
        image.verify()
    return {"type": PICTURES[kind], "width": width, "height": height}


def pdf(file: Path) -> Found:
    """A PDF by its beginning and its trailer, which says where the objects are."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 2048))
        end = opened.read()
    return {"type": "application/pdf"} if b"startxref" in end and b"%%EOF" in end else {}


def archive(file: Path) -> Found:
    """A ZIP whose directory can be read; an office document by what is in it. Nothing is unpacked."""
    if _directory_size(file) > MAX_DIRECTORY:
        return {}
    with zipfile.ZipFile(file) as opened:
        names = opened.namelist()
        if "[Content_Types].xml" in names:
            kinds = [kind for prefix, kind in OFFICE.items() if any(name.startswith(prefix) for name in names)]
            return {"type": _OOXML[kinds[0]] if len(kinds) == 1 else "application/zip"}
        if names[:1] == ["mimetype"] and opened.getinfo("mimetype").file_size < 100:
            said = opened.read("mimetype").decode("ascii")
            if said.startswith("application/vnd.oasis.opendocument."):
                return {"type": said}
    return {"type": "application/zip"}


def _directory_size(file: Path) -> int:
    """Bytes of the directory, as the record at the end says; a directory that is larger than that can say is too large."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 66_000))
        end = opened.read()
    at = end.rfind(b"PK\x05\x06")
    size: int = struct.unpack("<L", end[at + 12 : at + 16])[0] if 0 <= at <= len(end) - 22 else MAX_DIRECTORY + 1
    if size == 0xFFFFFFFF and (far := end.rfind(b"PK\x06\x06")) >= 0:
        size = struct.unpack("<Q", end[far + 40 : far + 48])[0]
    return size


def _bounded() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # some systems do not know all of them
            resource.setrlimit(what, (most, most))


def main() -> None:
    _bounded()
    found: Found = {}
    with suppress(Exception):  # what cannot be opened is of no type that we know
        found = looked_at(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
