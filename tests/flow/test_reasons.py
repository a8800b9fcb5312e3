"""Why a case went on by itself is kept as it can be said in every language: in English to programs, to people in theirs, by names."""

import re
from html import unescape
from typing import Any

from dossier.workspaces.model import Workspace
from tests.automations.conftest import case_of, rule, work
from tests.steps.test_sending_steps import MAIL, do_due, step, to_a_tuesday
from tests.world import Api, Browser, World

__all__ = ["case_of", "work"]  # fixtures


def french(world: World, workspace: Workspace) -> Browser:
    browser = world.browser(world.member(workspace, f"fr-{workspace.slug}@example.org", "administrator"))
    browser.headers["Accept-Language"] = "fr"
    return browser


def shown(browser: Browser, case: dict[str, Any], *below: str) -> str:
    page = unescape(browser.get("/".join(["/workspace/cases", case["id"], *below])).text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", re.sub(r"<[^>]+>", " ", page))


def reasons(api: Api, case: dict[str, Any]) -> list[str]:
    return [each["reason"] for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]


def test_what_a_rule_did_is_said_in_the_readers_language(
    world: World, workspace: Workspace, api: Api, case_of: Any
) -> None:
    case = case_of(
        rule("big", {"change": ["data.amount"]}, {"set": {"status": "to_review"}}, if_={"data.amount": {"$gt": 100}}),
        rule("wrong", {"change": ["data.note"]}, {"set": {"data.amount": {"from": "data.note"}}}),
    )
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 500, "note": "x"}})
    told = shown(french(world, workspace), case)
    assert "La règle « Big » : Amount : changé, et sa condition est maintenant vérifiée." in told
    assert "La règle « Wrong » n’a pu être appliquée : « Amount » doit être un nombre" in told
    assert "The rule “Big”: data.amount changed, and its condition holds now." in reasons(api, case)
    assert any("“amount” must be a number" in (each or "") for each in reasons(api, case))


def test_what_failed_is_said_in_the_readers_language(
    world: World, workspace: Workspace, api: Api, case_of: Any, work: Any
) -> None:
    case = case_of(rule("go", {"change": ["data.note"]}, {"tell": ["owner"], "text": "Hello"}))
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "x"}})
    work(case)
    assert "Il n’y a personne à qui écrire." in shown(french(world, workspace), case, "automations")
    (trace,) = api.json("GET", f"/v1/cases/{case['id']}/automations")["data"]
    assert trace["actions"][0]["error"] == "There is nobody to write to."


def test_a_step_that_failed_says_why_in_the_readers_language(
    world: World, workspace: Workspace, api: Api, case_of: Any
) -> None:
    to_a_tuesday(world)
    case = case_of(steps=[MAIL | {"start_when": {"data.note": {"$eq": "go"}}}])
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "go"}})
    do_due(world)
    failed = step(api, case)
    assert (failed["status"], failed["data"]["error"]) == ("failed", "There is nobody to write to: nobody is “main”.")
    assert shown(french(world, workspace), case).count("Il n’y a personne à qui écrire :") == 2, (
        "with the step, and in the timeline"
    )
