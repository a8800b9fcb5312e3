"""Parts joined to one PDF, with an outline by their names, and originals enclosed. Contents are copied from file to file, never held."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pikepdf

from dossier.foundation.workshop.cleaning import labels, outline

_CHUNK = 1024 * 1024


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`parts` (`{name, file, pages}`) and `enclosed` (`{name, file, type}`) as one PDF, written `to`: `{size, pages}`."""
    to = Path(order["to"])
    with ExitStack() as opened, pikepdf.new() as pdf:
        entries: list[tuple[int, str, int]] = []
        numbered: dict[int, dict[str, Any]] = {}
        for part in order["parts"]:
            source, start = opened.enter_context(pikepdf.open(part["file"])), len(pdf.pages)
            entries += [
                (0, part["name"], start),
                *((depth + 1, title, start + at) for depth, title, at in outline(source)),
            ]
            numbered |= {start + at: label for at, label in labels(source).items()}
            pdf.pages.extend(source.pages)
            with suppress(Exception):  # what is wrong with layers hides nothing
                _layers(pdf, source)
        _outline(pdf, entries)
        _labels(pdf, numbered)
        _enclose(pdf, order["enclosed"], opened)
        pdf.save(to, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        pages = len(pdf.pages)
    yield {"size": to.stat().st_size, "pages": pages}


def _outline(pdf: pikepdf.Pdf, entries: list[tuple[int, str, int]]) -> None:
    with pdf.open_outline() as made:
        above: list[Any] = []
        for depth, title, page in entries:
            item = pikepdf.OutlineItem(title, page)
            del above[depth:]
            (above[-1].children if above else made.root).append(item)
            above.append(item)
    pdf.Root.PageMode = pikepdf.Name.UseOutlines


def _labels(pdf: pikepdf.Pdf, numbered: dict[int, dict[str, Any]]) -> None:
    numbers = pikepdf.Array()
    for at in sorted(numbered):
        label, said = pikepdf.Dictionary(), numbered[at]
        if said.get("S") in ("/D", "/R", "/r", "/A", "/a"):
            label.S = pikepdf.Name(said["S"])
        if "P" in said:
            label.P = pikepdf.String(said["P"])
        if said.get("St", 1) > 0:
            label.St = said.get("St", 1)
        numbers.append(at)
        numbers.append(label)
    pdf.Root.PageLabels = pikepdf.Dictionary(Nums=numbers)


def _layers(pdf: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    """What its author hid stays hidden."""
    said = source.Root.get("/OCProperties")
    if not isinstance(said, pikepdf.Dictionary) or "/OCGs" not in said:
        return
    copied = pdf.copy_foreign(source.make_indirect(said))
    shown = copied.get("/D", pikepdf.Dictionary())
    off = list(shown.get("/OFF", []))
    if shown.get("/BaseState") == "/OFF":
        on = {each.objgen for each in shown.get("/ON", [])}
        off = [each for each in copied.OCGs if each.objgen not in on]
    if "/OCProperties" not in pdf.Root:
        pdf.Root.OCProperties = pikepdf.Dictionary(OCGs=[], D=pikepdf.Dictionary(OFF=[], Order=[]))
    pdf.Root.OCProperties.OCGs.extend(copied.OCGs)
    pdf.Root.OCProperties.D.OFF.extend(off)


def _enclose(pdf: pikepdf.Pdf, files: list[dict[str, Any]], opened: ExitStack) -> None:
    if not files:
        return
    tree = pikepdf.NameTree.new(pdf)
    for each in files:
        source = opened.enter_context(pikepdf.open(_as_pdf(Path(each["file"]), each["type"])))
        content = pdf.copy_foreign(source.Root.Enclosed)
        spec = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=pikepdf.String(_ascii(each["name"])),
            UF=pikepdf.String(each["name"]),
            EF=pikepdf.Dictionary(F=content, UF=content),
        )
        tree[each["name"]] = pdf.make_indirect(spec)
    pdf.Root.Names = pikepdf.Dictionary(EmbeddedFiles=tree.obj)


def _as_pdf(file: Path, type: str) -> Path:
    """A PDF of no pages around a file: what qpdf copies out of a PDF it copies piece by piece, what it is given it holds."""
    size, to = file.stat().st_size, file.with_suffix(".enclosed.pdf")
    subtype = re.sub(rb"[^A-Za-z0-9.+-]", lambda each: b"#%02X" % each[0][0], type.encode())
    objects = [
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R/Enclosed 3 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n",
        b"3 0 obj\n<</Type/EmbeddedFile/Subtype/%b/Params<</Size %d>>/Length %d>>\nstream\n" % (subtype, size, size),
    ]
    with to.open("wb") as out, file.open("rb") as content:
        at = out.write(b"%PDF-1.7\n")
        starts = []
        for each in objects:
            starts.append(at)
            at += out.write(each)
        while piece := content.read(_CHUNK):
            at += out.write(piece)
        at += out.write(b"\nendstream\nendobj\n")
        rows = b"".join(b"%010d 00000 n \n" % start for start in starts)
        out.write(
            b"xref\n0 4\n0000000000 65535 f \n%btrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (rows, at)
        )
    return to


def _ascii(name: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() else "_" for each in name)
