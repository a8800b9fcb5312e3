"""What is done on a page does not load it anew: on every kind of page focus and scroll stay, Back goes back, and it is said."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.workspaces.test_jobs import job
from tests.world import Api, World

__all__ = ["ada"]  # a fixture

TALL = "document.documentElement.style.paddingBottom = '150vh'"


def mark(page: Page) -> None:
    """A page that is loaded anew loses this."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def said(page: Page, text: str) -> None:
    """What was done is said at the edge of the screen, and to who hears the page."""
    expect(page.locator("#toasts")).to_contain_text(text)
    expect(page.locator("#announcements")).to_contain_text(text)


@pytest.fixture
def many(api: Api) -> list[str]:
    """More cases than a page of the list shows."""
    titles = [f"Case {number:02}" for number in range(30)]
    for title in titles:
        api.json("POST", "/v1/cases", json={"title": title, "contacts": [{"key": "main", "given_name": title}]})
    return titles


@pytest.mark.usefixtures("many")
def test_a_list_is_sorted_leafed_and_narrowed_in_place(ada: Any, person: Any) -> None:
    page = person(ada).go("/workspace/cases?view=all")
    mark(page)
    page.evaluate("scrollTo(0, 120)")
    order = page.locator("th").get_by_role("link", name="Case")
    order.click()
    expect(page.locator("th[aria-sort]")).to_contain_text("Case")
    expect(page.locator("tbody tr").first).to_contain_text("Case 00")
    assert "sort=title" in page.url
    assert page.evaluate("scrollY") == 120
    expect(order).to_be_focused()
    expect(page.locator("#announcements")).to_contain_text("Cases 30")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("tbody tr").first).to_contain_text("Case 25")
    assert page.evaluate("scrollY") == 0
    page.get_by_role("link", name="Draft").click()
    expect(page.get_by_role("link", name="Draft")).to_have_attribute("aria-current", "true")
    page.keyboard.press("/")
    page.keyboard.type("zzzz")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No case fits.")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    for _ in range(2):
        page.go_back()
    expect(page.locator("tbody tr").first).to_contain_text("Case 25")
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("")
    page.go_back()
    expect(page.locator("tbody tr").first).to_contain_text("Case 00")
    page.go_forward()
    expect(page.locator("tbody tr").first).to_contain_text("Case 25")
    assert stayed(page)


@left_to_ci(
    "does the same in two lists", "journeys/test_in_place.py::test_a_list_is_sorted_leafed_and_narrowed_in_place"
)
@pytest.mark.usefixtures("many")
def test_filters_and_views_of_lists_are_kept_in_place(ada: Any, person: Any) -> None:
    somebody = person(ada)
    for kind, one in (("cases", "Case 07"), ("contacts", "Case 07")):
        page = somebody.go(f"/workspace/{kind}?view=all")
        mark(page)
        page.get_by_text("Filters").click()
        page.get_by_label("Attribute").select_option(label="Title" if kind == "cases" else "Given name")
        page.get_by_label("Comparison").select_option(label="contains")
        page.get_by_label("Value").fill(one)
        page.get_by_role("button", name="Show these").click()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("summary").filter(has_text="Filters")).to_be_focused()
        page.get_by_title("Views").click()
        page.get_by_label("Keep what is shown now as").fill("Seven")
        page.get_by_role("button", name="Save view").click()
        said(page, "Save view: done.")
        assert "view=" in page.url
        page.get_by_title("Views").click()
        page.get_by_label("is what I see first").check()
        said(page, "is what I see first: done.")
        expect(page.get_by_label("is what I see first")).to_be_focused()
        page.get_by_role("button", name="Delete the view Seven").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete the view Seven").click()
        expect(page.locator("tbody tr")).to_have_count(25)
        page.get_by_text("Filters").click()
        expect(page.get_by_label("Value")).to_have_value("")
        assert stayed(page)
    assert somebody.problems == []


