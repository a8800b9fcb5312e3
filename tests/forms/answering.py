"""Whoever has the link of a form, for tests: they answer, hand in, decline."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dossier import form_templates
from dossier.form_templates.model import FormTemplate
from dossier.forms.actions import answering, declining, submitting
from dossier.forms.actions.answering import Browser, Sending
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Transaction
from dossier.permissions import of_contact
from dossier.workspaces.model import Workspace
from tests.world import World


class Contact:
    """Whoever has the link of a form. `language`: of their browser."""

    def __init__(self, world: World, workspace: Workspace, form: dict[str, Any], language: str | None = None) -> None:
        self.world, self.form, self.browser = world, UUID(form["id"]), Browser(language=language)
        self.actor = Actor("contact", None, "Tess", "form", Scope((workspace.id,)), of_contact())

    def do(self, work: Callable[[Transaction], Any]) -> Any:
        return self.world.do(work, self.actor)

    async def _template(self, transaction: Transaction) -> FormTemplate:
        form, _ = await answering.lock_open(transaction, self.form)
        return await form_templates.version(transaction, form.workspace_id, form.template_id, form.template_version)

    def answers(self, **values: Any) -> "Contact":
        async def save(transaction: Transaction) -> None:
            sendings = {key: Sending(value=value) for key, value in values.items()}
            template = await self._template(transaction)
            saved = await answering.save(transaction, self.form, template, sendings, self.browser)
            assert not saved.wrong, saved.wrong

        self.do(save)
        return self

    def submits(self) -> None:
        async def submit(transaction: Transaction) -> None:
            template = await self._template(transaction)
            done = await submitting.submit(transaction, self.form, template, self.browser)
            assert done.done, done

        self.do(submit)

    def declines(self, reason: str = "") -> None:
        self.do(lambda tx: declining.decline(tx, self.form, reason, self.browser))
