"""The words in office papers: XML in a ZIP, read piece by piece, of which no more is unpacked than a paper has."""

import re
import zipfile
from contextlib import suppress
from pathlib import Path
from xml.parsers import expat

_MOST_UNPACKED = 50_000_000  # bytes of all parts together
_PIECE = 65_536
_PARTS = re.compile(
    r"word/(?:document|footnotes|endnotes|comments|header\d*|footer\d*)\.xml"
    r"|xl/(?:sharedStrings|worksheets/sheet\d+|comments\d*)\.xml"
    r"|ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml"
    r"|content\.xml"
)
_BODIES = ("word/document.xml", "content.xml")
_TEXT = frozenset({"t", "v"})  # of Word, Excel and PowerPoint; of a cell the value
_BREAKS = frozenset({"p", "h", "br", "tab", "si", "c", "tc", "s", "line-break", "table-cell"})
_LEFT_OUT = frozenset({"tracked-changes", "rPh"})  # what was deleted, and how Japanese is pronounced
_NO_TEXT = frozenset(
    {"s", "b", "e"}
)  # types of a cell whose value is none: the number of a shared text, yes or no, an error


class _Refused(ValueError):
    """It declares entities: they are how small files become large."""


def of_office(file: Path, most: int) -> str:
    """`most` characters at most, from the beginning; parts that do not hold together are left out."""
    read: list[str] = []
    left, unpacked = most, _MOST_UNPACKED
    with zipfile.ZipFile(file) as archive:
        names = sorted((each for each in archive.namelist() if _PARTS.fullmatch(each)), key=_order)
        for name in names:
            part = _Part(left)
            with suppress(Exception), archive.open(name) as opened:  # a parser says in its own way that it cannot
                while left > part.length and unpacked > 0 and (piece := opened.read(min(_PIECE, unpacked))):
                    unpacked -= len(piece)
                    part.take(piece)
            read.append("".join(part.read))
            left -= part.length
            if left <= 0 or unpacked <= 0:
                break
    return "\n".join(read)[:most]


def _order(name: str) -> tuple[bool, int, str]:
    """The paper itself, then slides and sheets by their numbers."""
    number = re.search(r"\d+", name)
    return name not in _BODIES, int(number[0]) if number else 0, name


class _Part:
    """The text of one part, as it is parsed."""

    def __init__(self, most: int) -> None:
        self.read: list[str] = []
        self.length = 0
        self._most = most
        self._open: list[str] = []
        self._hidden = 0
        self._cell = ""
        self._is_open_document = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._take
        self._parser.EntityDeclHandler = _refuse

    def take(self, piece: bytes) -> None:
        """Some more of it."""
        self._parser.Parse(piece)

    def _begin(self, name: str, more: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not self._open:
            self._is_open_document = local == "document-content"
        self._open.append(local)
        self._hidden += local in _LEFT_OUT
        if local == "c":
            self._cell = more.get("t", "")

    def _end(self, _name: str) -> None:
        local = self._open.pop()
        self._hidden -= local in _LEFT_OUT
        if local in _BREAKS:
            self._add(" ")

    def _take(self, text: str) -> None:
        if self._hidden or not self._open or not self._is_said(self._open[-1]):
            return
        self._add(text)

    def _is_said(self, local: str) -> bool:
        if self._is_open_document:
            return "body" in self._open[:3]
        return local in _TEXT and not (local == "v" and self._cell in _NO_TEXT)

    def _add(self, text: str) -> None:
        text = text[: self._most - self.length]
        if text:
            self.read.append(text)
            self.length += len(text)


def _refuse(*_: object) -> None:
    raise _Refused
