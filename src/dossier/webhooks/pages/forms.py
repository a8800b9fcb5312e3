"""What a form says of a webhook."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from starlette.requests import Request

from dossier import case_templates as templates
from dossier.case_templates.model import CASES, status_labels
from dossier.case_templates.model.rows import TemplateChoice
from dossier.conditions.comparing import ONE_OF, TEXT
from dossier.conditions.row_form import ConditionForm
from dossier.conditions.rows import FilterAttribute, typed_condition
from dossier.fields import stored_field_choices
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import parse_id
from dossier.web import form
from dossier.webhooks.model.events import EVERY, TYPES
from dossier.webhooks.model.subscriptions import CONTENTS, Wanted

CONDITION = "if."
"""What the inputs of the condition begin with."""


def wanted(request: Request, templates: Sequence[TemplateChoice]) -> Wanted:
    """What was typed and chosen; 400."""
    sent = form(request)
    content = next((each for each in CONTENTS if each == sent.get("content")), CONTENTS[0])
    return Wanted(
        url=sent.get("url", "").strip(),
        events=_events(request),
        templates=_templates(request),
        condition=typed_condition(request.state.form, CONDITION, attributes(templates), CASES),
        content=content,
        description=sent.get("description", "").strip(),
        enabled=sent.get("enabled", "yes") == "yes",
    )


def chosen(request: Request, name: str) -> list[str]:
    """The boxes of a name that are checked."""
    return [value for each, value in request.state.form if each == name]


async def choices(reading: ReadSession) -> Sequence[TemplateChoice]:
    """The templates that can be chosen."""
    return await templates.choices(reading)


def _events(request: Request) -> tuple[str, ...]:
    """All boxes checked are every event, also those that come to be later."""
    found = tuple(each for each in TYPES if each in chosen(request, "events"))
    if not found:
        raise Invalid.because("Choose at least one kind of event.", pointer="/events")
    return (EVERY,) if len(found) == len(TYPES) else found


def _templates(request: Request) -> tuple[UUID, ...]:
    return tuple(filter(None, map(parse_id, chosen(request, "templates"))))


def condition(
    request: Request, said: Mapping[str, Any] | None, templates: Sequence[TemplateChoice], refusal: object
) -> ConditionForm:
    """The condition as its form shows it: as it was typed where that was refused, else as it is (`said`)."""
    choices = attributes(templates)
    if refusal and any(name.startswith(CONDITION) for name, _ in request.state.form):
        return ConditionForm.sent(request.state.form, CONDITION, choices)
    return ConditionForm.of(said, choices)


def attributes(templates: Sequence[TemplateChoice]) -> list[FilterAttribute]:
    """What a condition can be about: of any case, and the fields of each template."""
    statuses = status_labels(templates)
    people = ("given_name", "family_name", "email", "phone")
    return [
        FilterAttribute("status", ONE_OF, options=tuple(statuses.items())),
        FilterAttribute("waiting_for", ONE_OF, options=tuple((each, each) for each in ("none", "owner", "contact"))),
        *(FilterAttribute(name, TEXT) for name in ("owner.email", "reference", "title")),
        *(FilterAttribute(f"contact.{name}", TEXT, group="contact") for name in people),
        *(choice for each in templates for choice in stored_field_choices(each.stored_fields, each.title)),
    ]
