"""When people of a workspace are at work: set in the app, kept with an audit entry, and reckoned by."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dossier.foundation.actor import Scope
from dossier.foundation.working_time import working_time
from dossier.workspaces import store
from tests.world import World

PAGE = "/workspace/settings/general"


@pytest.fixture
def ada(world: World, workspace: Any) -> Any:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@acme.example", "administrator"))


def kept(world: World, workspace: Any) -> Any:
    return world.do(lambda tx: store.get(tx.within(Scope((workspace.id,))), workspace.id)).working_time


def test_working_time_is_set_in_the_app_step_by_step(world: World, workspace: Any, ada: Any) -> None:
    hours = {"opens": "9:30", "closes": "17:00"}
    assert "Saved." in ada.send_form(f"{PAGE}/working-time", day=["1", "2"], country="DE", **hours).text
    assert kept(world, workspace) == {"days": [1, 2], "opens": 570, "closes": 1020, "country": "DE"}
    page = ada.get(PAGE).text
    assert 'value="BY"' in page or "<option>BY" in page
    place = {"country": "DE", "seen.country": "DE", "region": "BY", "custom": ["catholic"]}
    assert "Saved." in ada.send_form(f"{PAGE}/working-time", day=["1", "2", "5"], **place, **hours).text
    assert kept(world, workspace)["region"] == "BY"
    assumption = datetime(2025, 8, 15, 8, tzinfo=UTC)  # a Friday
    there = working_time("Europe/Berlin", kept(world, workspace))
    assert there.opening(assumption) == datetime(2025, 8, 18, 7, 30, tzinfo=UTC)
    other = {"country": "BE", "seen.country": "DE", "region": "BY", "custom": ["catholic"]}
    assert "Saved." in ada.send_form(f"{PAGE}/working-time", day=["1"], **other, **hours).text
    assert kept(world, workspace)["country"] == "BE"
    assert "region" not in kept(world, workspace)
    assert "changed the workspace" in ada.get("/workspace/settings/audit").text.lower()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"day": []}, "at least one"),
        ({"opens": "19:00", "closes": "08:00"}, "begin before they end"),
        ({"opens": "soon"}, "begin before they end"),
        ({"country": "XX"}, "not known"),
        ({"country": "DE", "seen.country": "DE", "region": "ZZ"}, "no such region"),
        ({"country": "DE", "seen.country": "DE", "custom": ["martian"]}, "no such customs"),
    ],
)
def test_what_is_no_working_time_is_said(world: World, workspace: Any, ada: Any, sent: Any, said: str) -> None:
    right = {"day": ["1"], "opens": "08:00", "closes": "19:00"}
    answer = ada.send_form(f"{PAGE}/working-time", **right | sent)
    assert answer.status_code == 400
    assert said in answer.text
    assert kept(world, workspace) is None


def test_who_may_not_change_the_workspace_does_not(world: World, workspace: Any) -> None:
    bob = world.browser(world.member(workspace, "bob@acme.example"))
    assert bob.send_form(f"{PAGE}/working-time", day=["1"], opens="08:00", closes="19:00").status_code == 403
