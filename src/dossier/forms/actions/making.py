"""Making a form: what it is made by is found, what is said of it is checked, and it is sent unless it is a draft."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier import files, form_templates, members, records, workspaces
from dossier.contacts.actions import linking
from dossier.form_templates.model import FormTemplate, PresetRow
from dossier.forms.actions.due import DO_FORM
from dossier.forms.actions.notifying import Origin, announce_plan
from dossier.forms.actions.saving import CASE_IS_ARCHIVED
from dossier.forms.events import FormCreated
from dossier.forms.model import FORM_RECORD, MADE, Form, FormUser
from dossier.forms.model import new as model
from dossier.forms.model.new import NewForm
from dossier.forms.model.prefill import Where, of_recipient, options_read, prefilled
from dossier.forms.model.shown import file_named
from dossier.forms.store import reading, writing
from dossier.foundation import events
from dossier.foundation.clock import today
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem, pointer
from dossier.foundation.identifiers import new_id, parse_id
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.records.model import made
from dossier.workspaces.model import Workspace

KIND = "form"
"""What holds the files that forms name."""
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"
_REFERENCE_LENGTH = 6
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Made:
    """A new form, and what of what was sent was not used: where it stood, and what is said of it in English."""

    form: Form
    notes: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a form is made of, once it is found."""

    workspace: Workspace
    preset: PresetRow
    template: FormTemplate
    owner: Mapping[str, Any] | None
    now: datetime


async def create(transaction: Transaction, asked: NewForm, origin: Origin | None) -> Made:
    """The new form, sent unless it is a draft; 403, 404, 409, 400 with everything that is wrong, 422."""
    transaction.actor.require("forms.create")
    preset = await preset_of(transaction, asked)
    workspace = await workspaces.get(transaction, preset.workspace_id)
    template = await form_templates.version(transaction, preset.workspace_id, preset.template_id, preset.version)
    user, problems = model.asked_user(asked.user, country_of(workspace))
    owner, wrong = await _owner(transaction, workspace, asked)
    now = transaction.clock()
    hosts = await reading.redirect_hosts(transaction, workspace.id)
    span, unfit = model.span(asked, preset.expires_after, workspace.time_zone, now)
    Invalid.if_any(
        [
            *asked.wrong,
            *problems,
            *wrong,
            *unfit,
            *model.redirect_problems(asked.redirect_url, hosts),
            *model.webhook_problems(asked.webhooks),
            *model.external_problems(asked.external_args),
            *_branding_problems(asked, workspace),
            *model.password_problems("direct" if asked.internal else preset.access, asked.password_hash),
        ]
    )
    if not asked.internal:
        model.raise_if_no_way_in(preset, preset.access, user)
    form, notes = await _form(transaction, asked, _Parts(workspace, preset, template, owner, now), user)
    form = replace(form, active_from=span.active_from, active_until=span.active_until)
    if any(model.redirect_problems(form.redirect_url, hosts)):  # of the template, when no such host was listed
        form = replace(form, redirect_url=None)
    form = await _linked(transaction, form)
    form = await keep(transaction, form, origin)
    return Made(form, notes)


async def keep(transaction: Transaction, form: Form, origin: Origin | None) -> Form:
    """Keep a new form with its link and what is written about it, and publish it; without an `origin` a job does the first two once it is kept."""
    change = made(FORM_RECORD, form, MADE)
    form = change.after
    await writing.save(transaction, change)
    if origin:
        await writing.link(transaction, form, origin.hash(form))
    await _hold(transaction, form)
    records.announce(transaction, FORM_RECORD, form)
    await events.publish(transaction, FormCreated(form.workspace_id, form.id, None, form.case_id, form.step, form))
    if form.status == "pending":
        await announce_plan(transaction, form, origin)
    if origin is None:
        await DO_FORM.defer(transaction, workspace=str(form.workspace_id), form=str(form.id))
    return form


def country_of(workspace: Workspace) -> str | None:
    """The country of numbers without one."""
    return (workspace.working_time or {}).get("country")


# ---- what it is made by ----


