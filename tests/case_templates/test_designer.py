"""The designer: what is worked on is a draft until it is published, and nothing that is wrong gets through."""

import re
from html import unescape
from typing import Any, ClassVar

import httpx
import pytest

from dossier.demo import example
from dossier.workspaces.model import Workspace
from tests.case_templates.test_step_documents import CALL, MAIL
from tests.case_templates.test_step_documents import document as step_document
from tests.many import left_to_ci
from tests.world import Api, Browser, World


class Designer:
    """Somebody who designs one template."""

    def __init__(self, browser: Browser, title: str = "Claim") -> None:
        self.browser = browser
        self.address = str(browser.send_form("/workspace/templates", title=title).url.path)

    def page(self) -> str:
        return self.browser.get(self.address).text

    def send(self, path: str = "", **fields: Any) -> httpx.Response:
        seen = self.seen(path) if "key=" in path else ""
        found = re.search(r'name="revision" value="(\d+)"', self.page())
        assert found
        return self.browser.send_form(self.address + path, **{"revision": found[1], "seen": seen, **fields})

    def seen(self, path: str) -> str:
        """What the form of a part carries of the part as it is."""
        found = re.search(r'name="seen" value="(\w*)"', self.browser.get(self.address + path).text)
        assert found
        return found[1]

    def document(self) -> Any:
        return self.browser.get(f"{self.address}/export.json").json()


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


@pytest.fixture
def designer(administrator: Browser) -> Designer:
    return Designer(administrator)


def test_columns_have_their_options_by_name(designer: Designer) -> None:
    """No JSON is asked of people: each option of a column's type has an input, filled with what it is, and emptied."""
    columns = {"column.name": ["Amount", "Kind", ""], "column.key": ["", "", ""], "column.more": ["", "a: A; b: B", ""]}
    columns |= {"column.type": ["currency", "choices", "text"]}
    designer.send("/edit/schema?type=table", name="Rows", **columns)
    rows = designer.document()["schema"][0]
    page = unescape(designer.browser.get(f"{designer.address}/edit/schema?key=rows").text)
    assert all(f'name="column.0.{each}"' in page for each in ("min", "max", "currency"))
    assert 'name="column.1.options"' in page
    assert "a: A\nb: B</textarea>" in page
    typed = {"column.0.min": "2,5", "column.0.currency": "EUR", "column.1.options": "a: A\nc: See"}
    columns |= {"column.key": ["amount", "kind", ""], "column.more": ["", '{"required": true}', ""]}
    designer.send("/edit/schema?key=rows", name="Rows", **columns, **typed)
    assert designer.document()["schema"][0]["columns"] == [
        {"key": "amount", "type": "currency", "name": "Amount", "min": 2.5, "currency": "EUR"},
        {"key": "kind", "type": "choices", "name": "Kind", "required": True, "options": [{"value": "a", "label": "A"}, {"value": "c", "label": "See"}]},
    ]  # fmt: skip
    page = unescape(designer.browser.get(f"{designer.address}/edit/schema?key=rows").text)
    assert '{"required":true}' in page
    columns |= {"column.more": ["", "", ""]}
    designer.send("/edit/schema?key=rows", name="Rows", **columns, **{"column.1.options": "a: A\nb: B"})
    assert designer.document()["schema"][0] == rows


def test_the_largest_file_is_typed_as_people_say_it(designer: Designer) -> None:
    for typed, bytes, shown in (
        ("10 MB", 10_000_000, "10 MB"),
        ("2,5 Mo", 2_500_000, "2500 kB"),
        ("1GB", 10**9, "1 GB"),
        ("512 KiB", 524_288, "524288"),
        ("1500", 1500, "1500"),
    ):
        sent = {"name": "Papers", "key": "papers", "max_size": typed}
        path = "/edit/schema?key=papers" if designer.document().get("schema") else "/edit/schema?type=file"
        designer.send(path, **sent)
        assert designer.document()["schema"][0]["max_size"] == bytes
        page = unescape(designer.browser.get(f"{designer.address}/edit/schema?key=papers").text)
        assert re.search(rf'name="max_size"[^>]*value="{shown}"', page), typed
    for typed in ("ten", "10 MBit", "0.5 B", "1.0005 kB", "-1 MB", "9" * 30 + " GB"):
        refused = designer.send("/edit/schema?key=papers", name="Papers", max_size=typed)
        assert (refused.status_code, designer.document()["schema"][0]["max_size"]) == (400, 1500), typed
    assert "such as 10 MB" in refused.text


