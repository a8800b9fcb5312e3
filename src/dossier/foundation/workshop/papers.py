"""A paper of headings, labels and values: tagged, for keeping (PDF/A-2a) and for screen readers (PDF/UA-1), in every script a font here has.

What stands on it comes as data and is never markup. The fonts are Noto's; of what they have no shape for, those of the machine.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from dossier.foundation.workshop.pages import UNSEEN

_FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
_SIDE = 1600  # pixels of a picture: 9 cm of paper show no more
_SHEET, _FINE = (600, 200), 2  # of a signature: points, and pixels to each
_LONG_WORD = 40  # characters without a place to break a line
# A hash stays as it is: people copy it.
_TOKEN = re.compile(rf"(?<!\S)(?![0-9a-f]{{64}}(?:\s|$))\S{{{_LONG_WORD + 1},}}")
_TEMPLATE = """
#let paper = json("paper.json")
#let spoken = text.with(fill: luma(35%), size: 9pt)
#let said(value) = {
  set text(dir: if value.rtl { rtl } else { ltr })
  value.lines.map(line => [#line]).join(linebreak())
}
#set document(title: paper.title.lines.join(" "), date: datetime(
  year: paper.at.at(0), month: paper.at.at(1), day: paper.at.at(2), hour: paper.at.at(3), minute: paper.at.at(4), second: paper.at.at(5)))
#set text(lang: paper.language, dir: if paper.rtl { rtl } else { ltr }, size: 10pt,
  font: ("Noto Sans", "Noto Sans Arabic", "Libertinus Serif"))
#set par(leading: 0.55em)
#set page("a4", margin: (x: 20mm, top: 22mm, bottom: 20mm),
  header: if paper.notice != none { align(center, text(weight: "bold", said(paper.notice))) },
  footer: context { set text(8pt, fill: luma(35%)); said(paper.foot); h(1fr)
    [#counter(page).display() / #counter(page).final().first()] })
#show heading: set block(above: 1.4em, below: 0.7em, sticky: true)
#show heading.where(level: 1): set text(17pt)
#show heading.where(level: 2): set text(12.5pt)
#show heading.where(level: 3): set text(10.5pt)
#set terms(tight: false, separator: linebreak(), hanging-indent: 0pt, spacing: 1em)
#let picture(of) = block(above: 0.6em, image(of.file, alt: of.alt, width: of.width * 1mm))
#let file(of) = block(above: 0.6em, breakable: false, {
  said(of.name)
  for line in of.about { linebreak(); spoken(said(line)) }
  if of.picture != none { picture(of.picture) }
})
#let body(item) = {
  for value in item.values { block(above: 0.5em, below: 0.5em, said(value)) }
  for each in item.files { file(each) }
  if item.place != none { block(stroke: 0.5pt + luma(45%), inset: 3mm, width: 85mm, breakable: false, {
    if item.place.picture != none { picture(item.place.picture) } else { v(14mm) }
    for line in item.place.about { spoken(said(line)); linebreak() }
  }) }
}
#let shown(items) = {
  let run = ()
  for item in items {
    if item.rows == none { run.push(terms.item(said(item.label), body(item))) } else {
      if run.len() > 0 { terms(..run); run = () }
      for row in item.rows { heading(level: 3, said(row.label)); terms(..row.items.map(each => terms.item(said(each.label), body(each)))) }
    }
  }
  if run.len() > 0 { terms(..run) }
}
#heading(level: 1, said(paper.title))
#if paper.about.len() > 0 { terms(..paper.about.map(each => terms.item(said(each.label), said(each.value)))) }
#for part in paper.parts {
  heading(level: 2, said(part.title))
  if part.description != none { block(spoken(said(part.description))) }
  shown(part.items)
}
"""


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The `paper` as `to`: `{size, kept}`; `kept`: whether it is PDF/A. What it may hold says `Paper` (`foundation/workshop/paper.py`)."""
    to = Path(order["to"])
    folder = to.parent
    paper = _plain(order["paper"], folder)
    (folder / "paper.json").write_text(json.dumps(paper))
    (folder / "paper.typ").write_text(_TEMPLATE)
    kept = _compiled(folder, to)
    yield {"size": to.stat().st_size, "kept": kept}


