"""Form templates as programs see them: presets in a list, their options and pages, and documents that are written."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, Field, RootModel

from dossier.form_templates.model import Element, FormTemplateVersion, Page, PresetRow, Wording
from dossier.form_templates.model import FormTemplate as Compiled
from dossier.form_templates.model.lists import OptionList
from dossier.form_templates.model.shapes import FormTemplateDocument, Key
from dossier.foundation.clock import wire_time
from dossier.foundation.errors import Problem
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid


class WorkspaceReference(BaseModel):
    """A workspace, by its id and its slug."""

    id: Uuid
    slug: str


class WorkspaceNamed(StrictRequestModel):
    """A workspace that is named, by id or slug."""

    id: Uuid | None = None
    slug: str | None = None


class PlacedForm(StrictRequestModel):
    """Where a new form template goes: may be left out when the token covers one workspace. `company`: the same word of old."""

    workspace: WorkspaceNamed | None = None
    company: WorkspaceNamed | None = None


class CreateFormTemplate(FormTemplateDocument, PlacedForm):
    """A form template's document, and where it goes."""


class ReviseFormTemplate(FormTemplateDocument):
    """A form template's document: the next version."""


class ChangeFormTemplate(StrictRequestModel):
    """Whether the template is archived, or whether forms can be made with it: one of both."""

    archived: bool | None = None
    enabled: bool | None = None


class FormTemplate(BaseModel):
    """A preset of a form template, as a list has it."""

    id: Uuid
    created_at: Timestamp
    updated_at: Timestamp
    slug: str
    name: str
    archived_at: Timestamp | None
    enabled: bool
    workspace: WorkspaceReference
    version: int = Field(ge=1)
    locale: str
    key: str


class FormTemplatePage(BaseModel):
    """A page of form templates."""

    meta: PageMeta
    data: list[FormTemplate]


class FormTemplateList(RootModel[list[FormTemplate]]):
    """All form templates, or the page that was asked for."""


class FormTemplateOptions(RootModel[dict[str, Any]]):
    """Option → the value that it has when a new form says nothing."""


class FormStepOption(BaseModel):
    """Something that can be chosen."""

    value: str
    label: str


class FormStepElement(BaseModel):
    """An element of a page; `group`: the one that it stands in; `required`: whatever is answered."""

    key: Key
    type: str
    label: str
    required: bool
    description: str | None
    options: list[FormStepOption]
    group: str | None


class FormStep(BaseModel):
    """A page of a form."""

    id: str
    title: str
    description: str | None
    elements: list[FormStepElement]


class FormStepList(RootModel[list[FormStep]]):
    """The pages of a form."""


class PublishedFormTemplate(FormTemplate):
    """A form template as it was published: its first preset, and all of them. `template` is its own id."""

    template: Uuid
    title: str
    presets: list[FormTemplate]


class FormTemplateProblem(BaseModel):
    """What must be put right before a draft can be published."""

    detail: str
    code: str
    pointer: str


class FormTemplateDraft(BaseModel):
    """A draft; `based_on` is the version that it changes, 0 for a new template."""

    template: Uuid
    slug: str
    based_on: int
    revision: int
    problems: list[FormTemplateProblem]


class FormTemplateRead(BaseModel):
    """The document of the current version, or of the draft (then with its revision)."""

    version: int
    document: dict[str, Any]
    revision: int | None = None


class KeepOptionList(StrictRequestModel):
    """A list of options. `texts`: language → value → label."""

    title: str = Field(min_length=1, max_length=500)
    options: list[FormStepOption] = Field(min_length=1, max_length=1000)
    texts: dict[str, dict[str, str]] = Field(default={}, max_length=20)


class FormOptionList(BaseModel):
    """A list of options that form templates share."""

    id: Uuid
    created_at: Timestamp
    updated_at: Timestamp
    slug: str
    title: str
    options: list[FormStepOption]
    texts: dict[str, dict[str, str]]
    workspace: Uuid


class FormOptionLists(BaseModel):
    """The lists of options, by title."""

    data: list[FormOptionList]


def row(preset: PresetRow) -> dict[str, Any]:
    """A preset as a list has it."""
    return {
        "id": preset.id,
        "created_at": wire_time(preset.created_at),
        "updated_at": wire_time(preset.updated_at),
        "slug": preset.slug,
        "name": preset.name,
        "archived_at": wire_time(preset.archived_at) if preset.archived_at else None,
        "enabled": preset.enabled,
        "workspace": dict(preset.workspace),
        "version": preset.version,
        "locale": preset.locale,
        "key": preset.key,
    }


def published(version: FormTemplateVersion, presets: list[PresetRow]) -> dict[str, Any]:
    """A template as it stands, with all its presets."""
    rows = [row(each) for each in presets]
    return {**rows[0], "template": version.id, "title": version.template.title, "presets": rows}


def problem(each: Problem) -> dict[str, str]:
    return {"detail": each.detail, "code": each.code, "pointer": each.pointer or ""}


def steps(template: Compiled, language: str | None) -> list[dict[str, Any]]:
    """The pages of a form, in a language that it speaks or its own."""
    wording = Wording(template, language)
    return [_step(page, wording) for page in template.pages]


def _step(page: Page, wording: Wording) -> dict[str, Any]:
    return {
        "id": page.key,
        "title": wording.page_title(page),
        "description": wording.page_description(page),
        "elements": list(_elements(page, wording)),
    }


def _elements(page: Page, wording: Wording) -> Iterator[dict[str, Any]]:
    for top in page.elements:
        yield _element(top, wording, None)
        yield from (_element(each, wording, top.key) for each in top.elements)


def _element(element: Element, wording: Wording, group: str | None) -> dict[str, Any]:
    field = wording.field(element)
    options = [{"value": each.value, "label": each.label} for each in getattr(field, "options", ())]
    return {
        "key": element.key,
        "type": element.type,
        "label": wording.label(element),
        "required": element.required,
        "description": wording.help(element),
        "options": options,
        "group": group,
    }


def option_list(made: OptionList) -> dict[str, Any]:
    texts: Mapping[str, Any] = made.texts
    return {
        "id": made.id,
        "created_at": wire_time(made.created_at),
        "updated_at": wire_time(made.updated_at),
        "slug": made.slug,
        "title": made.title,
        "options": made.options,
        "texts": dict(texts),
        "workspace": made.workspace_id,
    }
