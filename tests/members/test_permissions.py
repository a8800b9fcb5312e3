"""Permissions by name: every action asks for one, on the actor; pages, buttons and the reference use the same names."""

import ast
import asyncio
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID

import pytest

import dossier
from dossier.app import PAGES
from dossier.cases.actions import DATA
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.errors import Forbidden
from dossier.foundation.group_commit import Change
from dossier.foundation.permissions import NONE
from dossier.permissions import PERMISSIONS, of_member, of_token
from dossier.web import PageRoute, Public
from dossier.workspaces.model import Workspace
from tests.source import SOURCE, modules, nodes
from tests.world import Browser, World

DOCS = SOURCE.parents[1] / "docs"
ROLES = {
    "administrator": of_member("administrator", studio=False),
    "handler": of_member("handler", studio=False),
    "limited": of_member("limited", studio=False),
    "limited with studio": of_member("limited", studio=True),
    "token": of_token(),
}

# ---- every writing action asks ----

OF_ALL_KINDS = (
    "records.actions.bulk.begin",
    "records.actions.history",
    "records.actions.erasing",
    "audit.actions.record",
    "notices.actions.tell",
    "audit.actions.forget_name",
)
"""What is part of other actions: history, bulk, erasing, the log; whoever does one of those has been asked."""
COMING_IN = (
    "members.actions.sign_in.sign_in",
    "members.actions.sign_in.use_link",
    "members.actions.sign_in.begin_session",
    "members.actions.sign_in.authenticate_session",
    "members.actions.sign_in.note",
    "members.actions.sign_in.end_session",
    "members.actions.sign_in.raise_if_wrong_password",
    "members.actions.second_factor.complete_mfa",
    "members.actions.second_factor.raise_if_wrong_code",
    "members.actions.oidc",
    "files.actions.reading.by_key",
)
"""Done by who is nobody yet, or leaves, or proves who they are. Linking an identity at the end of it asks."""
PARTS = (
    # of a draft that `held` has asked for
    "drafting.actions.Drafting.begin_change",
    "drafting.actions.Drafting.keep",
    "drafting.actions.Drafting.note",
    "drafting.actions.Drafting.put",
    "records.actions.keeping.Keeping.lock",
    "records.actions.keeping.Keeping.begin",
    "records.actions.keeping.Keeping.save",
    "records.actions.keeping.Keeping.carried_on",
    "records.actions.keeping.Keeping.get",
    "contacts.actions.slots.ContactSlots.hold",
    "contacts.actions.slots.ContactSlots.link",
    "contacts.actions.slots.ContactSlots.restore",
    "contacts.actions.slots.ContactSlots.take_out",
    "contacts.actions.slots.ContactSlots.ever_shown",
    "contacts.actions.erasing.ShowsPeople",
    "contacts.actions.people.",  # a contact is made and changed with a case that shows it
    "files.actions.changing.locked",
    "forms.actions.saving.",
    "forms.actions.answering.lock_open",
    "webhooks.actions.subscriptions.locked",
    "members.actions.people.known_or_new",
    "members.actions.people.owner",
    "members.actions.sign_in.link",
    "case_templates.actions.publishing.get",
    "case_templates.actions.history",
    "form_templates.actions.publishing.get",
    "form_templates.actions.publishing.reserve",
    "case_templates.actions.indexing.FieldIndexes.follow",
    "cases.actions.saving.settle",
    "flow.actions.",  # a step starts, a rule gives a thing away
    "steps.actions.doing.",
    "steps.actions.due.",
    "automations.actions.",  # a change was made, or a time has come: nobody asks for it
    "steps.actions.reminding.",
    "workspaces.actions.find",
    "files.actions.changing.remove",
    "files.actions.changing.let_go",
    "files.actions.changing.forget_sent",
    "files.actions.uploading.raise_if_over",
    "files.actions.texts.read_if_it_has_words",
    "files.actions.held.HeldFiles.take_words",
    "steps.actions.messages.tell",
    "messages.actions.putting.",  # whoever writes to somebody has asked
    *(
        f"messages.actions.changing.{each}"
        for each in ("call_off", "keep", "bounce", "forget", "forget_case", "forget_person")
    ),
    "webhooks.actions.feed.tell_together",
    "webhooks.actions.form_calls.",  # what was done with a form was asked for
    "contacts.actions.linking.",  # with a form
    "contacts.actions.slots.ContactSlots.hear",
    "forms.actions.saving.",
    "forms.actions.notifying.",
    "forms.actions.making.keep",
    "forms.actions.making.preset_of",
    "forms.actions.closing.",  # with a case, a step, a batch
    "steps.actions.answers.",  # what was answered, and said of answers, was asked for in the form
    "steps.actions.asking.",
    "steps.actions.counting.",
    "forms.actions.removing.forget_",
    "forms.actions.due.",
)
"""Steps of actions that have asked, and what only looks."""
ASK_TOO = (
    "automations.actions.retrying.retry",
    "automations.actions.trying.attempt",
    *(f"forms.actions.entering.{each}" for each in ("enter", "send_code", "send_link")),
    *(f"forms.actions.gathering.{each}" for each in ("ask_code", "enter", "leave", "open_form")),
    "members.actions.oidc.connect",
    "members.actions.sign_in.note_confirmed",
    *(f"notices.actions.telling.{each}" for each in ("choose", "forget", "see", "see_all")),
    "webhooks.actions.form_calls.turn",
    "workspaces.actions.list_secrets",
)
"""Those among them, and of what is given something else to begin with, that ask all the same."""
ONE_BY_ONE = "records.actions.data.DataChanges.update_in_company"  # many actors at once: each is asked, below


