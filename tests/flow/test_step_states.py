"""The states of a step, as pure functions: every arrow that there is, and every one that there is not."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.flow.model import states as steps
from dossier.flow.model.states import ARROWS, NoSuchArrowError
from dossier.foundation.actor import system
from dossier.foundation.messages import Message

ADA = system("app", name="Ada")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)

TO: Mapping[str, Callable[[steps.State], Any]] = {
    "available": lambda state: (steps.again if state["status"] == "completed" else steps.shown)(state),
    "hidden": steps.hidden,
    "scheduled": lambda state: steps.scheduled(state, ADA, NOW, {"subject": "Hi"}),
    "started": lambda state: steps.started(state, ADA, NOW, {"note": "x"}, due_at="2026-03-03T09:00:00.000Z"),
    "completed": lambda state: steps.completed(state, ADA, NOW, {"said": "yes"}),
    "failed": lambda state: steps.failed(state, "Nobody is there."),
    "cancelled": lambda state: steps.cancelled(state, ADA, NOW),
}
WAYS = {
    "hidden": ("hidden",),
    "available": ("available",),
    "scheduled": ("available", "scheduled"),
    "started": ("available", "started"),
    "completed": ("available", "started", "completed"),
    "failed": ("available", "started", "failed"),
    "cancelled": ("available", "scheduled", "cancelled"),
}
"""How one gets into each state."""

EXPECTED = {
    ("hidden", "available"),
    ("available", "hidden"),
    ("available", "scheduled"),
    ("available", "started"),
    ("scheduled", "started"),
    ("scheduled", "cancelled"),
    ("started", "completed"),
    ("started", "failed"),
    ("started", "cancelled"),
    ("completed", "available"),
    ("completed", "failed"),
    ("failed", "started"),
    ("cancelled", "started"),
}


def state(status: str) -> steps.State:
    first, *rest = WAYS[status]
    found: steps.State = {"status": first, "data": {}}
    for each in rest:
        found = TO[each](found)
    return found


def test_there_are_exactly_these_arrows() -> None:
    assert {(one, other) for one, others in ARROWS.items() for other in others} == EXPECTED


@pytest.mark.parametrize(("one", "other"), list(product(WAYS, WAYS)))
def test_every_arrow_is_gone_and_every_other_one_is_refused(one: str, other: str) -> None:
    if (one, other) not in EXPECTED:
        with pytest.raises(NoSuchArrowError):
            TO[other](state(one))
        return
    assert TO[other](state(one))["status"] == other


def test_each_state_says_when_who_and_why() -> None:
    who = {"type": "system", "id": None, "name": "Ada"}
    scheduled = state("scheduled")
    assert (scheduled["at"], scheduled["scheduled_by"]) == ("2026-03-02T09:00:00.000Z", who)
    begun = TO["started"](scheduled)
    assert "at" not in begun
    assert (begun["started_at"], begun["started_by"]) == ("2026-03-02T09:00:00.000Z", who)
    assert begun["data"] == {"subject": "Hi", "note": "x"}
    assert begun["due_at"] == "2026-03-03T09:00:00.000Z"
    failed = TO["failed"](begun)
    assert failed["error"] == "Nobody is there."
    assert "error" not in TO["started"](failed)
    cancelled = state("cancelled")
    assert (cancelled["cancelled_at"], cancelled["cancelled_by"]) == ("2026-03-02T09:00:00.000Z", who)
    assert "at" not in cancelled


def test_what_is_done_again_keeps_its_runs() -> None:
    again = TO["available"](state("completed"))
    assert (again["status"], again["data"]) == ("available", {})
    assert [run["status"] for run in again["runs"]] == ["completed"]
    assert again["runs"][0]["said"] == "yes"
    twice = TO["available"](TO["completed"](TO["started"](again)))
    assert len(twice["runs"]) == 2
    assert all("runs" not in run for run in twice["runs"])


def test_a_message_that_comes_back_fails_the_step_or_the_run_that_sent_it() -> None:
    sent = steps.with_message(state("started"), "m1")
    assert sent["attempts"] == 1
    done = TO["completed"](sent)
    came_back = steps.message_came_back(done, "m1", "No such mailbox.")
    assert came_back is not None
    assert (came_back["status"], came_back["error"]) == ("failed", "No such mailbox.")
    assert steps.with_message(TO["started"](came_back), "m2")["attempts"] == 2
    again = steps.message_came_back(TO["available"](done), "m1", "No such mailbox.")
    assert again is not None
    assert (again["status"], again["runs"][0]["status"], again["runs"][0]["error"]) == (
        "available",
        "failed",
        "No such mailbox.",
    )
    assert steps.message_came_back(done, "m9", "Other.") is None


@given(st.lists(st.sampled_from(sorted(TO)), max_size=40))
def test_whatever_is_done_a_step_is_in_one_state_that_says_enough(ways: list[str]) -> None:
    """A run that was begun is in the state or among the runs; nothing of an earlier attempt stays."""
    now, moment = state("available"), NOW
    for way in ways:
        moment += timedelta(minutes=1)
        if way in ARROWS[now["status"]]:
            now = TO[way](now)
        assert now["status"] in ARROWS
        assert ("at" in now) == (now["status"] == "scheduled")
        assert ("error" in now) == (now["status"] == "failed")
        assert ("cancelled_at" in now) == (now["status"] == "cancelled")
        assert ("completed_at" in now) <= (now["status"] in ("completed", "failed"))
        assert None not in now.values()


def test_of_a_step_that_is_done_again_and_again_the_latest_hundred_runs_stay() -> None:
    again: Any = {"status": "available", "data": {}}
    for number in range(101):
        again = steps.again(steps.completed(steps.started(again, ADA, NOW), ADA, NOW, {"number": number}))
    assert [each["number"] for each in again["runs"]] == list(range(1, 101))


@pytest.mark.parametrize("length", [1000, 1001])
def test_of_an_error_programs_are_told_a_thousand_characters(length: int) -> None:
    failed = steps.failed(state("started"), Message("x" * length))
    assert failed["error"] == "x" * 1000
    assert str(steps.why_failed(failed)) == "x" * length
