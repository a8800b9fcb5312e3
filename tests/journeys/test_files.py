"""Files on a case, in a real browser: sent, named, taken off and back, in place."""

from typing import Any

from playwright.sync_api import expect

from tests.files.support import PDF, kept, picture
from tests.journeys.test_handler import ada
from tests.journeys.test_in_place import mark, said, stayed

__all__ = ["ada"]  # a fixture

LONG = "A name of a contract that nobody would ever read to its end, because it goes on and on, and then on.pdf"


def file(name: str, content: bytes = b"Dear all") -> Any:
    return {"name": name, "mimeType": "", "buffer": content}


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
    with page.expect_download() as download:
        page.get_by_role("link", name="letter.txt").click()
    assert download.value.suggested_filename == "letter.txt"
    page.get_by_text("What can be done with letter.txt").click(force=True)
    page.locator("#files .dossier-menu[open] summary").get_by_text("Rename").click()
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
    page.get_by_label("Add files").set_input_files(file("empty.txt", b""))
    expect(page.locator("#files").get_by_role("alert")).to_contain_text("The file is empty.")
    assert stayed(page)
    somebody.look("files")
