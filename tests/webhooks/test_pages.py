"""Webhooks in the app: made, looked at, sent again, by who manages them and nobody else, without scripts too."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.webhooks.receivers import Receiver, Sender, receiving
from tests.world import Api, Browser, World

SETTINGS = "/workspace/settings/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def browser(world: World, workspace: Any) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


def made(browser: Browser, receiver: Receiver, **fields: Any) -> tuple[str, str]:
    """The address of the page of a webhook that is made there, and its secret."""
    page = browser.send_form(SETTINGS, url=receiver.url, events=["case.created", "case.data_changed"], **fields).text
    secret = re.search(r'value="(whsec_[^"]+)"', page)
    address = re.search(rf'href="({SETTINGS}/[0-9a-f-]+)"', page)
    assert secret, page
    assert address
    return address[1], secret[1]


def test_made_tested_and_sent_again(
    world: World, api: Api, workspace: Any, browser: Browser, receiver: Receiver, make_case: Any
) -> None:
    address, secret = made(browser, receiver, description="The CRM")
    assert "The CRM" in browser.get(SETTINGS).text
    assert secret not in browser.get(address).text + browser.get(SETTINGS).text
    browser.send_form(f"{address}/test")
    case = make_case(title="A case")
    Sender(world).all()
    assert sorted(receiver.types()) == ["case.created", "webhook.test"]
    page = browser.get(address).text
    assert page.count("delivered</span>") == 2
    named = f"<bdi>{case['reference']}</bdi> <bdi>A case</bdi></a>"
    assert page.count(f'href="/workspace/cases/{case["id"]}"') == 1
    assert named in " ".join(page.split()), "[18] the log did not say of which case"
    first = re.search(rf'href="({address}/deliveries/[0-9a-f-]+)">A case is made', page)
    assert first
    delivery = browser.get(first[1]).text
    assert f'href="/workspace/cases/{case["id"]}"' in delivery
    assert named in " ".join(delivery.split())
    assert "&#34;type&#34;:&#34;case.created&#34;" in delivery
    assert "204" in delivery
    browser.send_form(f"{first[1]}/replay")
    Sender(world).all()
    assert receiver.types().count("case.created") == 2
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    assert f"/workspace/cases/{case['id']}" not in browser.get(address).text + browser.get(first[1]).text


def test_what_is_wrong_stands_above_the_form_and_what_was_typed_stays(browser: Browser) -> None:
    answer = browser.send_form(SETTINGS, url="https://10.0.0.1/", events="case.erased", description="Kept")
    assert answer.status_code == 400
    assert "own network" in answer.text
    assert 'value="Kept"' in answer.text
    assert re.search(r'value="case.erased" checked', answer.text)
    answer = browser.send_form(SETTINGS, url="https://93.184.216.34/", events="*", **{"if.json": "{not json"})
    assert answer.status_code == 400


def test_changed_switched_off_given_another_secret_deleted(browser: Browser, receiver: Receiver, api: Api) -> None:
    address, secret = made(browser, receiver)
    id = address.rpartition("/")[2]
    fields = {
        "url": receiver.url,
        "events": ["step.changed"],
        "content": "full",
        "if.a": "title",
        "if.o": "contains",
        "if.v": "fire",
    }
    assert browser.send_form(address, enabled=["no", "yes"], **fields).status_code == 200
    now = api.json("GET", f"/v1/webhooks/{id}")
    assert (now["events"], now["content"], now["condition"], now["enabled"]) == (
        ["step.changed"],
        "full",
        {"attributes": {"title": {"$contains": "fire"}}},
        True,
    )
    assert 'value="fire"' in browser.get(address).text, "its condition stands there, in a row"
    by_hand = {name: text for name, text in fields.items() if not name.startswith("if.")}
    browser.send_form(address, enabled="yes", **by_hand, **{"if.json": '{"title": {"$eq": "x"}}'})
    assert api.json("GET", f"/v1/webhooks/{id}")["condition"] == {"title": {"$eq": "x"}}
    refused = browser.send_form(address, enabled="yes", **by_hand, **{"if.a": "title", "if.o": "is like", "if.v": "y"})
    assert (refused.status_code, "There is no operator" in refused.text) == (400, True)
    browser.send_form(address, enabled="no", **fields)
    assert api.json("GET", f"/v1/webhooks/{id}")["status"] == "disabled"
    assert "Somebody switched it off" in browser.get(address).text
    assert browser.send_form(f"{address}/test").status_code == 409
    newer = re.search(r'value="(whsec_[^"]+)"', browser.send_form(f"{address}/secret").text)
    assert newer
    assert newer[1] != secret
    browser.send_form(f"{address}/delete")
    assert browser.get(address).status_code == 404


def test_those_given_up_are_sent_again_at_once(
    world: World, workspace: Any, browser: Browser, receiver: Receiver, make_case: Any
) -> None:
    from dossier.webhooks.model.deliveries import WAITS

    address, _ = made(browser, receiver)
    receiver.says(500, "<script>alert(1)</script>")
    make_case(title="A case")
    Sender(world).all()
    for wait in WAITS:
        Sender(world).after(seconds=wait * 1.11)
    browser = world.browser(world.member(workspace, f"b-{workspace.slug}@example.org", "administrator"))
    page = browser.get(f"{address}?status=dead").text
    assert "given up" in page
    found = re.search(rf'href="({address}/deliveries/[0-9a-f-]+)"', page)
    assert found
    assert "<script>alert(1)" not in browser.get(found[1]).text
    receiver.says(204)
    browser.send_form(f"{address}/replay", days="7")
    Sender(world).all()
    assert len(receiver.calls) == 11


@pytest.mark.parametrize("role", ["handler", "limited"])
def test_others_do_not_come_in(world: World, workspace: Any, browser: Browser, receiver: Receiver, role: str) -> None:
    address, _ = made(browser, receiver)
    other = world.browser(world.member(workspace, f"{role}-{workspace.slug}@example.org", role))
    assert [other.get(each).status_code for each in (SETTINGS, address)] == [403, 403]
    assert other.send_form(f"{address}/delete").status_code == 403


def plain(page: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", html.unescape(page))


def test_what_went_wrong_is_said_in_the_readers_language(
    world: World, browser: Browser, receiver: Receiver, api: Api
) -> None:
    from dossier.foundation.reachable import Allowed

    address, _ = made(browser, receiver)
    browser.send_form(f"{address}/test")
    allowed = world.services.outbound
    object.__setattr__(world.services, "outbound", Allowed())
    try:
        Sender(world).all()
    finally:
        object.__setattr__(world.services, "outbound", allowed)
    browser.headers["Accept-Language"] = "fr"
    page = browser.get(address).text
    delivery = re.search(rf'href="({address}/deliveries/[0-9a-f-]+)"', page)
    assert delivery
    for shown in (page, browser.get(delivery[1]).text):
        assert "Les appels ne vont qu’en https ; http est pour les hôtes" in plain(shown)
    (tried,) = api.json("GET", f"/v1/webhooks/{address.rpartition('/')[2]}/deliveries")["data"]
    assert tried["attempts"][0]["error"].startswith("Calls go to https only; http is for hosts")


def test_a_page_of_any_number_is_one(browser: Browser, receiver: Receiver) -> None:
    address, _ = made(browser, receiver)
    for each in (address, f"{SETTINGS}/forms"):
        assert browser.get(f"{each}?page={'9' * 5000}").status_code == 200
