"""A PDF as pages alone: forms made part of them, and nothing left that does something, leads to a program, or is enclosed."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2

_KEPT = frozenset({"/Link", "/Widget", "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight",
                   "/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink"})  # fmt: skip
_ADDRESSES = ("http://", "https://", "mailto:")


class TooManyPages(ValueError):
    """It has more than fit."""


def clean(file: Path, to: Path, most: int) -> tuple[int, bool]:
    """How many pages there are, and whether somebody had signed it; TooManyPages, pikepdf.PasswordError, and what qpdf says of what is broken."""
    _raise_if_it_says_so(file, most)
    with pikepdf.open(file) as pdf:
        if len(pdf.pages) > most:
            raise TooManyPages
        if not len(pdf.pages):
            raise ValueError
        signed = _is_signed(pdf)
        _flatten(pdf)
        for page in pdf.pages:
            _clean(page.obj)
        for name in (
            "/OpenAction",
            "/AA",
            "/AcroForm",
            "/Names/JavaScript",
            "/Perms",
            "/Collection",
            "/AF",
            "/StructTreeRoot",
            "/Metadata",
        ):
            _take_out(pdf.Root, name)
        for name in ("/JavaScript", "/EmbeddedFiles", "/AlternatePresentations", "/Renditions"):
            _take_out(pdf.Root.get("/Names", pikepdf.Dictionary()), name)
        pages = len(pdf.pages)
        pdf.save(to, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return pages, signed


def _raise_if_it_says_so(file: Path, most: int) -> None:
    """By pdfium, which does not look at every page for that."""
    with suppress(pypdfium2.PdfiumError), pypdfium2.PdfDocument(file) as document:
        if len(document) > most:
            raise TooManyPages


def _flatten(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        _keep(page.obj, lambda each: str(each.get("/Subtype")) in _KEPT)
    if "/AcroForm" in pdf.Root:
        pdf.generate_appearance_streams()
    pdf.flatten_annotations("all")


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    form = pdf.Root.get("/AcroForm")
    with suppress(Exception):  # what is wrong with a form says the flattening
        return bool(form is not None and (int(form.get("/SigFlags", 0)) & 1 or "/Perms" in pdf.Root))
    return False


def _keep(page: Any, wanted: Any) -> None:
    if "/Annots" in page:
        page.Annots = pikepdf.Array(
            [each for each in page.Annots if isinstance(each, pikepdf.Dictionary) and wanted(each)]
        )


def _clean(page: Any) -> None:
    for name in ("/AA", "/B", "/PieceInfo", "/AF", "/Metadata", "/StructParents", "/PresSteps", "/Trans", "/Dur"):
        _take_out(page, name)
    _keep(page, lambda each: each.get("/Subtype") != "/Widget")
    for each in page.get("/Annots", []):
        address = _address(each)
        for name in ("/A", "/AA", "/PA", "/Dest", "/Popup", "/IRT", "/Parent"):
            _take_out(each, name)
        if address:
            each.A = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(address))
    _keep(page, lambda each: each.get("/Subtype") != "/Link" or "/A" in each)


def _address(annotation: Any) -> str | None:
    """Where a link leads that may stay: to an address of the web, or of mail."""
    with suppress(Exception):
        if annotation.A.S == "/URI":
            address = str(annotation.A.URI)
            return address if address.lower().startswith(_ADDRESSES) else None
    return None


def _take_out(where: Any, name: str) -> None:
    if name in where:
        del where[name]


# ---- what a reader finds its way by ----


def outline(pdf: pikepdf.Pdf) -> Iterator[tuple[int, str, int]]:
    """Its entries: how deep each stands, what it is called, the number of its page from 0; those that lead to no page are left out."""
    numbers = {page.obj.objgen: at for at, page in enumerate(pdf.pages)}
    named = _named(pdf)
    left = 5_000
    with suppress(Exception), pdf.open_outline(max_depth=12) as found:
        stack = [(0, each) for each in reversed(found.root)]
        while stack and (left := left - 1):
            depth, item = stack.pop()
            if (page := _page(item, named, numbers)) is not None:
                yield depth, str(item.title)[:500], page
            stack += [(depth + 1, each) for each in reversed(item.children)]


def _page(item: Any, named: dict[str, Any], numbers: dict[Any, int]) -> int | None:
    with suppress(Exception):
        target = item.destination if item.destination is not None else item.action.D
        if isinstance(target, pikepdf.String | pikepdf.Name | str):
            target = named[str(target)]
        if isinstance(target, pikepdf.Dictionary):
            target = target.D
        return numbers.get(target[0].objgen)
    return None


def _named(pdf: pikepdf.Pdf) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with suppress(Exception):
        found |= {str(name): target for name, target in pdf.Root.Dests.items()}
    with suppress(Exception):
        found |= {str(name): target for name, target in pikepdf.NameTree(pdf.Root.Names.Dests).items()}
    return found


def labels(pdf: pikepdf.Pdf) -> dict[int, dict[str, Any]]:
    """How its pages are numbered, from each page where that changes: `{S?, P?, St?}`."""
    found: dict[int, dict[str, Any]] = {0: {"S": "/D"}}
    with suppress(Exception):
        for at, label in pikepdf.NumberTree(pdf.Root.PageLabels).items():
            if 0 <= int(at) < len(pdf.pages):
                found[int(at)] = {
                    **({"S": str(label.S)} if "/S" in label else {}),
                    **({"P": str(label.P)[:100]} if "/P" in label else {}),
                    **({"St": int(label.St)} if "/St" in label else {}),
                }
    return found
