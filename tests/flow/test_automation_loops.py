"""No set of rules, transitions and steps goes on for ever, whatever they set and look at, and none takes long."""

import os
import random
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from dossier.case_templates.model import parse
from dossier.cases.model import CASE_RECORD, Case
from dossier.flow.model.rounds import MAX_ROUNDS, apply_transitions
from dossier.foundation.identifiers import new_id
from dossier.records.model import made

TRIES = 2000 if os.environ.get("DOSSIER_MANY") else 150
NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
KEYS = [f"f{number}" for number in range(4)]
OWN = ["one", "two", "three"]


def some_condition(chance: random.Random) -> dict[str, Any]:
    key = chance.choice(KEYS)
    asked = {chance.choice(["$eq", "$ne", "$gt", "$lt"]): chance.randrange(4)}
    choices: list[dict[str, Any]] = [
        {f"data.{key}": asked},
        {"status": {chance.choice(["$eq", "$ne"]): chance.choice(OWN)}},
        {"steps.call.status": {"$eq": chance.choice(["hidden", "available", "started"])}},
        {"$not": {f"data.{key}": asked}},
    ]
    return chance.choice(choices)


def some_action(chance: random.Random) -> dict[str, Any]:
    value: Any = chance.choice([chance.randrange(4), {"from": f"data.{chance.choice(KEYS)}"}, None])
    return chance.choice(
        [
            {"set": {f"data.{chance.choice(KEYS)}": value}},
            {"set": {"status": chance.choice(OWN)}},
            {"waiting_for": chance.choice(["none", "owner", "contact"])},
            {"start": "call"},
        ]
    )


def some_when(chance: random.Random) -> dict[str, Any]:
    paths = [f"data.{key}" for key in KEYS] + ["status", "waiting_for", "steps.call.status"]
    return chance.choice(
        [
            {"change": chance.sample(paths, chance.randrange(1, 4))},
            {"created": True},
            {"step": "call", "is": chance.choice(["started", "available"])},
        ]
    )


def some_rule(chance: random.Random, number: int) -> dict[str, Any]:
    condition = {"if": some_condition(chance)} if chance.random() < 0.6 else {}
    then = [some_action(chance) for _ in range(chance.randrange(1, 4))]
    return {"key": f"r{number}", "name": "R", "when": some_when(chance), "then": then, **condition}


def some_document(chance: random.Random) -> dict[str, Any]:
    statuses = [
        {"key": key, "label": key, "parent_status": "pending"}
        | ({"when": {"condition": some_condition(chance)}} if chance.random() < 0.5 else {})
        for key in OWN
    ]
    step = {"key": "call", "title": "Call", "type": "task", "visible_when": some_condition(chance)}
    return {
        "title": "T",
        "schema": [{"key": key, "type": "number", "name": key} for key in KEYS],
        "statuses": statuses,
        "steps": [step | {"start_when": some_condition(chance)}],
        "automations": [some_rule(chance, number) for number in range(chance.randrange(1, 9))],
    }


def case_of(document: dict[str, Any]) -> Case:
    template = parse(document)
    return Case(
        workspace_id=new_id(),
        workspace_slug="w",
        time_zone="UTC",
        id=new_id(),
        version=0,
        template_id=new_id(),
        template_version=1,
        template=template,
        title="T",
        description=None,
        locale=None,
        reference=None,
        reference_generated=False,
        status="draft",
        parent_status="draft",
        waiting_for="none",
        owner=None,
        archived_at=None,
        created_at=NOW,
        updated_at=NOW,
        steps={step.key: step.first for step in template.steps},
    )


@pytest.mark.parametrize("seed", range(4))
def test_no_set_of_rules_goes_on_for_ever(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(TRIES // 4):
        document = some_document(chance)
        change = apply_transitions(made(CASE_RECORD, case_of(document), ["title"]))
        for _ in range(3):
            before = replace(change.after, steps=dict(change.after.steps))
            asked = made(CASE_RECORD, before, ()).put("data", {f"data.{chance.choice(KEYS)}": chance.randrange(4)})
            change = apply_transitions(replace(asked, before=before))
            rules = sum(len(rule["then"]) for rule in document["automations"])
            assert len(change.entries) <= 2 + MAX_ROUNDS * (3 + rules) + 1, document
            runs = [entry.cause for entry in change.entries if entry.cause]
            assert len({(each.rule, each.run) for each in runs}) <= MAX_ROUNDS * len(document["automations"]), document
            change = replace(change, entries=())


def chasing(rules: int) -> dict[str, Any]:
    """The heaviest that a template may have: all rules fire in all rounds, and set all that they may."""
    fields = [{"key": f"v{number}", "type": "number", "name": "V"} for number in range(5)]
    switch = [{"key": "a", "type": "number", "name": "A"}, {"key": "b", "type": "number", "name": "B"}]
    first = {
        "key": "ping",
        "name": "P",
        "when": {"change": ["data.a"]},
        "then": [{"set": {"data.b": {"from": "data.v0"}}}],
    }
    second = {
        "key": "pong",
        "name": "P",
        "when": {"change": ["data.b"]},
        "then": [{"set": {"data.a": {"from": "data.v1"}}}],
    }
    others = [
        {
            "key": f"r{number}",
            "name": "R",
            "when": {"change": ["data.a", "data.b", *(f"data.v{each}" for each in range(5))]},
            "then": [{"set": {f"data.v{each}": number}} for each in range(5)],
        }
        for number in range(rules)
    ]
    return {"title": "T", "schema": [*fields, *switch], "automations": [first, second, *others]}


def test_the_heaviest_rules_have_a_budget_of_time() -> None:
    case = case_of(chasing(38))
    change = replace(made(CASE_RECORD, case, ()).put("data", {"data.a": 1}), before=case)
    began = time.thread_time()
    done = apply_transitions(change)
    assert done.entries[-1].kind == "transitions_stopped"
    assert time.thread_time() - began < 1.0
