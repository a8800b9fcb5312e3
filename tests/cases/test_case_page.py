"""The page of one case: it can be renamed and erased, shows what is meant to be seen, and says why a step waits."""

import re
from html import unescape
from importlib.resources import files

import pytest

from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

TEMPLATE = {
    "title": "Claim",
    "contacts": [{"key": "main", "name": "Insured"}],
    "schema": [
        {"key": "open", "type": "text", "name": "Seen always"},
        {"key": "folded", "type": "text", "name": "Seen when filled", "visibility": "hide-when-empty"},
        {"key": "secret", "type": "text", "name": "Seen by programs", "visibility": "hidden"},
    ],
    "steps": [
        {"key": "call", "title": "Call", "type": "task", "description": "Ask for the police report."},
        {"key": "welcome", "title": "Welcome", "type": "email", "recipient": "main", "subject": "Hello", "body": "…"},
        {"key": "sign", "title": "Signed", "type": "task"},
    ],
}
Office = tuple[Api, Browser, Browser, str]


@pytest.fixture
def office(world: World, workspace: Workspace) -> Office:
    """An administrator and a handler in a workspace, and a case."""
    api = world.client(world.token(workspace))
    template = api.json("POST", "/v1/case_templates", 201, json=TEMPLATE)["id"]
    case = api.json("POST", "/v1/cases", json={"title": "Fire", "template": {"id": template}})
    people = [
        world.browser(world.member(workspace, f"{role}-{workspace.slug}@example.org", role))
        for role in ("administrator", "handler")
    ]
    return api, people[0], people[1], case["id"]


def _page(browser: Browser, case: str) -> str:
    return unescape(browser.get(f"/workspace/cases/{case}").text)


def test_what_a_case_is_called_can_be_changed(office: Office) -> None:
    """[H5] Title, reference and description; what was changed meanwhile is not overwritten."""
    api, _, handler, id = office
    page, address = _page(handler, id), f"/workspace/cases/{id}"
    version = page.split('name="version" value="')[1].split('"')[0]
    sent = {
        "title": "Fire in the kitchen",
        "reference": "F-1",
        "description": "At night.\nNobody hurt.",
        "version": version,
    }
    assert "Fire in the kitchen" in handler.send_form(f"{address}/details", **sent).text
    found = api.json("GET", f"/v1/cases/{id}")
    assert (found["title"], found["reference"]) == ("Fire in the kitchen", "F-1")
    assert "Nobody hurt." in _page(handler, id)
    assert handler.send_form(f"{address}/details", **sent | {"title": "Mine"}).status_code == 412
    assert handler.send_form(f"{address}/details", title=" ").status_code == 400
    assert handler.send_form(f"{address}/details", title="x" * 501).status_code == 400
    assert api.json("GET", f"/v1/cases/{id}")["title"] == "Fire in the kitchen"


def test_administrators_erase_a_case_and_say_that_they_mean_it(office: Office) -> None:
    """[H5] Nobody else is offered it, and nobody else can."""
    api, administrator, handler, id = office
    assert "Erase for good" not in _page(handler, id)
    assert handler.send_form(f"/workspace/cases/{id}/erase", sure="yes").status_code == 403
    assert "Erase for good" in _page(administrator, id)
    assert administrator.send_form(f"/workspace/cases/{id}/erase").status_code == 400
    assert administrator.send_form(f"/workspace/cases/{id}/erase", sure="yes").url.path == "/workspace/cases"
    api.json("GET", f"/v1/cases/{id}", 404)


def test_fields_are_shown_as_their_visibility_says(office: Office) -> None:
    """[H6] Folded away while empty, or never shown; the designer offers what there is."""
    api, _, handler, id = office
    page = _page(handler, id)
    assert "Seen always" in page
    assert "Seen by programs" not in page
    assert "1 empty field<" in page
    assert page.index("1 empty field<") < page.index("Seen when filled")
    api.json("POST", f"/v1/cases/{id}/data", json={"data": {"folded": "here"}})
    assert "empty field<" not in (page := _page(handler, id))
    assert "Seen when filled" in page


def test_steps_say_what_is_to_be_done_and_why_they_wait(office: Office) -> None:
    """[H7] The description, and a reason where there is no button; what is done is folded away."""
    api, _, handler, id = office
    page = _page(handler, id)
    assert "Ask for the police report." in page
    assert "Send …" in page, "what is sent is looked at before"
    api.json("POST", f"/v1/cases/{id}/start/sign")
    api.json("PATCH", f"/v1/cases/{id}/steps/sign", json={"status": "completed"})
    page = _page(handler, id)
    assert page.index("1 done<") < page.index("Signed")


