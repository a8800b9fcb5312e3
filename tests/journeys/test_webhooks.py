"""An administrator has another system told, sees what was sent and why it was not taken, and sends it again."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.journeys.test_handler import ada, claim
from tests.many import left_to_ci
from tests.webhooks.receivers import Receiver, receiving
from tests.world import World

__all__ = ["ada", "claim"]  # fixtures


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@left_to_ci(
    "makes a webhook, waits for its calls, and looks at each screen",
    "webhooks/test_deliveries.py::test_a_change_is_told_with_what_changed",
    "webhooks/test_pages.py::test_those_given_up_are_sent_again_at_once",
)
def test_another_system_is_told(
    world: World, workspace: Workspace, ada: Any, claim: Any, api: Any, person: Any, receiver: Receiver
) -> None:
    somebody = person(ada)
    page = somebody.go("/workspace/settings/profile")
    page.get_by_role("link", name="Webhooks").first.click()
    expect(page.get_by_role("heading", name="Webhooks")).to_be_visible()
    somebody.look("webhooks-none")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_label("What it is for").fill("The CRM of the sales team")
    page.get_by_label("A step moves").uncheck()
    page.get_by_role("button", name="Make webhook").click()
    expect(page.get_by_label("Its secret")).to_have_value(re.compile("^whsec_"))
    somebody.look("webhooks-secret")
    page.get_by_role("link", name=receiver.url).first.click()
    page.get_by_role("button", name="Send a test").click()
    until(lambda: page.reload() and page.locator(".badge", has_text="delivered").count())
    receiver.says(500, '{"error": "the database of the receiver is away"}')
    api.json("PATCH", f"/v1/cases/{claim['id']}", json={"title": "Damage to the roof"})
    until(lambda: page.reload() and page.get_by_text("500").count())
    somebody.look("webhook")
    page.get_by_role("link", name="Title, reference or other details change").click()
    expect(page.get_by_text("the database of the receiver is away")).to_be_visible()
    somebody.look("webhook-delivery")
    page.get_by_role("link", name=receiver.url).click()
    page.get_by_text("What it is told").click()
    page.get_by_label("On: it is told").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Somebody switched it off.")).to_be_visible()
    somebody.look("webhook-off")
