"""Making pages of what is none: pictures, texts, drawings, and the page that stands for what cannot be shown."""

import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import img2pdf
import typst
from PIL import ImageSequence

from dossier.foundation.workshop.old_papers import raise_if_no_drawing
from dossier.foundation.workshop.pictures import opened, raise_if_vast, upright
from dossier.foundation.workshop.stripping import jpeg

A4 = (img2pdf.mm_to_pt(210), img2pdf.mm_to_pt(297))
LEAST_DPI = 150  # a picture is never drawn larger than that makes it
_MOST_PIXELS = 3508  # of a side of A4 at 300 dpi: what more there is nobody sees on paper
_MOST_BYTES = 100_000_000  # of a JPEG, which is held
_ESCAPED = 60  # characters of a line of an escaped name
COLUMNS, LINES, MOST_PAGES = 100, 62, 200  # of a text
_HELD = COLUMNS * LINES * MOST_PAGES * 4  # bytes of a text that are read

_TEXT = """
#set page("a4", margin: (x: 17mm, y: 15mm))
#set par(leading: 0.42em)
#show raw: set text(8pt)
#for page in json("text.json") { raw(page, block: true); pagebreak(weak: true) }
"""
_DRAWING = """
#set page("a4", margin: 10mm)
#image("drawing.svg", fit: "contain", width: 100%, height: 100%)
"""
_NAMED = """
#let said = json("named.json")
#set page("a4", margin: 25mm)
#set text(11pt)
#v(30mm)
#text(17pt, weight: "bold")[#said.name]
#if said.escaped != "" { raw(said.escaped, block: true) }
#v(6mm)
#grid(columns: (auto, 1fr), column-gutter: 8mm, row-gutter: 4mm,
  ..said.rows.map(row => (text(fill: luma(90))[#row.at(0)], [#row.at(1)])).flatten())
#v(8mm)
#said.why
"""
_HREF = "{http://www.w3.org/1999/xlink}href"
UNSEEN = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]")


class NoGlyph(ValueError):  # its caller knows what follows from it
    """It has a character for which no font here has a shape."""


# ---- pictures ----


def of_picture(file: Path, type: str, to: Path, most: int) -> int:
    """A page for each frame, of a GIF for the first; how many. ValueError for what has more than `most`."""
    layout = img2pdf.get_layout_fun(
        A4, tuple((img2pdf.ImgSize.dpi, LEAST_DPI) for _ in A4), fit=img2pdf.FitMode.shrink, auto_orient=True
    )
    frames = [_whole(file)] if type == "image/jpeg" else list(_frames(file, type, to.parent, most))
    with to.open("wb") as out:
        img2pdf.convert(frames, layout_fun=layout, rotation=img2pdf.Rotation.ifvalid, outputstream=out)
    for each in frames:
        if isinstance(each, str):
            Path(each).unlink()
    return len(frames)


def _whole(file: Path) -> bytes:
    if file.stat().st_size > _MOST_BYTES:
        raise ValueError
    return jpeg(file.read_bytes())


def _frames(file: Path, type: str, folder: Path, most: int) -> Iterator[str]:
    """The frames as PNG, upright and on white, as large as paper shows them."""
    with opened(file) as image:
        several = getattr(image, "n_frames", 1) > 1  # a frame that is made smaller is no place to go on from
        for at, frame in enumerate(ImageSequence.Iterator(image)):
            if at and type == "image/gif":
                return
            if at >= most:
                raise ValueError
            raise_if_vast(frame)
            kept = folder / f"frame-{at}.png"
            upright(frame.copy() if several else frame, _MOST_PIXELS).save(
                kept, dpi=(LEAST_DPI, LEAST_DPI), compress_level=3
            )
            yield str(kept)


# ---- texts ----


def of_text(file: Path, to: Path, *, boxes: bool) -> tuple[int, bool]:
    """A text as its lines stand; how many pages, and whether that is all of it. NoGlyph unless there may be `boxes`."""
    with file.open("rb") as opened_file:
        content = opened_file.read(_HELD + 1)
    lines = list(islice(_lines(content[:_HELD].decode("utf-8-sig", "replace")), MOST_PAGES * LINES + 1))
    pages = ["\n".join(lines[at : at + LINES]) for at in range(0, len(lines), LINES)]
    _set(to, _TEXT, "text.json", pages[:MOST_PAGES], boxes=boxes)
    return len(pages[:MOST_PAGES]), len(content) <= _HELD and len(pages) <= MOST_PAGES


def _lines(text: str) -> Iterator[str]:
    for line in io.StringIO(text, newline=None) if text else [""]:
        plain = UNSEEN.sub("", line.expandtabs(4).rstrip("\n")) or " "
        columns = max(1, COLUMNS // 2) if any(unicodedata.east_asian_width(each) == "W" for each in plain) else COLUMNS
        for at in range(0, len(plain), columns):
            yield plain[at : at + columns]


# ---- drawings ----


def of_drawing(file: Path, to: Path, *, boxes: bool) -> int:
    """SVG on one page, with nothing that lies outside of it. NoGlyph unless there may be `boxes`."""
    content = file.read_bytes()
    raise_if_no_drawing(content)
    root = ET.fromstring(content)  # noqa: S314 - it declares no entities, as was seen a line before
    for each in root.iter():
        for name in ("href", _HREF):
            if not each.get(name, "#").lstrip().startswith(("#", "data:image/")):
                del each.attrib[name]
    (to.parent / "drawing.svg").write_bytes(ET.tostring(root))
    _set(to, _DRAWING, "nothing.json", None, boxes=boxes)
    return 1


# ---- what cannot be shown ----


def naming(said: Mapping[str, Any], to: Path) -> int:
    """The page that names a file: `{name, rows: [[label, value]], why}`. What no font here has of its name stands there by number too."""
    plain = {**said, "name": UNSEEN.sub("", said["name"]), "escaped": ""}
    try:
        _set(to, _NAMED, "named.json", plain, boxes=False)
    except NoGlyph:
        _set(to, _NAMED, "named.json", {**plain, "escaped": _escaped(plain["name"])}, boxes=True)
    return 1


def _escaped(name: str) -> str:
    text = name.encode("ascii", "backslashreplace").decode()
    return "\n".join(text[at : at + _ESCAPED] for at in range(0, len(text), _ESCAPED))


def _set(to: Path, template: str, name: str, data: Any, *, boxes: bool) -> None:
    """A page by a template of ours; what others wrote comes as data, and is never markup. NoGlyph unless there may be `boxes`."""
    folder = to.parent
    (folder / name).write_text(json.dumps(data))
    (folder / "main.typ").write_text(template)
    compiler = typst.Compiler(root=str(folder), package_path=str(folder), package_cache_path=str(folder))
    compile = partial(compiler.compile, str(folder / "main.typ"), str(to), format="pdf", pdf_tags=False)
    try:
        compile(pdf_standards=None if boxes else "a-2b")  # PDF/A refuses what no font has, instead of an empty box
    except typst.TypstError as error:
        if "could not be displayed" in error.diagnostic:
            raise NoGlyph from None
        compile()  # what else the standard refuses is nothing to us