def test_what_one_acts_on_comes_before_the_fields(office: Office) -> None:
    """[H14] In the order of the page, so on a phone and by keyboard; a wide screen shows it beside them."""
    _, _, handler, id = office
    page = _page(handler, id)
    places = [page.index(f'id="{each}"') for each in ("status-card", "steps-card", "contacts-card")]
    assert [*places, page.index("Seen always"), page.index('id="timeline-card"')] == sorted(
        [*places, page.index("Seen always"), page.index('id="timeline-card"')]
    )


def test_the_owner_who_left_is_named(world: World, workspace: Workspace, office: Office) -> None:
    """[H9] Not “nobody”: an archived case was theirs."""
    api, administrator, handler, id = office
    lea = world.member(workspace, f"lea-{workspace.slug}@example.org", given_name="Lea", family_name="Gone")
    world.browser(lea)
    api.json("PATCH", f"/v1/cases/{id}", json={"owner": {"email": lea.email}})
    api.json("POST", f"/v1/cases/{id}", json={"archived": True})
    page = _page(handler, id)
    assert ("Lea Gone</option>" in page, "works here no more" in page) == (True, False)
    assert administrator.send_form(f"/workspace/settings/members/{lea.id}/remove").status_code == 200
    assert "Lea Gone (works here no more)" in _page(handler, id)


def test_a_new_case_is_about_somebody(office: Office) -> None:
    """Asked with the title, under the template's name for them; who is known elsewhere is asked about, not changed."""
    api, _, handler, id = office
    template = api.json("GET", f"/v1/cases/{id}")["template"]
    page = handler.get("/workspace/cases").text
    assert ('data-slot="Insured"' in page, 'id="new-given_name"' in page) == (True, True)
    sent = {
        "template": template,
        "title": "Second",
        "given_name": "An",
        "family_name": "Peeters",
        "email": "an@example.org",
    }
    made = handler.send_form("/workspace/cases", **sent)
    second = made.url.path.rpartition("/")[2]
    assert api.json("GET", f"/v1/cases/{second}")["contacts"][0]["name"] == "An Peeters"
    asked = handler.send_form(
        "/workspace/cases", **sent | {"title": "Third", "family_name": "Other", "phone": "+32470123456"}
    )
    assert asked.status_code == 409
    assert "This person is known already" in asked.text
    third = re.search(r'action="(/workspace/cases/([^/"]+)/contacts/main)"', asked.text)
    assert third
    assert api.json("GET", f"/v1/cases/{third[2]}")["contacts"] == []
    handler.send_form(third[1], email="an@example.org", as_is="true")
    assert api.json("GET", f"/v1/cases/{third[2]}")["contacts"][0]["name"] == "An Peeters"
    wrong = handler.send_form("/workspace/cases", **sent | {"title": "Fourth", "email": "an@@x"})
    assert wrong.status_code == 400
    assert "Fourth" not in handler.get("/workspace/cases").text, "what is wrong makes no case"


def test_a_storm_of_changes_stands_together(office: Office, world: World, workspace: Workspace) -> None:
    """By person and minute; of a long text what differs; owners by name; each can still be undone."""
    api, _, handler, id = office
    lea = world.member(workspace, f"lea-{workspace.slug}@example.org", given_name="Lea", family_name="Maes")
    text = "word " * 200
    for value in ("one", text + "old end", text + "new end"):
        api.json("POST", f"/v1/cases/{id}/data", json={"data": {"open": value}})
    handler.send_form(f"/workspace/cases/{id}/owner", owner=lea.email)
    page = _page(handler, id)
    timeline = page[page.index('id="timeline-card"') :]
    assert "nobody → Lea Maes" in re.sub(r"<[^>]+>", "", timeline)
    assert lea.email not in timeline
    assert re.search(r"[23] more in the same minute", timeline)
    assert timeline.count(">Undo</button>") == 4
    told = next(line for line in re.sub(r"<[^>]+>", "", timeline).splitlines() if "new end" in line)
    assert ("old end → …" in told, len(told) < 140) == (True, True)