async def preset_of(transaction: Transaction, asked: NewForm) -> PresetRow:
    """The one preset that is meant; 404, 400 where the two names contradict each other, 409 naming all that could be meant."""
    named = str(asked.preset_id) if asked.preset_id else asked.slug or ""
    found = await form_templates.presets(transaction, named, asked.workspaces)
    if not found:
        sentence = "There is no form template “{slug}” that forms can be made with."
        raise NotFound.because(sentence, "unknown_template", pointer="/flow", slug=named)
    if asked.preset_id and asked.slug and found[0].slug != asked.slug:
        sentence = "“{slug}” is not the form template of that customization."
        raise Invalid.because(sentence, "contradiction", pointer="/flow/slug", slug=asked.slug)
    if len(found) > 1:
        raise Conflict((_several(found),))
    return found[0]


def _several(found: Sequence[PresetRow]) -> Problem:
    meant = [
        {"customization": str(each.id), "slug": each.slug, "name": each.name, "workspace": dict(each.workspace)}
        for each in found
    ]
    sentence = "Several form templates are called so: name the workspace, or “flow.customization”."
    return Problem(sentence, "ambiguous", "/flow", meta={"candidates": meant})


# ---- what is said of it ----


async def _owner(
    transaction: Transaction, workspace: Workspace, asked: NewForm
) -> tuple[Mapping[str, Any] | None, list[Problem]]:
    """Whose it is: the member that is named, else the owner of its case, else a limited member who makes it; and what is wrong."""
    problems: list[Problem] = []
    owner: Mapping[str, Any] | None = None
    if asked.case_id is not None:
        case = await reading.case_of(transaction, workspace.id, asked.case_id)
        if case is None:
            problems.append(Problem("There is no case {id}.", "not_found", "/case/id", id=asked.case_id))
        elif case.is_put_away:
            problems.append(Problem(CASE_IS_ARCHIVED, "archived", "/case/id"))
        else:
            owner = case.owner
    owner = owner or await reading.limited_to(transaction)
    if asked.owner_email:
        try:
            owner = (await members.owner(transaction, workspace.id, asked.owner_email, "/owner/email")).document()
        except Invalid as refused:
            problems += refused.problems
    return owner, problems


def _branding_problems(asked: NewForm, workspace: Workspace) -> Iterable[Problem]:
    if asked.branding is not None and asked.branding != workspace.slug:
        sentence = "There is no branding “{slug}”; a workspace has its own look, under its own name."
        yield Problem(sentence, "not_found", "/branding/slug", slug=asked.branding)


async def _form(
    transaction: Transaction, asked: NewForm, parts: _Parts, user: FormUser
) -> tuple[Form, list[tuple[str, str]]]:
    """The form as it begins, and what is noted of what was sent."""
    workspace, preset, now = parts.workspace, parts.preset, parts.now
    where = Where(today(now, workspace.time_zone), workspace.time_zone, country_of(workspace))
    found = prefilled(parts.template, asked.data, where)
    known = prefilled(parts.template, of_recipient(parts.template, user), where).filled
    filled, lost = await _with_files(transaction, workspace.id, parts.template, found.filled)
    options, notes = await _options(transaction, asked, parts, where)
    notes += [(f"data.{key} is kept, and fills in nothing", pointer("data", key)) for key in (*found.unfit, *lost)]
    notes += _unused(asked, parts, user)
    reference = await reading.free_reference(transaction, workspace.id, _references())
    form = Form(
        workspace_id=workspace.id,
        workspace_slug=workspace.slug,
        time_zone=workspace.time_zone,
        working_time=workspace.working_time,
        id=new_id(),
        version=0,
        created_at=now,
        updated_at=now,
        reference=reference,
        status="draft" if asked.draft else "pending",
        template_id=preset.template_id,
        template_version=preset.version,
        preset_id=preset.id,
        slug=preset.slug,
        name=preset.name,
        user=user,
        access="direct" if asked.internal else preset.access,
        decline=preset.decline,
        case_id=asked.case_id,
        step=asked.step,
        internal=asked.internal,
        contact_id=asked.contact_id,
        owner_id=UUID(str(parts.owner["id"])) if parts.owner else None,
        owner=parts.owner,
        data=asked.data,
        filled={**parts.template.default_answers(), **known, **filled},
        external_args=asked.external_args,
        options=options,
        redirect_url=asked.redirect_url or parts.template.redirect_url,
        branding=asked.branding,
        webhooks={url: list(events) for url, events in asked.webhooks.items()},
        password_hash=asked.password_hash if preset.access == "password" else None,
        expires_after=None if asked.says_until else preset.expires_after,
    )
    return form, notes


