"""What a template may have is met exactly, and what goes without saying is as it is documented."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from dossier.case_templates.model import Call, Template, parse
from dossier.case_templates.model.automation import CallOut, Idle, MakeTask, Near
from dossier.case_templates.model.step import Due, Wait
from dossier.foundation.durations import Duration
from dossier.foundation.errors import Invalid, Problem

FIELDS = [
    {"key": "note", "type": "text", "name": "Note"},
    {"key": "day", "type": "date", "name": "Day"},
]
MEMBER = "ada@example.org"
Parts = dict[str, Any]


def template(**parts: Any) -> Template:
    return parse({"title": "T", "schema": FIELDS, "unknown_fields": "add"} | parts)


def problems(**parts: Any) -> list[Problem]:
    with pytest.raises(Invalid) as refusal:
        template(**parts)
    return list(refusal.value.problems)


def rule(*then: Parts, key: str = "r", **more: Any) -> Parts:
    return {"key": key, "name": "R", "when": {"created": True}, "then": list(then) or [{"owner": MEMBER}]} | more


def ruled(*then: Parts, **more: Any) -> Parts:
    return {"automations": [rule(*then, **more)]}


def step(key: str = "s", **more: Any) -> Parts:
    return {"key": key, "type": "task", "title": "S"} | more


def stepped(**more: Any) -> Parts:
    return {"steps": [step(**more)]}


def compared(count: int) -> Parts:
    """Steps whose conditions have so many comparisons together, none too many."""
    asked = [{"status": {"$eq": "x"}}] * count
    conditions = [{"$and": asked[at : at + 200]} for at in range(0, count, 200)]
    return {"steps": [step(f"s{n}", visible_when=each) for n, each in enumerate(conditions)]}


def listed(count: int) -> Parts:
    """Steps whose conditions ask for one of so many values together."""
    sizes = [min(1000, count - at) for at in range(0, count, 1000)]
    conditions = [{"status": {"$in": ["x"] * size}} for size in sizes]
    return {"steps": [step(f"s{n}", visible_when=each) for n, each in enumerate(conditions)]}


def set_together(count: int) -> Parts:
    """A rule of actions that set so many values together."""
    paths = [f"data.v{n}" for n in range(count)]
    return ruled(*({"set": dict.fromkeys(paths[at : at + 40], 1)} for at in range(0, count, 40)))


def texts(count: int) -> list[str]:
    """Texts of so many characters together, none too long."""
    return ["x" * min(15_000, count - at) for at in range(0, count, 15_000)]


def named(count: int) -> Parts:
    return {f"data.v{n}": "/a" for n in range(count)}


URL = "https://a.example/"
HTTP = {"url": URL}
LIMITS: dict[str, tuple[Callable[[int], Parts], int, str]] = {
    "rules": (lambda n: {"automations": [rule(key=f"r{at}") for at in range(n)]}, 100, "/automations"),
    "actions": (lambda n: ruled(*[{"owner": MEMBER}] * n), 20, "/automations/0/then"),
    "members in turn": (lambda n: ruled({"owner": {"in_turn": [MEMBER] * n}}), 50, "/automations/0/then/0/owner"),
    "watched": (lambda n: ruled(when={"change": ["title"] * n}), 50, "/automations/0/when/change"),
    "set at once": (lambda n: ruled({"set": named(n)}), 50, "/automations/0/then/0/set"),
    "set together": (set_together, 200, "/automations"),
    "told": (lambda n: ruled({"tell": ["owner"] * n, "text": "x"}), 50, "/automations/0/then/0/tell"),
    "headers": (
        lambda n: ruled({"http": HTTP | {"headers": {f"X-{at}": "x" for at in range(n)}}}),
        50,
        "/automations/0/then/0/http/headers",
    ),
    "address": (
        lambda n: ruled({"http": {"url": URL + "x" * (n - len(URL))}}),
        4000,
        "/automations/0/then/0/http/url",
    ),
    "seconds": (lambda n: ruled({"http": HTTP | {"timeout": n}}), 60, "/automations/0/then/0/http/timeout"),
    "seconds of a step": (lambda n: stepped(type="http", url=URL, timeout=n), 60, "/steps/0/timeout"),
    "times": (lambda n: stepped(reminders=[{"after": "P1D", "every": "P1D", "times": n}]), 50, "/steps/0/reminders/0/times"),
    "reminders": (lambda n: stepped(reminders=[{"after": "P1D"}] * n), 50, "/steps/0/reminders"),
    "copies": (lambda n: stepped(type="email", to=["owner"], cc=["owner"] * n), 50, "/steps/0/cc"),
    "characters of a title": (lambda n: stepped(title="x" * n), 500, "/steps/0/title"),
    "characters of a text": (lambda n: stepped(description="x" * n), 100_000, "/steps/0/description"),
    "characters of all steps": (lambda n: {"steps": [step(f"s{at}", type="email", to=["owner"], body=each) for at, each in enumerate(texts(n))]}, 200_000, "/steps"),
    "characters of all rules": (lambda n: ruled(*({"tell": ["owner"], "text": each} for each in texts(n))), 200_000, "/automations"),
    "comparisons": (compared, 2000, ""),
    "values of lists": (listed, 20_000, ""),
}  # fmt: skip


@pytest.mark.parametrize(("made", "most", "at"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], Parts], most: int, at: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    template(**made(most))
    assert [each.pointer for each in problems(**made(most + 1))] == [at]


LEAST: list[tuple[Parts, str]] = [
    (stepped(title=""), "/steps/0/title"),
    ({"automations": [rule() | {"then": []}]}, "/automations/0/then"),
    (ruled({"set": {}}), "/automations/0/then/0/set"),
    (ruled({"tell": [], "text": "x"}), "/automations/0/then/0/tell"),
    (ruled({"owner": {"in_turn": []}}), "/automations/0/then/0/owner"),
    (ruled({"owner": {"in_turn": [5]}}), "/automations/0/then/0/owner"),
    (ruled({"owner": {"turns": [MEMBER]}}), "/automations/0/then/0/owner"),
    (ruled(when={"change": []}), "/automations/0/when/change"),
    (ruled({"http": {"url": ""}}), "/automations/0/then/0/http/url"),
    (ruled({"http": HTTP | {"timeout": 0}}), "/automations/0/then/0/http/timeout"),
    (stepped(reminders=[{"after": "P1D", "every": "P1D", "times": 0}]), "/steps/0/reminders/0/times"),
    (stepped(reminders=[{"after": "P1D", "times": 2}]), "/steps/0/reminders/0/times"),
    (stepped(repeatable="yes"), "/steps/0/repeatable"),
    (ruled(enabled="yes"), "/automations/0/enabled"),
    (ruled(colour="red"), "/automations/0/colour"),
    (ruled(when={"created": True, "colour": "red"}), "/automations/0/when/colour"),
]


@pytest.mark.parametrize(("parts", "at"), LEAST, ids=str)
def test_what_is_too_little_or_of_another_kind_is_refused(parts: Parts, at: str) -> None:
    assert [each.pointer for each in problems(**parts)] == [at]


def test_one_of_each_is_enough() -> None:
    template(steps=[step(title="S", reminders=[{"after": "P1D", "times": 1}])])
    template(**ruled({"tell": ["owner"], "text": "x"}, when={"change": ["title"]}))
    template(**ruled({"set": {"title": "x"}}))
    template(**ruled({"http": HTTP | {"timeout": 1}}))


TURNS = [
    ("25:00", False), ("24:00", False), ("23:59", True), ("00:00", True), ("19:60", False), ("09:00 ", False),
]  # fmt: skip


@pytest.mark.parametrize(("at", "is_time"), TURNS)
def test_a_time_of_day_is_one_of_the_clock(at: str, is_time: bool) -> None:
    parts = ruled(when={"date": "data.day", "at": at})
    if is_time:
        trigger = template(**parts).automations[0].trigger
        assert isinstance(trigger, Near)
        assert trigger.at.isoformat("minutes") == at
    else:
        assert [each.pointer for each in problems(**parts)] == ["/automations/0/when/at"]


def test_what_goes_without_saying() -> None:
    made = template(
        contacts=[{"key": "main", "name": "Main"}],
        statuses=[{"key": "own", "label": "Own", "parent_status": "draft", "when": {"condition": {}}}],
        steps=[
            step("a", due={"in": "P3D"}, reminders=[{"after": "P1D"}]),
            step("b", type="http", url=URL, after=["a"], delay="P2D", due={"of": "data.day", "after": "P1D"}),
            step("c", type="sms", to=["main"], due={"of": "data.day", "before": "P1D"}, reminders=[{"after": "P1D"}]),
            step("d", type="form", form="claim"),
        ],
        automations=[
            rule({"http": HTTP}, {"task": {"title": "x"}}),
            rule(key="day", when={"date": "data.day"}),
            rule(key="idle", when={"idle": "P3D"}),
        ],
    )
    day = Duration(days=1)
    first, second, third, fourth = made.steps
    assert not made.slots[0].required
    assert [each.transition and each.transition.once for each in made.statuses if each.key == "own"] == [False]
    assert (first.due, first.repeatable) == (Due(Wait(Duration(days=3), working=False), None, 1), False)
    assert (second.delay, second.call) == (Wait(Duration(days=2), working=False), Call("POST", URL, {}, 15, {}))
    assert second.due == Due(Wait(day, working=False), "day", 1)
    assert third.due == Due(Wait(day, working=False), "day", -1)
    assert [(each.after, each.every, each.times, each.channel) for each in (*first.reminders, *third.reminders)] == [
        (Wait(day, working=False), None, 1, "email"),
        (Wait(day, working=False), None, 1, "sms"),
    ]
    assert fourth.questions
    assert not fourth.questions.internal
    now, on_a_day, after_a_while = made.automations
    assert (now.enabled, now.actions) == (
        True,
        (CallOut(Call("POST", URL, {}, 15, {}), None), MakeTask("x", None, None, None, working=False)),
    )
    assert on_a_day.trigger == Near("day", time(9), None, None, working=False)
    assert after_a_while.trigger == Idle(Duration(days=3), working=False)


def test_working_time_is_what_is_asked_for() -> None:
    reminder = {"after": "P1D", "every": "P1D", "times": 2, "working": True}
    due = {"in": "P3D", "working": True}
    made = template(
        **stepped(due=due, delay={"in": "P1D", "working": True}, start_when={}, reminders=[reminder])
        | ruled({"task": {"title": "x", "due": "P1D", "working": True}}, when={"idle": "P1D", "working": True})
    )
    first, task = made.steps[0], made.automations[0].actions[0]
    waits = [first.delay, first.due and first.due.wait, first.reminders[0].after, first.reminders[0].every]
    assert [each and each.working for each in waits] == [True] * 4
    assert isinstance(task, MakeTask)
    assert task.working
    assert made.automations[0].trigger == Idle(Duration(days=1), working=True)


GUESSED = [
    {"steps": [step("call", after=["cal"] * 7)]},
    {"sections": [{"key": "main", "name": "M"}], "schema": [{"key": f"f{n}", "type": "text", "name": "F", "section": "mian"} for n in range(7)]},
    {"steps": [step("call")], "automations": [rule(*[{"start": "cal"}] * 7)]},
]  # fmt: skip


@pytest.mark.parametrize("parts", GUESSED, ids=["steps", "sections", "rules"])
def test_what_was_meant_is_guessed_five_times(parts: Parts) -> None:
    """Guessing takes time; the rest is said without."""
    said = [each.detail for each in problems(**parts) if each.code == "unknown_key"]
    assert ["Did you mean" in each for each in said] == [True] * 5 + [False] * 2
