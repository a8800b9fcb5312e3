"""Erasing somebody who worked here: nothing tells who they were, and histories still say that it was one person."""

import os
import re
from typing import Any

import pytest

from dossier.cases.actions.later import WORDS
from dossier.foundation.actor import Scope
from dossier.members import actions
from dossier.notices.pages.mails import mail_soon
from dossier.workspaces.model import Workspace
from tests.cases.test_contacts import traces
from tests.cli import warm
from tests.forms.answering import Contact
from tests.forms.support import do_due, publish
from tests.forms.test_webhooks import send as sent_to_forms
from tests.many import left_to_ci
from tests.members.test_sign_in import with_password
from tests.webhooks.receivers import Sender
from tests.world import Api, World

pytestmark = pytest.mark.long  # they order commands, whose process imports everything first


def erase(database_url: str, email: str, code: int = 0) -> str:
    """`dossier member erase`, as the operator runs it."""
    done = warm.run("member", "erase", email, environment={**os.environ, "DATABASE_URL": database_url})
    assert done.returncode == code, done.stderr
    return done.stderr


@left_to_ci(
    "looks for a name through every table, again and again",
    "members/test_erasing.py::test_an_erased_member_leaves_an_id",
)
def test_what_others_were_told_does_not_name_who_is_erased(
    world: World, workspace: Workspace, api: Api, make_case: Any, database_url: str
) -> None:
    """[18] Neither the calls that were made of what they did and owned, nor what colleagues were told, in the app or by e-mail."""
    boss = world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator")
    gone = world.member(
        workspace, f"zacharias-{workspace.slug}@example.org", given_name="Zacharias", family_name="Mertz"
    )
    hooks = [
        api.json("POST", "/v1/webhooks", 201, json={"url": "http://127.0.0.1:9/hooks", "content": content})["id"]
        for content in ("thin", "full")
    ]
    case = make_case(owner={"email": gone.email})
    with_password(world, gone).send_form(f"/workspace/cases/{case['id']}/owner", owner=boss.email)
    Sender(world).all()
    world.server.run(mail_soon(world.services))
    assert {"webhook_deliveries", "notices", "messages"} <= {*traces(database_url, "Mertz", gone.email)}
    world.do(lambda tx: actions.remove(tx.within(Scope((workspace.id,))), workspace.id, gone.id))
    erase(database_url, gone.email)
    assert traces(database_url, "Zacharias", "Mertz", gone.email) == []
    for each in hooks:
        api.delete(f"/v1/webhooks/{each}")


@left_to_ci(
    "looks for a name through every table, again and again",
    "members/test_erasing.py::test_an_erased_member_leaves_an_id",
)
def test_forms_do_not_name_who_is_erased(world: World, workspace: Workspace, api: Api, database_url: str) -> None:
    """Whose a form was, who sent it to many, who looked its answers through; what its addresses were told, views, notices."""
    gone = world.member(
        workspace, f"barnabas-{workspace.slug}@example.org", given_name="Barnabas", family_name="Quixley"
    )
    world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator")
    browser = with_password(world, gone)
    publish(world, workspace)
    hooks = {"http://127.0.0.1:9/hooks": ["requests:created", "responses:completed"]}
    form = api.json(
        "POST", "/v1/forms", 201, headers={"Idempotency-Key": "barnabas"},
        json={"flow": {"slug": "accident"}, "user": {"email": "eve@example.org"}, "owner": {"email": gone.email}, "webhooks": hooks},
    )  # fmt: skip
    Contact(world, workspace, form).answers(note="x").submits()
    page = f"/workspace/forms/{form['id']}"
    shown = browser.get(f"{page}/review").text
    base = dict(re.findall(r'name="((?:seen|response)[^"]*)" value="([^"]*)"', shown))
    browser.send_form(f"{page}/review", **base, **{"verdict.note": "accepted"})
    preset = next(each["id"] for each in api.json("GET", "/v1/form_templates")["data"] if each["slug"] == "accident")
    browser.send_form("/workspace/form-batches/columns", preset=preset, table="email\np1@example.org", do="send", **{"column.0": "user.email"})  # fmt: skip
    browser.send_form("/workspace/forms/views", name="mine", query=f"?a=owner.email&o=eq&v={gone.email}", shared="yes")
    do_due(world)
    sent_to_forms(world)
    texts = ("Barnabas", "Quixley", gone.email)
    assert {"form_batches", "form_deliveries", "form_notifications", "form_reviews", "form_views"} <= {
        *traces(database_url, *texts)
    }
    world.do(lambda tx: actions.remove(tx.within(Scope((workspace.id,))), workspace.id, gone.id))
    erase(database_url, gone.email)
    assert traces(database_url, *texts) == []


def test_an_erased_member_leaves_an_id(
    world: World, workspace: Workspace, api: Api, make_case: Any, make_template: Any, database_url: str
) -> None:
    """[S13] Members, sessions, ownership, steps, histories, words, kept answers, the audit log: name and address are nowhere."""
    boss = world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator")
    gone = world.member(workspace, f"zebulon-{workspace.slug}@example.org", given_name="Zebulon", family_name="Quxley")
    browser = with_password(world, gone)
    template = make_template(steps=[{"key": "call", "title": "Call", "type": "task"}])
    case = make_case(template={"id": template["id"]}, owner={"email": gone.email})
    browser.send_form(f"/workspace/cases/{case['id']}/steps/call/start")
    browser.send_form("/workspace/cases/bulk", case=case["id"], change=f"owner:{gone.email}")
    his = f"?a=owner.email&o=eq&v={gone.email}"
    world.browser(boss).send_form("/workspace/cases/views", name="theirs", query=his, shared="yes")
    world.server.run(WORDS.reindex(world.services, str(workspace.id)))
    assert "case_words" in traces(database_url, "quxley")
    assert "works" not in erase(database_url, "nobody@example.org", 1)
    assert workspace.slug in erase(database_url, gone.email, 1), "who works somewhere stays"
    assert "Zebulon" in str(api.json("GET", f"/v1/cases/{case['id']}"))
    world.do(lambda tx: actions.remove(tx.within(Scope((workspace.id,))), workspace.id, gone.id))
    assert "from 1 cases" in erase(database_url, gone.email)
    assert traces(database_url, "Zebulon", "Quxley", "zebulon", "quxley", gone.email) == []
    assert str(gone.id) in str(api.json("GET", f"/v1/cases/{case['id']}/history"))
    acts = [(each["act"], each["subject"]) for each in api.json("GET", "/v1/audit")["data"]]
    assert ("member.removed", str(gone.id)) in acts
    assert world.member(workspace, gone.email).id != gone.id, "the address is free for somebody else"
    assert boss.id != gone.id
