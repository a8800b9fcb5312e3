"""Lists of options in the studio: made, changed, used by elements, kept while drafts need them."""

import re
from html import unescape
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.form_templates.test_studio import Studio
from tests.forms.answering import Contact
from tests.portal.support import token
from tests.world import Api, Browser, World

LISTS = "/workspace/templates/forms/lists"


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


def seen(browser: Browser, slug: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.get(f"{LISTS}/{slug}").text)
    assert found
    return found[1]


def test_a_list_is_made_changed_and_said_in_languages(administrator: Browser, api: Api) -> None:
    made = administrator.send_form(LISTS, title="Makes of cars", options="volvo: Volvo\nSaab")
    assert made.url.path == f"{LISTS}/makes-of-cars"
    (found,) = api.json("GET", "/v1/option_lists")["data"]
    assert found["options"] == [{"value": "volvo", "label": "Volvo"}, {"value": "saab", "label": "Saab"}]
    fields = {"title": "Makes", "options": "volvo: Volvo\nsaab: Saab", "version": "1"}
    page = administrator.send_form(f"{LISTS}/makes-of-cars", **fields, **{"texts.fr": "volvo: Volvo (fr)"})
    assert "1/2" in page.text, "how much of it is said in French"
    (found,) = api.json("GET", "/v1/option_lists")["data"]
    assert (found["title"], found["texts"]) == ("Makes", {"fr": {"volvo": "Volvo (fr)"}})


def test_two_who_change_it_do_not_lose_the_first(administrator: Browser) -> None:
    administrator.send_form(LISTS, title="Makes", options="Volvo")
    version = seen(administrator, "makes")
    administrator.send_form(f"{LISTS}/makes", title="Makes", options="Volvo\nSaab", version=version)
    late = administrator.send_form(f"{LISTS}/makes", title="Mine", options="Fiat", version=version)
    assert late.status_code == 409
    assert "Somebody else changed it meanwhile" in late.text
    assert ">Fiat</textarea>" in late.text, "what was typed is not lost"
    again = administrator.send_form(LISTS, title="Makes", options="Other")
    assert again.status_code == 409
    assert "There is a list with this short name already." in again.text


def test_words_in_languages_that_the_page_does_not_show_stay(administrator: Browser, api: Api) -> None:
    makes = {"title": "Makes", "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]}
    api.json("PUT", "/v1/option_lists/makes", json=makes | {"texts": {"es": {"a": "A (es)", "b": "B (es)"}}})
    administrator.send_form(f"{LISTS}/makes", title="Makes", options="a: A", version="1", **{"texts.fr": "a: A (fr)"})
    (found,) = api.json("GET", "/v1/option_lists")["data"]
    assert found["texts"] == {"es": {"a": "A (es)"}, "fr": {"a": "A (fr)"}}


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"title": "X", "options": "a: A\na: B"}, "stands twice"),
        ({"title": "X", "options": ""}, "at least one option"),
        ({"title": " ", "options": "A"}, "Give it a title"),
        ({"title": "X", "options": "a: A", "slug": "No Slug"}, "A short name has"),
    ],
)
def test_what_is_wrong_is_said_and_kept_typed(administrator: Browser, fields: dict[str, Any], why: str) -> None:
    refused = administrator.send_form(LISTS, **fields)
    assert refused.status_code == 400
    assert why in unescape(refused.text)


def test_a_question_has_its_options_by_a_list(administrator: Browser, api: Api) -> None:
    administrator.send_form(LISTS, title="Makes", options="volvo: Volvo")
    studio = Studio(administrator)
    page = studio.page("/edit/elements?type=choices&page=questions")
    assert "Options by a shared list" in page
    studio.send("/edit/elements?type=choices&page=questions", label="Make", key="make", list="makes")
    (element,) = studio.document()["pages"][0]["elements"]
    assert (element["list"], "options" in element) == ("makes", False)
    used = administrator.get(f"{LISTS}/makes").text
    assert "Claim" in used
    kept = administrator.send_form(f"{LISTS}/makes/delete")
    assert kept.status_code == 409
    assert "Drafts have their options by this list" in kept.text
    studio.send("/publish")
    (element,) = studio.document()["pages"][0]["elements"]
    assert element["options"] == [{"value": "volvo", "label": "Volvo"}]
    gone = administrator.send_form(f"{LISTS}/makes/delete")
    assert gone.url.path == LISTS
    assert api.json("GET", "/v1/option_lists")["data"] == []


def test_a_form_is_asked_by_the_list_as_it_was(
    world: World, workspace: Workspace, administrator: Browser, api: Api
) -> None:
    """A form has, for good, the options with which its version was published; newer ones come with the next version."""
    administrator.send_form(LISTS, title="Makes", options="saab: Saab\nvolvo: Volvo")
    element = {"key": "make", "type": "choices", "label": "Make", "list": "makes"}
    document = {"slug": "car", "title": "Car", "pages": [{"key": "one", "title": "One", "elements": [element]}]}
    api.json("POST", "/v1/form_templates", 201, json=document)
    old = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "car"}})
    administrator.send_form(f"{LISTS}/makes", title="Makes", options="fiat: Fiat", version=seen(administrator, "makes"))
    assert shown(world, old) == ["saab", "volvo"]
    api.json("PUT", "/v1/form_templates/car", json=document)
    new = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "car"}})
    assert (shown(world, old), shown(world, new)) == (["saab", "volvo"], ["fiat"])
    Contact(world, workspace, old).answers(make="saab").submits()
    with pytest.raises(AssertionError, match="make"):
        Contact(world, workspace, new).answers(make="saab")
    assert api.json("GET", f"/v1/forms/{old['id']}")["responses"][0]["data"] == {"make": "saab"}


def shown(world: World, form: dict[str, Any]) -> list[str]:
    """The options that the portal offers."""
    with world.client() as browser:
        secret = form["links"]["fill"].rsplit("/", 1)[1]
        first = browser.get(f"/r/{secret}").text
        browser.post(f"/r/{secret}/start", data={"form_token": token(first)})
        return re.findall(r'name="make.value"[^>]* value="([a-z]+)"', browser.get(f"/r/{secret}/pages/one").text)


def test_of_another_workspace_and_lesser_roles_there_is_none(
    world: World, workspace: Workspace, administrator: Browser
) -> None:
    administrator.send_form(LISTS, title="Makes", options="Volvo")
    stranger = world.browser(world.member(world.workspace(), f"o-{workspace.slug}@example.org", "administrator"))
    assert stranger.get(f"{LISTS}/makes").status_code == 404
    assert stranger.send_form(f"{LISTS}/makes", title="X", options="Y").status_code == 404
    assert (
        world.browser(world.member(workspace, f"h-{workspace.slug}@example.org", "handler")).get(LISTS).status_code
        == 403
    )
