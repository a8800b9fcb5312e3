"""Rules in the app: put together in the designer, tried, switched, and why they did or did not; secrets in the settings."""

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.automations.conftest import FIELDS, STATUSES, STEPS, rule, update
from tests.case_templates.test_designer import Designer
from tests.world import Api, Browser, World


@pytest.fixture
def boss(world: World, workspace: Any) -> Browser:
    return world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))


ROWS = {
    "then.kind": ["status", "set", "start", "tell", "", ""],
    "then.target": ["to_review", "data.amount", "call", "", "", ""],
    "then.to": ["", "", "", "owner, main", "", ""],
    "then.value": ["", "12", "", "Look at {{ case.title }}", "", ""],
}


def test_a_rule_is_put_together_from_rows_and_comes_back_in_them(boss: Browser, api: Api) -> None:
    designer = Designer(boss)
    document = {"title": "Claim", "schema": FIELDS, "statuses": STATUSES, "steps": STEPS}
    designer.send("/import", document=json.dumps(document))
    condition = {"if.a": ["data.amount"], "if.o": ["gt"], "if.v": ["10000"], "if.match": "all"}
    answer = designer.send(
        "/edit/automations",
        name="Big claims",
        enabled="yes",
        when="change",
        **{"when.change": "Amount"},
        **condition,
        **ROWS,
    )
    assert answer.status_code == 200, answer.text
    (made,) = designer.document()["automations"]
    assert made == {
        "key": "big-claims",
        "name": "Big claims",
        "when": {"change": ["data.amount"]},
        "if": {"attributes": {"data.amount": {"$gt": 10000}}},
        "then": [
            {"set": {"status": "to_review"}},
            {"set": {"data.amount": 12}},
            {"start": "call"},
            {"tell": ["owner", "main"], "text": "Look at {{ case.title }}"},
        ],
    }
    page = unescape(boss.get(f"{designer.address}/edit/automations?key=big-claims").text)
    assert 'value="owner, main"' in page
    assert "Look at {{ case.title }}</textarea>" in page
    designer.send("/automations/switch", key="big-claims")
    assert designer.document()["automations"][0]["enabled"] is False
    designer.send("/automations/switch", key="big-claims")
    assert "enabled" not in designer.document()["automations"][0]


CALL = {
    "http": {
        "method": "PUT",
        "url": "https://crm.example/{{ data.note }}",
        "body": '{"note": "{{ data.note }}"}',
        "headers": {"Authorization": "Bearer {{ secrets.key }}", "X-Of": "claims: all"},
        "save": {"data.level": "/risk/level"},
    }
}
TASK = {"task": {"title": "Look at it", "body": "All of it", "assignee": "owner", "due": "P3D"}}


def test_tasks_and_calls_are_put_together_from_rows_too(boss: Browser) -> None:
    """[18] They were a row of JSON."""
    designer = Designer(boss)
    designer.send("/import", document=json.dumps({"title": "Claim", "schema": FIELDS}))
    rows = {
        "then.kind": ["task", "http", ""],
        "then.target": ["", "", ""],
        "then.to": ["owner", "", ""],
        "then.value": ["All of it", CALL["http"]["body"], ""],
        "then.title": ["Look at it", "", ""],
        "then.span": ["3", "", ""],
        "then.method": ["POST", "PUT", "POST"],
        "then.url": ["", CALL["http"]["url"], ""],
        "then.headers": ["", "Authorization: Bearer {{ secrets.key }}\r\nX-Of: claims: all", ""],
        "then.save": ["", "data.level = /risk/level", ""],
    }
    answer = designer.send("/edit/automations", name="R", enabled="yes", when="created", **rows)
    assert answer.status_code == 200, answer.text
    assert designer.document()["automations"][0]["then"] == [TASK, CALL]
    page = unescape(boss.get(f"{designer.address}/edit/automations?key=r").text)
    assert 'class="k-json" value="json" selected' not in page
    for each in ("Look at it", CALL["http"]["url"], "X-Of: claims: all", "data.level = /risk/level"):
        assert each in page
    rows["then.headers"][1] = "no header"
    answer = designer.send("/edit/automations?key=r", name="R", enabled="yes", when="created", **rows)
    assert (answer.status_code, "Write each line as name : value." in answer.text) == (400, True)
    assert "no header</textarea>" in answer.text