def test_from_a_title_to_a_case(designer: Designer, api: Api) -> None:
    designer.send("/edit/sections", name="The car")
    designer.send("/edit/schema?type=text", name="Número de placa", section="the-car", required="yes", maxlength="12")
    designer.send("/edit/schema?type=choices", name="Cover", options="full: Comprehensive\nThird party", default="full")
    designer.send("/edit/schema?type=currency", name="Amount", min="0", max="9999,50", currency="EUR", indexed="yes")
    designer.send("/edit/schema?type=table", name="Rows", **{"column.name": ["A", ""], "column.key": ["", ""], "column.type": ["choices", "text"], "column.more": ["x: X; y: Y", ""]})  # fmt: skip
    designer.send("/edit/contacts", name="Expert", required="yes")
    sent = {"a": "data.amount", "o": "gt", "v": "100", "match": "all"}
    designer.send("/edit/statuses", label="To review", parent_status="in_progress", once="yes", **sent)
    shown = {f"visible_when.{name}": value for name, value in sent.items()}
    designer.send("/edit/steps", title="Call them", type="task", **shown)
    document = designer.document()
    assert document["schema"] == [
        {"key": "numero_de_placa", "type": "text", "name": "Número de placa", "section": "the-car", "required": True, "maxlength": 12},
        {"key": "cover", "type": "choices", "name": "Cover", "options": [{"value": "full", "label": "Comprehensive"}, {"value": "third_party", "label": "Third party"}], "default": "full"},
        {"key": "amount", "type": "currency", "name": "Amount", "indexed": True, "currency": "EUR", "min": 0, "max": 9999.5},
        {"key": "rows", "type": "table", "name": "Rows", "columns": [{"key": "a", "type": "choices", "name": "A", "options": [{"value": "x", "label": "X"}, {"value": "y", "label": "Y"}]}]},
    ]  # fmt: skip
    condition = {"attributes": {"data.amount": {"$gt": 100}}}
    assert document["statuses"][0]["when"] == {"condition": condition, "once": True}
    assert document["steps"][0]["visible_when"] == condition
    assert api.json("GET", "/v1/case_templates")["data"] == [], "a draft is no template yet"
    designer.send("/publish")
    template = api.json("GET", "/v1/case_templates")["data"][0]
    case = api.json("POST", "/v1/cases", json={"template": {"id": template["id"]}})
    changed = api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 150}})
    assert (changed["status"], changed["title"]) == ("to_review", "Claim")


@left_to_ci(
    "saves a form for every option of every type", "case_templates/test_designer.py::test_from_a_title_to_a_case"
)
@pytest.mark.long
def test_every_option_of_every_type_survives_the_form(designer: Designer, administrator: Browser) -> None:
    """What a document says, its form shows and sends back unchanged."""
    document = example("motor-claim.yaml")
    designer.send("/import", document=administrator.get("/docs").text and _yaml(document))
    for part in ("schema", "statuses", "steps", "contacts", "sections"):
        for item in document.get(part, []):
            page = administrator.get(f"{designer.address}/edit/{part}?key={item['key']}")
            assert page.status_code == 200, page.text
            answer = designer.send(f"/edit/{part}?key={item['key']}", **_form(page.text))
            assert answer.status_code == 200, answer.text
    kept = designer.document()
    for part in ("schema", "contacts", "sections"):
        assert kept[part] == _plain(document[part]), part
    statuses = {each["key"]: each for each in kept["statuses"]}
    assert statuses["with_expert"] == _plain(document["statuses"])[1], "a condition that rows cannot say stays JSON"
    assert [each["key"] for each in kept["steps"]] == [each["key"] for each in document["steps"]]


def test_every_member_of_a_step_survives_the_form(designer: Designer, administrator: Browser) -> None:
    """Durations that are not so simple, texts in other languages, reminders, calls: sent back as they were shown."""
    document = step_document(MAIL | {"due": {"of": "data.deadline", "after": "P1DT2H"}}, CALL, MAIL | {"key": "other"})
    designer.send("/import", document=_yaml(document))
    for item in document["steps"]:
        page = administrator.get(f"{designer.address}/edit/steps?key={item['key']}")
        answer = designer.send(f"/edit/steps?key={item['key']}", **_form(page.text))
        assert answer.status_code == 200, answer.text
    said = [{name: [value] if name == "bcc" else value for name, value in each.items()} for each in document["steps"]]
    for kept, before in zip(designer.document()["steps"], said, strict=True):
        assert kept == before
    refused = designer.send("/edit/steps?key=other", **_form(page.text) | {"due.unit": "P50Y"})
    assert "is no duration" in refused.text
    assert "P50Y" in refused.text


