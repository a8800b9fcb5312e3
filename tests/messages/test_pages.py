"""Messages in the app, without scripts: the outbox, one as it is seen, writing, and what nobody may do there."""

from typing import Any

import pytest

from tests.messages.support import ANN, Post
from tests.world import Browser


@pytest.fixture
def browser(house: Post) -> Browser:
    return house.world.browser(house.world.member(house.workspace, f"ada-{house.workspace.slug}@example.org"))


def test_the_outbox_says_that_nothing_left_the_house(house: Post, browser: Browser) -> None:
    assert "There is no message yet." in browser.get("/workspace/messages").text
    put = house.put(html="<p>Dear <b>Ann</b></p><script>alert(1)</script><img src='https://tracker.example/a.gif'>")
    house.work()
    page = browser.get("/workspace/messages").text
    assert "nothing leaves the house" in page
    assert "in the outbox" in page
    one = browser.get(f"/workspace/messages/{put.id}").text
    assert "nothing left the house" in one
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in one
    assert "Dear <b>Ann</b>" not in one, "only inside the frame"
    shown = browser.get(f"/workspace/messages/{put.id}/shown")
    assert "Dear <b>Ann</b>" in shown.text
    policy = shown.headers["content-security-policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert "https:" not in policy


def test_pages_of_the_list(house: Post, browser: Browser) -> None:
    for number in range(53):
        house.put(f"p{number}@example.org", subject=f"Letter {number:02}")
    first = browser.get("/workspace/messages").text
    assert "Letter 52" in first
    assert "Letter 02" not in first
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(following).text
    assert "Letter 02" in second
    assert 'rel="prev"' in second
    assert "No message fits." in browser.get("/workspace/messages?status=failed").text
    assert browser.get("/workspace/messages?status=lost").status_code == 400


def test_called_off_and_sent_again(house: Post, browser: Browser) -> None:
    put = house.put()
    address = f"/workspace/messages/{put.id}"
    assert "Send it again" in browser.send_form(f"{address}/cancel").text
    assert "Do not send it" in browser.send_form(f"{address}/retry").text


def test_written_from_a_case(house: Post, browser: Browser, make_case: Any) -> None:
    case = make_case(title="A dent", contacts=[{"email": ANN, "given_name": "Ann"}])
    address = f"/workspace/cases/{case['id']}"
    assert "Ann" in browser.get(f"{address}/write").text
    letter = {
        "channel": "email",
        "to": "main",
        "subject": "{{ case.title }}",
        "body": "Dear **{{ contact.given_name }}**",
    }
    shown = browser.send_form(f"{address}/write/shown", **letter)
    assert "Dear <strong>Ann</strong>" in shown.text
    assert "sandbox" in shown.headers["content-security-policy"]
    assert "no name" not in browser.send_form(f"{address}/write/shown", **letter | {"body": "{% if %}"}).text
    assert "on its way to ada-" in browser.send_form(f"{address}/write", **letter, do="test").text
    page = browser.send_form(f"{address}/write", **letter, do="send").text
    assert "wrote a message" in page
    assert page.count("/workspace/messages/") >= 2
    house.work()
    assert {each["subject"] for each in house.api.json("GET", "/v1/messages")["data"]} == {"A dent"}
    refused = browser.send_form(f"{address}/write", **letter | {"to": "owner"}, do="send")
    assert refused.status_code == 409
    assert "Dear **" in refused.text, "what was typed is kept"


def test_somebody_elses_message_is_not_there(house: Post, make_case: Any) -> None:
    put = house.put(case_id=make_case()["id"])
    limited = house.world.browser(
        house.world.member(house.workspace, f"lim-{house.workspace.slug}@example.org", "limited")
    )
    for address in ("", "/shown"):
        assert limited.get(f"/workspace/messages/{put.id}{address}").status_code == 404
    assert "There is no message yet." in limited.get("/workspace/messages").text
    assert limited.send_form(f"/workspace/messages/{put.id}/cancel").status_code == 404