def test_an_undo_takes_the_move_that_followed_with_it(world: World, workspace: Workspace) -> None:
    """A field that moved the case: undone, the status is what it was; a move alone can be undone too."""
    api = world.client(world.token(workspace))
    when = {"condition": {"data.claimed": {"$gt": 0}}, "watch": ["data.claimed"]}
    statuses = [{"key": "assess", "label": "To assess", "parent_status": "in_progress", "when": when}]
    fields = [{"key": "claimed", "type": "number", "name": "Claimed"}]
    document = {"title": "T", "schema": fields, "statuses": statuses}
    template = api.json("POST", "/v1/case_templates", 201, json=document)["id"]
    id = api.json("POST", "/v1/cases", json={"title": "C", "template": {"id": template}})["id"]
    handler = world.browser(world.member(workspace, f"mover-{workspace.slug}@example.org"))
    handler.send_form(f"/workspace/cases/{id}/fields/claimed", value="5")
    entries = {each["kind"]: each["id"] for each in api.json("GET", f"/v1/cases/{id}/history")["data"]}
    assert api.json("GET", f"/v1/cases/{id}")["status"] == "assess"
    handler.send_form(f"/workspace/cases/{id}/undo", entry=entries["data"])
    assert api.json("GET", f"/v1/cases/{id}")["status"] == "draft"
    handler.send_form(f"/workspace/cases/{id}/fields/claimed", value="6")
    moved = api.json("GET", f"/v1/cases/{id}/history")["data"][0]
    handler.send_form(f"/workspace/cases/{id}/undo", entry=moved["id"])
    found = api.json("GET", f"/v1/cases/{id}")
    assert (found["status"], found["schema"][0]["value"]) == ("draft", 6)


def test_a_move_says_what_is_called_otherwise_and_what_is_allowed_by_now(world: World, workspace: Workspace) -> None:
    """Renamed fields, statuses and steps, new limits; what does not fit is said by name."""
    api = world.client(world.token(workspace))

    def document(name: str, most: int, label: str, step: str) -> dict[str, object]:
        return {
            "title": "T",
            "schema": [{"key": "claimed", "type": "number", "name": name, "max": most}],
            "statuses": [{"key": "assess", "label": label, "parent_status": "in_progress"}],
            "steps": [{"key": "call", "title": step, "type": "task"}],
        }

    template = api.json("POST", "/v1/case_templates", 201, json=document("Claimed", 1000, "To assess", "Call"))["id"]
    body = {"title": "C", "template": {"id": template}, "schema": [{"key": "claimed", "value": 500}]}
    id = api.json("POST", "/v1/cases", json=body)["id"]
    api.json("PUT", f"/v1/case_templates/{template}", json=document("Amount", 100, "To be assessed", "Ring them"))
    handler = world.browser(world.member(workspace, f"mover-{workspace.slug}@example.org"))
    page = re.sub(r"\s+", " ", unescape(handler.get(f"/workspace/cases/{id}/template").text))
    assert "Field “Claimed” changes: Name: Claimed → Amount; Most: 1000 → 100" in page
    assert "“To assess” is called “To be assessed”." in page
    assert "“Call” is called “Ring them”." in page
    assert "“Claimed” must be at most 100" in page


def test_filters_are_offered_under_headings(api: Api, world: World, workspace: Workspace) -> None:
    """[H13] By template, each field under the name that its own template gives it, whatever key they share."""
    for title, name in (("Hiring", "Salary account"), ("Claim", "IBAN for payment")):
        fields = [{"key": "iban", "type": "iban", "name": name}]
        api.json("POST", "/v1/case_templates", 201, json={"title": title, "schema": fields})
    browser = world.browser(world.member(workspace, f"filters-{workspace.slug}@example.org"))
    page = unescape(browser.get("/workspace/cases?a=data.iban&o=eq&v=BE68539007547034").text)
    offered = page[page.index("data-attribute") : page.index("data-operator")]
    headings = re.findall(r'<optgroup label="([^"]+)">', offered)
    assert headings[:2] == ["The case", "Contacts"]
    assert sorted(headings[2:]) == ["Claim", "Hiring"]
    assert offered.count("<option") == len(re.findall(r"</option>", offered))
    assert ("Salary account" in offered, "IBAN for payment" in offered, offered.count(" selected")) == (True, True, 1)


def test_the_focus_is_seen() -> None:
    """The ring has three times the contrast of what it lies on, light and dark (WCAG 2.2, 1.4.11)."""
    css = files("dossier.web").joinpath("components", "tokens.css").read_text()
    light, dark = re.findall(r"--dossier-ring: #(\w{6})", css)
    assert min(_contrast(light, "ffffff"), _contrast(light, "f6f8fb")) >= 3
    assert min(_contrast(dark, "182433"), _contrast(dark, "0d1520")) >= 3


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_browsers_that_ask_for_an_icon_get_one(api: Api) -> None:
    assert api.get("/favicon.ico").headers["content-type"].startswith("image/svg+xml")


def test_an_unknown_template_is_refused_as_programs_are(office: Office) -> None:
    """A case without the template that was asked for would be another case; which one it follows is the action's to say."""
    api, _, handler, _ = office
    unknown = new_id()
    before = api.json("GET", "/v1/cases/count")
    refused = handler.send_form("/workspace/cases", title="New", template=str(unknown), email="")
    said = api.post("/v1/cases", json={"template": {"id": str(unknown)}}).json()["errors"][0]["detail"]
    assert (refused.status_code, said in unescape(refused.text)) == (400, True)
    assert api.json("GET", "/v1/cases/count") == before