def test_a_body_of_json_a_pause_and_working_time_have_rows(boss: Browser) -> None:
    """[18] Such calls and tasks were a row of JSON for whoever wanted to change one word of them."""
    call = {"url": "https://crm.example/", "body": {"amount": "{{ data.amount }}", "of": [1, True, None]}, "timeout": 5}
    then = [{"http": call}, {"task": {"title": "T", "due": "P1D", "working": True}}]
    designer = Designer(boss)
    designer.send(
        "/import",
        document=json.dumps({"title": "Claim", "schema": FIELDS, "automations": [rule("r", {"created": True}, *then)]}),
    )
    page = " ".join(unescape(boss.get(f"{designer.address}/edit/automations?key=r").text).split())
    assert 'class="k-json" value="json" selected' not in page
    for each in ('value="json" selected>The body is JSON', 'value="5"', 'value="yes" selected>Working time counts'):
        assert each in page
    rows = {
        "then.kind": ["http", "task"],
        "then.target": ["", ""],
        "then.to": ["", ""],
        "then.value": [json.dumps(call["body"]), ""],
        "then.title": ["", "T"],
        "then.span": ["", "1"],
        "then.method": ["POST", "POST"],
        "then.url": [call["url"], ""],
        "then.body": ["json", ""],
        "then.timeout": ["5", ""],
        "then.working": ["", "yes"],
    }
    designer.send("/edit/automations?key=r", name="R", enabled="yes", when="created", **rows)
    assert designer.document()["automations"][0]["then"] == [{"http": {"method": "POST", **call}}, then[1]]
    rows["then.value"][0] = '{"amount": {{ data.amount }}}'
    answer = designer.send("/edit/automations?key=r", name="R", enabled="yes", when="created", **rows)
    assert (answer.status_code, "with values in quotes" in answer.text) == (400, True)
    assert "{{ data.amount }}}</textarea>" in unescape(answer.text)
    rows["then.value"][0], rows["then.timeout"][0] = "{}", "soon"
    answer = designer.send("/edit/automations?key=r", name="R", enabled="yes", when="created", **rows)
    assert (answer.status_code, 'value="soon"' in answer.text) == (400, True)


RICH = [
    *FIELDS,
    {"key": "urgent", "type": "checkbox", "name": "Urgent"},
    {"key": "kinds", "type": "multiple_choice", "name": "Kinds", "options": [
        {"value": "fi", "label": "Fire"}, {"value": "wa", "label": "Water"}, {"value": "o", "label": "One, or more"}]},
    {"key": "risk", "type": "choices", "name": "Risk", "options": [{"value": "hi", "label": "Very high"}]},
]  # fmt: skip


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        ([{"set": {"data.note": "x", "data.level": "y", "status": "to_review", "waiting_for": "owner"}}],
         ["In one go with what the row above sets."]),
        ([{"set": {"data.urgent": True}}, {"set": {"data.urgent": False}}], ['value="true" selected>Yes']),
        ([{"set": {"data.note": {"from": "data.level"}, "data.level": {"from": "data.note"}}}],
         ['value="data.level" selected>Level']),
        ([{"set": {"data.kinds": ["fi", "wa"]}}], [">Fire, Water</textarea>"]),
        ([{"set": {"data.kinds": ["o", "wa"]}}], [">o, wa</textarea>"]),
        ([{"set": {"data.risk": "hi"}}], [">Very high</textarea>"]),
        ([{"set": {"data.amount": None}}], []),
        ([{"set": {"title": "New", "description": {"from": "reference"}}}], ['value="reference" selected>Reference']),
        ([{"set": {"data.note": "a"}}, {"set": {"data.level": {"from": "data.note"}}}], []),
    ],
)  # fmt: skip
def test_what_is_set_is_said_by_rows_and_comes_back(boss: Browser, then: Any, shown: list[str]) -> None:
    """[18] Several values at once, yes and no, several of one field, and what another field has, were rows of JSON."""
    designer = Designer(boss)
    document = {
        "title": "Claim",
        "schema": RICH,
        "statuses": STATUSES,
        "automations": [rule("r", {"created": True}, *then)],
    }
    designer.send("/import", document=json.dumps(document))
    page = boss.get(f"{designer.address}/edit/automations?key=r").text
    assert 'class="k-json" value="json" selected' not in page
    for each in shown:
        assert each in unescape(" ".join(page.split())), page
    designer.send("/edit/automations?key=r", name="R", enabled="yes", when="created", **then_typed(page))
    assert designer.document()["automations"][0]["then"] == then


