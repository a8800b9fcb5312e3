"""Messages in a browser: written from a case with a preview, found in the outbox, looked at as on a phone, called off."""

from typing import Any

from playwright.sync_api import expect

from tests.many import left_to_ci
from tests.world import World


@left_to_ci(
    "writes, looks at, calls off and sends, and looks at each screen",
    "journeys/test_messages.py::test_where_messages_leave",
)
def test_written_looked_at_and_called_off(world: World, workspace: Any, make_case: Any, person: Any) -> None:
    main = {
        "key": "main",
        "given_name": "Emma",
        "family_name": "Peeters",
        "email": "emma@example.org",
        "phone": "+32470111222",
    }
    case = make_case(title="A dent in the door", contacts=[main])
    somebody = person(world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada"))
    page = somebody.go(f"/workspace/cases/{case['id']}")
    page.get_by_label("Messages").get_by_role("link", name="Write").click()
    expect(page.get_by_role("note")).to_contain_text("nothing leaves the house")
    page.get_by_label("Subject").fill("Your claim {{ case.title }}")
    page.get_by_label("Text", exact=True).fill(
        "Dear {{ contact.given_name }},\n\nwe need **one more paper**:\n\n- the invoice\n- a picture of the door"
    )
    page.get_by_role("button", name="Preview").click()
    preview = page.frame_locator("iframe[name=preview]")
    expect(preview.get_by_text("Dear Emma")).to_be_visible()
    somebody.look("message-write")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_label("Timeline")).to_contain_text("wrote a message")
    expect(page.get_by_label("Messages")).to_contain_text("Your claim A dent in the door")
    expect(page.get_by_label("Messages")).to_contain_text("in the outbox")
    somebody.look("case-messages")

    page.get_by_role("navigation").get_by_role("link", name="Messages").first.click()
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    somebody.look("messages")
    page.get_by_role("link", name="Your claim A dent in the door").click()
    shown = page.frame_locator("iframe")
    expect(shown.get_by_text("one more paper")).to_be_visible()
    somebody.look("message")
    page.get_by_role("link", name="Phone").click()
    expect(shown.get_by_text("one more paper")).to_be_visible()
    somebody.look("message-phone")


def test_where_messages_leave(world: World, workspace: Any, person: Any) -> None:
    somebody = person(world.member(workspace, f"adm-{workspace.slug}@example.org", "administrator"))
    page = somebody.go("/workspace/settings/mail")
    expect(page.get_by_label("How messages leave")).to_contain_text("kept in the outbox")
    somebody.look("settings-mail")
