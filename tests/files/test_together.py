"""Several files as one PDF or as a ZIP: what each kind becomes, what is said of the rest, and how much is too much."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
import pikepdf
import pypdfium2
import pytest

from dossier.files.actions import merging, zipping
from dossier.files.routes import together
from dossier.foundation.identifiers import new_id
from dossier.foundation.workshop.asking import Died, Overdue
from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.files.support import kept, taken_elsewhere
from tests.many import left_to_ci, some
from tests.workshop import samples
from tests.world import Api, World, errors

pytestmark = pytest.mark.long  # processes of their own open what was sent

Made = Callable[..., Any]
ZIP = {"Accept": "application/zip"}


def asked(api: Api, *files: Any, headers: dict[str, str] | None = None, **params: str) -> httpx.Response:
    ids = ",".join(each["id"] if isinstance(each, dict) else str(each) for each in files)
    return api.get("/v1/attachments", params={"ids": ids, **params}, headers=headers)


def merged(api: Api, *files: Any, **more: Any) -> tuple[pikepdf.Pdf, httpx.Response]:
    answer = asked(api, *files, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return pikepdf.open(io.BytesIO(answer.content)), answer


def texts(answer: httpx.Response) -> list[str]:
    with pypdfium2.PdfDocument(answer.content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def enclosed(pdf: pikepdf.Pdf) -> dict[str, bytes]:
    return {name: each.get_file().read_bytes() for name, each in pdf.attachments.items()}


def titles(pdf: pikepdf.Pdf) -> Any:
    def of(items: Any) -> Any:
        return [(each.title, of(each.children)) for each in items]

    with pdf.open_outline() as outline:
        return of(outline.root)


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Other limits than there are."""

    def set(**limits: Any) -> None:
        for name, value in limits.items():
            for module in (merging, zipping, together, __import__("dossier.files.model.together", fromlist=["x"])):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, value)

    return set


# ---- what becomes of each kind ----

PAGES = [
    (samples.pdf(3), "a.pdf", 3),
    (samples.picture(kind="JPEG"), "a.jpg", 1),
    (samples.picture(mode="CMYK", kind="JPEG"), "a.jpg", 1),
    (samples.picture(mode="RGBA"), "a.png", 1),
    (samples.picture(mode="I;16"), "a.png", 1),
    (samples.picture(mode="P"), "a.png", 1),
    (samples.frames("GIF"), "a.gif", 1),
    (samples.frames("TIFF"), "a.tif", 3),
    (samples.picture(kind="WEBP"), "a.webp", 1),
    (samples.picture(kind="BMP"), "a.bmp", 1),
    (samples.HEIC, "a.heic", 1),
    ("Dear all, тоже".encode(), "a.txt", 1),
    (b"a;b\n" * 63, "a.csv", 2),
    (samples.SVG, "a.svg", 1),
]


def test_every_kind_becomes_pages_in_order(api: Api) -> None:
    files = [kept(api, data, name) for data, name, _ in PAGES]
    pdf, answer = merged(api, *files)
    assert "warning" not in answer.headers
    assert len(pdf.pages) == sum(count for _, _, count in PAGES)
    assert [title for title, _ in titles(pdf)] == [name for _, name, _ in PAGES]
    assert pdf.check_pdf_syntax() == []
    said = texts(answer)
    assert ("Dear all 1" in said[0], "Dear all 3" in said[2]) == (True, True)
    at = sum(count for _, _, count in PAGES[:11])
    assert "Dear all, тоже" in said[at]


