"""Forms for tests of the portal: a template, and forms made with it, put where they are kept."""

import re
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx
from psycopg.types.json import Jsonb

from dossier.form_templates.model import parse
from dossier.forms.model import FORM_RECORD, MADE, Form, FormUser, Response, links
from dossier.forms.store import reading, responses, writing
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.records.model import ChangeSet, made
from dossier.workspaces.model import Workspace
from tests.world import Client, World

ACCIDENT: dict[str, Any] = {
    "slug": "accident-report",
    "title": "Accident report",
    "description": "Tell us what happened. It takes about five minutes.",
    "locale": "en",
    "pages": [
        {
            "key": "you",
            "title": "About you",
            "elements": [
                {"key": "name", "type": "text", "label": "Your name", "required": True},
                {
                    "key": "phone",
                    "type": "phone",
                    "label": "Your phone",
                    "help": "We only call about this report.",
                    "example": "+32 470 12 34 56",
                },
                {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?", "required": True},
                {
                    "key": "who",
                    "type": "group",
                    "label": "Who was hurt",
                    "visible_when": {"data.hurt": {"$eq": True}},
                    "repeat": {"min": 1, "max": 3},
                    "elements": [
                        {"key": "who_name", "type": "text", "label": "Name", "required": True},
                        {"key": "who_age", "type": "number", "label": "Age", "min": 0, "max": 130},
                    ],
                },
            ],
        },
        {
            "key": "what",
            "title": "What happened",
            "elements": [
                {"key": "intro", "type": "information", "label": "Before you go on", "text": "Take **your time**."},
                {"key": "day", "type": "date", "label": "When was it?", "required": True},
                {"key": "amount", "type": "number", "label": "Damage in euro"},
                {
                    "key": "kind",
                    "type": "choices",
                    "label": "What kind?",
                    "options": [{"value": "car", "label": "Car"}, {"value": "bike", "label": "Bicycle"}],
                },
                {"key": "story", "type": "text", "label": "In your words", "multiline": True},
            ],
        },
        {
            "key": "bike",
            "title": "Your bicycle",
            "visible_when": {"data.kind": {"$eq": "bike"}},
            "elements": [{"key": "brand", "type": "text", "label": "Which brand?"}],
        },
    ],
}


WIDE_ANSWERS = {
    "key": "more",
    "title": "Papers and signature",
    "description": "Photographs are enough; nobody has to scan anything.",
    "elements": [
        {"key": "home", "type": "address", "label": "Where do you live?"},
        {"key": "parts", "type": "multiple_choice", "label": "What was damaged?", "options": [
            {"value": "front", "label": "Front"}, {"value": "back", "label": "Back"}, {"value": "side", "label": "Side"}]},
        {"key": "photos", "type": "file", "label": "Photos", "accept": ["image/*"], "max_files": 3},
        {"key": "sign", "type": "signature", "label": "Sign here", "required": True},
    ],
}  # fmt: skip
WHOLE: dict[str, Any] = ACCIDENT | {"pages": [*ACCIDENT["pages"], WIDE_ANSWERS], "decline": True}


@dataclass
class Made:
    """A form with the secret of its link, in a world."""

    world: World
    form: Form
    secret: str

    @property
    def address(self) -> str:
        return f"/r/{self.secret}"

    @property
    def url(self) -> str:
        return self.world.server.url + self.address

    def scope(self) -> Any:
        return system(scope=Scope((self.form.workspace_id,)))

    def now(self) -> Form:
        found: Form = self.world.do(lambda tx: reading.get(tx, self.form.id), self.scope())
        return found

    def responses(self) -> list[Response]:
        found: list[Response] = self.world.do(lambda tx: responses.of_form(tx, self.form.id), self.scope())
        return found

    def data(self) -> dict[str, Any]:
        return self.responses()[0].data

    def change(self, **members: Any) -> None:
        """Keep the form otherwise, as somebody would who may."""

        async def work(transaction: Any) -> None:
            before = await reading.lock(transaction, self.form.id)

            change = ChangeSet(FORM_RECORD, before, replace(before, updated_at=transaction.clock()))
            await writing.save(transaction, change.put("changed", members))

        self.world.do(work, self.scope())

    def visitor(self, **more: Any) -> "Contact":
        return Contact(self, **more)


class Contact(Client):
    """Somebody with the link, in a browser of their own that runs no scripts."""

    def __init__(self, made: Made, **more: Any) -> None:
        super().__init__(base_url=made.world.server.url, follow_redirects=True, **more)
        self.made = made

    def at(self, *parts: str) -> httpx.Response:
        """A page of the form."""
        return self.get("/".join((self.made.address, *parts)))

    def fill(self, *parts: str, page: Any = None, **fields: str) -> httpx.Response:
        """A form of the page, with what its hidden inputs hold."""
        page = page or self.at(*parts)
        return self.post("/".join((self.made.address, *parts)), data=hidden(page.text) | fields)

    def press(self, *parts: str, **fields: Any) -> httpx.Response:
        """A button of the first page that leads elsewhere."""
        return self.post("/".join((self.made.address, *parts)), data={"form_token": token(self.at().text)} | fields)


def hidden(text: str) -> dict[str, Any]:
    """What the hidden inputs of a page hold."""
    inputs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text)
    return {name: value.replace("&#34;", '"') for name, value in inputs}