async def _with_files(
    transaction: Transaction, workspace_id: UUID, template: FormTemplate, filled: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """What is filled in, without files that there are not, or that do not fit; and the keys of those."""
    fields = {key: element.field for key, element in template.element_by_key.items() if element.field}
    named = {key: list(fields[key].files(value)) for key, value in filled.items() if key in fields}
    ids = {id for each in named.values() for id in each}
    found = await files.take(transaction, ids) if ids else {}
    there = {id: found.get((workspace_id, id)) for id in ids}
    lost = [key for key, names in named.items() if names and any(fields[key].unfit(filled[key], there))]
    return {key: value for key, value in filled.items() if key not in lost}, lost


async def _options(
    transaction: Transaction, asked: NewForm, parts: _Parts, where: Where
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The preset's options overlaid by what was sent, and what is noted of that; 400 for files that there are not."""
    known = parts.template.option_by_key
    ids = {id for each in asked.options.values() if (id := file_named(each)) and parse_id(id)}
    found = await files.take(transaction, ids) if ids else {}
    Invalid.if_any(
        Problem("There is no attachment {id}.", "not_found", pointer("options", key), id=id)
        for key, each in asked.options.items()
        if (id := file_named(each)) and key in known and known[key].type == "file"
        if (parts.workspace.id, id) not in found
    )
    own, unfit = options_read(parts.template, asked.options, where)
    unknown = [key for key in asked.options if key not in known]
    notes = [(f"options.{key} is kept, and is no value of that option", pointer("options", key)) for key in unfit]
    notes += [
        (f"options.{key} is kept, and the template has no such option", pointer("options", key)) for key in unknown
    ]
    return {**parts.preset.options, **own}, notes


def _unused(asked: NewForm, parts: _Parts, user: FormUser) -> list[tuple[str, str]]:
    """What else of what was sent is kept, or dropped, and does nothing."""
    notes = []
    if asked.password_hash and (asked.internal or parts.preset.access != "password"):
        notes.append(("password is not used: the form is opened otherwise", "/password"))
    if user.locale and not _is_spoken(parts.template, user.locale):
        notes.append(("user.locale is kept, and is no language that the form speaks", "/user/locale"))
    return notes


def _is_spoken(template: FormTemplate, locale: str) -> bool:
    """Whether the form, or the portal around it, has words in that language."""
    base = locale.partition("-")[0].lower()
    return base in MORE_LANGUAGES or base in {each.partition("-")[0].lower() for each in template.languages}


async def _linked(transaction: Transaction, form: Form) -> Form:
    """The form with the contact of the workspace that its e-mail address is of."""
    if form.contact_id or not form.user.email or form.internal:
        return form
    given = {name: getattr(form.user, name) for name in ("email", "given_name", "family_name", "phone")}
    contact = await linking.link(transaction, form.workspace_id, {name: text for name, text in given.items() if text})
    return replace(form, contact_id=contact.id)


async def _hold(transaction: Transaction, form: Form) -> None:
    """The files that it names are held by it."""
    template = await form_templates.version(transaction, form.workspace_id, form.template_id, form.template_version)
    named = await files_of(transaction, form, template)
    holds = [files.Hold(form.workspace_id, form.id, id, put=False, fields=sorted(keys)) for id, keys in named.items()]
    if holds:
        await files.keep(transaction, KIND, holds)


async def files_of(_session: ReadSession, form: Form, template: FormTemplate) -> dict[str, set[str]]:
    """File → the elements and options of a form that name it."""
    found: dict[str, set[str]] = {}
    for key, value in form.filled.items():
        element = template.element_by_key.get(key)
        for id in element.field.files(value) if element and element.field else ():
            found.setdefault(id, set()).add(key)
    for key, value in form.options.items():
        option = template.option_by_key.get(key)
        if option and option.type == "file" and (named := file_named(value)):
            found.setdefault(named, set()).add(key)
    return found


def _references() -> list[str]:
    return ["".join(secrets.choice(_LETTERS) for _ in range(_REFERENCE_LENGTH)) for _ in range(_CANDIDATES)]
