"""A JSON object as it comes, with the text of one member taken out, which may be large: base64, decoded as it is read."""

import binascii
import re

from dossier.foundation import json
from dossier.foundation.errors import Invalid, TooLarge, pointer

_MARK = re.compile(rb'["{}\[\],:]')
_IN_TEXT = re.compile(rb'["\\]')
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"/": b"/"}
_LONGEST_ESCAPE = 6


class Apart:
    """`take` gives the bytes of the member's text in a piece; `rest` is everything else, with that text empty. At most `most` bytes of it."""

    def __init__(self, member: str, most: int) -> None:
        self.found = False
        self._member, self._most = member, most
        self._rest = bytearray()
        self._depth, self._key, self._in_key = 0, "", False
        self._state = self._outside
        self._begun, self._tail = 0, b""
        self._out: list[bytes] = []

    def take(self, piece: bytes) -> bytes:
        self._out, at = [], 0
        while at < len(piece):
            at = self._state(piece, at)
            if len(self._rest) > self._most:
                raise TooLarge.because("The body has more than {count} bytes beside its file.", count=self._most)
        return b"".join(self._out)

    def rest(self, any_text_at: str | None = None) -> object:
        """The JSON without the text; 400 as any other body."""
        return json.decode(bytes(self._rest), any_text_at)

    def _outside(self, piece: bytes, at: int) -> int:
        mark = _MARK.search(piece, at)
        end = mark.end() if mark else len(piece)
        self._rest += piece[at:end]
        if mark:
            self._marked(mark[0])
        return end

    def _marked(self, mark: bytes) -> None:
        if mark == b'"':
            mine = self._depth == 1 and not self._in_key and self._key == self._member and not self.found
            self._begun, self.found = len(self._rest), self.found or mine
            self._state = self._apart if mine else self._inside
            return
        self._depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(mark, 0)
        if self._depth == 1 and mark in b"{,:":
            self._in_key = mark != b":"

    def _inside(self, piece: bytes, at: int) -> int:
        """In a text: to its end, past what is escaped."""
        mark = _IN_TEXT.search(piece, at)
        end = mark.end() if mark else len(piece)
        self._rest += piece[at:end]
        if mark and mark[0] == b"\\":
            self._state = self._escaped
        elif mark:
            if self._depth == 1 and self._in_key:
                self._key = self._rest[self._begun : -1].decode(errors="replace")
            self._state = self._outside
        return end

    def _escaped(self, piece: bytes, at: int) -> int:
        self._rest += piece[at : at + 1]
        self._state = self._inside
        return at + 1

    def _apart(self, piece: bytes, at: int) -> int:
        """In the text that is taken out. An escape that a piece cuts waits for the next one."""
        end = piece.find(b'"', at)
        text = self._tail + piece[at : end if end >= 0 else len(piece)]
        self._tail = b""
        cut = text.rfind(b"\\", max(0, len(text) - _LONGEST_ESCAPE + 1)) if end < 0 else -1
        if cut >= 0:
            text, self._tail = text[:cut], text[cut:]
        self._out.append(_ESCAPE.sub(_unescaped, text) if b"\\" in text else text)
        if end < 0:
            return len(piece)
        self._rest += b'"'
        self._state = self._outside
        return end + 1


def _unescaped(escape: "re.Match[bytes]") -> bytes:
    if escape[1]:
        code = int(escape[1], 16)
        return bytes([code]) if code < 0x80 else b"?"
    return _ESCAPED.get(escape[2], b"?")  # what base64 cannot have is refused there


_ALPHABET = bytes.maketrans(b"-_", b"+/")
_BLANKS = b" \t\r\n\f\v"
_INTRODUCTION = re.compile(rb"data:[^,]*;base64,", re.IGNORECASE)
_LONGEST_INTRODUCTION = 300


class Base64:
    """Base64 as it comes, in either alphabet, with or without padding, with blanks, behind `data:…;base64,`; 400 at the member."""

    def __init__(self, member: str) -> None:
        self._member = member
        self._held = bytearray()
        self._begun = False

    def take(self, text: bytes) -> bytes:
        """The bytes that it says so far, but for the last few."""
        self._held += text.translate(_ALPHABET, _BLANKS)
        if not self._begun and not self._begin():
            return b""
        whole = max(0, (len(self._held) - 4) // 4 * 4)  # padding may stand in the last four alone
        piece = bytes(self._held[:whole])
        del self._held[:whole]
        if b"=" in piece:
            raise self._invalid()
        return self._decoded(piece)

    def rest(self) -> bytes:
        """The last bytes."""
        if not self._begun and b":" in self._held and not self._begin():
            raise self._invalid()
        end = bytes(self._held).rstrip(b"=")
        padding = len(self._held) - len(end)
        if padding > 2 or (padding and len(self._held) % 4) or len(end) % 4 == 1:
            raise self._invalid()
        return self._decoded(end + b"=" * (-len(end) % 4))

    def _begin(self) -> bool:
        """Whether it has begun; an introduction is taken off when all of it is there."""
        if b":" in self._held[:5] or (len(self._held) < 5 and b"data:".startswith(self._held.lower())):
            introduction = _INTRODUCTION.match(bytes(self._held[:_LONGEST_INTRODUCTION]))
            if introduction is None:
                if len(self._held) >= _LONGEST_INTRODUCTION:
                    raise self._invalid()
                return False
            del self._held[: introduction.end()]
        self._begun = True
        return True

    def _decoded(self, text: bytes) -> bytes:
        try:
            return binascii.a2b_base64(text, strict_mode=True) if text else b""
        except binascii.Error:
            raise self._invalid() from None

    def _invalid(self) -> Exception:
        sentence = "“{field}” must be base64."
        return Invalid.because(sentence, "invalid_base64", pointer=pointer(self._member), field=self._member)
