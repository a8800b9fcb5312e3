"""An administrator puts a form together from one that is there, tries it, publishes it, and asks somebody."""

from typing import Any

from playwright.sync_api import expect

from tests.journeys.test_handler import ada
from tests.many import left_to_ci

__all__ = ["ada"]  # a fixture


def order(page: Any) -> list[str]:
    return [each.get_attribute("data-element") or "" for each in page.locator("#pages-you [data-element]").all()]


def begin(page: Any, name: str) -> None:
    page.get_by_text("New form").click()
    page.get_by_label(name).check()
    page.get_by_role("button", name="Create").click()
    page.locator("#outline").wait_for()


@left_to_ci(
    "designs a whole form, every part of it, and looks at each screen",
    "journeys/test_studio.py::test_somebody_is_asked_and_reminded",
    "form_templates/test_studio.py::test_a_form_begins_from_a_starter_or_a_document_and_is_archived",
)
def test_a_form_from_a_starter_to_somebody_asked(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/templates")
    page.get_by_role("link", name="Forms", exact=True).last.click()
    somebody.look("form-templates-empty")
    begin(page, "Accident report")
    somebody.look("studio")
    before = order(page)
    page.get_by_role("link", name="Family name").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#pages-you [data-element]").first).to_have_attribute("data-element", "family_name")
    page.locator("#elements-plate").drag_to(page.locator("#elements-family_name"))
    expect(page.locator("#pages-you [data-element]").first).to_have_attribute("data-element", "plate")
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_role("button", name="Redo")).to_be_visible()
    assert order(page) == ["family_name", *(each for each in before if each != "family_name")]
    page.get_by_role("button", name="Remove Somebody was hurt").click()
    expect(page.locator("#elements-who")).to_contain_text("hurt")
    expect(page.get_by_text("to be put right before it can be published")).to_be_visible()
    somebody.look("studio-wrong")
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_text("to be put right before it can be published")).to_have_count(0)
    page.get_by_role("link", name="Who was driving your vehicle?").click()
    page.get_by_label("Question").fill("Who was driving?")
    somebody.look("studio-question")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Invitation").click()
    expect(page.get_by_label("French", exact=True)).to_contain_text("Bonjour Anna,")
    somebody.look("studio-letter")
    page.go_back()
    page.get_by_role("link", name="French").click()
    page.get_by_role("link", name="About you").click()
    somebody.look("studio-language")
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    page.get_by_role("link", name="Preview and try").click()
    trying = page.frame_locator("iframe")
    trying.get_by_role("button", name="Continue").last.click()
    expect(trying.get_by_role("alert")).to_contain_text("There is a problem")
    expect(trying.get_by_text("Who was driving?", exact=True)).to_be_visible()
    somebody.look("studio-preview")
    page.get_by_label("In", exact=True).select_option(label="French")
    expect(page.frame_locator("iframe").get_by_text("Vous", exact=True)).to_be_visible()
    assert somebody.problems == []


def test_somebody_is_asked_and_reminded(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/templates/forms")
    begin(page, "New employee")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    page = somebody.go("/workspace/forms")
    somebody.look("forms-empty")
    page.get_by_role("link", name="Send a form").first.click()
    page.get_by_label("E-mail address").first.fill("bea@example.org")
    page.get_by_label("Given name").first.fill("Bea")
    somebody.look("form-new")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Bea")
    page.get_by_role("button", name="Remind").click()
    expect(page.get_by_label("Messages")).to_contain_text("Reminder")
    somebody.look("form")
    page = somebody.go("/workspace/forms")
    page.get_by_label("Choose every form on this page").check()
    page.get_by_label("With those chosen").select_option(label="End them now")
    somebody.look("forms")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator("h1")).to_contain_text("1 form was ended")
    assert somebody.problems == []
