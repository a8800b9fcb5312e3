"""Pictures without what they say of place and device: EXIF, XMP and IPTC left out, the pixels untouched where the format lets them be."""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_METADATA = frozenset({0xE1, 0xED, 0xFE})  # APP1: EXIF, XMP; APP13: IPTC; comments
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xDA)})
_SCAN, _END = 0xDA, 0xD9
_NEXT = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""The next marker behind a scan, in which 0xFF is followed by 0, or begins a part of it."""
_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_ORIENTATION = 0x0112


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The picture `file` of a `type` without them, written `to`: `{size}`."""
    file, to = Path(order["file"]), Path(order["to"])
    _WAYS[order["type"]](file, to)
    yield {"size": to.stat().st_size}


# ---- JPEG ----


def jpeg(content: bytes) -> bytes:
    """Its segments without those, to the end of the picture; how it is turned is said anew. ValueError for what does not hold together."""
    kept, turned = [content[:2]], 1
    for marker, segment in _segments(content):
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            turned = _orientation(segment[10:]) or turned
        if marker not in _METADATA:
            kept.append(segment)
    if turned != 1:
        kept.insert(2 if kept[1][:2] == b"\xff\xe0" else 1, _turned(turned))
    return b"".join(kept)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of each, scans with what follows them. Behind the last may be other pictures, with what they say."""
    at, marker = 2, 0
    while marker != _END:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if content[at : at + 1] != b"\xff" or at + 2 > len(content):
            raise ValueError
        marker, end = content[at + 1], at + 2
        if marker not in _NO_LENGTH:
            end += int.from_bytes(content[end : end + 2], "big")
        if marker == _SCAN:
            found = _NEXT.search(content, end)
            end = found.start() if found else len(content)
        yield marker, content[at:end]
        if end >= len(content):
            return
        at = end


def _turned(orientation: int) -> bytes:
    exif = b"Exif\0\0" + _says(orientation)
    return b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif


def _says(orientation: int) -> bytes:
    """EXIF that says how a picture is turned, and nothing else."""
    return b"MM\0*\0\0\0\x08" + struct.pack(">HHHLHHL", 1, _ORIENTATION, 3, 1, orientation, 0, 0)


def _orientation(tiff: bytes) -> int:
    from PIL import Image  # noqa: PLC0415 - only some pictures are turned

    exif = Image.Exif()
    exif.load(b"Exif\0\0" + tiff.removeprefix(b"Exif\0\0"))
    found = exif.get(_ORIENTATION, 1)
    return found if found in range(1, 9) else 1


# ---- PNG and WebP ----


def png(content: bytes) -> bytes:
    """Its chunks without those; how it is turned is said anew."""
    kept, turned, at = [content[:8]], 1, 8
    while at < len(content):
        length, kind = struct.unpack(">L4s", content[at : at + 8])
        end = at + 12 + length
        if kind == b"eXIf":
            turned = _orientation(content[at + 8 : end - 4])
        if kind not in _CHUNKS:
            kept.append(content[at:end])
        at = end
        if kind == b"IEND":
            break
    if turned != 1:
        chunk = b"eXIf" + _says(turned)
        kept.insert(2, struct.pack(">L", len(chunk) - 4) + chunk + struct.pack(">L", zlib.crc32(chunk)))
    return b"".join(kept)


def webp(content: bytes) -> bytes:
    """The same; the head says no more that others are there."""
    kept: list[bytes] = []
    turned, at = 1, 12
    while at + 8 <= len(content):
        kind, length = struct.unpack("<4sL", content[at : at + 8])
        end = at + 8 + length + length % 2
        chunk = content[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if kind == b"EXIF":
            turned = _orientation(content[at + 8 : at + 8 + length])
        elif kind != b"XMP ":
            kept.append(chunk)
        at = end
    if turned != 1:
        exif = _says(turned)
        kept[0] = kept[0][:8] + bytes([kept[0][8] | 0x08]) + kept[0][9:]
        kept.append(b"EXIF" + struct.pack("<L", len(exif)) + exif)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<L", len(body)) + body


# ---- the others ----


def _heic(file: Path, to: Path) -> None:
    """What EXIF and XMP say is overwritten where it lies: the format is one that we do not write."""
    from dossier.foundation.workshop.pictures import opened  # noqa: PLC0415

    content = bytearray(file.read_bytes())
    with opened(file) as image:
        said = [
            image.info.get("exif"),
            image.info.get("xmp"),
            *(each["data"] for each in image.info.get("metadata", [])),
        ]
    for each in said:
        found = (each or b"").removeprefix(b"Exif\0\0")
        at = content.find(found) if found else -1
        if found and at < 0:
            raise ValueError
        content[at : at + len(found)] = bytes(len(found))
    to.write_bytes(content)


def _anew(file: Path, to: Path) -> None:
    """TIFF: read, which turns it upright, and written without anything but the pixels."""
    from PIL import Image, ImageSequence  # noqa: PLC0415

    from dossier.foundation.workshop.pictures import opened, raise_if_vast  # noqa: PLC0415

    with opened(file) as image:
        frames = []
        for each in ImageSequence.Iterator(image):
            raise_if_vast(each)
            plain = Image.new(each.mode, each.size)
            if each.mode in ("P", "PA") and (palette := each.getpalette()):
                plain.putpalette(palette)
            plain.paste(each)
            frames.append(plain)
        frames[0].save(
            to,
            "TIFF",
            compression="tiff_deflate",
            save_all=True,
            append_images=frames[1:],
        )


_WAYS: dict[str, Any] = {
    "image/jpeg": lambda file, to: to.write_bytes(jpeg(file.read_bytes())),
    "image/png": lambda file, to: to.write_bytes(png(file.read_bytes())),
    "image/webp": lambda file, to: to.write_bytes(webp(file.read_bytes())),
    "image/heic": _heic,
    "image/tiff": _anew,
}
"""By type. GIF and BMP have no EXIF."""
