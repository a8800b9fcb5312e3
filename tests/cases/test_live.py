"""Changes appear to whoever looks: told by PostgreSQL, to those only who may see the case."""

import threading
import time
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from dossier.foundation.database import Topic
from dossier.foundation.identifiers import new_id
from dossier.foundation.pubsub import ChangeFeed, payloads
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, Browser, World

pytestmark = pytest.mark.long


class Listener:
    """Somebody with the page open: the events that reached them."""

    def __init__(self, browser: Browser, path: str) -> None:
        time.sleep(0.6)  # what happened before is told before
        self.events: list[str] = []
        self.ready, self.ended = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._listen, args=(browser, path), daemon=True)
        self.thread.start()
        assert self.ready.wait(30)
        time.sleep(0.2)

    def _listen(self, browser: Browser, path: str) -> None:
        try:
            with browser.stream("GET", path, timeout=30) as answer:
                assert answer.headers["content-type"].startswith("text/event-stream")
                self.ready.set()
                for line in answer.iter_lines():
                    if line.startswith("event: "):
                        self.events.append(line.removeprefix("event: "))
        except httpx.HTTPError:
            pass
        self.ended.set()

    def hears(self, *expected: str) -> bool:
        until = time.monotonic() + 30
        while self.events != list(expected) and time.monotonic() < until:
            time.sleep(0.02)
        return self.events == list(expected)


def test_live_page_receives_a_change(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    browser = world.browser(world.member(workspace, f"l-{workspace.slug}@example.org"))
    case, other = make_case(title="Looked at")["id"], make_case(title="Other")["id"]
    listener, at_list = (Listener(browser, path) for path in (f"/workspace/cases/{case}/live", "/workspace/cases/live"))
    api.json("PATCH", f"/v1/cases/{other}", json={"title": "Another"})
    assert at_list.hears("changed")
    assert listener.events == []
    api.json("PATCH", f"/v1/cases/{case}", json={"title": "Changed"})
    assert listener.hears("changed")


@left_to_ci("waits to see that nothing is told")
def test_a_dry_run_wakes_nobody(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    """Nothing of it was kept: there is nothing to look at."""
    browser = world.browser(world.member(workspace, f"d-{workspace.slug}@example.org"))
    case = make_case(title="Looked at")["id"]
    listeners = [Listener(browser, path) for path in (f"/workspace/cases/{case}/live", "/workspace/cases/live")]
    api.json("PATCH", f"/v1/cases/{case}", json={"title": "Tried"}, params={"dry_run": "true"})
    api.json("POST", "/v1/cases", json={"title": "Tried"}, params={"dry_run": "true"})
    time.sleep(1)
    assert [each.events for each in listeners] == [[], []]
    api.json("PATCH", f"/v1/cases/{case}", json={"title": "Changed"})
    assert all(each.hears("changed") for each in listeners)


def test_limited_members_hear_only_of_their_own(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:
    eve = world.member(workspace, f"eve-{workspace.slug}@example.org", "limited")
    browser = world.browser(eve)
    hers, others = make_case(title="Hers", owner={"email": eve.email})["id"], make_case(title="Others")["id"]
    assert browser.get(f"/workspace/cases/{others}/live").status_code == 404
    at_list, at_case = (Listener(browser, path) for path in ("/workspace/cases/live", f"/workspace/cases/{hers}/live"))
    api.json("PATCH", f"/v1/cases/{others}", json={"title": "Secret"})
    time.sleep(1)
    assert at_list.events == []
    api.json("PATCH", f"/v1/cases/{hers}", json={"owner": None})
    assert at_case.hears("gone")
    assert at_list.events == []


@left_to_ci("waits to see that nothing is told", "cases/test_live.py::test_limited_members_hear_only_of_their_own")
def test_other_workspaces_hear_nothing(world: World, workspace: Workspace, make_case: Any) -> None:
    stranger = world.browser(world.member(world.workspace(), f"s-{workspace.slug}@example.org"))
    listener = Listener(stranger, "/workspace/cases/live")
    make_case(title="Made")
    time.sleep(1)
    assert listener.events == []


def test_an_ended_session_hears_no_more(world: World, workspace: Workspace, make_case: Any) -> None:
    browser = world.browser(world.member(workspace, f"e-{workspace.slug}@example.org"))
    listener = Listener(browser, "/workspace/cases/live")
    browser.send_form("/sign-out")
    make_case(title="Made")
    assert listener.ended.wait(30)
    assert listener.events == []


def test_many_changes_fit_into_notifications() -> None:
    workspace = new_id()
    topics = {Topic("case", workspace, new_id()) for _ in range(1000)} | {Topic("case", new_id(), new_id())}
    texts = list(payloads(topics))
    assert all(len(text) < 8000 for text in texts)
    assert {id for text in texts for id in text.split()[2:]} == {str(each.id) for each in topics}


def test_nobody_holds_the_server_with_open_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dossier.foundation.pubsub.MAX_OPEN", 2)
    feed, me = ChangeFeed(), new_id()
    with ExitStack() as stack:
        one, two, other, three = (
            stack.enter_context(feed.subscribe("case", (new_id(),), who)) for who in (me, me, new_id(), me)
        )
        assert [each.ended for each in (one, two, other, three)] == [True, False, False, False]
    assert not feed.subscriptions
