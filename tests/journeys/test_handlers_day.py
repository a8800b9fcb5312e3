"""A handler's day: every kind of field, colleagues at work in another window, finding cases again, many at once."""

from typing import Any

from playwright.sync_api import Page, expect

from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.journeys.test_handler import ada, claim
from tests.many import left_to_ci
from tests.world import Api, World

__all__ = ["ada", "claim"]  # fixtures


def saved(page: Page, name: str) -> None:
    expect(page.get_by_role("status").filter(has_text=f"{name} saved")).to_be_attached()


def value(api: Api, claim: Any, key: str) -> Any:
    case = api.json("GET", f"/v1/cases/{claim['id']}")
    return next(each["value"] for each in case["schema"] if each["key"] == key)


TYPED = (  # the name of a field, what is typed, its key, and what is kept
    ("Number plate", "2-ABC-345", "plate", "2-ABC-345"),
    ("What happened", "A dog.\nThen a tree.", "what_happened", "A dog.\nThen a tree."),
    ("Amount claimed (EUR)", "1 234,50", "claimed", 1234.5),
    ("Mileage (km)", "42000", "mileage", 42000),
    ("Day of the accident", "2026-03-05", "happened_on", "2026-03-05"),
    ("E-mail of the garage", "garage@example.org", "garage_email", "garage@example.org"),
    ("Call back at", "+32 470 12 34 56", "callback", "+32470123456"),
    ("IBAN for the payment", "BE71 0961 2345 6769", "iban", "BE71096123456769"),
)


@left_to_ci("types into a field of every type, and waits for each", "journeys/test_saving.py::test_a_date_can_be_typed")
def test_fields_that_are_typed(ada: Any, claim: Any, api: Api, person: Any) -> None:
    page = person(ada).go(f"/workspace/cases/{claim['id']}")
    for name, typed, key, stored in TYPED:
        page.get_by_label(name).fill(typed)
        page.get_by_label(name).blur()
        saved(page, name.partition(" (")[0])
        assert value(api, claim, key) == stored


@left_to_ci("chooses in a field of every type, and waits for each", "journeys/test_saving.py::test_a_date_can_be_typed")
def test_fields_that_are_chosen(ada: Any, claim: Any, api: Api, person: Any) -> None:
    page = person(ada).go(f"/workspace/cases/{claim['id']}")
    page.get_by_label("Cover").select_option(label="Comprehensive")
    saved(page, "Cover")
    page.get_by_label("Somebody was injured").select_option(label="Yes")
    saved(page, "Somebody was injured")
    page.get_by_label("Registered in").select_option(label="France")
    saved(page, "Registered in")
    damage = page.get_by_role("group", name="Damage")
    damage.get_by_label("Glass").check()
    saved(page, "Damage")
    assert [value(api, claim, key) for key in ("cover", "injured", "registered_in")] == ["full", True, "FR"]
    assert "glass" in value(api, claim, "damage")


@left_to_ci("types an address and a table cell by cell", "journeys/test_drafts.py::test_leaving_and_coming_back")
def test_an_address_and_a_table(ada: Any, claim: Any, api: Api, person: Any) -> None:
    somebody = person(ada)
    page = somebody.go(f"/workspace/cases/{claim['id']}")
    page.get_by_label("Place: Street and number").fill("Rue Haute 1")
    page.get_by_label("Place: City").fill("Bruxelles")
    page.get_by_label("Place: Country").select_option(label="Belgium")
    page.get_by_role("button", name="Save Place").click()
    saved(page, "Place")
    assert value(api, claim, "place")["city"] == "Bruxelles"
    witnesses = page.locator("#field-witnesses-form")
    witnesses.get_by_label("Name, row").last.fill("Jan Jans")
    witnesses.get_by_label("Phone, row").last.fill("12")
    page.get_by_role("button", name="Save Witnesses").click()
    expect(page.get_by_role("alert")).to_contain_text("phone number")
    expect(witnesses.get_by_label("Name, row").nth(-2)).to_have_value("Jan Jans")
    somebody.look("case-table")
    witnesses.get_by_label("Phone, row").nth(-2).fill("+32 470 12 34 56")
    page.get_by_role("button", name="Save Witnesses").click()
    saved(page, "Witnesses")
    assert value(api, claim, "witnesses")[-1] == {"name": "Jan Jans", "phone": "+32470123456"}
    count = len(value(api, claim, "witnesses"))
    witnesses.get_by_role("button", name="Remove row").first.click()
    page.get_by_role("button", name="Save Witnesses").click()
    expect(page.locator("#timeline-card")).to_contain_text(f"{count} row: Jan Jans · +32470123456 → empty")
    assert value(api, claim, "witnesses") is None


