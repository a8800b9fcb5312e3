"""Fields of type `file` on cases: written and read, held, renamed, as of a time, taken back, listed, exported, found; refused by name."""

import csv
import html
import io
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openpyxl
import pytest

from dossier.cases.actions.later import WORDS
from dossier.files.jobs import read_words
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.cases.test_files import listed, newest, told
from tests.files.support import kept, picture
from tests.workshop import samples
from tests.world import Api, World, errors, values

PAPERS = {"key": "papers", "type": "file", "name": "Papers"}
PHOTO = {"key": "photo", "type": "file", "name": "Photo", "accept": ["image/*"], "max_size": 1000, "max_files": 2}
FIELDS = [PAPERS, PHOTO, {"key": "note", "type": "text", "name": "Note"}]


@pytest.fixture
def template(make_template: Any) -> str:
    return str(make_template(schema=FIELDS)["id"])


@pytest.fixture
def case(make_case: Any, template: str) -> dict[str, Any]:
    made: dict[str, Any] = make_case(template={"id": template})
    return made


def put(api: Api, case: dict[str, Any], expected: int = 200, **data: Any) -> Any:
    return api.json("POST", f"/v1/cases/{case['id']}/data", expected, json={"data": data})


def read(api: Api, case: dict[str, Any], **parameters: str) -> dict[str, Any]:
    return values(api.json("GET", f"/v1/cases/{case['id']}", params=parameters))


# ---- written and read ----


def test_files_are_named_and_read_back(api: Api, case: dict[str, Any]) -> None:
    one, two = kept(api, name="one.txt"), kept(api, name="two.txt")
    shown = [told(two), told(one)]
    for sent in ([two["id"], {"id": one["id"]}], [two["id"], one["id"], two["id"]], shown):
        assert values(put(api, case, papers=sent))["papers"] == shown
    assert read(api, case)["papers"] == shown
    assert api.json("GET", f"/v1/cases/{case['id']}/history")["meta"]["total_count"] == 2, "the same is no change"
    assert newest(api, case)["changes"] == {"papers": {"old": None, "new": shown}}
    assert values(put(api, case, papers=[one["id"], two["id"]]))["papers"] == shown[::-1], "order counts"
    assert values(put(api, case, papers=one["id"]))["papers"] == [told(one)]
    assert values(put(api, case, papers=[]))["papers"] is None


def test_the_receipt_names_them(api: Api, case: dict[str, Any]) -> None:
    one = kept(api)
    address, prefer = f"/v1/cases/{case['id']}/data", {"Prefer": "return=minimal"}
    receipt = api.json("POST", address, json={"data": {"papers": one["id"]}}, headers=prefer)
    assert receipt["changed"] == {"papers": {"old": None, "new": [told(one)]}}
    receipt = api.json("POST", address, json={"data": {"papers": None}}, headers=prefer)
    assert receipt["changed"] == {"papers": {"old": [told(one)], "new": None}}


def test_a_case_is_made_with_files(api: Api, make_case: Any, template: str) -> None:
    one = kept(api)
    own = {"key": "own", "type": "file", "name": "Own", "value": one["id"]}
    made = make_case(
        template={"id": template}, schema=[{"key": "papers", "value": [one["id"]]}, {"key": "photo", "value": []}, own]
    )
    assert values(made) == {"papers": [told(one)], "photo": None, "note": None, "own": [told(one)]}
    assert [(each["id"], each["field"]) for each in listed(api, made)] == [(one["id"], "papers")]
    body = {
        "title": "T",
        "template": {"id": template},
        "schema": [{"key": "note", "value": "x"}, {"key": "photo", "value": one["id"]}],
    }
    refused = api.post("/v1/cases", json=body)
    assert (refused.status_code, errors(refused)) == (400, {"/schema/1/value": "invalid_value"})


def test_a_field_holds_what_it_names_and_named(api: Api, case: dict[str, Any]) -> None:
    one = kept(api)
    put(api, case, papers=one["id"])
    found = api.json("GET", f"/v1/attachments/{one['id']}")
    assert (found["held"], found["case"], found["expires_at"]) == (True, None, None)
    assert [(each["id"], each["field"]) for each in listed(api, case)] == [(one["id"], "papers")]
    put(api, case, papers=None)
    assert listed(api, case) == []
    assert errors(api.delete(f"/v1/attachments/{one['id']}")) == {"": "in_use"}
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    assert api.get(f"/v1/attachments/{one['id']}").status_code == 404


