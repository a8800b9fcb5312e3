"""Everything that is wrong with a template is said at once, though some faults hide others."""

from typing import Any

import pytest

from tests.world import Api, errors

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]
CALL = {"key": "call", "type": "task", "title": "Call"}
SHAPE = {"key": "odd", "type": "task", "title": "Odd", "assignee": 5}
MEANING = {"key": "after", "type": "task", "title": "After", "after": ["nowhere"]}
TEXT = {
    "key": "mail",
    "type": "email",
    "title": "Mail",
    "recipient": "main",
    "subject": "S",
    "body": "{{ data.nothing }}",
}
RULE = {"key": "go", "name": "Go", "when": {"created": True}, "then": [{"set": {"status": "own"}}]}


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        ({"steps": [SHAPE, CALL, MEANING, TEXT]}, {"/steps/0/assignee", "/steps/2/after/0", "/steps/3/body"}),
        ({"steps": [MEANING, TEXT, SHAPE]}, {"/steps/0/after/0", "/steps/1/body", "/steps/2/assignee"}),
        ({"steps": [SHAPE], "colour": 1}, {"/steps/0/assignee", "/colour"}),
        ({"schema": [{"key": "sum", "type": "nope", "name": "Sum"}, *FIELDS], "steps": [SHAPE, TEXT]},
         {"/schema/0/type", "/steps/0/assignee", "/steps/1/body"}),
        # What names a part that is left out has no fault of its own.
        ({"steps": [SHAPE, {**CALL, "after": ["odd"]}]}, {"/steps/0/assignee"}),
        ({"schema": [{"key": "nothing", "type": "nope", "name": "Sum"}], "steps": [TEXT]}, {"/schema/0/type"}),
        ({"title": None, "steps": [MEANING]}, {"/title", "/steps/0/after/0"}),
        # A list that is none hides nothing, and what names its parts has no fault of its own.
        ({"steps": {"a": 1}, "schema": [{"key": "sum", "type": "nope", "name": "Sum"}]}, {"/steps", "/schema/0/type"}),
        ({"schema": "none", "steps": [SHAPE, MEANING, TEXT]}, {"/schema", "/steps/0/assignee", "/steps/1/after/0"}),
        ({"contacts": 5, "steps": [{**TEXT, "recipient": "other"}, {**TEXT, "key": "b"}]}, {"/contacts", "/steps/1/body"}),
        ({"statuses": {}, "automations": [RULE], "steps": [MEANING]}, {"/statuses", "/steps/0/after/0"}),
        ({"steps": None, "automations": [{**RULE, "then": [{"start": "gone"}, {"set": {"status": "no"}}]}]},
         {"/steps", "/automations/0/then/1/set/status"}),
        ({"automations": [RULE] * 101, "steps": [MEANING]}, {"/automations", "/steps/0/after/0"}),
    ],
)  # fmt: skip
def test_all_that_is_wrong_is_said_at_once(api: Api, parts: dict[str, Any], faults: set[str]) -> None:
    """[18] What was written wrongly hid what meant nothing, and that hid what is wrong with texts."""
    answer = api.post("/v1/case_templates", json={"title": "Claim"} | parts)
    assert (answer.status_code, set(errors(answer))) == (400, faults), answer.text
