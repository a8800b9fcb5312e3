"""Files on a case, in a real browser: sent, named, taken off and back, in place; whatever becomes of the line."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.files.support import PDF, kept, picture
from tests.journeys.conftest import MANY, Person
from tests.journeys.test_handler import ada
from tests.journeys.test_in_place import mark, said, stayed
from tests.many import left_to_ci
from tests.workshop import samples
from tests.world import World

__all__ = ["ada"]  # a fixture

SIZE = 70_000_000 if MANY else 400_000  # bytes; the former takes several goes
LONG = "A name of a contract that nobody would ever read to its end, because it goes on and on, and then on.pdf"


def file(name: str, content: bytes = b"Dear all") -> Any:
    return {"name": name, "mimeType": "", "buffer": content}


@left_to_ci(
    "sends, renames and erases files, and waits for each",
    "journeys/test_files.py::test_files_are_dropped_pasted_and_exchanged",
)
def test_files_are_kept_on_a_case_in_place(ada: Any, api: Any, person: Any) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision"})["id"]
    somebody = person(ada)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    mark(page)
    expect(page.get_by_text("No files yet.")).to_be_visible()
    page.get_by_label("Add files").set_input_files(file("letter.txt"))
    expect(page.get_by_role("link", name="letter.txt")).to_be_visible()
    kept(api, picture(), "photo of the car.png", data={"case": case})
    kept(api, PDF, LONG, data={"case": case})
    expect(page.locator("#files-count")).to_have_text("3")  # as others change it
    page.get_by_text("What can be done with letter.txt").click(force=True)
    with page.expect_download() as download:
        page.locator("#files .dossier-menu[open]").get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "letter.txt"
    page.locator("#files .dossier-menu[open] summary").get_by_text("Rename").click()
    if MANY:  # the field below shows as much
        somebody.look("files-menu")
    page.get_by_label("New name of letter.txt").fill("first letter.txt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="first letter.txt")).to_be_visible()
    page.get_by_text("What can be done with first letter.txt").click(force=True)
    page.get_by_role("button", name="Take off the case: first letter.txt").click()
    said(page, "Take off the case: first letter.txt: done.")
    expect(page.get_by_role("link", name="first letter.txt")).to_have_count(0)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="first letter.txt")).to_be_visible()
    assert stayed(page)


def a_pdf(name: str, pages: int) -> Any:
    return {**file(name, samples.pdf(pages)), "mimeType": "application/pdf"}


def carried(page: Page, kind: str, place: str, *files: tuple[str, str, str]) -> None:
    """Files (name, type, content) dropped or pasted at a place, as a browser says it."""
    script = """([kind, place, files]) => {
      const carried = new DataTransfer();
      for (const [name, type, content] of files) carried.items.add(new File([content], name, { type, lastModified: 0 }));
      const how = { dataTransfer: carried, clipboardData: carried, bubbles: true, cancelable: true };
      for (const each of kind === "drop" ? ["dragover", "drop"] : ["paste"])
        document.querySelector(place).dispatchEvent(each === "paste" ? new ClipboardEvent(each, how) : new DragEvent(each, how));
    }"""
    page.evaluate(script, [kind, place, files])


def test_files_are_dropped_pasted_and_exchanged(ada: Any, api: Any, person: Any) -> None:
    """Several at once, anywhere on the page; each has a line that says how far it is, or why it was refused."""
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision"})["id"]
    somebody = person(ada)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    mark(page)
    carried(
        page,
        "drop",
        "#timeline-card",
        *((f"{name}.txt", "text/plain", name) for name in ("one", "two", "three", "four")),
    )
    carried(page, "paste", "body", ("image.png", "image/png", "picture"))
    carried(page, "drop", "body", ("nothing.txt", "text/plain", ""))
    tray = page.get_by_role("region", name="Files on their way")
    expect(tray.get_by_text("The file is empty.")).to_be_visible()
    expect(page.locator("#files-count")).to_have_text("5")
    expect(
        page.locator("#files").get_by_role("link", name=re.compile(r"^Pasted \d{4}-\d\d-\d\d .*\.png$"))
    ).to_be_visible()
    if MANY:  # the field below shows as much
        somebody.look("files-sending")
    page.get_by_role("button", name="Take away nothing.txt").click()
    expect(tray.get_by_text("nothing.txt")).to_have_count(0)
    page.get_by_text("What can be done with two.txt").click(force=True)
    page.get_by_label("Replace: two.txt").set_input_files(file("second.txt", b"second"))
    expect(page.get_by_role("link", name="second.txt")).to_be_visible()
    expect(page.get_by_role("link", name="two.txt")).to_have_count(0)
    assert stayed(page)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('dossier-upload')).length") == 0


def test_an_upload_goes_on_after_a_broken_line_and_a_closed_tab(
    ada: Any, api: Any, person: Any, tmp_path: Path
) -> None:
    """By itself where the line broke; where the tab was closed, when the same file is chosen again."""
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision"})["id"]
    somebody = person(ada)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    (large := tmp_path / "film.bin").write_bytes(b"film" * (SIZE // 4))
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.method) if "/workspace/uploads/" in sent.url else None)
    page.route("**/workspace/uploads/*", lambda route: route.abort(), times=1)
    page.get_by_label("Add files").set_input_files(large)
    expect(page.get_by_role("link", name="film.bin")).to_be_visible()
    assert asked[:3] == ["PATCH", "HEAD", "PATCH"]

    standing = [True]  # still, until the tab is closed: what is let go while it is open arrives
    page.route("**/workspace/uploads/*", lambda route: None if standing else route.continue_())
    (other := tmp_path / "sound.bin").write_bytes(b"sound")
    with page.expect_request(lambda sent: sent.method == "PATCH"):
        page.get_by_label("Add files").set_input_files(other)
    page.on("dialog", lambda dialog: dialog.accept())
    again = somebody.go_and_listen(f"/workspace/cases/{case}")
    standing.clear()
    note = again.get_by_text("A file was broken off on its way.")
    expect(note).to_be_visible()
    with again.expect_request(lambda sent: sent.method == "HEAD" and "/workspace/uploads/" in sent.url):
        again.get_by_label("Add files").set_input_files(other)
    expect(again.get_by_role("link", name="sound.bin")).to_be_visible()
    expect(note).to_be_hidden()


@left_to_ci(
    "opens papers and pictures, and waits for each",
    "journeys/test_files.py::test_a_file_is_sent_and_looked_at_without_scripts",
)
def test_files_are_looked_at_over_the_case(ada: Any, api: Any, person: Any) -> None:
    """Pages as pictures of ours, nearer, turned, one file after the other, by keys alone; focus goes back, and Back closes."""
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision"})["id"]
    for name, content in (("unknown.bin", b"\0\1"), ("report.pdf", samples.pdf(3)), ("photo.png", picture(900, 600))):
        kept(api, content, name, data={"case": case})
    somebody = person(ada)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    mark(page)
    page.get_by_role("link", name="photo.png").click()
    viewer = page.get_by_role("dialog", name="photo.png")
    picture_shown = viewer.get_by_role("img", name="Page 1 of 1")
    expect(picture_shown).to_be_visible()
    page.wait_for_function("() => document.querySelector('dialog img').naturalWidth > 0")
    wide = (picture_shown.bounding_box() or {})["width"]
    page.keyboard.press("+")
    expect(viewer.locator("output")).to_have_text("125%")
    assert (picture_shown.bounding_box() or {})["width"] == pytest.approx(wide * 1.25, rel=0.02)
    page.keyboard.press("0")
    page.keyboard.press("r")
    turned = picture_shown.bounding_box() or {}
    assert turned["height"] > turned["width"]
    page.keyboard.press("ArrowRight")
    report = page.get_by_role("dialog", name="report.pdf")
    expect(report.get_by_role("img", name="Page 3 of 3")).to_have_count(1)
    expect(report.get_by_role("group", name="Pages of report.pdf")).to_be_focused()
    somebody.look("files-viewer")
    for _ in range(12):  # focus does not leave it
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
    report.get_by_title("File after").click()
    expect(page.get_by_text("There are no pictures of this file.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="photo.png")).to_be_focused()
    page.keyboard.press("Enter")
    expect(viewer).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert stayed(page)
    assert page.url.endswith(case)


@left_to_ci(
    "sends, moves and takes out many files, and waits for each",
    "journeys/test_files.py::test_files_are_dropped_pasted_and_exchanged",
)
def test_a_field_takes_files_in_order(ada: Any, api: Any, person: Any) -> None:
    """Its limits are said before; files come in the order in which they were chosen, and are moved and taken out by keys."""
    field = {
        "key": "bills",
        "type": "file",
        "name": "Bills",
        "accept": ["application/pdf"],
        "max_size": 100_000,
        "max_files": 3,
    }
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision", "schema": [field]})["id"]
    kept(api, samples.pdf(1), "old.pdf", data={"case": case})
    somebody = person(ada)
    page = somebody.go_and_listen(f"/workspace/cases/{case}")
    mark(page)
    bills = page.get_by_role("group", name="Bills")
    expect(bills.get_by_text("PDF · 100 kB each at most · 3 files at most")).to_be_visible()
    names = bills.get_by_role("listitem").get_by_role("link")
    two, one = a_pdf("two.pdf", 2), a_pdf("one.pdf", 1)
    bills.get_by_label("Add: Bills").set_input_files([two, one, {**file("note.txt"), "mimeType": "text/plain"}])
    expect(names).to_have_text(["two.pdf", "one.pdf"])
    tray = page.get_by_role("region", name="Files on their way")
    expect(tray.get_by_text("Only PDF may be put here; it was not sent.")).to_be_visible()
    bills.get_by_role("button", name="Move one.pdf up").press("Enter")
    expect(names).to_have_text(["one.pdf", "two.pdf"])
    expect(bills.get_by_role("button", name="Move one.pdf down")).to_be_focused()
    bills.get_by_label("A file of the case for Bills").select_option(label="old.pdf")
    expect(names).to_have_text(["one.pdf", "two.pdf", "old.pdf"])
    expect(bills.get_by_label("Add: Bills")).to_have_count(0)
    somebody.look("files-field")
    bills.get_by_role("button", name="Take two.pdf out of the field").click()
    expect(names).to_have_text(["one.pdf", "old.pdf"])
    expect(page.locator("#files").get_by_text("in Bills")).to_have_count(2)
    page.get_by_text("What can be done with one.pdf").click(force=True)
    page.get_by_label("Replace: one.pdf").set_input_files(a_pdf("better.pdf", 1))
    expect(names).to_have_text(["better.pdf", "old.pdf"])
    with page.expect_download() as download:
        page.get_by_text("Download all").click()
        page.get_by_role("link", name="As a ZIP").click()
    with zipfile.ZipFile(download.value.path()) as found:
        assert sorted(found.namelist()) == ["better.pdf", "old.pdf"]
    assert stayed(page)


def test_a_file_is_sent_and_looked_at_without_scripts(
    ada: Any, api: Any, chromium: Any, world: World, tmp_path: Path
) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "Rear-end collision"})["id"]
    (letter := tmp_path / "letter.txt").write_text("Dear all")
    context = chromium.new_context(java_script_enabled=False)
    page = Person(world, context).sign_in(ada).go(f"/workspace/cases/{case}")
    expect(page.get_by_text("Add files")).to_be_hidden()
    page.get_by_label("File", exact=True).set_input_files(letter)
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="letter.txt").click()
    expect(page.get_by_role("heading", name="letter.txt")).to_be_visible()
    page.get_by_role("link", name="Close").click()
    expect(page.get_by_role("heading", name="Rear-end collision")).to_be_visible()
    context.close()