def test_a_file_is_on_the_case_and_in_a_field(api: Api, case: dict[str, Any]) -> None:
    one = kept(api, data={"case": case["id"]})
    put(api, case, papers=one["id"])
    assert [each["field"] for each in listed(api, case)] == ["papers"]
    put(api, case, papers=None)
    assert [each["field"] for each in listed(api, case)] == [None]


# ---- refused ----


@pytest.mark.long
def test_what_is_refused_by_name(world: World, api: Api, workspace: Workspace, case: dict[str, Any]) -> None:
    elsewhere = world.workspace()
    with world.client(world.token(elsewhere)) as others:
        theirs = kept(others)
    one, large = kept(api), kept(api, picture(200, 200) + b"x" * 2000, "large.png")
    small = kept(api, picture(), "small.png")
    gone = kept(api, data={"case": case["id"]})
    api.delete(f"/v1/attachments/{gone['id']}", params={"force": "true"})
    for data, expected in (
        ({"papers": theirs["id"]}, {"/data/papers": "not_found"}),
        ({"papers": [one["id"], str(new_id())]}, {"/data/papers/1": "not_found"}),
        ({"papers": gone["id"]}, {"/data/papers": "erased"}),
        ({"photo": one["id"]}, {"/data/photo": "invalid_value"}),
        ({"photo": [small["id"], large["id"]]}, {"/data/photo/1": "invalid_value"}),
        ({"photo": [str(new_id()) for _ in range(3)]}, {"/data/photo": "invalid_value"}),
        ({"photo": one["id"], "papers": str(new_id())}, {"/data/photo": "invalid_value", "/data/papers": "not_found"}),
    ):
        refused = api.post(f"/v1/cases/{case['id']}/data", json={"data": data})
        assert (refused.status_code, errors(refused)) == (400, expected)
    with world.client(world.token(workspace, elsewhere)) as both:
        refused = both.post(f"/v1/cases/{case['id']}/data", json={"data": {"papers": theirs["id"]}})
        assert (refused.status_code, errors(refused)) == (400, {"/data/papers": "not_found"})
    assert read(api, case)["papers"] is None


def test_of_many_each_is_refused_by_itself(api: Api, make_case: Any, template: str) -> None:
    one, cases = kept(api), [make_case(template={"id": template}) for _ in range(2)]
    sent = [
        {"id": cases[0]["id"], "data": {"papers": one["id"]}},
        {"id": cases[1]["id"], "data": {"papers": str(new_id())}},
    ]
    first, second = api.json("POST", "/v1/cases/data", json={"cases": sent})["results"]
    assert (first["status"], first["changed"]["papers"]["new"]) == (200, [told(one)])
    assert (second["status"], second["errors"][0]["code"]) == (400, "not_found")


def test_a_case_goes_while_another_one_takes_its_file(api: Api, make_case: Any, template: str) -> None:
    """Several times: the other one has the file, and it is there, or was told that there is none."""
    for _ in range(5):
        going, staying = make_case(), make_case(template={"id": template})
        one = kept(api, data={"case": going["id"]})
        with ThreadPoolExecutor(2) as pool:
            gone = pool.submit(api.delete, f"/v1/cases/{going['id']}")
            named = pool.submit(api.post, f"/v1/cases/{staying['id']}/data", json={"data": {"papers": one["id"]}})
            answers = gone.result().status_code, named.result().status_code
        assert answers in {(204, 400), (204, 200)}
        there = api.get(f"/v1/attachments/{one['id']}").status_code
        assert (there == 200, len(listed(api, staying))) == (answers == (204, 200), int(answers == (204, 200)))


def test_a_limited_member_names_no_file_that_they_do_not_see(
    world: World, api: Api, workspace: Workspace, make_case: Any, template: str
) -> None:
    email = f"limited-{workspace.slug}@example.org"
    browser = world.browser(world.member(workspace, email, "limited"))
    own, other = make_case(template={"id": template}, owner={"email": email}), make_case()
    hidden, seen = kept(api, data={"case": other["id"]}), kept(api, data={"case": own["id"]})
    field = f"/workspace/cases/{own['id']}/fields/papers"
    refused = browser.send_form(field, value=hidden["id"])
    assert refused.status_code == 400
    assert hidden["id"] in refused.text
    assert browser.send_form(field, value=seen["id"]).status_code == 200
    assert read(api, own)["papers"] == [told(api.json("GET", f"/v1/attachments/{seen['id']}"))]


