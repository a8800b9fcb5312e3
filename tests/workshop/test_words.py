"""The words in office papers, which other programs wrote or which were made to break who opens them."""

import asyncio
import io
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from dossier.foundation.workshop.asking import Limits, ask
from tests.many import left_to_ci

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
TEXT = "application/vnd.oasis.opendocument.text"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="p"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OPEN = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def paper(**parts: str | bytes) -> bytes:
    """A ZIP with these parts; `__` stands for `/`, `_xml` for the ending."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def words(folder: Path, content: bytes, type: str, most: int = 100_000) -> str:
    """What is read, in the process that reads."""
    file = folder / "source"
    file.write_bytes(content)
    order: dict[str, Any] = {"work": "read", "file": str(file), "type": type, "most": most}
    found = asyncio.run(ask(order, Limits(processor=25, seconds=25), folder))
    return str(found["text"])


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def test_word(tmp_path: Path) -> None:
    body = f"<w:p>{run('Zep')}{run('pelin')}</w:p><w:p>{run('han&amp;gar')}<w:r><w:delText>gone</w:delText></w:r></w:p>"
    made = paper(
        word__footnotes_xml=f"<w:footnotes {W}><w:p>{run('note')}</w:p></w:footnotes>",
        word__document_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>",
        word__styles_xml=f"<w:styles {W}><w:p>{run('style')}</w:p></w:styles>",
    )
    assert words(tmp_path, made, WORD).split() == ["Zeppelin", "han&gar", "note"]


def test_excel(tmp_path: Path) -> None:
    cells = (
        '<c t="s"><v>0</v></c><c><v>1840.5</v></c><c t="inlineStr"><is><t>inside</t></is></c>'
        '<c t="str"><f>A1</f><v>made</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c>'
    )
    made = paper(
        xl__sharedStrings_xml=f"<sst {S}><si><r><t>Zep</t></r><r><t>pelin</t></r></si></sst>",
        xl__worksheets__sheet1_xml=f"<worksheet {S}><sheetData><row>{cells}</row></sheetData></worksheet>",
    )
    assert words(tmp_path, made, SHEET).split() == ["Zeppelin", "1840.5", "inside", "made"]


def test_powerpoint_in_the_order_of_its_slides(tmp_path: Path) -> None:
    slides = {f"ppt__slides__slide{n}_xml": f"<p:sld {A}><a:p><a:t>slide{n}</a:t></a:p></p:sld>" for n in (10, 9, 1)}
    assert words(tmp_path, paper(**slides), SLIDES).split() == ["slide1", "slide9", "slide10"]


def test_open_document(tmp_path: Path) -> None:
    body = (
        "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>Zep<text:span>pelin</text:span>"
        "<text:s/>hangar</text:p><table:table-cell><text:p>cell</text:p></table:table-cell>"
    )
    made = paper(content_xml=f"<office:document-content {OPEN}><office:scripts>no</office:scripts><office:body>"
                 f"<office:text>{body}</office:text></office:body></office:document-content>")  # fmt: skip
    assert words(tmp_path, made, TEXT).split() == ["Zeppelin", "hangar", "cell"]


@pytest.mark.parametrize(
    "prefix",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_entities_are_not_looked_at(tmp_path: Path, prefix: str) -> None:
    made = paper(word__document_xml=f"{prefix}<w:document {W}><w:p>{run('&a;')}</w:p></w:document>")
    assert words(tmp_path, made, WORD) == ""


@left_to_ci("makes vast papers first")
def test_what_is_vast_is_read_from_its_beginning(tmp_path: Path) -> None:
    began = time.monotonic()
    long = f"<w:document {W}>" + f"<w:p>{run('word')}</w:p>" * 400_000
    assert len(words(tmp_path, paper(word__document_xml=long), WORD, 1000)) == 1000
    bomb = paper(word__document_xml=f"<w:document {W}><w:p>{run('first')}</w:p>".encode() + b" " * 150_000_000)
    assert words(tmp_path, bomb, WORD).split() == ["first"]
    nested = f"<w:document {W}>{run('first')}" + "<w:p>" * 300_000
    assert words(tmp_path, paper(word__document_xml=nested), WORD).split() == ["first"]
    assert time.monotonic() - began < 30


def test_a_part_that_is_broken_takes_none_with_it(tmp_path: Path) -> None:
    made = paper(
        word__document_xml=f"<w:document {W}><w:p>{run('first')}</w:p><w:p",
        word__footnotes_xml=f"<w:footnotes {W}><w:p>{run('note')}</w:p></w:footnotes>",
    )
    assert words(tmp_path, made, WORD).split() == ["first", "note"]