def token(text: str) -> str:
    found = re.search(r'(?:name="form_token" value|data-token)="(\w+)"', text)
    assert found, text
    return found[1]


def state(answer: httpx.Response) -> str:
    found = re.search(r'data-state="([\w-]+)"', answer.text)
    assert found, answer.text
    return found[1]


def problems(answer: httpx.Response) -> list[str]:
    """What the summary of a page says."""
    return re.findall(r'<li><a href="[^"]*" dir="auto">([^<]*)</a></li>', answer.text)


def make_form(world: World, workspace: Workspace, document: dict[str, Any] | None = None, **members: Any) -> Made:
    """A form of a new template, sent."""
    document = document or ACCIDENT
    template = parse(document)
    template_id, now = new_id(), world.clock()
    user = members.pop("user", FormUser(email="eve@example.org", given_name="Eve", family_name="Adam"))
    form = Form(
        workspace_id=workspace.id,
        workspace_slug=workspace.slug,
        time_zone=workspace.time_zone,
        working_time=None,
        id=new_id(),
        version=0,
        created_at=now,
        updated_at=now,
        reference=new_id().hex[-6:].upper(),
        template_id=template_id,
        template_version=1,
        preset_id=new_id(),
        slug=document.get("slug", "x"),
        name=document["title"],
        user=user,
        filled=template.default_answers() | members.pop("filled", {}),
        **{"status": "pending", "active_from": now, "access": template.access, "decline": template.decline} | members,
    )
    secret = links.secret(world.services.cipher, form.id, form.link)

    async def keep(transaction: Any) -> None:
        await _put_template(transaction, workspace.id, template_id, document)
        await writing.save(transaction, made(FORM_RECORD, form, MADE))
        await writing.link(transaction, form, links.hash_of(secret))

    world.do(keep, system(scope=Scope((workspace.id,))))
    return Made(world, form, secret)


async def _put_template(transaction: Any, workspace_id: UUID, id: UUID, document: dict[str, Any]) -> None:
    await transaction.send(
        "INSERT INTO form_templates (workspace_id, id, slug, current_version, created_at, updated_at)"
        " VALUES (%(workspace)s, %(id)s, %(slug)s, 1, %(now)s, %(now)s)",
        workspace=workspace_id,
        id=id,
        slug=f"t-{id.hex}",
        now=transaction.clock(),
    )
    await transaction.send(
        "INSERT INTO form_template_versions (workspace_id, template_id, version, title, locale, document, published_at)"
        " VALUES (%(workspace)s, %(id)s, 1, %(title)s, %(locale)s, %(document)s, %(now)s)",
        workspace=workspace_id,
        id=id,
        title=document["title"],
        locale=document.get("locale", "en"),
        document=Jsonb(document),
        now=transaction.clock(),
    )