def test_who_erases_a_file_while_a_field_takes_it_is_told_so(api: Api, make_case: Any, template: str) -> None:
    for _ in range(5):
        one, case = kept(api), make_case(template={"id": template})
        with ThreadPoolExecutor(2) as pool:
            erased = pool.submit(api.delete, f"/v1/attachments/{one['id']}")
            named = pool.submit(api.post, f"/v1/cases/{case['id']}/data", json={"data": {"papers": one["id"]}})
            answers = erased.result().status_code, named.result().status_code
        assert answers in {(204, 400), (409, 200)}
        assert len(listed(api, case)) == (answers == (409, 200))


# ---- later ----


def test_a_new_name_is_shown_everywhere(api: Api, case: dict[str, Any], world: World) -> None:
    one = kept(api, name="draft.txt")
    before = put(api, case, papers=one["id"])
    renamed = api.json("PATCH", f"/v1/attachments/{one['id']}", json={"name": "final.txt"})
    tag = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    assert read(api, case)["papers"] == [told(renamed)]
    assert tag != f'"{before["updated_at"]}"'
    entry, naming = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][:2]
    assert (entry["kind"], entry["changes"]) == (
        "file_renamed",
        {"files": {"old": [told(one)], "new": [told(renamed)]}},
    )
    assert naming["changes"]["papers"]["new"] == [told(renamed)]
    assert read(api, case, at=before["updated_at"])["papers"] == [told(one)], "as of then it was called so"


def test_as_of_a_time_and_taken_back(api: Api, case: dict[str, Any]) -> None:
    one, two = kept(api, name="one.txt"), kept(api, name="two.txt")
    first = put(api, case, papers=one["id"])
    naming = newest(api, case)
    put(api, case, papers=two["id"])
    replacing = newest(api, case)
    assert read(api, case, at=first["updated_at"])["papers"] == [told(one)]
    back = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": replacing["id"]})
    assert values(back)["papers"] == [told(one)]
    assert [each["id"] for each in listed(api, case)] == [one["id"]]
    assert values(api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": naming["id"]}))["papers"] is None


def test_what_was_erased_by_force_does_not_come_back(api: Api, case: dict[str, Any]) -> None:
    """A field that names it still may keep it or drop it; undo refuses it by its name, as writing does."""
    one, two = kept(api, name="one.txt"), kept(api)
    put(api, case, papers=[one["id"], two["id"]])
    put(api, case, papers=two["id"])
    dropping = newest(api, case)
    for each in (one, two):
        api.json("DELETE", f"/v1/attachments/{each['id']}", 204, params={"force": "true"})
    refused = api.post(f"/v1/cases/{case['id']}/undo", json={"entry": dropping["id"]})
    assert (refused.status_code, errors(refused)) == (409, {"": "erased"})
    assert "one.txt" in refused.json()["errors"][0]["detail"]
    assert values(put(api, case, papers=[told(two)], note="x"))["papers"] == [told(two)], "what is there may stay"
    assert values(put(api, case, papers=None))["papers"] is None


def test_it_stays_in_another_version_of_the_template(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any], template: str
) -> None:
    one = kept(api)
    put(api, case, papers=one["id"])
    api.json("PUT", f"/v1/case_templates/{template}", json={"title": "Claim", "schema": FIELDS[1:]})
    browser = world.browser(world.member(workspace, f"mover-{workspace.slug}@example.org", "administrator"))
    page = browser.send_form(
        f"/workspace/cases/{case['id']}/template",
        template_version="2",
        version=str(newest(api, case)["version"]),
        status="draft",
    )
    assert page.status_code == 200
    assert read(api, case)["papers"] == [told(one)]
    assert [(each["id"], each["field"]) for each in listed(api, case)] == [(one["id"], "papers")]


# ---- statements ----


def test_what_names_no_file_asks_for_none(world: World, api: Api, case: dict[str, Any]) -> None:
    one, two = kept(api), kept(api)

    def statements(**data: Any) -> list[str]:
        put(api, case, note="first")
        del world.statements[:]
        put(api, case, **data)
        return [each for each in world.statements if "file" in each]

    reads = len(statements(note="second"))
    assert reads == 1, "the case itself"
    assert len(statements(papers=[one["id"], two["id"]])) == reads + 2, "they are looked up together, and held together"
    assert len(statements(note="third")) == reads
    assert len(statements(papers=[two["id"], one["id"]])) == reads + 1, "the same ones are not looked up again"


# ---- found ----