@left_to_ci(
    "waits in two windows for what the other does",
    "journeys/test_saving.py::test_what_happens_before_a_page_listens_is_seen",
)
def test_a_second_window_sees_changes_and_keeps_what_is_typed(ada: Any, claim: Any, api: Api, person: Any) -> None:
    one, other = (person(ada).go_and_listen(f"/workspace/cases/{claim['id']}") for _ in range(2))
    other.get_by_label("Mileage").fill("123")
    one.get_by_label("Number plate").fill("LIVE-1")
    one.get_by_label("Number plate").blur()
    expect(other.get_by_label("Number plate")).to_have_value("LIVE-1")
    expect(other.locator("#timeline-card")).to_contain_text("LIVE-1")
    expect(other.get_by_label("Mileage")).to_have_value("123")
    expect(other.get_by_label("Mileage")).to_be_focused()
    other.get_by_label("Mileage").blur()
    saved(other, "Mileage")
    expect(one.get_by_label("Mileage")).to_have_value("123")
    page = person(ada).go_and_listen("/workspace/cases")
    api.json("PATCH", f"/v1/cases/{claim['id']}", json={"title": "Seen in the list"})
    expect(page.get_by_role("link", name="Seen in the list")).to_be_visible()


def test_the_case_as_it_was(ada: Any, claim: Any, api: Api, person: Any) -> None:
    api.json("POST", f"/v1/cases/{claim['id']}/data", json={"data": {"plate": "OLD"}})
    api.json("POST", f"/v1/cases/{claim['id']}/data", json={"data": {"plate": "NEW"}})
    somebody = person(ada)
    page = somebody.go(f"/workspace/cases/{claim['id']}")
    page.get_by_text("more in the same minute").click()
    page.get_by_title("Show the case as it was then").nth(1).click()
    expect(page.get_by_label("Number plate")).to_have_value("OLD")
    expect(page.get_by_label("Number plate")).to_be_disabled()
    somebody.look("case-as-it-was")
    page.get_by_role("link", name="Back to now").click()
    expect(page.get_by_label("Number plate")).to_have_value("NEW")


