"""What a form template may have is met exactly, and what goes without saying is as it is documented."""

from collections.abc import Callable
from typing import Any

import pytest

from dossier.form_templates.model import parse
from dossier.foundation import json
from dossier.foundation.errors import Invalid
from tests.form_templates.support import document, text

Document = dict[str, Any]


def paged(count: int) -> Document:
    pages = [{"key": f"p{at}", "title": "P", "elements": [text(f"e{at}")]} for at in range(count)]
    return {"title": "T", "slug": "t", "pages": pages}


def spoken(count: int) -> Document:
    names = [f"a{chr(97 + at % 26)}{chr(97 + at // 26)}" for at in range(count)]
    return document(text("a"), texts={each: {"title": "T"} for each in names})


def large(count: int) -> Document:
    """A document of so many bytes."""
    made = document(*(text(f"e{at}", help="x" * 99_000) for at in range(10)), text("rest", help=""))
    made["pages"][0]["elements"][-1]["help"] = "x" * (count - len(json.encode(made)))
    return made


def asked(count: int) -> Document:
    """Elements whose conditions have so many comparisons together."""
    conditions = [[{"data.e0": {"$eq": "x"}}] * min(200, count - at) for at in range(0, count, 200)]
    others = (text(f"e{at + 1}", visible_when={"$and": each}) for at, each in enumerate(conditions))
    return document(text("e0"), *others)


def group(**repeat: int) -> Document:
    return document({"key": "g", "type": "group", "label": "G", "elements": [text("a")], "repeat": repeat})


def reminded(*reminders: Document) -> Document:
    return document(text("a"), messages={"reminders": list(reminders)})


AGAIN = {"after": "P1D", "every": "P1D"}
ELEMENT = "/pages/0/elements/0"
LIMITS: dict[str, tuple[Callable[[int], Document], int, str]] = {
    "pages": (paged, 100, "/pages"),
    "elements": (lambda n: document(*(text(f"e{at}") for at in range(n))), 500, "/pages"),
    "languages": (spoken, 20, "/texts"),
    "bytes": (large, 1_000_000, ""),
    "comparisons": (asked, 2000, ""),
    "rows at most": (lambda n: group(max=n), 100, f"{ELEMENT}/repeat/max"),
    "characters of a label": (lambda n: document(text("a", label="x" * n)), 500, f"{ELEMENT}/label"),
    "characters of a help": (lambda n: document(text("a", help="x" * n)), 100_000, f"{ELEMENT}/help"),
    "times": (lambda n: reminded(AGAIN | {"times": n}), 50, "/messages/reminders/0/times"),
    "reminders": (lambda n: reminded(*[AGAIN] * n), 20, "/messages/reminders"),
    "options": (lambda n: document(text("a"), options=[{"key": f"o{at}", "type": "text", "label": "O"} for at in range(n)]), 100, "/options"),
    "presets": (lambda n: document(text("a"), presets=[{"key": f"p{at}", "name": "P"} for at in range(n)]), 50, "/presets"),
    "signed": (lambda n: document({"key": "s", "type": "signature", "label": "S", "items": [{"attachment": "f"}] * n}, {"key": "f", "type": "file", "label": "F"}), 50, f"{ELEMENT}/items"),
    "characters of a slug": (lambda n: document(text("a"), slug="x" * n), 100, "/slug"),
}  # fmt: skip


def faults(raw: Any) -> list[str | None]:
    with pytest.raises(Invalid) as refused:
        parse(raw)
    return [each.pointer for each in refused.value.problems]


@pytest.mark.parametrize(("made", "most", "at"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], Document], most: int, at: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    parse(made(most))
    assert faults(made(most + 1)) == [at]


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        (group(min=-1), f"{ELEMENT}/repeat/min"),
        (group(max=0), f"{ELEMENT}/repeat/max"),
        (group(min=101), f"{ELEMENT}/repeat/min"),
        (reminded(AGAIN | {"times": 0}), "/messages/reminders/0/times"),
        (document(text("a", label="")), f"{ELEMENT}/label"),
        (document(text("a", required="yes")), f"{ELEMENT}/required"),
        (document(text("a"), embed="yes"), "/embed"),
        (document(text("a"), options=[{"key": "o", "type": "text", "label": 5}]), "/options/0/label"),
    ],
)
def test_what_is_too_little_or_of_another_kind_is_refused(raw: Document, at: str) -> None:
    assert at in faults(raw)


def test_what_goes_without_saying() -> None:
    made = parse(
        document(text("a"), {"key": "g", "type": "group", "label": "G", "elements": [text("b")], "repeat": {}})
    )
    assert not made.element_by_key["a"].required
    repeat = made.element_by_key["g"].repeat
    assert repeat
    assert (repeat.min, repeat.max) == (1, 100)
    assert (made.decline, made.process_when_accepted, made.embed) == (False, False, False)
    (first,) = parse(reminded({"after": "P1D"})).messages.reminders
    assert (first.working, first.channel, first.times, first.every) == (False, "email", 1, None)
    (first,) = parse(reminded(AGAIN)).messages.reminders
    assert first.times == 10


def test_least_is_enough() -> None:
    repeat = parse(group(min=0, max=1)).element_by_key["g"].repeat
    assert repeat
    assert (repeat.min, repeat.max) == (0, 1)
    parse(document(text("a", label="x")))
    parse(reminded(AGAIN | {"times": 1}))
