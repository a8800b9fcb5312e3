"""A template's conditions have a bounded cost: every update of a case decides them on the event loop."""

import time
from typing import Any

import pytest

from dossier.case_templates.model import CASES, parse, parse_stored
from dossier.conditions import EvaluationContext, parse_condition
from dossier.foundation.errors import Invalid
from tests.world import World


def moving(transitions: int, operands: int) -> dict[str, Any]:
    """A template with so many statuses that come by themselves, each when a field is one of so many values."""
    values = [f"v{number}" for number in range(operands)]
    statuses = [
        {
            "key": f"s{number}",
            "label": "S",
            "parent_status": "in_progress",
            "when": {"condition": {"data.a": {"$in": values}}},
        }
        for number in range(transitions)
    ]
    return {"title": "T", "schema": [{"key": "a", "type": "text", "name": "A"}], "statuses": statuses}


@pytest.mark.long
def test_a_template_says_how_much_it_may_ask(world: World) -> None:
    """[S18] 130 transitions of 1,000 values each are refused with a sentence, and are not stored."""
    api = world.client(world.token(world.workspace()))
    answer = api.post("/v1/case_templates", json=moving(130, 1000))
    assert answer.status_code == 400, answer.text
    (error,) = answer.json()["errors"]
    assert (error["code"], "20000 at most" in error["detail"]) == ("too_many_operands", True)
    assert api.json("GET", "/v1/case_templates")["data"] == []
    api.json("POST", "/v1/case_templates", 201, json=moving(20, 1000))


def test_comparisons_are_counted_over_the_whole_template() -> None:
    """[S18] Many small conditions cost as much as a large one."""
    each = {"$or": [{"data.a": {"$eq": "x"}}] * 200}
    steps = [{"key": f"s{number}", "title": "S", "type": "task", "start_when": each} for number in range(11)]
    with pytest.raises(Invalid, match="2200 comparisons"):
        parse({"title": "T", "steps": steps})
    assert parse({"title": "T", "steps": steps[:10]}).is_automatic


@pytest.mark.long
def test_what_was_published_once_goes_on_and_is_quick() -> None:
    """[S18] Of the heaviest that an older version took, an update decides all conditions in a few milliseconds, not 350."""
    template = parse_stored(moving(130, 1000))
    facts = EvaluationContext(families={"data": {"a": "none of them"}})
    began = time.thread_time()
    assert not any(condition.evaluate(facts) for condition in template.conditions())
    assert time.thread_time() - began < 0.05


@pytest.mark.parametrize(
    ("value", "operands", "held"),
    [
        (1, [True], False),
        (True, [1], False),
        (1, ["1"], False),
        (None, [None], True),
        (None, ["a"], False),
        (["a"], ["a"], False),
        ({"a": 1}, ["a"], False),
        ("2026-03-01", ["2026-03-01T00:00:00Z"], True),
        ("2026-03-01", ["2026-03-01T12:00:00Z"], False),
        ("2026-03-01T12:00:00Z", ["2026-03-01T12:00:00Z"], True),
        ("a", [], False),
    ],
)
def test_one_of_many_means_equal_to_one(value: Any, operands: list[Any], held: bool) -> None:
    """[S18] Made ready once, `$in` still says what `$eq` says."""
    data = {} if value is None else {"a": value}
    several = parse_condition({"data.a": {"$in": operands}}, CASES).evaluate(EvaluationContext(families={"data": data}))
    single = [
        parse_condition({"data.a": {"$eq": each}}, CASES).evaluate(EvaluationContext(families={"data": data}))
        for each in operands
    ]
    assert several == any(single) == held


def test_a_large_document_is_read_in_no_time() -> None:
    """[S18] No key is compared with each before it, and only the first few mistakes are guessed at."""
    sections = [{"key": f"section{number}", "name": "S"} for number in range(16_000)]
    lost = [{"key": f"f{number}", "type": "text", "name": "N", "section": f"sektion{number}"} for number in range(4000)]
    began = time.thread_time()
    with pytest.raises(Invalid, match="Did you mean “section0”"):
        parse({"title": "T", "sections": sections, "schema": lost})
    assert time.thread_time() - began < 1