@left_to_ci(
    "waits for the index before each of its searches", "cases/test_search.py::test_the_case_that_is_meant_comes_first"
)
def test_finding_a_case_again(world: World, ada: Any, claim: Any, api: Api, person: Any) -> None:
    api.json("POST", "/v1/cases", json={"title": "Something else"})
    looking = world.browser(ada)
    until(lambda: claim["title"] in looking.get("/workspace/cases?q=dupnt").text)
    somebody = person(ada)
    page = somebody.go("/workspace/cases")
    page.get_by_role("searchbox", name="Search").fill("dupnt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=claim["title"])).to_be_visible()
    expect(page.get_by_role("link", name="Something else")).to_have_count(0)
    page.get_by_text("Filters").click()
    page.get_by_label("Attribute").first.select_option(label="Amount claimed")
    page.get_by_label("Comparison").first.select_option(label="more than")
    page.get_by_label("Value").first.fill("1")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Attribute").nth(1).select_option(label="Cover")
    page.get_by_label("Value").nth(1).select_option(label="Comprehensive")
    somebody.look("cases-filters")
    page.get_by_role("button", name="Show these cases").click()
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Keep what is shown now as").fill("Dupont’s")
    page.get_by_label("for everybody").check()
    somebody.look("cases-views")
    page.get_by_role("button", name="Save view").click()
    expect(page.get_by_text("Views: Dupont’s")).to_be_visible()
    address = page.url
    somebody.go("/workspace/cases")
    page.get_by_text("Views", exact=True).click()
    page.locator("details[open]").get_by_role("link", name="Dupont’s").click()
    page.get_by_text("Views: Dupont’s").click()
    somebody.look("cases-view-chosen")
    assert sorted(page.url.partition("?")[2].split("&")) == sorted(address.partition("?")[2].split("&"))
    page.get_by_role("link", name="Cases", exact=True).click()
    expect(page.get_by_role("link", name="Something else")).to_be_visible()  # or one types in the page that is left
    page.get_by_role("searchbox", name="Search").fill("nobodyhasthisname")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No case fits.")).to_be_visible()
    somebody.look("cases-nothing-found")


def test_filters_offer_what_means_something(ada: Any, claim: Any, api: Api, person: Any) -> None:
    """[H13] One of several by name, days from today, comparisons that the kind has; the address keeps keys."""
    other = api.json("POST", "/v1/cases", json={"title": "Something else"})["id"]
    assert other
    somebody = person(ada)
    page = somebody.go("/workspace/cases")
    page.get_by_text("Filters").click()
    page.get_by_label("Attribute").first.select_option(label="Cover")
    comparison = page.get_by_label("Comparison").first
    assert comparison.locator("option:not([hidden])").all_inner_texts() == ["is", "is not", "is one of", "is none of", "is filled in", "is empty"]  # fmt: skip
    comparison.select_option(label="is one of")
    page.locator("[data-around] summary").click()
    page.get_by_role("checkbox", name="Comprehensive").check()
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Attribute").nth(1).select_option(label="Created")
    page.get_by_label("Comparison").nth(1).select_option(label="from")
    page.get_by_label("Value").nth(1).select_option(label="7 days ago")
    page.get_by_role("button", name="Add a condition").click()
    page.get_by_label("Attribute").nth(2).select_option(label="Owner")
    page.get_by_label("Value").last.select_option(label="me")
    somebody.look("cases-filters-chosen")
    page.get_by_role("button", name="Show these cases").click()
    expect(page.get_by_role("link", name=claim["title"])).to_be_visible()
    expect(page.get_by_role("link", name="Something else")).to_have_count(0)
    assert "v=full&" in page.url
    assert "v=today-7" in page.url
    expect(page.locator("[data-around] summary")).to_have_text("Comprehensive")
    expect(page.get_by_label("Value").nth(1)).to_have_value("today-7")


@left_to_ci(
    "waits for jobs that other tests wait for",
    "journeys/test_in_place.py::test_many_cases_are_changed_and_changed_back_in_place",
    "cases/test_bulk_jobs.py::test_owners_and_statuses_are_taken_back",
    "cases/test_export_jobs.py::test_a_file_is_made_kept_and_fetched",
)
def test_many_at_once_and_an_export(ada: Any, workspace: Workspace, api: Api, person: Any) -> None:
    for number in range(4):
        api.json("POST", "/v1/cases", json={"title": f"Case {number}"})
    somebody = person(ada)
    page = somebody.go("/workspace/cases")
    page.get_by_label("Choose Case 1").check()
    expect(page.locator("[data-chosen]")).to_have_text("1")
    page.get_by_label("Choose every case on this page").check()
    expect(page.locator("[data-chosen]")).to_have_text("4")
    somebody.look("cases-chosen")
    page.get_by_role("combobox", name="Change", exact=True).select_option(label="Ada Lovelace")
    page.get_by_role("button", name="Change them").click()
    expect(page.locator("#progress").get_by_text("Done.")).to_be_visible()
    expect(page.get_by_text("4 changed", exact=True)).to_be_visible()
    somebody.look("bulk")
    somebody.go("/workspace/cases")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV, for spreadsheets").click()
    assert download.value.path().read_text().count(f"{ada.email}") == 4