@left_to_ci(
    "changes every page of the settings",
    "journeys/test_in_place.py::test_a_profile_is_changed_in_place_in_another_language",
)
def test_settings_are_changed_in_place(world: World, workspace: Any, ada: Any, person: Any) -> None:
    world.member(workspace, "bea@example.org", given_name="Bea")
    somebody = person(ada)
    page = somebody.go("/workspace/settings/members")
    mark(page)
    page.evaluate(TALL)
    page.evaluate("scrollTo(0, 150)")
    page.get_by_label("bea@example.org designs templates").check()
    said(page, "bea@example.org designs templates: done.")
    expect(page.get_by_label("bea@example.org designs templates")).to_be_focused()
    assert page.evaluate("scrollY") == 150
    page.get_by_label("Given name").fill("half typed")
    page.get_by_label("Role of bea@example.org", exact=True).select_option(label="Administrator")
    page.get_by_role("dialog").get_by_role("button", name="Continue").click()
    said(page, "Role of bea@example.org: Administrator: done.")
    expect(page.get_by_label("Role of bea@example.org", exact=True)).to_have_value("administrator")
    expect(page.get_by_label("Given name")).to_have_value("half typed")
    assert page.url.endswith("/settings/members")
    assert stayed(page)

    page = somebody.go("/workspace/settings/api")
    mark(page)
    page.get_by_label("Name").fill("CRM")
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_label("Your new token")).to_be_visible()
    page.get_by_text("Edit CRM").click()
    page.get_by_label("Name of the token").fill("ERP")
    page.get_by_role("button", name="Save CRM").click()
    said(page, "Save CRM: done.")
    expect(page.get_by_label("Your new token")).to_have_count(0)
    expect(page.get_by_text("Edit ERP")).to_be_focused()
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("revoked", exact=True)).to_be_visible()
    assert stayed(page)

    page = somebody.go("/workspace/settings/general")
    mark(page)
    page.get_by_label("Name of the workspace").fill("Claims")
    page.locator("[name=accent][value=green]").check(force=True)
    page.get_by_role("button", name="Save", exact=True).click()
    said(page, "Saved.")
    expect(page.locator("html")).to_have_attribute("data-accent", "green")
    expect(page.locator(".d-rail")).to_contain_text("Claims")
    assert stayed(page)
    assert somebody.problems == []


def test_a_profile_is_changed_in_place_in_another_language(ada: Any, person: Any) -> None:
    page = person(ada).go("/workspace/settings/profile")
    mark(page)
    page.get_by_label("Language", exact=True).select_option(label="Français")
    page.get_by_role("button", name="Save").click()
    said(page, "Enregistré")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.get_by_label("Prénom").fill("Augusta")
    page.get_by_label("Prénom").press("Enter")
    expect(page.locator("#content")).to_contain_text("Augusta Lovelace")
    expect(page.get_by_label("Prénom")).to_be_focused()
    assert stayed(page)


def test_a_template_is_designed_in_place(ada: Any, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/templates")
    mark(page)
    page.get_by_text("New template").click()
    page.get_by_label("Title").fill("Water damage")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Water damage")).to_be_visible()
    assert "/workspace/templates/" in page.url
    assert stayed(page)
    for name in ("First", "Second"):
        page.get_by_label("New field").select_option(label="Text")
        page.get_by_role("button", name="Add field").click()
        mark(page)
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("link", name=name)).to_be_visible()
        assert stayed(page)
    page.get_by_role("button", name="Move Second up").click()
    expect(page.locator("#schema .d-part").first).to_contain_text("Second")
    said(page, "Move Second up: done.")
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    page.go_back()
    expect(page.get_by_label("Name")).to_be_visible()
    assert somebody.problems == []


def test_a_case_is_made_and_changed_and_asks_in_place(ada: Any, api: Api, person: Any) -> None:
    known = {"key": "main", "given_name": "Emma", "email": "emma@example.org"}
    document = {"title": "Claim", "contacts": [{"key": "main", "name": "Insured"}]}
    api.json("POST", "/v1/case_templates", 201, json=document)
    api.json("POST", "/v1/cases", json={"title": "Other", "contacts": [known]})
    somebody = person(ada)
    page = somebody.go("/workspace/cases?view=all")
    mark(page)
    page.get_by_text("New case").click()
    page.get_by_label("Title").fill("A dent")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="A dent")).to_be_visible()
    case = page.url
    said(page, "Create: done.")
    page.locator("#contacts-card summary").first.click()
    page.get_by_label("E-mail address").fill("emma@example.org")
    page.get_by_label("Given name").fill("Anna")
    page.locator("#contacts-card").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This person is known already")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="A dent")).to_be_visible()
    assert page.url == case
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("This case is archived")).to_be_visible()
    expect(page.get_by_role("button", name="Take out of the archive")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    assert stayed(page)
    assert somebody.problems == []


@pytest.mark.usefixtures("many")
def test_a_page_that_comes_in_another_ones_place_brings_its_behaviours(ada: Any, api: Api, person: Any) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "To be erased"})["id"]
    somebody = person(ada)
    page = somebody.go(f"/workspace/cases/{case}")
    mark(page)
    page.get_by_text("Erase this case").click()
    page.locator("[name=sure]").check()
    page.locator("form[action$='/erase'] button").click()
    expect(page.get_by_role("heading", name="Cases")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(25)
    page.locator("[name=case]").first.check()
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.get_by_text("Filters").click()
    page.get_by_label("Attribute").select_option(label="Changed")
    expect(page.get_by_label("Value").first).to_have_attribute("class", "form-select mb-1")
    assert stayed(page)
    assert somebody.problems == []


def test_a_refusal_stands_where_it_was_asked_for(world: World, workspace: Any, ada: Any, person: Any) -> None:
    """A choice that is refused is as it was; what is typed elsewhere stays."""
    bea = world.member(workspace, "bea@example.org", "administrator", given_name="Bea")
    page = person(ada).go("/workspace/settings/members")
    mark(page)
    page.get_by_label("Given name").fill("half typed")
    removed = world.browser(ada).send_form(f"/workspace/settings/members/{bea.id}/remove")
    assert removed.status_code == 200, removed.text
    page.get_by_label("Role of bea@example.org", exact=True).select_option(label="Handler")
    page.get_by_role("dialog").get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Role of bea@example.org", exact=True)).to_have_value("administrator")
    expect(page.get_by_label("Given name")).to_have_value("half typed")
    assert stayed(page)


def test_who_is_asked_for_a_password_comes_back(world: World, ada: Any, person: Any) -> None:
    """The question who one is stands in the page's place; answered, the page is there with what was done."""
    somebody = person(ada)
    page = somebody.go("/workspace/settings/profile")
    page.get_by_label("New password").fill("correct horse battery")
    page.get_by_role("button", name="Set password").click()
    said(page, "Your password is set")
    somebody.go("/workspace/settings/api")
    mark(page)
    page.get_by_label("Name").fill("CRM")
    world.clock.forward(minutes=16)
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    expect(page.get_by_label("Your password")).to_be_focused()
    page.get_by_label("Your password").fill("correct horse battery")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your new token")).to_be_visible()
    assert page.url.endswith("/settings/api")
    assert stayed(page)


def test_jobs_and_the_audit_log_are_looked_through_in_place(
    workspace: Any, ada: Any, person: Any, database_url: str
) -> None:
    again, gone = (job(database_url, workspace, "cases.change_many") for _ in range(2))
    somebody = person(ada)
    page = somebody.go("/workspace/settings/jobs")
    mark(page)
    page.locator(f"form[action$='/{gone}/cancel'] button").click()
    page.get_by_role("dialog").locator("[value=yes]").click()
    expect(page.locator(f"form[action$='/{gone}/cancel']")).to_have_count(0)
    said(page, "Done.")
    page.locator(f"form[action$='/{again}/retry'] button").click()
    expect(page.locator(f"form[action$='/{again}/retry']")).to_have_count(0)
    assert stayed(page)

    page = somebody.go("/workspace/settings/audit")
    mark(page)
    page.get_by_label("What happened").select_option(label="cancelled a job")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("button", name="Show")).to_be_focused()
    expect(page.locator("#announcements")).to_contain_text("Audit log")
    page.go_back()
    expect(page.locator("tbody")).to_contain_text("had a job run again")
    expect(page.get_by_label("What happened")).to_have_value("")
    assert stayed(page)
    assert somebody.problems == []