def _yaml(document: Any) -> str:
    from dossier.foundation import yaml

    return yaml.encode(document)


def _plain(value: Any) -> Any:
    from dossier.foundation import json

    return httpx.Response(200, content=json.encode(value)).json()


def _form(page: str) -> dict[str, Any]:
    """The fields of the last form of a page, as a browser would send them."""
    import html
    import html.parser

    class Reader(html.parser.HTMLParser):
        fields: ClassVar[dict[str, list[str]]] = {}
        area = select = None

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            given = dict(attrs)
            if tag == "form":
                self.fields, self.select = {}, None
            elif tag == "input" and given.get("name") and (given.get("type") != "checkbox" or "checked" in given):
                self.fields.setdefault(given["name"], []).append(given.get("value") or "")
            elif tag == "textarea":
                self.area = given.get("name")
                self.fields.setdefault(self.area, []).append("")
            elif tag == "select":
                self.select = given.get("name")
                self.fields.setdefault(self.select, []).append("")
                self.first = True
            elif tag == "option" and self.select and ("selected" in given or self.first):
                self.fields[self.select][-1] = given.get("value") or ""
                self.first = False

        def handle_endtag(self, tag: str) -> None:
            self.area = None if tag == "textarea" else self.area
            self.select = None if tag == "select" else self.select

        def handle_data(self, data: str) -> None:
            if self.area:
                self.fields[self.area][-1] += data

    reader = Reader()
    reader.feed(page[page.rindex('<form method="post" data-keeps') :])
    return {name: values for name, values in reader.fields.items() if name not in ("form_token", "seen", "case")}


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/edit/schema?type=text", {"name": ""}, "“Name”"),
        ("/edit/schema?type=text", {"name": "A", "maxlength": "many"}, "whole number"),
        ("/edit/schema?type=text", {"name": "A", "pattern": "("}, "pattern"),
        ("/edit/schema?type=choices", {"name": "A", "options": ""}, "“Options”"),
        ("/edit/schema?type=number", {"name": "A", "min": "x"}, "must be a number"),
        ("/edit/schema?type=number", {"name": "A", "default": "ten"}, "must be a number"),
        ("/edit/statuses", {"label": "A", "parent_status": "nowhere"}, "“Stage”"),
        ("/edit/statuses", {"label": "A", "parent_status": "closed", "json": "{"}, "JSON"),
        ("/edit/statuses", {"label": "A", "parent_status": "closed", "json": '{"nothing": {"$eq": 1}}'}, "nothing"),
        ("/edit/steps", {"title": "A", "type": "dance"}, "“Type”"),
        ("/edit/schema?type=table", {"name": "A"}, "“Columns”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_changes_nothing(designer: Designer, path: str, fields: Any, says: str) -> None:
    before = designer.document()
    answer = designer.send(path, **fields)
    assert answer.status_code == 400
    assert says in re.search(r'role="alert">(.*?)</div>\s*</div>', answer.text, re.DOTALL)[1]  # type: ignore[index]
    assert designer.document() == before


def test_two_designers_at_different_parts_both_keep_what_they_did(designer: Designer) -> None:
    """[H10] A part that is new, one that only they touched, the title and the description: put together."""
    one, other = "/edit/schema?key=one", "/edit/schema?key=other"
    designer.send("/edit/schema?type=text", name="One")
    designer.send("/edit/schema?type=text", name="Other")
    seen = designer.seen(other)
    designer.send(one, name="One, by her")
    send = designer.browser.send_form
    assert send(designer.address + other, name="Other, by him", seen=seen).status_code == 200
    assert send(designer.address + "/edit/schema?type=text", name="Third").status_code == 200
    assert [each["name"] for each in designer.document()["schema"]] == ["One, by her", "Other, by him", "Third"]
    was = {"seen.title": "Claim", "seen.description": "", "seen.locale": "", "seen.unknown_fields": "reject"}
    as_it_was = {"title": "Claim", "description": "", "locale": "", "unknown_fields": "reject"}
    send(designer.address, **was, **as_it_was | {"title": "Claims"})
    send(designer.address, **was, **as_it_was | {"description": "Of cars"})
    document = designer.document()
    assert (document["title"], document["description"]) == ("Claims", "Of cars")
    assert send(designer.address, **was, **as_it_was | {"title": "Mine"}).status_code == 412
    assert designer.document()["title"] == "Claims"


def test_two_designers_at_one_part_do_not_overwrite_each_other(designer: Designer) -> None:
    """[H10] What was typed stays in the form, and is saved once somebody means it."""
    path = "/edit/schema?key=one"
    designer.send("/edit/schema?type=text", name="One")
    seen = designer.seen(path)
    designer.send(path, name="Hers")
    answer = designer.browser.send_form(designer.address + path, name="His", seen=seen)
    assert answer.status_code == 412
    assert 'value="His"' in answer.text
    assert designer.document()["schema"][0]["name"] == "Hers"
    again = re.search(r'name="seen" value="(\w+)"', answer.text)
    assert again
    assert designer.browser.send_form(designer.address + path, name="His", seen=again[1]).status_code == 200
    assert designer.document()["schema"][0]["name"] == "His"


def test_what_is_watched_is_said_by_name(designer: Designer) -> None:
    """A key that programs use is none that people must know; one of them still does."""
    designer.send("/edit/schema?type=number", name="Amount claimed", key="claimed")
    sent = {"a": "data.claimed", "o": "gt", "v": "0", "match": "all", "parent_status": "pending", "label": "Review"}
    designer.send("/edit/statuses", **sent, watch="amount claimed, status")
    assert designer.document()["statuses"][0]["when"]["watch"] == ["data.claimed", "status"]
    assert 'value="Amount claimed, status"' in designer.browser.get(f"{designer.address}/edit/statuses?key=review").text
    assert designer.send("/edit/statuses?key=review", **sent, watch="Amount").status_code == 400


def test_parts_are_moved_and_removed(designer: Designer) -> None:
    for name in ("One", "Two", "Three"):
        designer.send("/edit/schema?type=text", name=name)
    designer.send("/edit/schema/move", key="three", by="up")
    designer.send("/edit/schema/move", key="one", by="up")
    assert [each["key"] for each in designer.document()["schema"]] == ["one", "three", "two"]
    designer.send("/edit/schema/remove", key="three")
    assert [each["key"] for each in designer.document()["schema"]] == ["one", "two"]
    assert designer.send("/edit/schema/remove", key="three").status_code == 404
    assert designer.browser.get(f"{designer.address}/edit/nothing").status_code == 404


def test_versions_say_what_changed(designer: Designer, api: Api) -> None:
    designer.send("/edit/schema?type=text", name="Plate")
    designer.send("/publish")
    designer.send("/edit/schema?key=plate", name="Number plate", maxlength="12")
    designer.send("/edit/schema?type=date", name="Day")
    designer.send("/edit/schema?type=choices", name="Cover", options="a: Full\nb: Partial")
    designer.send(
        "/edit/statuses", label="Old", parent_status="closed", a="data.day", o="lt", v="2020-01-01", once="yes"
    )
    text = re.sub(r"<[^>]+>|\s+", " ", designer.browser.get(f"{designer.address}/versions").text)
    text = re.sub(r"\s+", " ", text)
    assert "Name: Plate → Number plate" in text
    assert "At most so many characters: nothing → 12" in text
    assert re.search(r"Fields Day day : added", text)
    assert re.search(r"Statuses Old old : added", text)
    published = designer.send("/publish")
    assert published.status_code == 200, published.text
    designer.send(
        "/edit/statuses?key=old",
        label="Old",
        parent_status="closed",
        a=["data.day", "title"],
        o=["lt", "filled"],
        v=["2021-01-01", ""],
    )
    designer.send("/edit/schema?key=cover", name="Cover", options="a: Full\nb: Partial\nc: None")
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", designer.browser.get(f"{designer.address}/versions").text))
    assert (
        "“Day is less than, before 2020-01-01”, only once for each case → “Day is less than, before 2021-01-01” and “Title is filled in”"
        in text
    )
    assert "Options: Full, Partial → Full, Partial, None" in text
    assert api.json("GET", "/v1/case_templates")["data"][0]["title"] == "Claim"
    designer.send("/discard")
    assert designer.document()["schema"][0] == {"key": "plate", "type": "text", "name": "Number plate", "maxlength": 12}


def test_a_draft_behind_a_published_version_is_not_published(designer: Designer, api: Api) -> None:
    designer.send("/publish")
    designer.send("/edit/schema?type=text", name="Mine")
    id = designer.address.rpartition("/")[2]
    api.json("PUT", f"/v1/case_templates/{id}", json={"title": "By a program"})
    answer = designer.send("/publish")
    assert answer.status_code == 412
    assert "published meanwhile" in answer.text


def test_archiving_and_bringing_back(designer: Designer, api: Api) -> None:
    designer.send("/publish")
    designer.send("/archive", archived="true")
    assert designer.send("/edit/schema?type=text", name="No").status_code == 409
    designer.send("/archive", archived="false")
    assert designer.send("/edit/schema?type=text", name="Yes").status_code == 200


def test_documents_that_are_none(administrator: Browser) -> None:
    for document in ("[", "a: &a [1]\nb: [*a, *a]", "title: T\nschema: [{key: a}]", "- 1", "[" * 5000):
        answer = administrator.send_form("/workspace/templates", document=document)
        assert answer.status_code == 400, document[:40]


def test_the_studio_right_opens_the_designer(world: World, workspace: Workspace, administrator: Browser) -> None:
    member = world.member(workspace, f"d-{workspace.slug}@example.org", "handler")
    browser = world.browser(member)
    assert browser.get("/workspace/templates").status_code == 403
    administrator.send_form(f"/workspace/settings/members/{member.id}/studio", studio="yes")
    assert browser.get("/workspace/templates").status_code == 200
    administrator.send_form(f"/workspace/settings/members/{member.id}/studio")
    assert browser.get("/workspace/templates").status_code == 403


def test_a_condition_is_tried_on_a_case(designer: Designer, api: Api) -> None:
    designer.send("/edit/schema?type=number", name="Amount")
    designer.send("/publish")
    id = designer.address.rpartition("/")[2]
    case = api.json("POST", "/v1/cases", json={"template": {"id": id}, "schema": [{"key": "amount", "value": 5}]})
    rows = {"a": "data.amount", "o": "gt", "v": "4"}
    assert "It holds" in designer.send("/try", case=case["reference"], **rows).text
    assert "It does not hold" in designer.send("/try", case=case["id"], **rows | {"v": "5"}).text
    assert designer.send("/try", case="NOTHERE", **rows).status_code == 404
    assert designer.send("/try", case=case["id"]).status_code == 400


@pytest.mark.long
def test_a_case_moves_to_a_newer_version_and_loses_nothing(designer: Designer, api: Api) -> None:
    designer.send("/edit/schema?type=text", name="Plate")
    designer.send("/edit/schema?type=text", name="Colour")
    designer.send("/edit/schema?type=text", name="Seats")
    designer.send("/edit/statuses", label="Parked", parent_status="pending")
    designer.send("/publish")
    id = designer.address.rpartition("/")[2]
    schema = [{"key": "plate", "value": "ABC"}, {"key": "colour", "value": "red"}]
    case = api.json("POST", "/v1/cases", json={"template": {"id": id}, "schema": schema, "status": "parked"})
    designer.send("/edit/schema/remove", key="colour")
    designer.send("/edit/schema/remove", key="seats")
    designer.send("/edit/statuses/remove", key="parked")
    designer.send("/edit/schema?key=plate", name="Plate", maxlength="2")
    designer.send("/edit/schema?type=number", name="Amount", default="7")
    designer.send("/edit/steps", title="Look", type="task")
    designer.send("/publish")
    page = designer.browser.get(f"/workspace/cases/{case['id']}")
    assert "Move to version 2" in page.text
    address = f"/workspace/cases/{case['id']}/template"
    assert "2 characters" in designer.browser.get(address).text
    sent = {"template_version": "2", "version": str(_version(page.text)), "status": "pending"}
    assert designer.browser.send_form(address, **sent).status_code == 400
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"plate": "AB"}})
    text = designer.browser.get(address).text
    assert "New field: Amount" in text
    assert "“Colour” is no field of the template any more" in text
    assert ("“Seats” goes; it is empty." in text, "“Colour” goes" in text) == (True, False)
    assert designer.browser.send_form(address, **sent).status_code == 412, "it changed since the page was seen"
    sent["version"] = str(_version(designer.browser.get(f"/workspace/cases/{case['id']}").text))
    assert designer.browser.send_form(address, **sent | {"status": "nowhere"}).status_code == 400
    assert designer.browser.send_form(address, **sent | {"template_version": "9"}).status_code == 412
    assert designer.browser.send_form(address, **sent).status_code == 200
    moved = api.json("GET", f"/v1/cases/{case['id']}")
    values = {each["key"]: each["value"] for each in moved["schema"]}
    assert (moved["status"], values) == ("pending", {"plate": "AB", "amount": 7, "colour": "red"})
    assert [each["title"] for each in moved["steps"]] == ["Look"]
    history = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
    assert history[0]["kind"] == "template"
    was = api.json("GET", f"/v1/cases/{case['id']}?at={history[1]['at']}")
    assert [each["key"] for each in was["schema"]] == ["plate", "colour", "seats"]


def _version(page: str) -> int:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return int(found[1])