def _compiled(folder: Path, to: Path) -> bool:
    fonts = typst.Fonts(include_system_fonts=True, font_paths=[str(path) for path in _font_paths()])
    compiler = typst.Compiler(
        root=str(folder), font_paths=fonts, package_path=str(folder), package_cache_path=str(folder)
    )
    try:
        compiler.compile(str(folder / "paper.typ"), str(to), format="pdf", pdf_standards=["a-2a", "ua-1"])
    except typst.TypstError:
        compiler.compile(str(folder / "paper.typ"), str(to), format="pdf")  # tagged still; a box for what no font has
        return False
    return True


def _font_paths() -> Iterator[Path]:
    for name in _FONTS:
        if (found := find_spec(name)) and found.origin:
            yield Path(found.origin).parent / "files"


# ---- what was said, as the template takes it ----


def _plain(paper: dict[str, Any], folder: Path) -> dict[str, Any]:
    texts = {key: _text(paper[key]) for key in ("title", "foot")}
    return {
        **texts,
        "language": paper["language"],
        "at": paper["at"],
        "rtl": paper["rtl"],
        "notice": _text(paper["notice"]) if paper["notice"] else None,
        "about": [{"label": _text(label), "value": _text(value)} for label, value in paper["about"]],
        "parts": [_part(each, folder) for each in paper["parts"]],
    }


def _part(part: dict[str, Any], folder: Path) -> dict[str, Any]:
    description = _text(part["description"]) if part["description"] else None
    return {
        "title": _text(part["title"]),
        "description": description,
        "items": [_item(each, folder) for each in part["items"]],
    }


def _item(item: dict[str, Any], folder: Path) -> dict[str, Any]:
    rows = item["rows"] and [
        {"label": _text(label), "items": [_item(each, folder) for each in items]} for label, items in item["rows"]
    ]
    return {
        "label": _text(item["label"]),
        "values": [_text(each) for each in item["values"]],
        "files": [_file(each, folder) for each in item["files"]],
        "place": item["place"] and _place(item["place"], folder),
        "rows": rows or None,
    }


def _file(file: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {
        "name": _text(file["name"]),
        "about": [_text(each) for each in file["about"]],
        "picture": _picture(file["picture"], file["name"], folder),
    }


def _place(place: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {
        "about": [_text(each) for each in place["about"]],
        "picture": _drawn(place["strokes"], place["alt"], folder),
    }


def _drawn(strokes: list[list[list[int]]], alt: str, folder: Path) -> dict[str, Any] | None:
    """What somebody drew with a finger or a mouse."""
    if not strokes:
        return None
    from PIL import Image, ImageDraw  # noqa: PLC0415 - not for papers that nobody signed

    canvas = Image.new("L", (_SHEET[0] * _FINE, _SHEET[1] * _FINE), 255)
    pen = ImageDraw.Draw(canvas)
    for stroke in strokes:
        points = [(x * _FINE, y * _FINE) for x, y, *_ in stroke]
        pen.line(points if len(points) > 1 else points * 2, fill=0, width=2 * _FINE, joint="curve")
    kept = folder / f"drawn-{len(list(folder.glob('drawn-*')))}.png"
    canvas.save(kept)
    return {"file": kept.name, "alt": UNSEEN.sub("", alt) or "–", "width": 75}


def _text(value: str) -> dict[str, Any]:
    plain = _TOKEN.sub(_broken, UNSEEN.sub("", value))
    strong = next((each for each in map(unicodedata.bidirectional, plain) if each in ("L", "R", "AL")), "L")
    return {"lines": plain.splitlines() or [""], "rtl": strong != "L"}


def _broken(token: re.Match[str]) -> str:
    """A word with places at which a line may end."""
    word = token.group()
    return "\u200b".join(word[at : at + _LONG_WORD] for at in range(0, len(word), _LONG_WORD))


def _picture(path: str | None, alt: str, folder: Path) -> dict[str, Any] | None:
    """What Pillow makes of a file, upright; None of what it does not open."""
    if not path:
        return None
    from dossier.foundation.workshop.pictures import opened, upright  # noqa: PLC0415 - not for papers without pictures

    kept = folder / f"{Path(path).name}.shown.jpg"
    try:
        with opened(Path(path)) as image:
            made = upright(image, _SIDE)
    except Exception:  # noqa: BLE001 - a parser says in its own way that it cannot
        return None
    made.save(kept, "JPEG", quality=82)
    width = min(85.0, 110.0 * made.width / max(1, made.height))
    return {"file": kept.name, "alt": UNSEEN.sub("", alt) or "–", "width": width}