def test_a_change_of_a_draft_is_taken_back_in_place(ada: Any, api: Api, person: Any) -> None:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim"})["id"]
    somebody = person(ada)
    page = somebody.go(f"/workspace/templates/{template}")
    mark(page)
    page.get_by_label("Description").fill("What happened")
    page.locator("#details").get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Publish version 2")).to_be_visible()
    said(page, "Save: done.")
    page.get_by_role("button", name="Discard draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard draft").click()
    expect(page.locator("h1")).to_contain_text("version 1")
    page.get_by_label("Description").fill("Another")
    page.locator("#details").get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Publish version 2")).to_be_visible()
    assert stayed(page)
    page = somebody.go(f"/workspace/templates/{template}/versions")
    mark(page)
    page.locator("[data-newest]").get_by_role("button", name="Undo").click()
    expect(page.locator("[data-newest]")).to_contain_text("took a change back")
    said(page, "Undo: done.")
    assert stayed(page)
    assert somebody.problems == []


@pytest.mark.usefixtures("many")
def test_many_cases_are_changed_and_changed_back_in_place(world: World, ada: Any, person: Any) -> None:
    """The page of what becomes of them comes in the list's place, with its behaviours, and counts on; Back is the list."""
    somebody = person(ada)
    page = somebody.go("/workspace/cases?view=all&sort=title")
    mark(page)
    page.get_by_label("Choose Case 01").check()
    page.get_by_role("combobox", name="Change", exact=True).select_option(label="Archive")
    page.get_by_role("button", name="Change them").click()
    expect(page.locator("#progress").get_by_text("1 changed")).to_be_visible()
    assert "/bulk/" in page.url
    changed = page.url
    page.get_by_role("button", name="Take this back").click()
    page.wait_for_url(lambda url: "/bulk/" in url and url != changed)
    expect(page.locator("#progress").get_by_text("1 changed")).to_be_visible()
    for _ in range(2):
        page.go_back()
    expect(page.get_by_label("Choose Case 01")).not_to_be_checked()
    assert stayed(page)
    assert somebody.problems == []


@pytest.mark.usefixtures("many")
def test_without_scripts_forms_and_links_do_the_same(ada: Any, chromium: Any, world: World) -> None:
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([{"name": "dossier", "value": world.browser(ada).cookies["dossier"], "url": world.server.url}])
    page = context.new_page()
    page.goto(world.server.url + "/workspace/cases?view=all")
    page.locator("th").get_by_role("link", name="Case").click()
    expect(page.locator("tbody tr").first).to_contain_text("Case 00")
    page.goto(world.server.url + "/workspace/settings/profile")
    page.get_by_label("Given name").fill("Augusta")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    context.close()