def then_typed(page: str) -> dict[str, list[str]]:
    """The rows of actions that a page shows, as a browser sends them."""
    rows = page.partition('<div data-rows>\n    <div class="d-action')[2] or page[page.index('class="d-action row') :]
    rows = rows[: rows.index('id="try"')]
    typed: dict[str, list[str]] = {}
    for name, inner in re.findall(r'<select class="form-select" name="(then\.\w+)"(.*?)</select>', rows, re.DOTALL):
        chosen = re.findall(r'value="([^"]*)"\s+selected', inner)
        typed.setdefault(name, []).append(chosen[-1] if chosen else "")
    for name, value in re.findall(r'<textarea[^>]*name="(then\.\w+)"[^>]*>([^<]*)</textarea>', rows, re.DOTALL):
        typed.setdefault(name, []).append(unescape(value))
    for each in re.findall(r"<input[^>]*>", rows):
        name, value = (re.search(rf'{of}="([^"]*)"', each) for of in ("name", "value"))
        if name and value:
            typed.setdefault(name[1], []).append(unescape(value[1]))
    return typed


def test_what_no_row_says_stays_as_json(boss: Browser) -> None:
    designer = Designer(boss)
    free = {"set": {"data.somewhere": 5}}
    document = {"title": "Claim", "unknown_fields": "add", "automations": [rule("r", {"created": True}, free)]}
    designer.send("/import", document=json.dumps(document))
    page = unescape(boss.get(f"{designer.address}/edit/automations?key=r").text)
    assert 'class="k-json" value="json" selected' in page


@pytest.mark.parametrize(
    ("typed", "when"),
    [
        ({"when": "date", "when.date": "data.expiry", "when.span": "14", "when.side": "before", "when.at": "08:30"},
         {"date": "data.expiry", "before": "P14D", "at": "08:30"}),
        ({"when": "idle", "when.idle": "7"}, {"idle": "P7D"}),
        ({"when": "idle", "when.idle": "7", "when.working": "yes"}, {"idle": "P7D", "working": True}),
        ({"when": "step", "when.step": "call", "when.is": "completed"}, {"step": "call", "is": "completed"}),
        ({"when": "message", "when.message": "bounced"}, {"message": "bounced"}),
        ({"when": "created"}, {"created": True}),
    ],
)  # fmt: skip
def test_every_way_of_when_is_typed_and_shown(boss: Browser, typed: Any, when: Any) -> None:
    designer = Designer(boss)
    document = {"title": "Claim", "schema": FIELDS, "statuses": STATUSES, "steps": STEPS}
    designer.send("/import", document=json.dumps(document))
    designer.send("/edit/automations", name="R", enabled="yes", **typed, **ROWS)
    assert designer.document()["automations"][0]["when"] == when
    page = " ".join(boss.get(f"{designer.address}/edit/automations?key=r").text.split())
    assert f'name="when" value="{typed["when"]}" checked' in page
    ticked = 'name="when.working" value="yes" checked' in page
    assert ticked == bool(when.get("working")), "[18] it was ticked always: who saved a rule had it go by working time"


def test_what_is_wrong_with_a_rule_is_said_beside_it_and_nothing_is_lost(boss: Browser) -> None:
    designer = Designer(boss)
    designer.send("/import", document=json.dumps({"title": "Claim", "schema": FIELDS}))
    rows = {"then.kind": ["json"], "then.target": [""], "then.to": [""], "then.value": ["no json"]}
    answer = designer.send("/edit/automations", name="R", enabled="yes", when="created", **rows)
    assert answer.status_code == 400
    assert "Write the action as JSON" in answer.text
    assert "no json</textarea>" in answer.text
    rows["then.value"] = ['{"start": "nowhere"}']
    answer = designer.send("/edit/automations", name="R", enabled="yes", when="created", **rows)
    assert "There is no step “nowhere”" in answer.text


