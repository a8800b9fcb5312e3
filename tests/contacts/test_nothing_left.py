"""Nothing is left of who is erased: every table and every stored file is looked through for all that tells who they were."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
import pytest

from dossier.cases.actions.later import WORDS as CASE_WORDS
from dossier.contacts.jobs import WORDS as CONTACT_WORDS
from dossier.files.jobs import delete_what_is_left, end_what_does_not_go_on, erase_what_nothing_holds, read_words
from dossier.forms.actions import batches
from dossier.forms.actions import due as forms_due
from dossier.forms.jobs import WORDS as FORM_WORDS
from dossier.forms.store import reading
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.workspaces import actions as workspaces
from dossier.workspaces.model import Workspace
from tests.forms.support import ask, publish
from tests.forms.test_webhooks import send as sent_to_forms
from tests.many import left_to_ci
from tests.portal.support import Contact, Made, hidden, token
from tests.portal.test_files_bad import announce
from tests.portal.test_personal import Somebody
from tests.webhooks.receivers import Receiver, Sender, receiving
from tests.world import Api, Browser, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "called", "type": "text", "label": "Your name"},
    {"key": "mail", "type": "email", "label": "Your e-mail"},
    {"key": "phone", "type": "phone", "label": "Your phone", "field": "contact.phone"},
    {"key": "story", "type": "text", "label": "In your words"},
    {"key": "papers", "type": "file", "label": "Papers"},
    {"key": "sign", "type": "signature", "label": "Sign here"},
]
PAGES = [{"key": "one", "title": "One", "elements": ELEMENTS}]
STEP = {"key": "ask", "title": "Ask them", "type": "form", "recipient": "main", "form": "accident"}
WRITE = {"key": "tell", "title": "Tell them", "type": "email", "recipient": "main", "subject": "For {{ contact.given_name }}", "body": "Dear {{ contact.family_name }}"}  # fmt: skip
FILLED = {
    "case_events", "case_views", "case_words", "contact_events", "contact_views", "contact_words", "contacts", "files",
    "file_texts", "form_answers", "form_batch_rows", "form_deliveries", "form_notifications", "form_responses",
    "form_reviews", "form_views", "form_words", "forms", "idempotency_keys", "messages",
}  # fmt: skip
"""Where they stand before: what is not filled proves nothing."""


@dataclass
class Person:
    """Somebody all of whose details are theirs alone."""

    mark: str = field(default_factory=lambda: new_id().hex[-10:])

    @property
    def given(self) -> str:
        return f"Zephyrine{self.mark}"

    @property
    def family(self) -> str:
        return f"Quillfeather{self.mark}"

    @property
    def email(self) -> str:
        return f"zq-{self.mark}@example.org"

    @property
    def phone(self) -> str:
        return "+32470" + f"{int(self.mark, 16) % 10**6:06}"

    @property
    def user(self) -> dict[str, str]:
        return {"email": self.email, "phone": self.phone, "given_name": self.given, "family_name": self.family}

    @property
    def texts(self) -> tuple[str, ...]:
        """What tells who it is, as it may be written; whatever holds the mark does."""
        return self.mark, self.phone, self.phone.removeprefix("+")


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def left(database_url: str, person: Person) -> dict[str, str]:
    """Table → some of a row in which something tells who the person is, as text or as bytes."""
    found = {}
    with psycopg.connect(database_url) as connection:
        for name in tables(connection):
            for text in person.texts:
                wanted = [f"%{text.lower()}%", f"%{text.encode().hex()}%"]
                row = connection.execute(
                    f'SELECT t::text FROM "{name}" t WHERE lower(t::text) LIKE ANY(%s) LIMIT 1', [wanted]
                ).fetchone()
                if row and name not in found:
                    place = max(row[0].lower().find(text.lower()), 0)
                    found[name] = row[0][max(place - 150, 0) : place + 100]
    return found


def tables(connection: Any) -> list[str]:
    """Every table of every schema that is ours, that of the jobs too."""
    rows = connection.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_%'"
    )
    return [name for (name,) in rows.fetchall()]


def stored(world: World, person: Person) -> list[str]:
    """The stored files in which something tells who the person is."""
    storage = world.services.storage.storage
    return [
        each.key
        for each in storage.list()
        if any(text.encode() in b"".join(storage.read(each.key, 0, each.size)) for text in person.texts)
    ]


@dataclass
class Office:
    """A workspace in which somebody is asked, written to and spoken of in every way there is."""

    world: World
    workspace: Workspace
    api: Api
    browser: Browser
    person: Person
    receiver: Receiver

    def visitor(self, form: dict[str, Any]) -> Contact:
        """Whoever has the link of the form."""
        scope = system(scope=Scope((self.workspace.id,)))
        found = self.world.do(lambda tx: reading.get(tx, UUID(form["id"])), scope)
        return Made(self.world, found, form["links"]["fill"].rpartition("/")[2]).visitor()

    def asked(self, **members: Any) -> dict[str, Any]:
        """A form that asks them, and says who they are wherever a program may say so."""
        person = self.person
        said = {"called": person.given, "story": f"About {person.family}", "greeting": f"Dear {person.given}"}
        return ask(
            self.api,
            user=person.user,
            data=said,
            external_args={"who": person.email, "name": [person.family]},
            options={"sender": f"To {person.given}"},
            redirect_url=f"https://back.example.org/?who={quote(person.email)}",
            webhooks={
                f"{self.receiver.url}{path}": ["requests:created", "responses:updated"]
                for path in ("", f"?who={quote(person.email)}")
            },
            **members,
        )

    def answered(self, form: dict[str, Any]) -> Contact:
        """They answer it, with files, and with what does not fit."""
        contact, person = self.visitor(form), self.person
        contact.press("start")
        page = contact.at("pages", "one")
        texts = {
            "called.value": person.given,
            "mail.value": person.email,
            "phone.value": person.phone,
            "story.value": f"I am {person.given} {person.family}",
            "sign.typed": f"{person.given} {person.family}",
        }
        address = f"{contact.made.address}/pages/one"
        for name in ("first", "second"):
            content = f"{name} of {person.given} {person.family}, {person.email}".encode()
            page = contact.at("pages", "one")
            contact.post(
                address,
                data=hidden(page.text) | texts | {"go": "stay"},
                files=[("papers.file", (f"{name} {person.family}.txt", content))],
            )
        return contact


@pytest.fixture
def office(world: World, workspace: Workspace, api: Api, person: Person, receiver: Receiver) -> Office:
    publish(world, workspace, pages=PAGES, options=[{"key": "sender", "type": "text", "label": "From", "default": ""}], decline=True)  # fmt: skip
    world.do(lambda tx: workspaces.set_redirect_hosts(tx, workspace.slug, ["back.example.org"]))
    boss = world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator")
    return Office(world, workspace, api, world.browser(boss), person, receiver)


def on_a_case(office: Office) -> dict[str, Any]:
    """They stand on a case, are written to, asked, and looked for."""
    api, person, browser = office.api, office.person, office.browser
    boss = f"boss-{office.workspace.slug}@example.org"
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim", "steps": [STEP, WRITE]})
    body = {"title": "A case", "template": {"id": template["id"]}, "owner": {"email": boss}, "contacts": [{"key": "main", **person.user}]}  # fmt: skip
    case: dict[str, Any] = api.json("POST", "/v1/cases", json=body, headers={"Idempotency-Key": str(new_id())})
    for step in ("ask", "tell"):
        api.json("POST", f"/v1/cases/{case['id']}/start/{step}", json={})
    for list_page, query in (("cases", f"?a=contact.email&o=eq&v={person.email}"), ("forms", f"?a=user.email&o=eq&v={person.email}"), ("contacts", f"?a=email&o=eq&v={person.email}")):  # fmt: skip
        browser.send_form(f"/workspace/{list_page}/views", name="theirs", query=query, shared="yes")
    return case


def everywhere(office: Office) -> dict[str, Any]:
    """All that is done with somebody; the case."""
    world, api, person = office.world, office.api, office.person
    hook = api.json("POST", "/v1/webhooks", 201, json={"url": office.receiver.url, "content": "full"})["id"]
    case = on_a_case(office)
    form = office.asked()
    contact = office.answered(form)
    api.get(f"/v1/responses/{api.json('GET', '/v1/forms/' + form['id'])['responses'][0]['id']}", headers={"Accept": "application/pdf"})  # fmt: skip
    contact.press("later")
    contact.press("submit")
    refused = {"refuse": [{"element": "story", "reason": f"{person.given}, say more"}]}
    api.json("POST", f"/v1/forms/{form['id']}/review", json=refused)
    api.json("POST", f"/v1/forms/{form['id']}/reopen", json={"message": f"Dear {person.given}"})
    office.answered(office.asked())
    taken_off(office)
    declined = office.visitor(office.asked())
    declined.press("decline", reason=f"Not for {person.family}")
    corrected(office)
    in_batches(office)
    in_codes(office)
    for _ in range(2):
        world.server.run(forms_due.do_all(world.services))
    Sender(world).all()
    sent_to_forms(world)
    for each in api.json("GET", "/v1/files")["data"]:
        world.server.run(read_words(world.services, str(office.workspace.id), each["id"]))
    for words in (CASE_WORDS, CONTACT_WORDS, FORM_WORDS):
        world.server.run(words.reindex(world.services, str(office.workspace.id)))
    api.delete(f"/v1/webhooks/{hook}")
    return case


def taken_off(office: Office) -> None:
    """A file that was sent and is no answer any more, and an upload that was begun."""
    form = office.asked()
    contact = office.answered(form)
    page = contact.at("pages", "one")
    word = {"x-csrf-token": token(page.text)}
    base = int(hidden(page.text)["papers.base"].partition(":")[0])
    contact.put(f"{contact.made.address}/answers/papers", json={"value": [], "base": base}, headers=word)
    assert announce(contact, filename=f"{office.person.family}.txt").status_code == 201


def corrected(office: Office) -> None:
    """A form that asked them first, and asks another by now."""
    form = office.asked()
    others = {"email": f"other-{office.workspace.slug}@example.org", "phone": None, "given_name": "Olga", "family_name": "Other"}  # fmt: skip
    office.api.json("PATCH", f"/v1/forms/{form['id']}", json={"user": others})


def in_batches(office: Office) -> None:
    person = office.person
    rows = [{"user": {"email": f"first-{office.workspace.slug}@example.org"}}, {"user": person.user, "data": {"story": person.given}}]  # fmt: skip
    office.api.json("POST", "/v1/form_batches", 202, json={"template": "accident", "rows": rows, "pace": 1})
    made = {"user": person.user, "data": {"story": person.family}}
    office.api.json("POST", "/v1/form_batches", 202, json={"template": "accident", "rows": [made]})
    office.world.server.run(batches.do_all(office.world.services))


def in_codes(office: Office) -> None:
    """A code for a form, and the page of all that is asked of them."""
    publish(office.world, office.workspace, pages=PAGES, slug="coded", access="email_code")
    form = ask(office.api, flow={"slug": "coded"}, user=office.person.user)
    office.visitor(form).press("code")
    Somebody(office.world, office.workspace).come_in(office.person.email)


def sweep(world: World) -> None:
    """What goes by itself with time."""
    world.clock.forward(days=8)
    for job in (erase_what_nothing_holds, end_what_does_not_go_on, delete_what_is_left):
        world.server.run(job(world.services))


@pytest.mark.long
def test_nothing_is_left_of_who_is_erased(database_url: str, office: Office) -> None:
    """No table says who they were, at once, and no stored file once its days are over."""
    case = everywhere(office)
    filled = left(database_url, office.person)
    assert set() == FILLED - filled.keys()
    office.api.json("DELETE", f"/v1/contacts/{case['contacts'][0]['id']}", 204)
    assert "\n".join(f"{name}: {row}" for name, row in left(database_url, office.person).items()) == ""
    sweep(office.world)
    assert stored(office.world, office.person) == []


@left_to_ci(
    "looks for a person through every table and every file",
    "contacts/test_nothing_left.py::test_nothing_is_left_of_who_is_erased",
)
@pytest.mark.long
def test_nothing_is_left_of_who_stood_on_a_case_alone(database_url: str, office: Office) -> None:
    """With the case go its forms, what was answered and sent to them, what was written, and the person."""
    case = on_a_case(office)
    steps = office.api.json("GET", f"/v1/cases/{case['id']}")["steps"]
    form = office.api.json("GET", f"/v1/forms/{next(each['data']['form'] for each in steps if each['id'] == 'ask')}")
    office.world.server.run(forms_due.do_all(office.world.services))  # which makes its link
    office.answered(form).press("submit")
    office.world.server.run(forms_due.do_all(office.world.services))
    Sender(office.world).all()
    for words in (CASE_WORDS, CONTACT_WORDS, FORM_WORDS):
        office.world.server.run(words.reindex(office.world.services, str(office.workspace.id)))
    filled = left(database_url, office.person)
    assert {
        "contacts",
        "files",
        "form_answers",
        "form_notifications",
        "form_words",
        "forms",
        "messages",
    } <= filled.keys()
    office.api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    assert sorted(left(database_url, office.person)) == []
    assert "\n".join(f"{name}: {row}" for name, row in left(database_url, office.person).items()) == ""
    sweep(office.world)
    assert stored(office.world, office.person) == []
