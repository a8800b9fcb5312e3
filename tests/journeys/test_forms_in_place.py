"""What is done about forms does not load the page anew either: in the studio, in their list, and on the way to many."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.test_handler import ada
from tests.journeys.test_in_place import mark, said, stayed
from tests.journeys.test_studio import begin
from tests.many import left_to_ci

__all__ = ["ada"]  # a fixture


@left_to_ci("designs a form in two languages first", "journeys/test_studio.py::test_somebody_is_asked_and_reminded")
def test_a_language_is_taken_out_in_place(ada: Any, person: Any) -> None:
    page = person(ada).go("/workspace/templates/forms")
    begin(page, "New employee")
    page.get_by_role("link", name="French").click()
    mark(page)
    page.get_by_role("button", name="Remove this language").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove this language").click()
    expect(page.locator("#outline")).to_be_visible()
    expect(page.get_by_role("link", name="French")).to_have_count(0)
    said(page, "Remove this language: done.")
    assert stayed(page)


@left_to_ci(
    "designs a form, sends it to many, and waits for the jobs",
    "journeys/test_studio.py::test_somebody_is_asked_and_reminded",
    "forms/test_bulk.py::test_all_that_the_list_shows_are_ended_after_a_question_that_names_the_number",
)
def test_many_are_asked_and_ended_in_place(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/templates/forms")
    begin(page, "New employee")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    page = somebody.go("/workspace/form-batches")
    mark(page)
    page.get_by_label("The form").select_option(index=1)
    page.get_by_role("button", name="Next: the columns").click()
    expect(page.get_by_role("alert")).to_be_visible()  # no table was given
    page.get_by_label("Or paste it").fill("E-mail\tGiven name\nbea@example.org\tBea\ncleo@example.org\tCleo")
    page.get_by_role("button", name="Next: the columns").click()
    page.get_by_role("button", name="Look for mistakes").click()
    expect(page.get_by_text("2 forms would be made.")).to_be_visible()
    assert stayed(page)
    page.get_by_role("button", name="Send 2 forms").click()
    expect(page.get_by_role("heading", name="Sent to many")).to_be_visible()
    assert stayed(page)
    page = somebody.go("/workspace/forms/new")
    page.get_by_label("E-mail address").first.fill("dora@example.org")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("h1")).to_contain_text("dora")
    page = somebody.go("/workspace/forms")
    mark(page)
    page.get_by_label("Choose every form on this page").check()
    page.get_by_label("With those chosen").select_option(label="End them now")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("h1")).to_contain_text("ended")
    said(page, "ended")
    page.go_back()
    expect(page.get_by_role("heading", name="Forms")).to_be_visible()
    assert stayed(page)
    assert somebody.problems == []