def test_a_rule_is_tried_on_a_case_and_the_case_says_why(boss: Browser, api: Api, case_of: Any) -> None:
    big = rule("big", {"change": ["data.amount"]}, {"set": {"status": "to_review"}}, if_={"data.amount": {"$gt": 100}})
    case = case_of(big)
    form = {
        "name": "Big",
        "enabled": "yes",
        "when": "change",
        "when.change": "Amount",
        "if.json": '{"data.amount": {"$gt": 100}}',
        "then.kind": ["status"],
        "then.target": ["to_review"],
        "then.to": [""],
        "then.value": [""],
        "case": case["reference"],
        "try.field": "amount",
    }
    address = f"/workspace/templates/{case['template']}/automations/try?key=big"
    assert "It would fire" in boss.send_form(address, **form, **{"try.value": "500"}).text
    said = boss.send_form(address, **form, **{"try.value": "5"}).text
    assert "its condition did not hold" in said
    assert "Amount more than 100 – it is 5" in words(said)
    assert boss.send_form(address, **form | {"case": "NONE"}, **{"try.value": "5"}).status_code == 404
    update(api, case, amount=5)
    page = boss.get(f"/workspace/cases/{case['id']}/automations").text
    assert "It did not fire: its condition did not hold" in page
    assert f"/workspace/cases/{case['id']}/automations" in boss.get(f"/workspace/cases/{case['id']}").text
    update(api, case, amount=500)
    assert "It fired, and all of it is done" in boss.get(f"/workspace/cases/{case['id']}/automations").text


