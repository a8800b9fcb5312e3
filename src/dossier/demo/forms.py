"""Forms of the demo: one template, and forms made with it in several states."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import form_templates
from dossier.form_templates import actions as templates
from dossier.form_templates.model.starters import starter
from dossier.forms import actions
from dossier.forms.actions import Origin, answering, declining, submitting
from dossier.forms.actions.answering import Browser, Sending
from dossier.forms.model import Form
from dossier.forms.model.new import NewForm
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Transaction
from dossier.permissions import of_contact

BROWSER = Browser()


async def make_forms(
    transaction: Transaction, workspace_id: UUID, owner: str, said: Mapping[str, Any], origin: Origin
) -> None:
    """A form template that is published, and the forms that a document describes."""
    published = await templates.create(transaction, workspace_id, _document(said["starter"]))
    for each in said["forms"]:
        asked = NewForm(
            workspaces=(workspace_id,),
            slug=published.slug,
            user=each["user"],
            data=each.get("data", {}),
            draft=each.get("draft", False),
            owner_email=owner,
        )
        made = await actions.create(transaction, asked, origin)
        await _answer(transaction, made.form, each)


def _document(name: str) -> dict[str, Any]:
    """A form to begin with, as the demo can answer it: no file is asked for that it has not, and one may decline."""
    document = starter(name)
    for page in document["pages"]:
        page["elements"] = [_without_files(each) for each in page["elements"]]
    return {**document, "decline": True}


def _without_files(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if name != "required" or "accept" not in element}


async def _answer(transaction: Transaction, form: Form, said: Mapping[str, Any]) -> None:
    """What whoever was asked did with it."""
    inside = transaction.within(Scope((form.workspace_id,)))
    inside.actor = Actor("contact", form.contact_id, form.user.name, "form", Scope((form.workspace_id,)), of_contact())
    template = await form_templates.version(inside, form.workspace_id, form.template_id, form.template_version)
    if "declined" in said:
        await declining.decline(inside, form.id, said["declined"], BROWSER)
    if answers := said.get("answers"):
        sent: dict[str, list[tuple[str, str]]] = {}
        for name, value in answers.items():
            sent.setdefault(name.partition(".")[0], []).append((name, str(value)))
        sendings = {key: Sending(sent=each) for key, each in sent.items()}
        await answering.save(inside, form.id, template, sendings, replace(BROWSER, language=form.user.locale))
    if said.get("submitted"):
        done = await submitting.submit(inside, form.id, template, BROWSER)
        assert done.done, (done.missing, done.wrong)