def test_conditions_ask_whether_and_which(api: Api, case: dict[str, Any], make_case: Any, template: str) -> None:
    one, other = kept(api), make_case(template={"id": template})
    put(api, case, papers=one["id"])

    def found(**asked: Any) -> set[str]:
        condition = json.dumps({"attributes": {"data.papers": asked}})
        return {each["id"] for each in api.json("GET", "/v1/cases", params={"filter": condition})["data"]}

    assert found(**{"$contains": one["id"]}) == {case["id"]}
    assert found(**{"$contains": one["id"].upper()}) == {case["id"]}, "as writing takes it"
    assert found(**{"$contains": str(new_id())}) == set()
    assert found(**{"$defined": True}) == {case["id"]}
    assert found(**{"$defined": False}) == {other["id"]}
    for asked in ({"$eq": one["id"]}, {"$in": [one["id"]]}, {"$gt": ""}, {"$contains": "x"}):
        assert found(**asked) == set(), "a list does not know types: it compares values, and no list is a text"
    assert found(**{"$ne": one["id"]}) == {case["id"], other["id"]}


def test_the_list_in_the_app_asks_by_address_or_id(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any], make_case: Any, template: str
) -> None:
    one, other = kept(api), make_case(template={"id": template})
    put(api, case, papers=one["id"])
    browser = world.browser(world.member(workspace, f"asks-{workspace.slug}@example.org"))

    def found(operator: str, value: str = "") -> tuple[set[str], str]:
        page = browser.get("/workspace/cases", params={"a": "data.papers", "o": operator, "v": value}).text
        return {each["id"] for each in (case, other) if f'href="/workspace/cases/{each["id"]}' in page}, page

    for value in (one["id"].upper(), f"https://dossier.example.org/workspace/files/{one['id']}/content", one["uri"]):
        assert found("contains", value)[0] == {case["id"]}
    assert found("contains", str(new_id()))[0] == set()
    assert found("filled")[0] == {case["id"]}
    assert found("empty")[0] == {other["id"]}
    said = html.unescape(found("contains", "letter.txt")[1])
    assert "takes the id or the address of a file, not “letter.txt”." in said


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"$defined": True}, 201),
        ({"$contains": str(new_id()).upper()}, 201),
        *(({"$contains": each}, 400) for each in ("x", 5, True, "2026-01-01")),
        ({"$ne": "x"}, 400),
        ({"$in": ["x"]}, 400),
    ],
)
def test_conditions_of_templates_ask_nothing_else(api: Api, asked: Any, status: int) -> None:
    when = {"condition": {"data.papers": asked}}
    pending = {"key": "sent", "label": "Sent", "parent_status": "pending", "when": when}
    made = api.post("/v1/case_templates", json={"title": "T", "schema": FIELDS, "statuses": [pending]})
    assert made.status_code == status, made.text
    if status == 400:
        assert errors(made) == {"/schema/0": "invalid_condition"}


def test_a_step_may_have_the_key_of_a_field(api: Api) -> None:
    """What conditions ask of steps is not asked of fields."""
    when = {"condition": {"steps.papers.status": {"$eq": "completed"}}}
    pending = {"key": "sent", "label": "Sent", "parent_status": "pending", "when": when}
    steps = [{"key": "papers", "title": "Papers", "type": "task"}]
    api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": FIELDS, "statuses": [pending], "steps": steps})  # fmt: skip


def test_a_file_named_in_upper_case_moves_the_case_on(api: Api, make_template: Any, make_case: Any) -> None:
    one = kept(api)
    when = {"condition": {"data.papers": {"$contains": one["id"].upper()}}}
    pending = {"key": "sent", "label": "Sent", "parent_status": "pending", "when": when}
    case = make_case(template={"id": make_template(schema=FIELDS, statuses=[pending])["id"]})
    assert put(api, case, papers=kept(api)["id"])["status"] != "sent"
    assert put(api, case, papers=one["id"])["status"] == "sent"


def test_a_file_that_comes_moves_the_case_on(api: Api, make_template: Any, make_case: Any) -> None:
    when = {"condition": {"data.papers": {"$defined": True}}}
    pending = {"key": "sent", "label": "Sent", "parent_status": "pending", "when": when}
    case = make_case(template={"id": make_template(schema=FIELDS, statuses=[pending])["id"]})
    assert put(api, case, papers=kept(api)["id"])["status"] == "sent"