def _actions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name → every public function of the `actions`.

    Those of a value, by which a kind of thing describes itself, count as functions of its class.
    """
    for found in pkgutil.walk_packages(dossier.__path__, "dossier."):
        if ".actions" not in found.name:
            continue
        module = import_module(found.name)
        for name, each in vars(module).items():
            if ".actions" in type(each).__module__:
                for method, _ in inspect.getmembers(type(each), inspect.isfunction):
                    bound = getattr(each, method)
                    if not method.startswith("_"):
                        yield f"{type(each).__module__}.{type(each).__name__}.{method}".removeprefix("dossier."), bound
            elif not name.startswith("_") and getattr(each, "__module__", "") == found.name:
                yield f"{found.name}.{name}".removeprefix("dossier."), each


def _writes(action: Any) -> bool:
    if not inspect.isfunction(action) and not inspect.ismethod(action):
        return False
    first = next(iter(inspect.signature(action).parameters.values()), None)
    return bool(first) and getattr(first.annotation, "__name__", "") in ("Transaction", "Database")


def _asks(name: str) -> bool:
    given = tuple(each for each in (*OF_ALL_KINDS, *COMING_IN, *PARTS) if each != "members.actions.sign_in.link")
    return not name.startswith(given) and name not in ("members.actions.sign_in.link", ONE_BY_ONE)


ACTIONS = dict(_actions())
ASKING = {name: each for name, each in ACTIONS.items() if name in ASK_TOO or (_writes(each) and _asks(name))}
"""Those that are given a transaction, or the database, to write with, and ask who may."""


def _nobody(scope: Scope = Scope(())) -> Actor:  # noqa: B008 - frozen
    return Actor("member", UUID(int=1), "Nobody", "app", scope)


@pytest.mark.parametrize("name", ASKING)
def test_every_writing_action_asks_before_anything_else(name: str) -> None:
    """Who holds no permission is refused: no statement is sent, and nothing that was given is looked at."""
    action, transaction = ASKING[name], MagicMock(name="transaction")
    transaction.actor = _nobody()
    given = {
        each.name: transaction.actor if each.name == "actor" else MagicMock(name=each.name, actor=transaction.actor)
        for each in inspect.signature(action).parameters.values()
        if each.default is each.empty
    }
    given[next(iter(given))] = transaction
    with pytest.raises(Forbidden):
        asyncio.run(action(**given))
    assert not transaction.method_calls


def test_whatever_asks_is_asked_here() -> None:
    asks = {
        name for name, each in ACTIONS.items() if inspect.isfunction(each) and ".require(" in inspect.getsource(each)
    }
    assert asks <= ASKING.keys() | {ONE_BY_ONE}
    assert set(ASK_TOO) <= ACTIONS.keys()


def test_the_walk_finds_the_actions() -> None:
    assert len(ASKING) > 40
    for name in ("records.actions.data.DataChanges.update", "tokens.actions.create", "members.actions.sign_in.invite"):
        assert name in ASKING


def test_who_shares_a_transaction_is_asked_alone(
    world: World, workspace: Workspace, make_template: Any, make_case: Any
) -> None:
    template = make_template(schema=[{"key": "n", "type": "number", "name": "N"}])["id"]
    cases = [UUID(make_case(template={"id": template})["id"]) for _ in range(2)]
    nobody = _nobody(Scope((workspace.id,)))
    changes = [Change(who, case, {"n": 1}) for who, case in zip((nobody, replace(nobody, permissions=of_token())), cases, strict=True)]  # fmt: skip
    refused, done = world.do(lambda tx: DATA.update_in_company(tx.within(nobody.scope), changes))
    assert isinstance(refused, Forbidden)
    assert done.after.data["n"] == 1


# ---- one list of names ----


def _asked_for() -> Iterator[tuple[str, str]]:
    """Place → every permission that code or a template names."""
    for path in modules():
        for node in nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("require", "may")
            ):
                assert (
                    isinstance(node.args[0], ast.Constant)
                    or "permission" in ast.unparse(node.args[0])
                    or "needs" in ast.unparse(node.args[0])
                )
                if isinstance(node.args[0], ast.Constant):
                    yield str(path.relative_to(SOURCE)), node.args[0].value
    for path in SOURCE.rglob("*.html"):
        for name in re.findall(r"\bmay\(([^)]*)\)", path.read_text()):
            yield str(path.relative_to(SOURCE)), name.strip("\"'")


def test_names_are_in_the_list_and_the_list_is_asked_for() -> None:
    asked = {name for _, name in _asked_for()}
    needed = {page.needs for page in PAGES} - {Public, "member"}
    assert asked | needed == set(PERMISSIONS)


def test_what_each_role_may_do() -> None:
    """The whole of it, written again: whoever changes the list sees here for whom."""
    everybody = {"cases.create", "cases.change", "views.save", "account.change", "files.upload", "messages.send"}
    everybody |= {"forms.create", "forms.change", "forms.answer"}
    handler = everybody | {
        "cases.reassign",
        "cases.upgrade",
        "contacts.change",
        "views.share",
        "files.change",
        "files.erase",
        "forms.reassign",
    }
    token = {
        "forms.create",
        "forms.change",
        "forms.reassign",
        "forms.erase",
        "cases.create",
        "cases.change",
        "cases.reassign",
        "cases.erase",
        "contacts.change",
        "contacts.erase",
    }
    assert {role: set(permissions.held or ()) for role, permissions in ROLES.items()} == {
        "limited": everybody,
        "limited with studio": everybody | {"templates.design", "messages.design"},
        "handler": handler,
        "administrator": set(PERMISSIONS) - {"contacts.erase", "server.operate"},
        "token": token
        | {
            "templates.design",
            "secrets.manage",
            "audit.read",
            "messages.send",
            "webhooks.manage",
            "files.upload",
            "files.change",
            "files.erase",
            "files.erase_held",
        },
    }


def test_the_reference_is_that_of_the_list() -> None:
    from tests import reference

    page = DOCS / "reference" / "permissions.md"
    assert page.read_text() == reference.PERMISSIONS, "run: make reference"


# ---- adapters decide nothing by role ----

SHOWN = {
    "members/pages/people.py",  # which role somebody is given
    "members/templates/members.html",
    "members/templates/profile.html",  # one's own is shown
    "web/components/_macros.html",  # what roles are called
    "web/components/showcase.html",
    "cli/members.py",
}
"""Where roles are what it is about: given, and shown."""


def test_pages_and_templates_decide_nothing_by_role() -> None:
    named = re.compile(r"[\"'](administrator|handler|limited)[\"']|\buser\.(role|studio)\b|scope\.owner\b")
    adapters = [
        path
        for path in [*modules(), *SOURCE.rglob("*.html")]
        if re.search(r"pages|routes|templates/|^web/|^cli/", str(path.relative_to(SOURCE)))
    ]
    found = {str(path.relative_to(SOURCE)) for path in adapters if named.search(path.read_text())}
    assert found <= SHOWN


def test_actions_decide_nothing_by_role() -> None:
    """But where the role itself is what they change, and who is made of it (`Actor`)."""
    named = re.compile(r"role\"?\]? *[=!]= *\"|scope\.owner\b")
    paths = [*SOURCE.glob("*/actions.py"), *SOURCE.glob("*/actions/*.py")]
    found = {str(path.relative_to(SOURCE)) for path in paths if named.search(path.read_text())}
    assert found == {"members/actions/people.py", "members/actions/sign_in.py"}


# ---- buttons ----


def _route(action: str) -> PageRoute | None:
    path = action.partition("?")[0]
    for route in PAGES:
        if route.method == "POST" and re.fullmatch(re.sub(r"{\w+}", r"[^/]+", route.path), path):
            return route
    return None


@pytest.mark.parametrize("role", ["administrator", "handler", "limited"])
def test_no_page_shows_a_form_that_its_reader_may_not_send(
    world: World, workspace: Workspace, make_case: Any, make_template: Any, role: str
) -> None:
    """And whoever may, finds it: the same name shows the button and lets the form in."""
    member = world.member(workspace, f"{role}-{workspace.slug}@example.org", role)
    template = make_template(schema=[{"key": "n", "type": "number", "name": "N"}])["id"]
    case = make_case(template={"id": template}, owner={"email": member.email}, contacts=[{"email": "c@example.org"}])[
        "id"
    ]
    browser, held = world.browser(member), ROLES[role]
    needs = {route.needs for route in _forms(browser, "/workspace/cases", f"/workspace/cases/{case}") if route}
    assert {each for each in needs if each not in ("member", Public) and each not in held} == set()
    assert {"cases.reassign", "cases.erase", "contacts.change"} & set(held.held or ()) <= needs


def _forms(browser: Browser, *addresses: str) -> Iterator[PageRoute | None]:
    for address in addresses:
        for action in re.findall(r'(?:<form[^>]*action|formaction)="([^"]+)"', browser.get(address).text):
            yield _route(action)


# ---- refusals ----


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This takes the permission “Give cases to another owner”; an administrator of the workspace can give it to you, or do it."),
        ("fr", "Il faut pour cela l’autorisation « Donner des dossiers à un autre responsable » ; un administrateur de l’espace de travail peut vous la donner, ou s’en charger."),
        ("nl", "Hiervoor is het recht “Dossiers aan een andere eigenaar geven” nodig; een beheerder van de werkruimte kan het u geven, of het zelf doen."),
    ],
)  # fmt: skip
def test_a_refusal_says_what_is_missing_and_who_gives_it(
    world: World, workspace: Workspace, make_case: Any, language: str, said: str
) -> None:
    member = world.member(workspace, f"l-{workspace.slug}@example.org", "limited")
    case = make_case(owner={"email": member.email})["id"]
    browser = world.browser(member)
    browser.headers["Accept-Language"] = language
    answer = browser.send_form(f"/workspace/cases/{case}/owner", owner="")
    assert answer.status_code == 403
    assert said in answer.text.replace("\u202f", " ").replace("\u00a0", " ")


def test_programs_read_the_name() -> None:
    assert str(ROLES["limited"].lacking("members.manage").problems[0].message).startswith(
        "This takes the permission “members.manage”;"
    )
    assert "only the operator" in str(ROLES["administrator"].lacking("server.operate").problems[0].message)
    assert not [name for name in PERMISSIONS if name in NONE]
