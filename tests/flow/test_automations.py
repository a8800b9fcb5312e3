"""Rules of templates: what sets them off, and what they set in the same change (moves.md, section 2)."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from dossier import members
from dossier.cases.actions import UNDO
from dossier.foundation.actor import Scope, system
from tests.world import Api, World, values

FIELDS = [
    {"key": "amount", "type": "number", "name": "Amount"},
    {"key": "level", "type": "text", "name": "Level"},
    {"key": "note", "type": "text", "name": "Note"},
    {"key": "expiry", "type": "date", "name": "Expiry"},
    {"key": "double", "type": "computed", "name": "Double", "formula": "amount * 2", "result": "number"},
]
STATUSES = [{"key": "to_review", "label": "To review", "parent_status": "in_progress"}]
STEPS = [{"key": "call", "title": "Call", "type": "task"}]
BIG = {
    "key": "big-claims",
    "name": "Big claims",
    "when": {"change": ["data.amount"]},
    "if": {"data.amount": {"$gt": 10000}},
    "then": [{"set": {"status": "to_review", "data.level": "high"}}],
}


def rule(key: str, when: dict[str, Any], *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), "when": when, "then": list(then), **more}


@pytest.fixture
def case_of(make_template: Any, make_case: Any) -> Any:
    def make(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        document = {"schema": FIELDS, "statuses": STATUSES, "steps": STEPS, "automations": list(rules)}
        return make_case(template={"id": make_template(**document | more)["id"]})

    return make


def update(api: Api, case: dict[str, Any], **data: Any) -> dict[str, Any]:
    return api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})


def history(api: Api, case: dict[str, Any]) -> list[dict[str, Any]]:
    return api.json("GET", f"/v1/cases/{case['id']}/history", params={"page[size]": 100})["data"]


def test_a_rule_sets_what_it_says_in_the_same_change_and_says_why(api: Api, case_of: Any) -> None:
    case = case_of(BIG)
    changed = update(api, case, amount=20000)
    assert (changed["status"], changed["parent_status"]) == ("to_review", "in_progress")
    assert values(changed)["level"] == "high"
    entry = history(api, case)[0]
    assert (entry["kind"], entry["actor"]["type"], entry["via"]) == ("automation", "system", "automation")
    assert entry["reason"] == "The rule “Big claims”: data.amount changed, and its condition holds now."


def test_it_fires_where_the_condition_begins_to_hold_and_not_while_it_does(api: Api, case_of: Any) -> None:
    case = case_of(BIG)
    update(api, case, amount=20000, level="low")
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"status": "pending"})
    assert update(api, case, amount=30000)["status"] == "pending"
    update(api, case, amount=5)
    assert update(api, case, amount=30000)["status"] == "to_review"


def test_without_a_condition_it_fires_at_each_change_of_what_it_watches(api: Api, case_of: Any) -> None:
    case = case_of(rule("copy", {"change": ["data.note"]}, {"set": {"data.level": {"from": "data.note"}}}))
    assert values(update(api, case, note="a"))["level"] == "a"
    assert values(update(api, case, note="b"))["level"] == "b"
    assert values(update(api, case, amount=1))["level"] == "b"


def test_what_is_computed_follows_what_a_rule_sets_and_transitions_see_it(api: Api, case_of: Any) -> None:
    moved = [{**STATUSES[0], "when": {"condition": {"data.double": {"$eq": 42}}}}]
    case = case_of(rule("set", {"change": ["data.note"]}, {"set": {"data.amount": 21}}), statuses=moved)
    changed = update(api, case, note="x")
    assert (values(changed)["double"], changed["status"]) == (42, "to_review")


def test_a_case_that_is_made_and_a_step_that_moves_set_rules_off(api: Api, case_of: Any) -> None:
    case = case_of(
        rule("begin", {"created": True}, {"set": {"data.note": "new"}}, {"waiting_for": "owner"}),
        rule("called", {"step": "call", "is": "started"}, {"set": {"data.level": "calling"}}),
    )
    assert (values(case)["note"], case["waiting_for"]) == ("new", "owner")
    api.json("POST", f"/v1/cases/{case['id']}/start/call", json={"data": {}})
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["level"] == "calling"


def test_a_rule_that_is_switched_off_does_nothing(api: Api, case_of: Any) -> None:
    assert update(api, case_of(BIG | {"enabled": False}), amount=20000)["status"] == "draft"


def test_a_value_that_does_not_fit_is_refused_alone_and_shown(api: Api, case_of: Any) -> None:
    bad = {"set": {"data.amount": {"from": "data.note"}}}
    case = case_of(rule("bad", {"change": ["data.note"]}, bad, {"set": {"data.level": "after"}}))
    changed = update(api, case, note="no number")
    assert values(changed)["level"] == "after"
    assert values(changed).get("amount") is None
    refusal = next(each for each in history(api, case) if each["kind"] == "automation_refused")
    assert "“amount” must be a number" in refusal["reason"]


def test_a_status_that_there_is_not_is_refused_alone(api: Api, case_of: Any) -> None:
    case = case_of(rule("move", {"change": ["data.note"]}, {"set": {"status": {"from": "data.note"}}}))
    assert update(api, case, note="nowhere")["status"] == "draft"
    assert update(api, case, note="to_review")["status"] == "to_review"


def test_rules_that_chase_each_other_stop_after_ten_rounds(api: Api, case_of: Any) -> None:
    case = case_of(
        rule("ping", {"change": ["data.amount"]}, {"set": {"data.amount": 2}}, **{"if": {"data.amount": {"$eq": 1}}}),
        rule("pong", {"change": ["data.amount"]}, {"set": {"data.amount": 1}}, **{"if": {"data.amount": {"$eq": 2}}}),
    )
    update(api, case, amount=1)
    kinds = [each["kind"] for each in history(api, case)]
    assert (kinds[0], kinds.count("automation")) == ("transitions_stopped", 10)


def test_undoing_takes_back_what_the_rule_did(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    case = case_of(BIG)
    update(api, case, amount=20000)
    entry = next(each for each in history(api, case) if each["kind"] == "data")
    operator = system(scope=Scope((workspace.id,)))
    case_id, entry_id = UUID(case["id"]), UUID(entry["id"])
    world.do(lambda tx: UNDO.undo(tx, case_id, entry_id, followed=True), operator)
    again = api.json("GET", f"/v1/cases/{case['id']}")
    assert (again["status"], values(again).get("level")) == ("draft", None)


def test_an_update_that_sets_no_rule_off_costs_no_statement_more(world: World, api: Api, case_of: Any) -> None:
    def statements(case: dict[str, Any]) -> int:
        update(api, case, amount=1)
        world.statements.clear()
        update(api, case, amount=2)
        return len(world.statements)

    plain = case_of()
    assert statements(plain) == statements(case_of(BIG))


# ---- owners ----


def owner(case: dict[str, Any]) -> str | None:
    return (case["owner"] or {}).get("email")


@pytest.fixture
def colleagues(world: World, workspace: Any) -> list[str]:
    emails = [f"{name}-{workspace.slug}@acme.example" for name in ("ada", "bob", "eve")]
    for email in emails:
        world.member(workspace, email)
    return emails


def test_a_rule_gives_a_case_to_a_member(api: Api, case_of: Any, colleagues: list[str]) -> None:
    case = case_of(rule("give", {"change": ["data.note"]}, {"owner": colleagues[0]}))
    assert owner(update(api, case, note="x")) == colleagues[0]
    entry = history(api, case)[0]
    assert entry["changes"]["owner"]["new"]["email"] == colleagues[0]
    assert owner(update(api, case, note="y")) == colleagues[0]


def test_turns_are_fair_when_cases_come_together(
    api: Api, make_template: Any, make_case: Any, colleagues: list[str]
) -> None:
    turns = rule("turns", {"created": True}, {"owner": {"in_turn": colleagues}})
    template = make_template(schema=FIELDS, automations=[turns])["id"]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: make_case(template={"id": template}), range(12)))
    owners = [owner(each) for each in made]
    assert {each: owners.count(each) for each in colleagues} == dict.fromkeys(colleagues, 4)


def test_who_has_left_has_no_turn_and_a_rule_with_nobody_says_so(
    world: World, workspace: Any, api: Api, case_of: Any, colleagues: list[str]
) -> None:
    case = case_of(
        rule("turns", {"change": ["data.note"]}, {"owner": {"in_turn": colleagues[:2]}}),
        rule("one", {"change": ["data.level"]}, {"owner": colleagues[2]}),
    )
    world.member(workspace, f"boss-{workspace.slug}@acme.example", "administrator")
    for email in (colleagues[0], colleagues[2]):
        gone = world.member(workspace, email)
        world.do(lambda tx, gone=gone: members.remove(tx.within(Scope((workspace.id,))), workspace.id, gone.id))
    assert {owner(update(api, case, note=str(number))) for number in range(3)} == {colleagues[1]}
    assert owner(update(api, case, level="x")) == colleagues[1]
    assert history(api, case)[0]["kind"] == "automation_refused"


# ---- what is wrong with a rule ----

WRONG = [
    ({"when": {"change": ["data.amout"]}}, "/automations/0/when/change/0", "Did you mean “amount”"),
    ({"when": {"change": ["foo"]}}, "/automations/0/when/change/0", "cannot be watched"),
    ({"when": {"change": ["data.amount"], "created": True}}, "/automations/0/when", "fires by one of"),
    ({"when": {"step": "cal", "is": "completed"}}, "/automations/0/when/step", "Did you mean “call”"),
    ({"when": {"step": "call", "is": "finished"}}, "/automations/0/when/is", "completed"),
    ({"when": {"step": "call"}}, "/automations/0/when", "fires by one of"),
    ({"when": {"date": "data.level"}}, "/automations/0/when/date", "no field of days"),
    ({"when": {"date": "data.expiry", "before": "14"}}, "/automations/0/when/before", "no duration"),
    ({"when": {"date": "data.expiry", "at": "25:00"}}, "/automations/0/when/at", "no time of day"),
    ({"when": {"idle": "P0D"}}, "/automations/0/when/idle", "no duration"),
    ({"when": {"message": "lost"}}, "/automations/0/when/message", "bounced"),
    ({"when": {"chnage": []}}, "/automations/0/when/chnage", "did you mean “change”"),
    ({"if": {"data.amount": {"$gtt": 1}}}, "/automations/0/if/data.amount/$gtt", "did you mean “$gt”"),
    ({"then": []}, "/automations/0/then", "then"),
    ({"then": [{"set": {"status": "to_revieww"}}]}, "/automations/0/then/0/set/status", "Did you mean “to_review”"),
    ({"then": [{"set": {"data.amount": "x"}}]}, "/automations/0/then/0/set/data.amount", "must be a number"),
    ({"then": [{"set": {"data.double": 1}}]}, "/automations/0/then/0/set/data.double", "nobody’s to set"),
    ({"then": [{"set": {"id": "x"}}]}, "/automations/0/then/0/set/id", "cannot be set by a rule"),
    (
        {"then": [{"set": {"data.level": {"from": "owner"}}}]},
        "/automations/0/then/0/set/data.level/from",
        "cannot be taken",
    ),
    ({"then": [{"owner": "nobody"}]}, "/automations/0/then/0/owner", "no e-mail address"),
    ({"then": [{"owner": "who@acme.example"}]}, "/automations/0/then/0/owner", "no member of the workspace"),
    ({"then": [{"owner": {"in_turn": ["who@acme.example"]}}]}, "/automations/0/then/0/owner/in_turn/0", "no member"),
    ({"then": [{"start": "cal"}]}, "/automations/0/then/0/start", "Did you mean “call”"),
    ({"then": [{"tell": ["mian"], "text": "x"}]}, "/automations/0/then/0/tell/0", "Did you mean “main”"),
    ({"then": [{"tell": ["owner"]}]}, "/automations/0/then/0", "“text” belongs to “tell”"),
    ({"then": [{"waiting_for": "godot"}]}, "/automations/0/then/0/waiting_for", "contact"),
    ({"then": [{"http": {"url": "ftp://x"}}]}, "/automations/0/then/0/http/url", "no address of the web"),
    (
        {"then": [{"http": {"url": "https://x", "save": {"data.x": "/a"}}}]},
        "/automations/0/then/0/http/save/data.x",
        "no field",
    ),
    (
        {"then": [{"tell": ["owner"], "text": "{{ data.amout }}"}]},
        "/automations/0/then/0/text",
        "did you mean “data.amount”",
    ),
    (
        {"then": [{"tell": ["owner"], "text": "{{ secrets.key }}"}]},
        "/automations/0/then/0/text",
        "no name “secrets.key”",
    ),
    (
        {"then": [{"http": {"url": "https://x", "body": {"a": ["{{ foo }}"]}}}]},
        "/automations/0/then/0/http/body/a/0",
        "no name",
    ),
    (
        {"then": [{"task": {"title": "{{ data.amout }}"}}]},
        "/automations/0/then/0/task/title",
        "did you mean “data.amount”",
    ),
    (
        {"then": [{"task": {"title": "x", "body": "{{ secrets.key }}"}}]},
        "/automations/0/then/0/task/body",
        "no name “secrets.key”",
    ),
    ({"then": [{"task": {"title": "x", "due": "soon"}}]}, "/automations/0/then/0/task/due", "no duration"),
    ({"then": [{"start": "call", "cancel": "call"}]}, "/automations/0/then/0", "An action is one of"),
]


@pytest.mark.parametrize(("wrong", "pointer", "said"), WRONG, ids=[each[1] + " " + each[2] for each in WRONG])
def test_what_is_wrong_with_a_rule_is_said_with_its_place(api: Api, wrong: Any, pointer: str, said: str) -> None:
    document = {"title": "T", "schema": FIELDS, "statuses": STATUSES, "steps": STEPS, "automations": [BIG | wrong]}
    answer = api.post("/v1/case_templates", json=document)
    assert answer.status_code == 400, answer.text
    found = answer.json()["errors"]
    assert [(each["source"]["pointer"], said in each["detail"]) for each in found] == [(pointer, True)], found


def test_rules_stand_in_the_document_as_they_were_sent(api: Api, make_template: Any) -> None:
    document = {"schema": FIELDS, "statuses": STATUSES, "automations": [BIG]}
    made = make_template(**document)
    read = api.json("GET", f"/v1/case_templates/{made['id']}/document")
    assert read["document"]["automations"] == [BIG]


def test_versions_and_export_and_import_know_rules(world: World, workspace: Any, api: Api, make_template: Any) -> None:
    document = {"title": "Claim", "schema": FIELDS, "statuses": STATUSES, "automations": [BIG]}
    made = make_template(**document)
    boss = world.browser(world.member(workspace, f"boss-{workspace.slug}@acme.example", "administrator"))
    address = f"/workspace/templates/{made['id']}"
    exported = boss.get(f"{address}/export.yaml").text
    api.json("PUT", f"/v1/case_templates/{made['id']}", json=document | {"automations": [BIG | {"enabled": False}]})
    page = boss.get(f"{address}/versions").text
    assert "Automations" in page
    assert "Switched on" in page
    assert boss.send_form(f"{address}/import", document=exported, revision="0").status_code == 200
    versions = boss.get(f"{address}/export.json").json()
    assert versions["automations"] == [BIG]


def test_conditions_of_rules_count_with_the_others(api: Api) -> None:
    each = {"$or": [{"data.amount": {"$eq": 1}}] * 200}
    rules = [
        rule(f"r{number}", {"change": ["data.amount"]}, {"waiting_for": "owner"}, **{"if": each})
        for number in range(11)
    ]
    answer = api.post("/v1/case_templates", json={"title": "T", "schema": FIELDS, "automations": rules})
    assert [error["code"] for error in answer.json()["errors"]] == ["too_many_comparisons"]


def test_two_rules_of_one_key_are_refused(api: Api) -> None:
    document = {"title": "T", "schema": FIELDS, "statuses": STATUSES, "automations": [BIG, copy.deepcopy(BIG)]}
    (error,) = api.post("/v1/case_templates", json=document).json()["errors"]
    assert (error["code"], error["source"]["pointer"]) == ("duplicate", "/automations/1/key")
