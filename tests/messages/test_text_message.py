"""An SMS is counted as the network counts it, and the preview says in how many parts it would go."""

import pytest

from dossier.messages.model import parts_of
from dossier.workspaces.model import Workspace
from tests.world import Api, World


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", (1, False)),
        ("a" * 160, (1, False)),
        ("a" * 161, (2, False)),
        ("é" * 306, (2, False)),
        ("a" * 307, (3, False)),
        ("€" * 80, (1, False)),
        ("€" * 81, (2, False)),
        ("ê" * 70, (1, True)),
        ("ê" * 71, (2, True)),
        ("😀" * 35, (1, True)),
        ("😀" * 36, (2, True)),
    ],
)
def test_a_text_goes_in_parts(text: str, parts: tuple[int, bool]) -> None:
    """3GPP TS 23.038 and 23.040."""
    assert parts_of(text) == parts


def test_the_preview_says_how_many(world: World, workspace: Workspace, api: Api) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "Fire"})["id"]
    browser = world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org"))
    letter = {"channel": "sms", "other": "+32470112233", "body": "Dear Ann " * 20}
    address = f"/workspace/cases/{case}/write/shown"
    assert "Parts that the SMS goes in: 2.<" in browser.send_form(address, **letter).text
    assert (
        "Parts that the SMS goes in: 3. A character" in browser.send_form(address, **letter | {"body": "ê" * 150}).text
    )