def test_the_search_finds_cases_by_the_names_of_their_files(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any]
) -> None:
    one, two = kept(api, name="Zwolle invoice.pdf"), kept(api, name="kaart.txt", data={"case": case["id"]})
    put(api, case, papers=one["id"])
    api.json("PATCH", f"/v1/attachments/{two['id']}", json={"name": "Deventer.txt"})
    browser = world.browser(world.member(workspace, f"finder-{workspace.slug}@example.org"))
    world.server.run(WORDS.reindex(world.services, str(workspace.id)))
    for text, number in (("zwolle", 1), ("deventer", 1), ("kaart", 0), (one["id"][:8], 0)):
        page = browser.get("/workspace/cases", params={"q": text}).text
        assert page.count(f"/workspace/cases/{case['id']}") >= number
        assert number or f"/workspace/cases/{case['id']}" not in page, text


@pytest.mark.long
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.pdf(2, "Zeppelin hangar"), "scan.pdf"),
        (b"Zeppelin hangar", "note.txt"),
        (samples.docx(**{"word/document.xml": b"<document><p><t>Zeppelin hangar</t></p></document>"}), "letter.docx"),
    ],
)
def test_the_search_finds_cases_by_the_words_in_their_files(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any], content: bytes, name: str
) -> None:
    browser = world.browser(world.member(workspace, f"reader-{workspace.slug}@example.org"))

    def is_found() -> bool:
        world.server.run(WORDS.reindex(world.services, str(workspace.id)))
        return f"/workspace/cases/{case['id']}" in browser.get("/workspace/cases", params={"q": "zeppelin"}).text

    one = kept(api, content, name)
    put(api, case, papers=one["id"])
    assert not is_found()
    world.server.run(read_words(world.services, str(workspace.id), one["id"]))
    assert is_found()
    put(api, case, papers=None)
    assert not is_found()
    put(api, case, papers=one["id"])
    assert is_found()
    api.delete(f"/v1/attachments/{one['id']}", params={"force": "true"})
    assert not is_found()
    world.server.run(read_words(world.services, str(workspace.id), one["id"]))
    assert not is_found()


@pytest.mark.long
def test_what_cannot_be_read_is_left_alone(world: World, api: Api, workspace: Workspace, case: dict[str, Any]) -> None:
    for content, name in (
        (samples.locked_pdf(), "locked.pdf"),
        (samples.many_pages(), "many.pdf"),
        (b"a\0b", "zero.txt"),
    ):
        one = kept(api, content, name, data={"case": case["id"]})
        world.server.run(read_words(world.services, str(workspace.id), one["id"]), 60)
    assert len(listed(api, case)) == 3


# ---- as a file, in the app ----


def test_files_stand_in_exports_with_names_and_links(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any]
) -> None:
    one, two = kept(api, name="one.txt"), kept(api, name="two.txt")
    put(api, case, papers=[one["id"], two["id"]])
    browser = world.browser(world.member(workspace, f"export-{workspace.slug}@example.org"))

    def row(query: str) -> dict[str, str]:
        text = browser.get(f"/workspace/cases/export.csv{query}").content.decode("utf-8-sig")
        return next(csv.DictReader(io.StringIO(text, newline="")))

    said = f"one.txt ({one['uri']}); two.txt ({two['uri']})"
    assert row("")["Papers"] == said
    assert json.loads(row("?keys=true")["papers"]) == [told(one), told(two)]
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/workspace/cases/export.xlsx").content)).active
    assert said in [cell.value for cell in sheet[2]]  # type: ignore[index]


def test_a_person_chooses_among_the_files_of_the_case(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any]
) -> None:
    one, two = kept(api, name="one.txt", data={"case": case["id"]}), kept(api, name="two.txt")
    put(api, case, photo=None, papers=two["id"])
    browser = world.browser(world.member(workspace, f"chooser-{workspace.slug}@example.org"))
    page = browser.get(f"/workspace/cases/{case['id']}").text
    assert "one.txt" in page
    field = f"/workspace/cases/{case['id']}/fields/papers"
    assert browser.send_form(field, value=[two["id"], one["id"]], version="99").status_code in (200, 412)
    saved = browser.send_form(field, value=[two["id"], one["id"]])
    assert saved.status_code == 200
    assert read(api, case)["papers"] == [told(two), told(one)]
    refused = browser.send_form(f"/workspace/cases/{case['id']}/fields/photo", value=one["id"])
    assert refused.status_code == 400
    assert "one.txt" in refused.text
    assert browser.send_form(field, value="").status_code == 200
    assert read(api, case)["papers"] is None
    assert "two.txt" in browser.get(f"/workspace/cases/{case['id']}").text, "the timeline says which it was"