def test_pictures_stand_on_a4_upright_and_never_enlarged(api: Api) -> None:
    """30 × 20 pixels at 150 dpi are 14 points wide; a photo is turned; nothing of place and device is in it."""
    _, answer = merged(
        api, kept(api, samples.picture(), "small.png"), kept(api, samples.photo(width=400, height=200), "photo.jpg")
    )
    with pypdfium2.PdfDocument(answer.content) as document:
        for page in document:
            assert sorted(round(each) for each in page.get_size()) == [595, 842]
        boxes = [next(iter(page.get_objects())).get_bounds() for page in document]
        shown = document[1].render(scale=1).to_pil()
    assert round(boxes[0][2] - boxes[0][0], 1) == 14.4
    middle, off = shown.width // 2, 40
    colours = [shown.getpixel((middle, shown.height // 2 + step)) for step in (-off, off)]
    assert (colours[0][0] > 200, colours[1][2] > 200) == (True, True)  # red is up
    assert b"OfDevice" not in answer.content


def test_of_a_pdf_pages_stay_and_nothing_that_acts(api: Api) -> None:
    """Outline and labels under the file's name; the form is part of its page; no script, no program, no enclosed file, and a link only to the web."""
    pdf, answer = merged(api, kept(api, samples.pdf(), "first.pdf"), kept(api, samples.busy_pdf(), "busy.pdf"))
    assert titles(pdf) == [("first.pdf", []), ("busy.pdf", [("Chapter", [("Section", [])])])]
    with pypdfium2.PdfDocument(answer.content) as document:
        assert [document.get_page_label(at) for at in range(4)] == ["1", "i", "ii", "A-7"]
    assert "Filled in" in texts(answer)[1]
    assert enclosed(pdf) == {}
    assert {str(name) for name in pdf.Root} <= {"/Type", "/Pages", "/Outlines", "/PageMode", "/PageLabels"}
    whole = b"".join(each.unparse(resolved=True) for each in pdf.objects)
    assert not [
        word
        for word in (b"JavaScript", b"Launch", b"alert", b"calc.exe", b"/AA", b"Widget", b"EmbeddedFile")
        if word in whole
    ]
    assert b"https://example.org/" in whole


def test_what_is_hidden_on_a_layer_stays_hidden(api: Api) -> None:
    layered = [kept(api, samples.layered_pdf(base), "layers.pdf") for base in ("/ON", "/OFF")]
    _, answer = merged(api, *layered, kept(api, samples.pdf(), "a.pdf"))
    with pypdfium2.PdfDocument(answer.content) as document:
        assert [page.render(scale=0.1).to_pil().convert("L").getpixel((20, 20)) for page in document][:2] == [255, 255]


def test_what_cannot_be_shown_is_named_and_enclosed(api: Api) -> None:
    files = {
        "a.bin": b"\x00\x01\x02",
        "locked.pdf": samples.locked_pdf(),
        "film.mp4": samples.MP4,
        "letter.docx": samples.docx(),
        "Brief “é”.rtf": samples.RTF,
        "archive.zip": samples.docx()[:0] + _zip(),
    }
    pdf, answer = merged(api, *(kept(api, data, name) for name, data in files.items()))
    assert enclosed(pdf) == files
    warning = answer.headers["warning"]
    assert warning.startswith('299 - "enclosed: a.bin, locked.pdf, film.mp4, letter.docx, Brief ???.rtf, archive.zip"')
    said = texts(answer)
    assert len(said) == len(files)
    for name, page in zip(files, said, strict=True):
        assert name in page
        assert "The original is enclosed" in page
    assert "password" in said[1]
    assert "3 bytes" in said[0]


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", "a")
    return out.getvalue()


def _has_font(language: str) -> bool:
    return bool(shutil.which("fc-list") and subprocess.check_output(["fc-list", f":lang={language}"]))


UNLETTERED = {"zh": "報告", "th": "สวัสดี", "am": "ሰላም", "none": "\U00100000"}  # the last one no font has


@pytest.mark.parametrize("language", some(list(UNLETTERED), 4))
def test_no_letter_is_lost_in_an_empty_box(api: Api, language: str) -> None:
    """[outsider 2026-11-29] What no font has is named and enclosed, and its name stands there by its numbers too."""
    if _has_font(language):
        pytest.skip("the machine has letters for it")
    text = UNLETTERED[language]
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><text y="50">{text}</text></svg>'
    files = {f"{text}.txt": f"Dear {text}".encode(), f"{text}.svg": drawing.encode()}
    made = [kept(api, b"plain", "plain.txt"), *(kept(api, data, name) for name, data in files.items())]
    pdf, answer = merged(api, *made)
    said = texts(answer)
    assert ("plain" in said[0], len(said)) == (True, 3)
    for page in said[1:]:
        assert "no font" in page
        assert text.encode("ascii", "backslashreplace").decode() in page
    assert enclosed(pdf) == {f"{text}.txt": files[f"{text}.txt"]}
    assert ('"enclosed: ' in answer.headers["warning"], ".svg" in answer.headers["warning"]) == (True, True)
    refused = asked(api, *made, headers={"Prefer": "handling=strict"})
    assert [each["meta"]["why"] for each in refused.json()["errors"]] == ["no_glyph", "no_glyph"]


def test_programs_and_large_originals_are_named_only(api: Api, bound: Made) -> None:
    bound(MOST_ENCLOSED=1000)
    files = [
        kept(api, b"MZ\x90\x00" + bytes(9), "innocent.bin"),
        kept(api, b"<script>", "page.html"),
        kept(api, b"\x00" * 1001, "large.bin"),
    ]
    pdf, answer = merged(api, *files)
    assert enclosed(pdf) == {}
    assert answer.headers["warning"] == '299 - "named, and not enclosed: innocent.bin, page.html, large.bin"'
    said = texts(answer)
    assert ["program" in page for page in said] == [True, True, False]
    assert "too large" in said[2]


def test_a_signed_pdf_is_shown_and_enclosed(api: Api) -> None:
    pdf, answer = merged(api, kept(api, samples.signed_pdf(), "signed.pdf"))
    assert "Dear all 1" in texts(answer)[0]
    assert list(enclosed(pdf)) == ["signed.pdf"]


def test_of_a_long_text_the_first_pages_are_shown(api: Api) -> None:
    pdf, _ = merged(api, kept(api, b"line\n" * 13_000, "long.txt"))
    assert (len(pdf.pages), list(enclosed(pdf))) == (200, ["long.txt"])


def test_strict_is_all_or_nothing(api: Api) -> None:
    shown, other = kept(api, b"a", "a.txt"), kept(api, b"\x00", "b.bin")
    strict = {"Prefer": "handling=strict"}
    answer = asked(api, shown, headers=strict)
    assert (answer.status_code, answer.headers["preference-applied"]) == (200, "handling=strict")
    refused = asked(api, shown, other, headers=strict)
    assert refused.status_code == 422
    problem = refused.json()["errors"][0]
    assert (problem["code"], problem["meta"]["id"], "b.bin" in problem["detail"]) == ("not_shown", other["id"], True)


def test_head_refuses_what_get_refuses_before_it_opens_anything(api: Api, bound: Made) -> None:
    """[outsider 2026-11-29] Erased, too large, of a type without pages; it said 200."""

    def head(*files: Any, **headers: str) -> int:
        ids = ",".join(each["id"] for each in files)
        return api.head("/v1/attachments", params={"ids": ids}, headers=headers).status_code

    shown, other = kept(api, b"a", "a.txt"), kept(api, b"\x00", "b.bin")
    assert (head(shown, other), head(shown, Prefer="handling=strict")) == (200, 200)
    assert head(shown, other, Prefer="handling=strict") == 422
    assert head(shown, {"id": str(new_id())}) == 404
    case = api.post("/v1/cases", json={"title": "A case"}).json()["id"]
    erased = kept(api, b"b", "b.txt", data={"case": case})
    assert api.delete(f"/v1/attachments/{erased['id']}", params={"force": "true"}).status_code == 204
    assert (head(shown, erased), head(shown, erased, **ZIP)) == (410, 410)
    bound(MOST_IN=1, MOST_ZIPPED=0)
    assert (head(shown, other), head(shown, **ZIP)) == (413, 413)


# ---- how it is asked for ----


def test_a_repeated_id_counts_once_and_names_are_as_wanted(api: Api) -> None:
    file = kept(api, b"a", "a.txt")
    pdf, answer = merged(api, *[file] * 100, filename="Dossier é/../x")
    assert len(pdf.pages) == 1
    assert answer.headers["content-disposition"].startswith('attachment; filename="x.pdf"')
    assert answer.headers["content-length"] == str(len(answer.content))
    for said, name in ((None, "attachments.zip"), ("A.ZIP", "A.ZIP"), ("A.pdf", "A.pdf.zip")):
        named = asked(api, file, headers=ZIP, **({"filename": said} if said else {}))
        assert f'filename="{name}"' in named.headers["content-disposition"]
    head = api.head("/v1/attachments", params={"ids": file["id"]})
    assert (head.status_code, head.headers["content-type"], head.content) == (200, "application/pdf", b"")


PREFERRED = [
    ("*/*", "pdf"), ("application/json", "pdf"), ("application/zip;q=0", "pdf"), ("application/zip", "zip"),
    ("application/zip;q=0.5, application/pdf", "pdf"), ("application/*;q=0.1, application/zip", "zip"),
]  # fmt: skip


@pytest.mark.parametrize(("accept", "type"), some(PREFERRED))
def test_what_is_given_is_what_is_preferred(api: Api, accept: str, type: str) -> None:
    answer = asked(api, kept(api), headers={"Accept": accept})
    assert (answer.headers["content-type"], answer.headers["vary"]) == (f"application/{type}", "Accept")


def test_what_is_asked_for_wrongly(api: Api) -> None:
    for params in ({}, {"ids": ""}, {"ids": "none"}, {"ids": ","}, {"ids": f"{new_id()},"}, {"ids": ",".join(str(new_id()) for _ in range(101))},
                   {"ids": str(new_id()), "filename": "x" * 201}, {"ids": str(new_id()), "filename": "/"}, {"ids": str(new_id()), "as": "zip"}):  # fmt: skip
        assert api.get("/v1/attachments", params=params).status_code == 400, params
    missing = [str(new_id()), str(new_id())]
    refused = asked(api, missing[0], kept(api), missing[1])
    assert refused.status_code == 404
    assert [missing[at] in each["detail"] for at, each in enumerate(refused.json()["errors"])] == [True, True]


def test_a_key_is_of_no_use_here(world: World, api: Api) -> None:
    file = kept(api, data={"scope": "public"})
    with world.client() as nobody:
        key = file["uri"].split("key=")[1]
        assert nobody.get("/v1/attachments", params={"ids": file["id"], "key": key}).status_code == 401


def test_too_much_is_refused_before_it_is_read(api: Api, bound: Made) -> None:
    bound(MOST_IN=10, MOST_PAGES=3, MOST_ZIPPED=10)
    small, large = kept(api, b"a", "a.txt"), kept(api, b"a" * 10, "b.txt")
    assert asked(api, small, large).status_code == 413
    bound(MOST_IN=10**6)
    assert asked(api, kept(api, samples.pdf(4), "a.pdf")).status_code == 413
    assert asked(api, *(kept(api, samples.pdf(2), "a.pdf") for _ in range(2))).status_code == 413


@left_to_ci("opens papers of a million pages")
def test_a_million_pages_are_too_many_or_broken(api: Api) -> None:
    """As many as are said are refused at once; where the number is a lie they are counted."""
    for data in (samples.many_pages(), samples.many_pages(said=1, kids=200_000)):
        answer = asked(api, kept(api, data, "million.pdf"))
        assert answer.status_code in (200, 413)
        if answer.status_code == 200:
            assert "could not be opened" in texts(answer)[0]


def test_only_three_at_once_for_a_workspace(world: World, workspace: Workspace, api: Api) -> None:
    """In whichever process of the machine the others are made."""
    file = kept(api)
    with taken_elsewhere(world, ".merging", workspace.id, 3):
        for headers in ({}, ZIP):
            refused = asked(api, file, headers=headers)
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
    for headers in ({}, ZIP):
        assert asked(api, file, headers=headers).status_code == 200
    until(lambda: not world.services.storage.merging.held)  # the last byte is sent before that


def test_what_takes_too_long_is_504(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def overdue(*_: Any) -> None:
        raise Overdue

    monkeypatch.setattr(merging, "_set_out", overdue)
    refused = asked(api, kept(api))
    assert (refused.status_code, errors(refused)) == (504, {"": "took_too_long"})


def test_half_a_minute_is_what_it_has(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """[outsider 2026-11-29] The process that makes it is not given up earlier than the request is (20 s)."""
    given: list[float] = []
    for name in ("ask", "asking"):
        real = getattr(merging, name)
        monkeypatch.setattr(
            merging,
            name,
            lambda order, limits, home, real=real: given.append(limits.seconds) or real(order, limits, home),
        )
    merged(api, kept(api))
    assert [each >= 29 for each in given] == [True, True]


def test_what_breaks_the_process_is_named_and_the_others_are_shown(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that dies of a file says nothing of it: so it is the first of which nothing was heard."""
    asking = merging.asking

    def dies(order: Any, limits: Any, home: Any) -> Any:
        return _until_the_second(asking(order, limits, home), order)

    monkeypatch.setattr(merging, "asking", dies)
    pdf, answer = merged(api, *(kept(api, f"Text {at}".encode(), f"{at}.txt") for at in range(3)))
    said = texts(answer)
    assert ("Text 0" in said[0], "could not be opened" in said[1], "Text 2" in said[2]) == (True, True, True)
    assert list(enclosed(pdf)) == ["1.txt"]


class _until_the_second:  # noqa: N801 - it stands for a function
    def __init__(self, begun: Any, order: Any) -> None:
        self._begun, self._breaks = (
            begun,
            [each["naming"]["name"] == "1.txt" and each["why"] is None for each in order["entries"]],
        )

    async def __aenter__(self) -> Any:
        answers = await self._begun.__aenter__()
        return self._some(answers)

    async def _some(self, answers: Any) -> Any:
        async for answer in answers:
            if self._breaks[answer["at"]]:
                raise Died
            yield answer

    async def __aexit__(self, *error: object) -> None:
        await self._begun.__aexit__(*error)


# ---- ZIP ----


def test_a_zip_has_the_originals_as_they_are(api: Api) -> None:
    files = {"a.txt": b"one", "A.TXT": b"two", "a (2).txt": b"three", "é.bin": bytes(range(256)) * 20_000, "none": b"x"}
    answer = asked(api, *(kept(api, data, name) for name, data in files.items()), headers=ZIP)
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.testzip() is None
        found = {each.filename: opened.read(each) for each in opened.infolist()}
        assert {each.compress_type for each in opened.infolist()} == {zipfile.ZIP_STORED}
    assert list(found) == ["a.txt", "A (2).TXT", "a (2) (2).txt", "é.bin", "none"]
    assert list(found.values()) == list(files.values())


def test_none_of_a_zip_takes_the_place_of_another_where_it_is_unpacked(api: Api) -> None:
    """macOS takes both writings of an accent for one, Windows leaves out dots at the end."""
    names = ("\u00e9.txt", "e\u0301.txt", "a.txt", "a.txt.")
    answer = asked(api, *(kept(api, name.encode(), name) for name in names), headers=ZIP)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
        assert opened.namelist() == ["\u00e9.txt", "e\u0301 (2).txt", "a.txt", "a.txt. (2)"]


# ---- for members ----


def test_members_have_the_same(world: World, workspace: Workspace, api: Api) -> None:
    browser = world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org"))
    browser.headers["Accept-Language"] = "fr"
    files = [kept(api, b"a", "a.txt"), kept(api, b"\x00", "b.bin")]
    params = {"ids": ",".join(each["id"] for each in files)}
    answer = browser.get("/workspace/files/together", params=params)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert "original" in texts(answer)[1]
    assert "enclosed" not in texts(answer)[1]
    zipped = browser.get("/workspace/files/together", params=params | {"as": "zip"})
    assert len(zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()) == 2
    stranger = world.browser(world.member(world.workspace(), f"eve-{workspace.slug}@example.org"))
    assert stranger.get("/workspace/files/together", params=params).status_code == 404