def words(page: str) -> str:
    """A page as it is read, without its marks."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


CHOICE = {"key": "risk", "type": "choices", "name": "Risk", "options": [{"value": "hi", "label": "Very high"}]}
IF = {
    "$or": [
        {"data.amount": {"$gt": 12000}},
        {"data.expiry": {"$lt": "2026-03-01"}},
        {"data.risk": {"$in": ["hi"]}},
        {"data.risk": {"$ne": "hi"}},
        {"data.note": {"$defined": False}},
        {"status": {"$eq": "to_review"}},
        {"waiting_for": {"$eq": "contact"}},
        {"steps.call.status": {"$ne": "completed"}},
        {"$not": {"data.amount": {"$le": 3}}},
        {"created_at": {"$gt": "2020-01-01T00:00:00Z"}},
    ]
}
SAID = {
    "en": [
        "one of these changes: Amount, Status – Amount",
        "held: Amount more than 12,000 – it is 20,000",
        "did not hold: Expiry before 1 Mar 2026 – it is 1 Apr 2026",
        "Risk is one of Very high – it is Very high",
        "Risk is not Very high – it is Very high",
        "Note is empty – it is empty",
        "Status is To review – it is Draft",
        "Waiting for is The contact – it is Nobody",
        "Call is not done – it is to do",
        "not: Amount at most 3 – it is 20,000",
        "Created after 1 Jan 2020, 00:00 – it is ",
    ],
    "fr": [
        "l’un de ceux-ci change: Amount, Statut – Amount",
        "remplie: Amount plus de 12 000 – c’est 20 000",
        "Expiry avant 1 mars 2026 – c’est 1 avr. 2026",
    ],
    "nl": ["Amount meer dan 12.000 – het is 20.000"],
}


@pytest.mark.parametrize("language", SAID)
def test_why_is_said_in_the_words_of_who_reads_it(
    world: World, workspace: Any, api: Api, case_of: Any, make_template: Any, make_case: Any, language: str
) -> None:
    """[18] It said keys and operators as documents have them: `data.amount $gt 12000`."""
    watch = {"change": ["data.amount", "status"]}
    acts = rule("big", watch, {"set": {"data.level": "x"}}, if_=IF)
    document = {"schema": [*FIELDS, CHOICE], "statuses": STATUSES, "steps": STEPS, "automations": [acts]}
    case = make_case(template={"id": make_template(**document)["id"]})
    update(api, case, amount=20000, risk="hi", expiry="2026-04-01")
    reader = world.browser(world.member(workspace, f"why-{language}-{workspace.slug}@example.org", "administrator"))
    reader.send_form("/workspace/settings/profile", language=language)
    page = words(reader.get(f"/workspace/cases/{case['id']}/automations").text)
    for each in SAID[language]:
        assert each in page, page
    for each in ("data.", "$", "to_review"):
        assert each not in page.partition("Big")[2], page


def test_what_sets_a_rule_off_is_said_by_name(boss: Browser, api: Api, case_of: Any) -> None:
    case = case_of(
        rule("made", {"created": True}, {"set": {"data.level": "x"}}),
        rule("after", {"step": "call", "is": "completed"}, {"set": {"data.note": "y"}}),
    )
    api.json("POST", f"/v1/cases/{case['id']}/start/call")
    page = words(boss.get(f"/workspace/cases/{case['id']}/automations").text)
    assert "held: the case is made" in page
    assert "Call is done – it is started" in page


def test_a_case_says_which_action_failed_and_has_it_tried_again(
    boss: Browser, api: Api, case_of: Any, work: Any
) -> None:
    case = case_of(rule("go", {"change": ["data.note"]}, {"tell": ["owner"], "text": "Hello"}))
    update(api, case, note="x")
    work(case)
    address = f"/workspace/cases/{case['id']}/automations"
    page = " ".join(boss.get(address).text.split())
    assert "<strong>Tell somebody <bdi>owner</bdi>:</strong> There is nobody to write to." in page
    assert "something is still to be done" in boss.send_form(f"{address}/go/retry").text
    assert "Try again what failed" not in boss.get(address).text


def test_the_designer_draws_how_cases_move_and_says_it_in_words(boss: Browser, case_of: Any) -> None:
    case = case_of(
        rule("big", {"change": ["data.amount"]}, {"set": {"status": "to_review"}}, if_={"status": {"$eq": "draft"}})
    )
    page = unescape(boss.get(f"/workspace/templates/{case['template']}").text)
    assert '<svg viewBox="0 0' in page
    assert "From “Draft” to “To review”" in page
    assert "by the automation “Big”" in page


def test_secrets_in_the_settings_are_named_and_never_shown(boss: Browser) -> None:
    address = "/workspace/settings/secrets"
    assert "Saved." in boss.send_form(address, name="api_key", value="canary-91b2").text
    page = boss.get(address).text
    assert "api_key" in page
    assert "canary-91b2" not in page
    assert boss.send_form(address, name="API", value="x").status_code == 400
    assert "There is no secret yet" in boss.send_form(f"{address}/api_key/remove").text


def test_what_differs_between_versions_of_a_rule_is_said_in_words(
    world: World, workspace: Any, boss: Browser, api: Api, make_template: Any
) -> None:
    """[18] It was JSON."""
    emails = [world.member(workspace, f"{name}-{workspace.slug}@b.example").email for name in ("a", "c")]
    before = rule(
        "big", {"change": ["data.amount"]}, {"set": {"status": "to_review"}}, if_={"data.amount": {"$gt": 100}}
    )
    then = [
        {"set": {"data.level": "high", "data.note": {"from": "data.level"}}},
        {"owner": {"in_turn": emails}},
        {"tell": ["owner"], "text": "Look"},
        *(TASK, CALL),
    ]
    after = rule(
        "big", {"date": "data.expiry", "before": "P14D", "working": True}, *then, if_={"data.amount": {"$gt": 200}}
    )
    document = {"title": "Claim", "schema": FIELDS, "statuses": STATUSES}
    template = make_template(**document, automations=[before])
    api.json("PUT", f"/v1/case_templates/{template['id']}", json=document | {"automations": [after]})
    page = " ".join(re.sub(r"<[^>]+>", " ", boss.get(f"/workspace/templates/{template['id']}/versions").text).split())
    for said in (
        "one of these changes: data.amount → a day comes near, or is past: data.expiry, days before 14, by working time",
        "data.note = data.level, data.level = high",
        f"Give it to: {', '.join(emails)}",
        "Tell somebody: owner “Look”",
        "Make a task: Look at it (owner)",
        "Call another system: PUT https://crm.example/",
    ):
        assert said in unescape(page), page
    assert "{&#34;" not in page
