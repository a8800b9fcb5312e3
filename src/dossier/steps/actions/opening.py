"""A form that belongs to no case opens one when it is handed in, where its template or preset says by which case template."""

from typing import Any
from uuid import UUID

from dossier import case_templates, contacts, forms, members
from dossier.case_templates.model.questions import unfit_answers
from dossier.cases.actions.create import NewCase, create
from dossier.contacts.model import MAIN, problems_of
from dossier.form_templates.events import FormTemplatePublished
from dossier.form_templates.model import is_empty
from dossier.form_templates.model.presets import no_case_template, opened
from dossier.forms.actions.reviewing import Review
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Problem

_MEMBERS = ("email", "phone", "given_name", "family_name")


async def check(transaction: Transaction, fact: FormTemplatePublished) -> None:
    """400 where there is no such case template, or its fields do not take what is answered."""
    transaction.actor.require("templates.design")
    within, problems = transaction.within(Scope((fact.workspace_id,))), list[Problem]()
    for at, id in opened(fact.document):
        found = await case_templates.get(within, id)
        if found is None or found.archived_at:
            problems.append(no_case_template(id, at))
        else:
            problems += unfit_answers(found.template, fact.template, at)
    Invalid.if_any(problems)


async def case_of(transaction: Transaction, answered: Review) -> UUID | None:
    """The new case, whose form it is from now on; None where none is opened, or its template is archived by now."""
    transaction.actor.require("cases.create")
    template_id = await forms.opens(transaction, answered)
    template = await case_templates.get(transaction, template_id) if template_id else None
    if template is None or template.archived_at:
        return None
    has_main = any(slot.key == MAIN for slot in template.template.slots)
    person = await _person(transaction, answered) if has_main else {}
    asked = NewCase(
        workspace_id=answered.form.workspace_id,
        template_id=template.id,
        locale=answered.form.user.locale or (answered.response.locale if answered.response else None),
        owner_email=await _owner(transaction, answered),
        contacts=[{"key": MAIN, **person}] if person else [],
    )
    case = (await create(transaction, asked)).after
    contact = case.contacts[MAIN].contact.id if MAIN in case.contacts else None
    await forms.put_on_case(transaction, answered.form.id, case.id, contact)
    return case.id


async def _person(transaction: Transaction, answered: Review) -> dict[str, Any]:
    """Who answered, as far as they were known or say so. Nobody is taken for a contact because they type the address of one."""
    form, response = answered.form, answered.response
    known = {name: value for name in _MEMBERS if (value := getattr(form.user, name))}
    said = {
        each.binding.key: response.data.get(each.key)
        for each in answered.template.elements
        if response and each.binding and each.binding.target == "contact"
    }
    new = {name: value for name, value in said.items() if name not in known and not is_empty(value)}
    if "email" in new and (known.get("email") or await contacts.find(transaction, form.workspace_id, new["email"])):
        del new["email"]
    return known | {name: value for name, value in new.items() if not [*problems_of({name: value})]}


async def _owner(transaction: Transaction, answered: Review) -> str | None:
    """The form's owner, if they work there still."""
    owner, workspace_id = answered.form.owner, answered.form.workspace_id
    email = str(owner["email"]) if owner else None
    return email if email and await members.is_member(transaction, workspace_id, email) else None
