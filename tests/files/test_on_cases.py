"""The files of a case on its page: sent as a form, called otherwise, taken off and back."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from dossier.workspaces.model import Workspace
from tests.files.support import kept, picture, taken_elsewhere
from tests.world import Api, Browser, World, values


@pytest.fixture
def browser(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada"))


@pytest.fixture
def case(make_case: Any) -> str:
    return str(make_case()["id"])


def page_of(browser: Browser, case: str) -> str:
    return browser.get(f"/workspace/cases/{case}").text


def send(browser: Browser, case: str, *file: Any, **more: Any) -> httpx.Response:
    return browser.send_file(f"/workspace/cases/{case}/files", *file, **more)


def files_of(api: Api, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.json("GET", f"/v1/cases/{case}/files")["data"]
    return found


def test_a_file_is_sent_as_a_form(api: Api, browser: Browser, case: str) -> None:
    page = send(browser, case, b"Dear all", "lettre d’été.txt")
    assert page.status_code == 200
    assert "lettre d’été.txt" in page.text
    (file,) = files_of(api, case)
    assert (file["name"], file["case"], file["created_by"]["name"]) == ("lettre d’été.txt", case, "Ada")
    assert file["id"] in page.text, "it can be had from the page"
    newest = api.json("GET", f"/v1/cases/{case}/history")["data"][0]
    assert (newest["kind"], newest["actor"]["name"]) == ("files", "Ada")


def test_a_file_larger_than_other_forms_is_sent(api: Api, browser: Browser, case: str) -> None:
    """It is not held in memory as they are, and so may be larger."""
    assert send(browser, case, b"x" * 3_000_000, "large.bin").status_code == 200
    assert files_of(api, case)[0]["metadata"]["size"] == 3_000_000


@pytest.mark.parametrize("fields", [{}, {"form_token": "0" * 64}])
def test_a_form_of_another_session_keeps_nothing(api: Api, browser: Browser, case: str, fields: dict[str, str]) -> None:
    assert send(browser, case, fields=fields).status_code == 403
    assert files_of(api, case) == []
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_a_form_of_another_site_is_not_read(api: Api, browser: Browser, case: str) -> None:
    assert send(browser, case, headers={"Origin": "https://evil.example"}).status_code == 403
    assert api.json("GET", "/v1/files/count") == {"count": 0}


@pytest.mark.parametrize(("content", "name", "said"), [(b"", "a.txt", "empty"), (b"x", "..", "1 to 255 characters")])
def test_what_is_no_file_is_refused_with_words(
    api: Api, browser: Browser, case: str, content: bytes, name: str, said: str
) -> None:
    answer = send(browser, case, content, name)
    assert (answer.status_code, said in answer.text) == (400, True)
    assert files_of(api, case) == []


def test_what_is_sent_to_no_case_leaves_nothing(world: World, api: Api, browser: Browser, case: str) -> None:
    """No row, and no content in the storage."""
    before = len([*world.services.storage.storage.list()])
    strange = world.client(world.token(other := world.workspace()))
    theirs = strange.json("POST", "/v1/cases", json={"title": "Theirs", "workspace": {"id": str(other.id)}})["id"]
    browser.send_form(f"/workspace/cases/{case}/archive", archived="true")
    for id, status in ((theirs, 400), (case, 409)):
        assert send(browser, id).status_code == status
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    assert len([*world.services.storage.storage.list()]) == before


def test_a_file_is_renamed(api: Api, browser: Browser, case: str) -> None:
    file = kept(api, data={"case": case})
    browser.send_form(f"/workspace/cases/{case}/files/{file['id']}/name", name="contract.txt")
    assert "contract.txt" in page_of(browser, case)
    assert files_of(api, case)[0]["name"] == "contract.txt"
    assert browser.send_form(f"/workspace/cases/{case}/files/{file['id']}/name", name=" ").status_code == 400


def test_a_file_is_taken_off_and_back(api: Api, browser: Browser, case: str) -> None:
    """It stays, for the history names it; the timeline has the way back."""
    file = kept(api, data={"case": case})
    page = browser.send_form(f"/workspace/cases/{case}/files/{file['id']}/off").text
    assert files_of(api, case) == []
    assert api.json("GET", f"/v1/attachments/{file['id']}")["held"]
    entry = re.search(r'data-newest.*?name="entry" value="([^"]+)"', page, re.DOTALL)
    assert entry
    browser.send_form(f"/workspace/cases/{case}/undo", entry=entry[1])
    assert [each["id"] for each in files_of(api, case)] == [file["id"]]


def test_a_file_that_the_case_does_not_show_is_not_taken_off(api: Api, browser: Browser, case: str) -> None:
    file = kept(api)
    assert browser.send_form(f"/workspace/cases/{case}/files/{file['id']}/off").status_code == 404


def test_a_limited_member_has_the_files_of_their_cases(
    world: World, workspace: Workspace, api: Api, make_case: Any
) -> None:
    """Sends, has and takes off; what files are called is not theirs to say."""
    limited = world.member(workspace, f"lim-{workspace.slug}@example.org", "limited")
    mine, browser = make_case(owner={"email": limited.email})["id"], world.browser(limited)
    file = kept(api, b"Dear all", data={"case": mine})
    assert browser.get(f"/workspace/files/{file['id']}/content").content == b"Dear all"
    assert send(browser, mine, name="mine.txt").status_code == 200
    assert {each["name"] for each in files_of(api, mine)} == {"letter.txt", "mine.txt"}
    assert "New name of" not in page_of(browser, mine)
    assert browser.send_form(f"/workspace/cases/{mine}/files/{file['id']}/name", name="x").status_code == 403
    browser.send_form(f"/workspace/cases/{mine}/files/{file['id']}/off")
    assert [each["name"] for each in files_of(api, mine)] == ["mine.txt"]


def test_a_case_as_it_was_shows_the_files_of_then(api: Api, browser: Browser, case: str) -> None:
    file = kept(api, name="then.txt", data={"case": case})
    at = api.json("GET", f"/v1/cases/{case}/history")["data"][0]["at"]
    browser.send_form(f"/workspace/cases/{case}/files/{file['id']}/off")
    page = browser.get(f"/workspace/cases/{case}", params={"at": at}).text
    assert f'id="file-{file["id"]}"' in page
    assert "Take off the case" not in page
    assert f'id="file-{file["id"]}"' not in page_of(browser, case)


def test_another_file_comes_in_its_place(api: Api, browser: Browser, case: str) -> None:
    """In one change, which one takes back."""
    old, new = kept(api, name="old.txt", data={"case": case}), kept(api, name="new.txt")
    answer = browser.send_form(f"/workspace/cases/{case}/files/put", attachment=new["id"], replaces=old["id"])
    assert answer.status_code == 200
    assert [each["name"] for each in files_of(api, case)] == ["new.txt"]
    newest = api.json("GET", f"/v1/cases/{case}/history")["data"][0]
    browser.send_form(f"/workspace/cases/{case}/undo", entry=newest["id"])
    assert [each["name"] for each in files_of(api, case)] == ["old.txt"]


def test_what_is_on_another_case_replaces_nothing(api: Api, browser: Browser, case: str, make_case: Any) -> None:
    """A file has one case; nor does it come back in place of another once it is elsewhere."""
    other = make_case()["id"]
    old, new = kept(api, name="old.txt", data={"case": case}), kept(api, name="new.txt", data={"case": other})
    put = f"/workspace/cases/{case}/files/put"
    refused = browser.send_form(put, attachment=new["id"], replaces=old["id"])
    assert (refused.status_code, "is on another case now" in refused.text) == (409, True)
    browser.send_form(f"/workspace/cases/{other}/files/{new['id']}/off")
    browser.send_form(put, attachment=new["id"], replaces=old["id"])
    exchange = api.json("GET", f"/v1/cases/{case}/history")["data"][0]["id"]
    api.json("PATCH", f"/v1/attachments/{old['id']}", json={"case": other})
    assert browser.send_form(f"/workspace/cases/{case}/undo", entry=exchange).status_code == 409
    names = [[each["name"] for each in files_of(api, each)] for each in (case, other)]
    assert names == [["new.txt"], ["old.txt"]]


def test_what_is_not_there_replaces_nothing(world: World, api: Api, browser: Browser, case: str) -> None:
    """Nor does a file of another workspace, nor anything what the case does not show."""
    old, beside = kept(api, name="old.txt", data={"case": case}), kept(api)
    with world.client(world.token(world.workspace())) as strange:
        theirs = kept(strange)
    for new, replaced in ((theirs["id"], old["id"]), (case, old["id"]), (beside["id"], theirs["id"])):
        answer = browser.send_form(f"/workspace/cases/{case}/files/put", attachment=new, replaces=replaced)
        assert answer.status_code == 404
    assert [each["name"] for each in files_of(api, case)] == ["old.txt"]


def test_a_file_is_looked_at_among_the_others(api: Api, browser: Browser, case: str) -> None:
    """Without scripts it is a page: pictures of its pages, and where the others are."""
    first = kept(api, picture(), "first.png", data={"case": case})
    second = kept(api, b"\0\1", "second.bin", data={"case": case})
    address = f"/workspace/cases/{case}/files/"
    page = browser.get(address + first["id"]).text
    assert f"/workspace/files/{first['id']}/preview/1" in page
    assert f'href="{address}{second["id"]}" data-before' in page
    assert "data-after" not in page
    assert "There are no pictures of this file." in browser.get(address + second["id"]).text
    assert browser.get(address + kept(api)["id"]).status_code == 404, "the case does not show it"


def test_a_field_takes_a_file_and_another_in_its_place(api: Api, browser: Browser, make_case: Any) -> None:
    """At the same place; what the field does not take is refused, and a file that is taken off leaves the field too."""
    bills = {"key": "bills", "type": "file", "name": "Bills", "accept": ["text/plain"], "max_files": 2}
    case = make_case(schema=[bills])["id"]
    one, two, three = (kept(api, name=f"{name}.txt") for name in ("one", "two", "three"))
    put = f"/workspace/cases/{case}/files/put"

    def named() -> list[str]:
        return [each["name"] for each in values(api.json("GET", f"/v1/cases/{case}"))["bills"] or ()]

    for each in (one, two):
        assert browser.send_form(put, attachment=each["id"], field="bills").status_code == 200
    assert named() == ["one.txt", "two.txt"]
    assert browser.send_form(put, attachment=three["id"], field="bills").status_code == 400, "two at most"
    browser.send_form(put, attachment=three["id"], replaces=one["id"])
    assert named() == ["three.txt", "two.txt"]
    wrong = kept(api, picture(), "wrong.png")
    assert browser.send_form(put, attachment=wrong["id"], replaces=two["id"]).status_code == 400
    browser.send_form(f"/workspace/cases/{case}/files/{three['id']}/off")
    assert named() == ["two.txt"]
    assert browser.send_form(put, attachment=one["id"], field="nothing").status_code == 400


def test_all_files_of_a_case_are_had_at_once(api: Api, browser: Browser, case: str) -> None:
    one = kept(api, name="one.txt", data={"case": case})
    assert "files/together" not in page_of(browser, case), "one alone is not several"
    two = kept(api, name="two.txt", data={"case": case})
    found = re.findall(r'href="([^"]*files/together[^"]*as=zip)"', page_of(browser, case))
    answer = browser.get(unescape(found[0]))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert all(each["id"] in found[0] for each in (one, two))


def test_why_all_files_are_not_had_is_said(
    world: World, workspace: Workspace, api: Api, browser: Browser, case: str
) -> None:
    """Where a browser is told to download, a refusal is a download that failed: so it is not, and shows a page."""
    for name in ("one.txt", "two.txt"):
        kept(api, name=name, data={"case": case})
    link = re.search(r'<a [^>]*href="([^"]*files/together[^"]*as=pdf)"[^>]*>', page_of(browser, case))
    assert link
    assert " download" not in link[0]
    headers = {"Accept": "text/html", "Accept-Language": "fr"}
    with taken_elsewhere(world, ".merging", workspace.id, 3):
        refused = browser.get(unescape(link[1]), headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert "déjà" in refused.text
    assert "attachment" in browser.get(unescape(link[1]), headers=headers).headers["content-disposition"]


def unchecked(world: World, file: dict[str, Any]) -> None:
    """As the scanner leaves it that could not look at it."""
    world.do(lambda tx: tx.send("UPDATE files SET verdict = 'not_possible' WHERE id = %(id)s", id=file["id"]))


def test_what_was_not_checked_is_said_and_released(world: World, workspace: Workspace, api: Api, browser: Browser, case: str) -> None:  # fmt: skip
    """By an administrator; until then nobody has it, nor pictures of it."""
    file = kept(api, picture(), "first.png", data={"case": case})
    unchecked(world, file)
    page, at = page_of(browser, case), f"/workspace/cases/{case}/files/{file['id']}"
    assert "not checked" in page
    assert "Release" not in page
    assert f"/workspace/files/{file['id']}/" not in page, "no content, no thumbnail"
    assert "could not be checked for viruses" in browser.get(at).text
    assert browser.get(f"/workspace/files/{file['id']}/content").status_code == 409
    assert browser.send_form(f"{at}/release").status_code == 403
    boss = world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))
    assert "Release" in page_of(boss, case)
    boss.send_form(f"{at}/release")
    page = page_of(boss, case)
    assert ("not checked" in page, f"/workspace/files/{file['id']}/content" in page) == (False, True)
    assert browser.get(f"/workspace/files/{file['id']}/content").status_code == 200
