"""What a subscription may have, and when a delivery is tried again, is met exactly."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dossier.foundation import json
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import new_id
from dossier.webhooks.model import deliveries
from dossier.webhooks.model.deliveries import Attempt, Claimed, Outcome, retry_after, shown_body
from dossier.webhooks.model.events import Version, events_of
from dossier.webhooks.model.subscriptions import Wanted

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://a.example/"
LIMITS: dict[str, tuple[Callable[[int], dict[str, Any]], int, str]] = {
    "address": (lambda n: {"url": URL + "x" * (n - len(URL))}, 2000, "/url"),
    "events": (lambda n: {"events": ("*",) * n}, 50, "/events"),
    "templates": (lambda n: {"templates": tuple(new_id() for _ in range(n))}, 100, "/templates"),
    "description": (lambda n: {"description": "x" * n}, 500, "/description"),
}


def faults(**said: Any) -> list[str | None]:
    with pytest.raises(Invalid) as refused:
        Wanted(**{"url": URL} | said).raise_if_wrong()
    return [each.pointer for each in refused.value.problems]


@pytest.mark.parametrize(("made", "most", "at"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], dict[str, Any]], most: int, at: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    Wanted(**{"url": URL} | made(most)).raise_if_wrong()
    assert faults(**made(most + 1)) == [at]


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ({"events": ()}, "/events"),
        ({"description": "a\0"}, "/description"),
        ({"url": "ftp://a.example"}, "/url"),
        ({"url": "https://a.example:0"}, "/url"),
        ({"url": "https://a.example:99999"}, "/url"),
        ({"url": "https:///x"}, "/url"),
        ({"url": "https://a.example/ x"}, "/url"),
        ({"url": "https://eve@a.example"}, "/url"),
        ({"url": "https://:secret@a.example"}, "/url"),
        ({"url": "https://a.example/#x"}, "/url"),
    ],
)
def test_what_is_no_subscription_is_refused(said: dict[str, Any], at: str) -> None:
    assert faults(**said) == [at]


@pytest.mark.parametrize("url", ["http://a.example:1/x?y", "https://a.example:65535", "https://[2001:db8::1]/"])
def test_an_address_is_of_the_web(url: str) -> None:
    Wanted(url).raise_if_wrong()


@pytest.mark.parametrize(("length", "is_left_out"), [(256_000, False), (256_001, True)])
def test_changes_of_an_event_have_so_many_bytes_at_most(length: int, is_left_out: bool) -> None:
    changes: dict[str, Any] = {"title": {"old": "", "new": ""}}
    changes["title"]["new"] = "x" * (length - len(json.encode(changes)))
    (event,) = events_of(Version(1, {}, {}, new_id(), 2, new_id(), NOW, "details", {}, changes))
    assert (event.truncated, event.size, event.changes) == ((True, 0, {}) if is_left_out else (False, length, changes))


def outcome(tries: int = 0, status: int | None = None, waits: timedelta | None = None) -> Outcome:
    delivery = Claimed(
        workspace_id=new_id(), id=new_id(), webhook_id=new_id(), case_id=None, version=None, event_id=new_id(), type="x", body=None,
        written=False, tries=tries, url=URL, secrets=(),
    )  # fmt: skip
    return Outcome(delivery, Attempt(NOW, status, 1), waits)


def test_what_is_not_taken_is_tried_ten_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries.random, "uniform", lambda least, most: (least + most) / 2)
    seconds = [5, 30, 120, 600, 3600, 3 * 3600, 8 * 3600, 20 * 3600, 43 * 3600]
    for tries, wait in enumerate(seconds):
        assert outcome(tries).follows() == ("pending", NOW + timedelta(seconds=wait))
    assert outcome(9).follows() == ("dead", None)


@pytest.mark.parametrize(
    ("status", "becomes"),
    [(199, "pending"), (200, "delivered"), (299, "delivered"), (300, "pending"), (409, "pending"), (410, "cancelled"), (411, "pending")],
)  # fmt: skip
def test_what_an_answer_means(status: int, becomes: str) -> None:
    assert outcome(status=status).follows()[0] == becomes


@pytest.mark.parametrize(
    ("status", "hours", "waited"),
    [(429, 1, 1), (503, 24, 24), (503, 25, 24), (428, 23, 0), (430, 23, 0), (502, 23, 0), (504, 23, 0)],
)
def test_who_is_busy_says_how_long(status: int, hours: int, waited: int) -> None:
    _, again = outcome(status=status, waits=timedelta(hours=hours)).follows()
    assert again
    assert (again - NOW) // timedelta(hours=1) == waited


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("0", timedelta()),
        ("120", timedelta(minutes=2)),
        ("9999999999", timedelta(hours=24)),
        ("Sun, 01 Mar 2026 00:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 01 Mar 2026 00:05:00 -0000", timedelta(minutes=5)),
        ("Sat, 28 Feb 2026 00:05:00 GMT", timedelta()),
    ],
)
def test_how_long_somebody_asks_to_be_left_alone(text: str | None, waits: timedelta | None) -> None:
    assert retry_after(text, NOW) == waits


def test_of_an_answer_the_beginning_is_shown() -> None:
    whole = b"x" * (16 * 1024)
    assert (shown_body(whole), shown_body(whole + b"y")) == (whole.decode(),) * 2
    assert (shown_body(b""), shown_body(b"a\0\xff")) == (None, "a��")
