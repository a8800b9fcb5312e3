"""Every version is told once, in order, to who asks for events while servers and databases are killed under six writers."""

import threading
import time
from collections import Counter
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.cli.served import data_folder, until
from tests.faults import harness
from tests.faults.harness import MANY, Faulty, sql
from tests.faults.test_rounds import KILLS, storm

pytestmark = [pytest.mark.long, pytest.mark.timeout(900 if MANY else 240)]

ROUNDS = 30 if MANY else 3
_VERSIONS = "SELECT case_id::text, version FROM case_events WHERE changes <> '{}' ORDER BY 1, 2"


class Listener:
    """Asks for what comes, with the last cursor that reached it, and goes on whatever happens; one by waiting, one by looking again."""

    def __init__(self, one: Faulty, wait: int) -> None:
        self.told: list[tuple[str, int, str]] = []  # case, version, type
        self.refused: list[httpx.Response] = []
        self._one, self._wait, self._after = one, wait, "0"
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while not self._ending.is_set():
            with suppress(httpx.HTTPError, OSError, TypeError), self._one.client() as client:
                self._go_on(client)
            time.sleep(0.05)

    def _go_on(self, client: httpx.Client) -> None:
        while not self._ending.is_set():
            params: dict[str, Any] = {"after": self._after, "page[size]": 7, "wait": self._wait}
            answer = client.get("/v1/events", params=params)
            if answer.status_code == 200:
                page = answer.json()
                self.told += [(*_version(each["data"]["case"]), each["type"]) for each in page["data"]]
                self._after = page["next"]
            elif answer.status_code not in (500, 502, 503, 504):
                self.refused.append(answer)
            else:
                time.sleep(0.05)

    def end(self) -> None:
        self._ending.set()
        self._thread.join(60)


def test_every_version_is_told_once_in_order() -> None:
    """[18] With six writers and kills of all kinds between the answers; nobody is told that a cursor is gone."""
    with data_folder() as folder, storm(Faulty(folder, "--workers", "2")) as blowing:
        listeners = [Listener(blowing.one, wait) for wait in (0, 2)]
        for number in range(ROUNDS):
            before = len(blowing.updates)
            until(lambda before=before: len(blowing.updates) > before + 5)
            list(KILLS.values())[number % len(KILLS)](blowing.one)
            harness.make(blowing.one, "Back again", 60)
        blowing.ending.set()
        made = harness.make(blowing.one, "The last one", 60)
        for each in listeners:
            until(lambda each=each: (made, 1, "case.created") in each.told, 60)
            each.end()
        kept = sql(blowing.one, _VERSIONS)
    for each in listeners:
        assert [answer.text for answer in each.refused] == []
        assert max(Counter(each.told).values()) == 1, "told twice"
        versions = list(dict.fromkeys((case, version) for case, version, _ in each.told))
        assert sorted(versions) == kept, "skipped, or never happened"
        last: dict[str, int] = {}
        for case, version in versions:
            assert version > last.get(case, 0), "out of order"
            last[case] = version


def _version(case: dict[str, Any]) -> tuple[str, int]:
    return case["id"], case["version"]
