"""Papers of headings, labels and values: for keeping and for screen readers, in every script, with nothing in them that works."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pypdfium2

from dossier.foundation.workshop.asking import Limits, ask
from dossier.foundation.workshop.paper import Item, Paper, PaperFile, Part, Place
from tests.workshop import samples

PAPER = Paper(
    title="Accident report",
    language="en",
    about=(("Reference", "K7P2-9QXM"),),
    parts=(Part("About you", (Item("Name", ("Zoé Dubois",)),), "Who you are"),),
    foot="K7P2-9QXM",
    at=datetime(2026, 11, 29, 10, 30, tzinfo=UTC),
)


def _made(tmp_path: Path, paper: Paper) -> tuple[bool, Path]:
    to = tmp_path / "made.pdf"
    order = {"work": "paper", "paper": paper.sent(), "to": str(to)}
    answer = asyncio.run(ask(order, Limits(file=50_000_000), tmp_path))
    assert answer["size"] == to.stat().st_size
    return answer["kept"], to


def _texts(pdf: Path) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_range() for page in document]


def _with(*items: Item) -> Paper:
    return replace(PAPER, parts=(Part("About you", items),))


def test_it_says_what_it_is_in_order_and_is_tagged_and_for_keeping(tmp_path: Path) -> None:
    kept, pdf = _made(tmp_path, PAPER)
    assert kept
    with pikepdf.open(pdf) as opened:
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        metadata = opened.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Accident report"
    (text,) = _texts(pdf)
    said = ["Accident report", "Reference", "K7P2-9QXM", "About you", "Who you are", "Name", "Zoé Dubois"]
    assert [each for each in said if each in text] == said
    assert sorted(said[3:], key=text.index) == said[3:]


def test_what_a_person_wrote_is_text_and_never_markup(tmp_path: Path) -> None:
    wrote = '#read("paper.json") *bold* $x^2$ @ref <script>alert(1)</script> \\ `raw` // comment'
    kept, pdf = _made(tmp_path, replace(_with(Item(wrote, (wrote,))), title=wrote, notice=wrote, foot=wrote))
    assert kept
    (text,) = _texts(pdf)
    assert text.replace("\r\n", "").count("<script>alert(1)</script>") == 5
    with pikepdf.open(pdf) as opened:
        assert "/Names" not in opened.Root
        assert "/OpenAction" not in opened.Root
        assert "/Annots" not in opened.pages[0]


def test_scripts_of_the_languages_people_answer_in_have_shapes(tmp_path: Path) -> None:
    spoken = ("محمد علي", "Ωμέγα", "Жук", "Łódź ñ ß", "Việt Nam", "हिन्दी")
    kept, _ = _made(tmp_path, replace(_with(Item("الاسم", spoken)), title="تقرير", language="ar", rtl=True))
    assert kept


def test_what_no_font_has_is_no_reason_to_have_no_paper(tmp_path: Path) -> None:
    kept, pdf = _made(tmp_path, _with(Item("Name", ("\U00013000 Zoé",))))
    assert not kept
    with pikepdf.open(pdf) as opened:
        assert opened.Root.MarkInfo.Marked
    assert "Zoé" in _texts(pdf)[0]


def test_what_is_not_finished_says_so_on_every_page(tmp_path: Path) -> None:
    many = tuple(Item(f"Question {number}", ("An answer",)) for number in range(60))
    _, pdf = _made(tmp_path, replace(_with(*many), notice="Not finished"))
    texts = _texts(pdf)
    assert len(texts) > 2
    assert all("Not finished" in text and "K7P2-9QXM" in text for text in texts)
    assert f"2 / {len(texts)}" in texts[1]


def test_pictures_are_shown_with_words_for_them_and_broken_ones_are_listed(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(samples.picture(400, 300))
    (tmp_path / "bad").write_bytes(b"no picture")
    files = tuple(PaperFile(f"{name}.png", ("3 kB", "a" * 64), str(tmp_path / name)) for name in ("good", "bad"))
    kept, pdf = _made(tmp_path, _with(Item("Photos", files=files)))
    assert kept
    (text,) = _texts(pdf)
    assert "bad.png" in text
    assert "a" * 64 in text.replace("\r\n", "")
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages[0].get_images()) == 1


def test_the_place_of_a_signature_and_rows_stand_where_they_belong(tmp_path: Path) -> None:
    rows = (("1", (Item("Who", ("Ann",)),)), ("2", (Item("Who", ("Bob",)),)))
    _, pdf = _made(
        tmp_path,
        _with(
            Item("Hurt", rows=rows),
            Item("Sign", place=Place(("Signed by Ann",), [[[10, 10, 0], [90, 60, 5]], [[5, 5, 9]]], "Ann")),
        ),
    )
    (text,) = _texts(pdf)
    with pikepdf.open(pdf) as opened:
        assert len(opened.pages[0].get_images()) == 1
    assert text.index("Ann") < text.index("Bob") < text.index("Sign")
    assert "Signed by Ann" in text


def test_a_long_word_stays_on_the_paper(tmp_path: Path) -> None:
    _, pdf = _made(tmp_path, _with(Item("Name", ("x" * 500,))))
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        text = page.get_textpage()
        boxes = [text.get_rect(at) for at in range(text.count_rects())]
        assert max(box[2] for box in boxes) <= page.get_width() - 50
