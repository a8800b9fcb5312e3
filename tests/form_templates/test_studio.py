"""The studio: a form is put together part by part, what is wrong is said where it stands, and nothing wrong is published."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from dossier.form_templates.model.starters import STARTERS, starter
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci, some
from tests.world import Browser, World

LIST = "/workspace/templates/forms"


class Studio:
    """Somebody who designs one form."""

    def __init__(self, browser: Browser, **begun: str) -> None:
        self.browser = browser
        self.address = str(browser.send_form(LIST, **(begun or {"title": "Claim"})).url.path)

    def page(self, path: str = "") -> str:
        return unescape(self.raw(path))

    def raw(self, path: str = "") -> str:
        answer = self.browser.get(self.address + path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str = "", **fields: Any) -> httpx.Response:
        shown = self.raw(path if "key=" in path or path.startswith("/messages/") else "")
        hidden = {
            name: unescape(found[1])
            for name in ("revision", "seen")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', shown))
        }
        if path:
            hidden["seen"] = hidden.get("seen", "") if "key=" in path or path.startswith("/messages/") else ""
        return self.browser.send_form(self.address + path, **{**hidden, **fields})

    def document(self) -> Any:
        return self.browser.get(f"{self.address}/export.json").json()

    def keys(self) -> list[str]:
        return [each["key"] for page in self.document()["pages"] for each in page["elements"]]


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


@pytest.fixture
def studio(administrator: Browser) -> Studio:
    return Studio(administrator)


def test_from_nothing_to_a_published_form(studio: Studio) -> None:
    studio.send("/edit/pages?key=questions", title="About you", description="Ten minutes.")
    page = "&page=questions"
    studio.send(
        f"/edit/elements?type=text{page}", label="Your name", help="As on your card", required="yes", maxlength="80"
    )
    studio.send(f"/edit/elements?type=checkbox{page}", label="Somebody was hurt")
    hurt = {"visible_when.a": "data.somebody_was_hurt", "visible_when.o": "eq", "visible_when.v": "true"}
    studio.send(f"/edit/elements?type=group{page}", label="Who", **{"repeat.min": "1", "repeat.max": "5"}, **hurt)
    studio.send(f"/edit/elements?type=text{page}&group=who", label="Your name")
    studio.send(f"/edit/elements?type=file{page}", label="Photos", accept="image/*", max_files="6", field="data.photos")
    studio.send(f"/edit/elements?type=signature{page}", label="Sign", items="photos", required="yes")
    studio.send(f"/edit/elements?type=information{page}", text="Thank you **very much**.")
    (only,) = studio.document()["pages"]
    assert {name: only[name] for name in ("key", "title", "description")} == {
        "key": "questions",
        "title": "About you",
        "description": "Ten minutes.",
    }
    assert only["elements"] == [
        {"key": "your_name", "type": "text", "label": "Your name", "help": "As on your card", "required": True, "maxlength": 80},
        {"key": "somebody_was_hurt", "type": "checkbox", "label": "Somebody was hurt"},
        {"key": "who", "type": "group", "label": "Who", "repeat": {"min": 1, "max": 5},
         "visible_when": {"attributes": {"data.somebody_was_hurt": {"$eq": True}}},
         "elements": [{"key": "your_name_2", "type": "text", "label": "Your name"}]},
        {"key": "photos", "type": "file", "label": "Photos", "field": "data.photos", "accept": ["image/*"], "max_files": 6},
        {"key": "sign", "type": "signature", "label": "Sign", "required": True, "method": "electronic", "items": [{"attachment": "photos"}]},
        {"key": only["elements"][5]["key"], "type": "information", "text": "Thank you **very much**."},
    ]  # fmt: skip
    assert "version 1" in unescape(studio.send("/publish").text)
    assert "Claim" in studio.browser.get(LIST).text
    refused = studio.send("/publish")
    assert refused.status_code == 409, "nothing was changed since"


def test_parts_are_moved_doubled_and_taken_out_and_it_is_all_taken_back(studio: Studio) -> None:
    for label in ("One", "Two"):
        studio.send("/edit/elements?type=text&page=questions", label=label)
    studio.send("/edit/elements/move", key="two", by="up")
    studio.send("/edit/elements/duplicate", key="two")
    assert studio.keys() == ["two", "two_2", "one"]
    studio.send("/edit/elements/move", key="one", page="questions", group="", before="two")
    assert studio.keys() == ["one", "two", "two_2"]
    studio.send("/edit/elements/remove", key="two")
    assert studio.keys() == ["one", "two_2"]
    for keys in (["one", "two", "two_2"], ["one", "two_2"]):
        entry = re.search(r'name="entry" value="([^"]*)"', studio.page())
        assert entry
        studio.send("/undo", entry=entry[1])
        assert studio.keys() == keys, "what was taken back is done again by the same button"
    assert "took a change back" in studio.page("/versions")


@left_to_ci(
    "opens and saves every part of every starter",
    "form_templates/test_studio.py::test_a_form_begins_from_a_starter_or_a_document_and_is_archived",
)
def test_every_part_of_every_starter_survives_its_form(administrator: Browser) -> None:
    """What a document says, its form shows and sends back unchanged."""
    for name in some(("kyc-company", "accident-report"), 2):
        studio = Studio(administrator, starter=name)
        before = studio.document()
        for part, items in (("pages", before["pages"]), ("elements", _elements(before))):
            for item in items:
                path = f"/edit/{part}?key={item['key']}"
                answer = administrator.send_form(
                    studio.address + path, **_form(administrator.get(studio.address + path).text)
                )
                assert answer.status_code == 200, (item, answer.text)
        assert _plain(studio.document()) == _plain(before)


def _elements(document: Any) -> list[Any]:
    return [each for page in document["pages"] for top in page["elements"] for each in (top, *top.get("elements", ()))]


def _plain(value: Any) -> Any:
    """Conditions by rows are put together in another way, and mean the same."""
    if isinstance(value, dict):
        members = {name: _plain(part) for name, part in value.items()}
        if set(members) == {"attributes"}:
            return members["attributes"]
        if set(members) == {"attributes", "$or"}:
            return {"$or": members["$or"]}
        return {name: part for name, part in members.items() if not (name == "elements" and part == [])}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _form(page: str) -> dict[str, Any]:
    """What a browser would send of the form of a part, as it stands."""
    body = page[page.index('<form method="post" data-keeps') :]
    body = body[: body.index("</form>")]
    fields: dict[str, list[str]] = {}
    for tag, inner in re.findall(r"<(input|textarea|select)\b((?:[^>\"]|\"[^\"]*\")*)>", body):
        name = re.search(r'name="([^"]*)"', inner)
        if not name or name[1] == "form_token":
            continue
        if tag == "input" and 'type="checkbox"' in inner and " checked" not in inner:
            continue
        value = re.search(r'value="([^"]*)"', inner)
        fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea\b[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        fields[name][fields[name].index("") if "" in fields[name] else 0] = unescape(text)
    for name, options in re.findall(r'<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option[^>]*value="([^"]*)"[^>]*\sselected', options) or re.search(
            r'<option[^>]*selected[^>]*value="([^"]*)"', options
        )
        first = re.search(r'value="([^"]*)"', options)
        values = fields[name]
        values[values.index("")] = unescape(chosen[1]) if chosen else unescape(first[1]) if first else ""
        if values[-1] == "" and name.endswith((".a", ".v")) is False:
            pass
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def test_what_is_wrong_is_said_where_it_stands_and_is_not_published(studio: Studio) -> None:
    studio.send("/edit/elements?type=number&page=questions", label="Age")
    studio.send(
        "/edit/elements?type=text&page=questions", label="Name", **{"visible_when.json": '{"data.age": {"$gt": 3}}'}
    )
    studio.send("/edit/elements/remove", key="age")
    shown = studio.page()
    row = shown[shown.index('id="elements-name"') :]
    assert "d-faults" in row[: row.index("</li>")]
    assert "1 thing is to be put right" in shown
    refused = studio.send("/publish")
    assert refused.status_code == 400
    assert studio.document()["pages"][0]["elements"], "the draft stays"


@pytest.mark.parametrize(
    ("path", "fields", "says"),
    [
        ("/edit/elements?type=text&page=questions", {"label": ""}, "Question"),
        ("/edit/elements?type=text&page=questions", {"label": "A", "maxlength": "many"}, "whole number"),
        ("/edit/elements?type=text&page=questions", {"label": "A", "field": "somewhere.else"}, "Goes with"),
        ("/edit/elements?type=choices&page=questions", {"label": "A", "options": ""}, "Options"),
        ("/edit/elements?type=group&page=questions", {"label": "A", "repeat.min": "x"}, "whole number"),
        ("/edit/pages", {"title": ""}, "Title"),
        ("/edit/presets", {"name": "A", "expires": "after", "expires.count": "soon"}, "whole number"),
        ("/messages/invitation", {"email.subject": "Hello {{ nobody.name }}"}, "nobody.name"),
        ("/messages/reminders", {"reminder.after": "x"} | {f"reminder.{each}": "" for each in ("after.unit", "every", "every.unit", "times", "working", "channel", "subject", "body")}, "whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(
    studio: Studio, path: str, fields: dict[str, str], says: str
) -> None:
    before = studio.document()
    refused = studio.send(path, **fields)
    assert refused.status_code == 400
    assert says in unescape(refused.text)
    assert studio.document() == before


def test_two_people_at_one_question_do_not_overwrite_each_other(studio: Studio) -> None:
    studio.send("/edit/elements?type=text&page=questions", label="Name")
    path = "/edit/elements?key=name"
    seen = re.search(r'name="seen" value="([^"]*)"', studio.page(path))
    studio.send(path, label="Your name")
    assert seen
    refused = studio.browser.send_form(studio.address + path, seen=seen[1], label="My name")
    assert refused.status_code == 412
    assert "My name" in refused.text
    assert studio.document()["pages"][0]["elements"][0]["label"] == "Your name"


def test_languages_are_filled_in_part_by_part_and_counted(studio: Studio) -> None:
    studio.send("/edit/elements?type=text&page=questions", label="Name")
    studio.send("/languages", language="fr")
    assert "0 of 3 texts" in studio.page()
    studio.send(
        "/languages/fr?part=page-questions",
        part="page-questions",
        **{"text.elements.name.label": "Nom", "text.pages.questions.title": ""},
    )
    studio.send("/languages/fr?part=form", part="form", **{"text.title": "Sinistre"})
    assert studio.document()["texts"]["fr"] == {"elements.name.label": "Nom", "title": "Sinistre"}
    assert "2 of 3 texts" in studio.page()
    studio.send("/languages/fr?part=form", part="form", **{"text.title": ""})
    assert studio.document()["texts"]["fr"] == {"elements.name.label": "Nom"}
    studio.send("/languages/fr/remove")
    assert "texts" not in studio.document()
    assert studio.browser.send_form(studio.address + "/languages", language="<b>").status_code == 400
    assert studio.browser.get(studio.address + "/languages/fr").status_code == 404


def test_letters_are_shown_as_they_arrive_in_each_language(administrator: Browser) -> None:
    studio = Studio(administrator, starter="accident-report")
    page = studio.page("/messages/invitation")
    assert "Hello Anna," in page
    assert "Bonjour Anna," in page
    assert 'href="https://dossier.example/r/abc"' in page
    studio.send(
        "/messages/invitation",
        **{"email.subject": "Please", "email.body": "<script>x</script> {{ user.name }}", "sms.body": ""},
    )
    assert studio.document()["messages"]["invitation"] == {
        "email": {"subject": "Please", "body": "<script>x</script> {{ user.name }}"}
    }
    assert "<script>x" not in administrator.get(f"{studio.address}/messages/invitation").text
    studio.send("/messages/invitation", **{"email.subject": "", "email.body": "", "sms.body": ""})
    assert "invitation" not in studio.document()["messages"]
    reminders = studio.document()["messages"]["reminders"]
    studio.browser.send_form(
        studio.address + "/messages/reminders", **_form(administrator.get(f"{studio.address}/messages/reminders").text)
    )
    assert studio.document()["messages"]["reminders"] == reminders


def test_presets_say_what_they_do_otherwise(studio: Studio) -> None:
    studio.send("/edit/options?type=text", label="Words at the top", default="Welcome")
    studio.send(
        "/edit/presets",
        name="For brokers",
        enabled="yes",
        access="email_code",
        decline="no",
        expires="never",
        **{"option.words_at_the_top": "Hello"},
    )
    studio.send("/edit/presets", name="Plain", expires="template", access="", decline="")
    document = studio.document()
    assert document["options"] == [
        {"key": "words_at_the_top", "type": "text", "label": "Words at the top", "default": "Welcome"}
    ]
    assert document["presets"] == [
        {"key": "for-brokers", "name": "For brokers", "enabled": True, "options": {"words_at_the_top": "Hello"}, "access": "email_code", "decline": False, "expires_after": None},
        {"key": "plain", "name": "Plain", "enabled": False},
    ]  # fmt: skip
    studio.send(
        "/edit/presets?key=for-brokers",
        name="For brokers",
        enabled="yes",
        expires="after",
        **{"expires.count": "2", "expires.unit": "weeks"},
    )
    assert studio.document()["presets"][0] == {
        "key": "for-brokers",
        "name": "For brokers",
        "enabled": True,
        "expires_after": "P2W",
    }


def test_what_is_switched_on_stays_on_when_something_else_is_changed(administrator: Browser, studio: Studio) -> None:
    """Being shown inside other sites, and being processed once all is accepted: of a preset, and of the whole form."""
    switches = {"embed": "yes", "process_when_accepted": "no"}
    studio.send("/edit/presets", name="Plain", expires="template", **switches)
    kept = {"embed": True, "process_when_accepted": False}
    assert studio.document()["presets"][0].items() >= kept.items()
    address = "/edit/presets?key=plain"
    shown = _form(administrator.get(studio.address + address).text)
    studio.send(address, **shown | {"name": "Plainer", "expires": "template"})
    assert studio.document()["presets"][0] == {"key": "plain", "name": "Plainer", "enabled": False} | kept
    studio.send("", **_form(administrator.get(studio.address).text) | {"title": "Shown", "embed": "yes"})
    assert studio.document()["embed"] is True
    assert 'name="embed" value="yes" checked' in administrator.get(studio.address).text


def test_a_form_begins_from_a_starter_or_a_document_and_is_archived(administrator: Browser, studio: Studio) -> None:
    for name in STARTERS:
        assert Studio(administrator, starter=name).document()["title"] == starter(name)["title"]
    own = Studio(administrator, document="title: Mine\npages: [{key: a, title: A}]")
    assert own.document()["pages"] == [{"key": "a", "title": "A"}]
    assert own.send("/import", document="{").status_code == 400
    own.send(
        "/import", document="title: Other\npages: [{key: b, title: B, elements: [{key: x, type: text, label: X}]}]"
    )
    assert own.document()["title"] == "Other"
    own.send("/publish")
    own.send("/archive", archived="true")
    assert own.send("/edit/elements/remove", key="x").status_code == 409
    own.send("/archive", archived="false")
    own.send("", title="Other one", expires="after", **{"expires.count": "30", "expires.unit": "days"}, access="direct")
    assert own.document()["expires_after"] == "P30D"
    assert "Other one" in own.page("/versions")
    assert (
        administrator.get(f"{own.address}/export.yaml?version=1").text.startswith("title: Other\n")
        or "title: Other\n" in administrator.get(f"{own.address}/export.yaml?version=1").text
    )
    assert administrator.send_form(LIST, starter="nothing", title="").status_code == 404
    studio.send("/discard")
    assert administrator.get(studio.address).status_code == 404


def test_of_which_template_it_opens_cases_is_chosen(administrator: Browser, studio: Studio, make_template: Any) -> None:
    claim = str(make_template(title="Claim by link")["id"])
    shown = _form(administrator.get(studio.address).text)
    studio.send("", **shown | {"title": "Online", "opens": claim})
    assert studio.document()["opens"] == claim
    assert f'value="{claim}" selected' in studio.raw()
    studio.send("/edit/presets", name="Plain", expires="template", opens=claim)
    assert studio.document()["presets"][0]["opens"] == claim
    assert f'value="{claim}" selected' in studio.raw("/edit/presets?key=plain")
    studio.send("", **_form(administrator.get(studio.address).text) | {"opens": ""})
    assert "opens" not in studio.document()


def test_what_is_published_has_a_link_for_everybody(administrator: Browser, studio: Studio) -> None:
    studio.send("/edit/elements?type=text&page=questions", label="Name")
    assert "Link for everybody" not in studio.page()
    studio.send("/publish")
    (link,) = re.findall(r'value="(http[^"]+/f/[^"]+)"', studio.raw())
    assert administrator.get(link).status_code == 200
    studio.send("", **_form(administrator.get(studio.address).text) | {"access": "email_code"})
    studio.send("/publish")
    assert "Link for everybody" not in studio.page()
