"""What a form says of a webhook."""

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request

from dossier import case_templates as templates
from dossier.case_templates.model.rows import TemplateChoice
from dossier.foundation import json
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import parse_id
from dossier.web import form
from dossier.webhooks.model.events import EVERY, TYPES
from dossier.webhooks.model.subscriptions import CONTENTS, Wanted


def wanted(request: Request) -> Wanted:
    """What was typed and chosen; 400."""
    sent = form(request)
    content = next((each for each in CONTENTS if each == sent.get("content")), CONTENTS[0])
    return Wanted(
        url=sent.get("url", "").strip(),
        events=_events(request),
        templates=_templates(request),
        condition=_condition(sent.get("condition", "")),
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


def _condition(text: str) -> dict[str, object] | None:
    if not text.strip():
        return None
    try:
        found = json.decode(text.encode())
    except Invalid:
        found = None
    if not isinstance(found, dict):
        sentence = "The condition must be a JSON object, such as {example}."
        raise Invalid.because(sentence, pointer="/condition", example='{"data.amount": {"$gt": 10000}}')
    return found
