"""Two people at one field of several parts: nobody's work is lost, and nothing newer is overwritten."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World, values

OPTIONS = [{"value": each, "label": each.upper()} for each in ("front", "glass", "rear")]
SCHEMA = [
    {"key": "place", "type": "address", "name": "Place"},
    {"key": "damage", "type": "multiple_choice", "name": "Damage", "options": OPTIONS},
    {
        "key": "seen_by",
        "type": "table",
        "name": "Seen by",
        "columns": [{"key": each, "type": "text", "name": each} for each in ("name", "phone")],
    },
]


class Desk:
    """Somebody who looks at a case, and saves later what they typed then."""

    def __init__(self, world: World, workspace: Workspace, api: Api, **data: Any) -> None:
        template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": SCHEMA})["id"]
        schema = [{"key": key, "value": value} for key, value in data.items()]
        made = api.json("POST", "/v1/cases", json={"title": "C", "template": {"id": template}, "schema": schema})
        self.api, self.id = api, made["id"]
        self.browser: Browser = world.browser(world.member(workspace, f"desk-{workspace.slug}@example.org"))
        text = self.browser.get(f"/workspace/cases/{self.id}").text
        self.seen = text.split('name="version" value="')[1].split('"')[0]

    def meanwhile(self, **data: Any) -> None:
        self.api.json("POST", f"/v1/cases/{self.id}/data", json={"data": data})

    def save(self, key: str, **sent: Any) -> int:
        fields = {name.replace("__", "."): value for name, value in sent.items()}
        address = f"/workspace/cases/{self.id}/fields/{key}"
        return self.browser.send_form(address, version=self.seen, **fields).status_code

    def value(self, key: str) -> Any:
        return values(self.api.json("GET", f"/v1/cases/{self.id}"))[key]


def test_parts_of_an_address_are_put_together(world: World, workspace: Workspace, api: Api) -> None:
    """[H10] One types the street while another sets the city; where both set the city, somebody is asked."""
    desk = Desk(world, workspace, api, place={"street": "Old 1", "city": "Gent"})
    desk.meanwhile(place={"street": "Old 1", "city": "Brugge", "country": "BE"})
    assert desk.save("place", value__street="New 2", value__city="Gent") == 200
    assert desk.value("place") == {"street": "New 2", "city": "Brugge", "country": "BE"}
    assert desk.save("place", value__street="Old 1", value__city="Aalst") == 412
    assert desk.value("place")["city"] == "Brugge"


def test_a_contact_that_changed_meanwhile_is_not_overwritten(world: World, workspace: Workspace, api: Api) -> None:
    """[H10] It is said by the slot's name; who looks again and means it changes it."""
    desk = Desk(world, workspace, api)
    address, name = f"/workspace/cases/{desk.id}/contacts/main", {"given_name": "Tom"}
    api.json("POST", f"/v1/cases/{desk.id}/contacts", json={"contacts": [{"key": "main", "given_name": "An"}]})
    refused = desk.browser.send_form(address, version=desk.seen, **name)
    assert refused.status_code == 412
    assert "“Contact” was changed by Test meanwhile" in refused.text
    assert api.json("GET", f"/v1/cases/{desk.id}")["contacts"][0]["name"] == "An"
    newest = str(api.json("GET", f"/v1/cases/{desk.id}/history")["data"][0]["version"])
    assert desk.browser.send_form(address, version=newest, **name).status_code == 200
    assert api.json("GET", f"/v1/cases/{desk.id}")["contacts"][0]["name"] == "Tom"


def test_choices_are_put_together(world: World, workspace: Workspace, api: Api) -> None:
    """[H10] What one adds, and what another takes away."""
    desk = Desk(world, workspace, api, damage=["front"])
    desk.meanwhile(damage=["rear"])
    assert desk.save("damage", value=["front", "glass"]) == 200
    assert desk.value("damage") == ["glass", "rear"]


@pytest.mark.long
@pytest.mark.parametrize(
    ("theirs", "mine", "status", "kept"),
    [
        ([("An", "1"), ("Bo", "2"), ("Di", "4")], [("An", "1"), ("Bo", "9")], 200, "An1 Bo9 Di4"),
        ([("An", "1"), ("Bo", "2"), ("Di", "4")], [("An", "1"), ("Bo", "2"), ("Ed", "5")], 200, "An1 Bo2 Di4 Ed5"),
        ([("An", "1"), ("Bo", "3")], [("An", "1"), ("Bo", "9")], 412, "An1 Bo3"),
        ([("Bo", "2")], [("An", "7"), ("Bo", "2")], 412, "Bo2"),
    ],
)
def test_rows_of_a_table_are_put_together(
    world: World, workspace: Workspace, api: Api, theirs: Any, mine: Any, status: int, kept: str
) -> None:
    """[H10] A row that only one changed, rows that both added; a row that another took away is never guessed at."""
    row = lambda each: {"name": each[0], "phone": each[1]}  # noqa: E731
    desk = Desk(world, workspace, api, seen_by=[row(("An", "1")), row(("Bo", "2"))])
    desk.meanwhile(seen_by=[row(each) for each in theirs])
    sent = {f"cell__{place}__{key}": value for place, each in enumerate(mine, 1) for key, value in row(each).items()}
    assert desk.save("seen_by", **sent) == status
    assert " ".join(each["name"] + each["phone"] for each in desk.value("seen_by")) == kept
