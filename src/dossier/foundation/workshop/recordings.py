"""Sound and film: as far as their containers can be walked from the beginning to what says that it is one."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MOST = 10_000  # boxes, frames and chunks that are walked
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # kbit/s of MPEG 1 layer 3
_HALVED = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)  # of MPEG 2 and 2.5
_RATES = (44100, 48000, 32000)  # Hz of MPEG 1; halved of 2, of 2.5 once more
_BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}


def looked_at(file: Path, head: bytes) -> dict[str, str | int]:
    """`{type}` of a recording; empty for what is none, or does not hold together."""
    with file.open("rb") as opened:
        size = file.stat().st_size
        if head[4:8] == b"ftyp":
            return _said(_mp4(opened, size, head[8:12]))
        if head.startswith(b"RIFF"):
            return _said({b"WAVE": _wave, b"AVI ": _avi}.get(head[8:12], lambda _: None)(head))
        if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
            return _said(_mp3(opened, head))
    return _said(_other(head))


def _said(type: str | None) -> dict[str, str | int]:
    return {"type": type} if type else {}


def _other(head: bytes) -> str | None:
    if head.startswith(b"fLaC"):
        return "audio/flac" if head[4] & 0x7F == 0 and head[5:8] == b"\0\0\x22" else None  # STREAMINFO, 34 bytes
    if head.startswith(b"OggS") and head[4] == 0 and head[5] & 2:
        first = head[27 + head[26] :]
        is_film = first.startswith((b"\x80theora", b"\x01video"))
        is_sound = first.startswith((b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex"))
        return "video/ogg" if is_film else "audio/ogg" if is_sound else None
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return (
            "video/webm"
            if b"\x42\x82\x84webm" in head[:64]
            else "video/x-matroska"
            if b"matroska" in head[:64]
            else None
        )
    return None


def _mp4(file: BinaryIO, size: int, brand: bytes) -> str | None:
    """Boxes from the first to the end, a film's table among them; HEIC has another one."""
    kinds = set()
    for at, (length, kind) in enumerate(_boxes(file, size)):
        kinds.add(kind)
        if length < 8 or at >= _MOST:
            return None
    return _BRANDS.get(brand, "video/mp4") if b"moov" in kinds else None


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        length, kind = struct.unpack(">L4s", file.read(8))
        if length == 1:
            length = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0]
        length = length or size - at
        yield (length if at + length <= size else 0), kind
        at += max(length, 8)


def _wave(head: bytes) -> str | None:
    return "audio/wav" if b"fmt " in head[12:] else None


def _avi(head: bytes) -> str | None:
    return "video/x-msvideo" if head[12:16] == b"LIST" and head[20:24] == b"hdrl" else None


def _mp3(file: BinaryIO, head: bytes) -> str | None:
    """Three frames, each where the one before it ends: two bytes that look like a frame are in anything."""
    at = 0
    if head.startswith(b"ID3"):
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
    for _ in range(3):
        file.seek(at)
        length = _frame(file.read(4))
        if not length:
            return None
        at += length
    return "audio/mpeg"


def _frame(head: bytes) -> int:
    """Bytes of a frame of layer 3 that begins so; 0: it is none."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return 0
    version, rate, bits = head[1] >> 3 & 3, head[2] >> 2 & 3, head[2] >> 4
    if version == 1 or rate == 3 or bits in (0, 15):
        return 0
    first = version == 3
    hertz = _RATES[rate] // (1 if first else 2 if version == 2 else 4)
    return (144 if first else 72) * (_BITRATES if first else _HALVED)[bits] * 1000 // hertz + (head[2] >> 1 & 1)
