"""A step that asks somebody: its form is made and sent, filled in from the case as far as that knows."""

from collections.abc import Mapping
from typing import Any

from dossier import form_templates, forms
from dossier.case_templates.model import Questions, Step, chosen
from dossier.cases.model import Case, CaseChange
from dossier.contacts.model import MAIN, Contact
from dossier.flow.model.states import State
from dossier.form_templates.model import FormTemplate
from dossier.forms.model.new import NewForm
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict
from dossier.foundation.messages import Named
from dossier.foundation.text import gettext_noop
from dossier.steps.actions.counting import counted

_NO_FORM = gettext_noop("There is no form template “{form}” that forms can be made with.")
_NOBODY = gettext_noop("There is nobody to ask: nobody is “{slot}”.")
_NO_ADDRESS = gettext_noop("There is nobody to ask: “{slot}” has no e-mail address and no telephone number.")


async def ask(transaction: Transaction, change: CaseChange, step: Step, state: State) -> tuple[CaseChange, State]:
    """The case with how complete it is now, and the state of the step with its form; 409 `no_form`, `no_recipient`."""
    case, asks = change.after, step.questions or Questions("")
    presets = await form_templates.presets(transaction, asks.slug, [case.workspace_id]) if asks.slug else []
    preset = chosen(asks, [each for each in presets if each.slug == asks.slug])
    if preset is None:
        raise Conflict.because(_NO_FORM, "no_form", form=asks.slug)
    template = await form_templates.version(transaction, case.workspace_id, preset.template_id, preset.version)
    slot = step.sending.to[0] if step.sending.to else MAIN
    contact = _asked(case, slot, internal=asks.internal)
    new = NewForm(
        workspaces=(case.workspace_id,),
        preset_id=preset.id,
        user=_user(case, contact),
        data=filled_in(case, template, asks, contact),
        options=asks.options,
        case_id=case.id,
        step=step.key,
        internal=asks.internal,
        contact_id=contact.id if contact else None,
    )
    made = await forms.create(transaction, new, None)
    return await counted(transaction, change), {**state, "form": str(made.form.id)}


def _asked(case: Case, slot: str, *, internal: bool) -> Contact | None:
    filled, names = case.contacts.get(slot), case.slot_names or {}
    if internal:
        return filled.contact if filled else None
    named = Named(slot, names.get(slot, filled.label if filled else slot))
    if filled is None:
        raise Conflict.because(_NOBODY, "no_recipient", slot=named)
    if not (filled.contact.email or filled.contact.phone):
        raise Conflict.because(_NO_ADDRESS, "no_recipient", slot=named)
    return filled.contact


def _user(case: Case, contact: Contact | None) -> dict[str, str | None]:
    if contact is None:
        return {}
    names = ("email", "phone", "given_name", "family_name")
    return {**{name: getattr(contact, name) for name in names}, "locale": case.locale}


def filled_in(case: Case, template: FormTemplate, asks: Questions, contact: Contact | None) -> dict[str, Any]:
    """Element → what the case knows: what it goes with, and what the step says; nothing of what the case has not."""
    paths = {each.key: str(each.binding) for each in template.elements if each.binding} | dict(asks.prefill)
    values = {key: _value(case, path, contact) for key, path in paths.items()}
    return {key: value for key, value in values.items() if value is not None}


def _value(case: Case, path: str, contact: Contact | None) -> Any:
    prefix, _, key = path.partition(".")
    if prefix == "data":
        return case.data.get(key)
    if prefix == "contact":
        return getattr(contact, key, None)
    known: Mapping[str, Any] = {
        "title": case.title,
        "description": case.description,
        "reference": case.reference,
        "locale": case.locale,
    }
    return known.get(path)
