"""What a file is: the type that its content shows, and that a parser opens; of pictures the size, of PDFs the pages."""

import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_DIRECTORY = 4 * 1024 * 1024  # bytes of a ZIP's directory: some 60,000 names
OFFICE = {"word/": "document", "xl/": "sheet", "ppt/": "presentation"}
_OOXML = {
    "document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "presentation": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_BEGINNINGS = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*", b"BM", b"%PDF-", b"PK\x03\x04", b"PK\x05\x06"),
    *(
        b"\xd0\xcf\x11\xe0",
        b"{\\rtf",
        b"ID3",
        b"\xff\xfb",
        b"\xff\xf3",
        b"\xff\xf2",
        b"fLaC",
        b"OggS",
        b"\x1a\x45\xdf\xa3",
    ),
)
_LOCKED = 4  # what pdfium says of a PDF with a password: FPDF_ERR_PASSWORD

Found = dict[str, str | int]


def may_open(head: bytes) -> bool:
    """Whether a file that begins so is worth a parser."""
    return head.startswith(_BEGINNINGS) or head[4:8] == b"ftyp" or is_drawing(head)


def is_drawing(head: bytes) -> bool:
    """Whether it may be SVG: XML whose first element is near."""
    start = head[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in start


def work(order: dict[str, Any]) -> Iterator[Found]:
    """`{type, width?, height?, pages?}` of the `file` of an order; empty for what no parser opens."""
    found: Found = {}
    with suppress(Exception):  # what cannot be opened is of no type that we know
        found = looked_at(Path(order["file"]))
    yield found


def looked_at(file: Path) -> Found:
    """The same of a file; raises whatever its parser does."""
    with file.open("rb") as opened:
        head = opened.read(4096)
    if head.startswith(b"%PDF-"):
        return pdf(file)
    if head.startswith(b"PK"):
        return archive(file)
    if head.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")) or is_drawing(head):
        from dossier.foundation.workshop import old_papers  # noqa: PLC0415 - here and below: each is needed by few

        return old_papers.looked_at(file, head)
    from dossier.foundation.workshop import recordings  # noqa: PLC0415

    return recordings.looked_at(file, head) or picture(file)


def picture(file: Path) -> Found:
    """A picture that Pillow opens and that is not vast: its pixels are not read."""
    from dossier.foundation.workshop.pictures import PICTURES, opened  # noqa: PLC0415

    with opened(file) as image:
        kind, (width, height) = image.format or "", image.size
        image.verify()
    return {"type": PICTURES[kind], "width": width, "height": height}


def pdf(file: Path) -> Found:
    """A PDF that pdfium opens, or would with its password; how many pages it says it has."""
    import pypdfium2  # noqa: PLC0415

    try:
        with pypdfium2.PdfDocument(file) as document:
            pages = len(document)
    except pypdfium2.PdfiumError as error:
        return {"type": "application/pdf"} if getattr(error, "err_code", None) == _LOCKED else {}
    return {"type": "application/pdf", "pages": pages} if pages else {}


def archive(file: Path) -> Found:
    """A ZIP whose directory can be read; an office document by what is in it. Nothing is unpacked."""
    if _directory_size(file) > MAX_DIRECTORY:
        return {}
    import zipfile  # noqa: PLC0415

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
