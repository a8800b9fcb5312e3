"""The rules of a template document: their shape."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dossier.case_templates.model.automation import (
    MessageNews,
)
from dossier.case_templates.model.step import CALL_SECONDS
from dossier.case_templates.model.step_document import Key, LongText, Part, Text
from dossier.foundation.errors import pointer
from dossier.foundation.text import gettext_noop

MAX_AUTOMATIONS, MAX_ACTIONS, MAX_MEMBERS = 100, 20, 50


class WhenDocument(Part):
    """When a rule fires: one of these, with what belongs to it. `working`: days and hours of the workspace's working time."""

    model_config = ConfigDict(populate_by_name=True)

    created: Literal[True] | None = None
    change: Annotated[list[str], Field(min_length=1, max_length=50)] | None = None
    step: str | None = None
    becomes: Literal["hidden", "available", "scheduled", "started", "completed", "failed", "cancelled"] | None = Field(
        default=None, alias="is"
    )
    date: str | None = None
    before: str | None = None
    after: str | None = None
    at: str | None = None
    idle: str | None = None
    working: bool | None = None
    message: MessageNews | None = None


class CallDocument(Part):
    """A call of another system. `save`: path of the case → JSON Pointer into its answer."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "POST"
    url: Annotated[str, Field(min_length=1, max_length=4000)]
    headers: Annotated[dict[str, LongText], Field(max_length=50)] = Field(default={})
    body: Any = None
    timeout: Annotated[int, Field(ge=1, le=60)] = CALL_SECONDS
    save: Annotated[dict[str, str], Field(max_length=50)] = Field(default={})


class TaskDocument(Part):
    """A task of the case's own."""

    title: Text
    body: LongText | None = None
    assignee: str | None = None
    due: str | None = None
    working: bool = False


class ActionDocument(Part):
    """What is done: one of these; `text` belongs to `tell`."""

    set: Annotated[dict[str, Any], Field(min_length=1, max_length=50)] | None = None
    owner: Any = None
    waiting_for: Literal["none", "owner", "contact"] | None = None
    start: str | None = None
    cancel: str | None = None
    http: CallDocument | None = None
    tell: Annotated[list[str], Field(min_length=1, max_length=50)] | None = None
    text: LongText | None = None
    task: TaskDocument | None = None


class AutomationDocument(Part):
    """A rule: when something happens, and if a condition holds, then something is done."""

    model_config = ConfigDict(populate_by_name=True)

    key: Key
    name: Text
    enabled: bool = True
    when: WhenDocument
    condition: dict[str, Any] | None = Field(default=None, alias="if")
    then: Annotated[list[ActionDocument], Field(min_length=1, max_length=MAX_ACTIONS)]


MEMBERS: Mapping[str, type[BaseModel]] = {
    "automations": AutomationDocument,
    "automations/when": WhenDocument,
    "automations/then": ActionDocument,
    "automations/then/http": CallDocument,
    "automations/then/task": TaskDocument,
}
"""Where in a document → the members that there can be."""

LABELS = {
    "enabled": gettext_noop("Switched on"),
    "if": gettext_noop("If this holds"),
    "then": gettext_noop("What is done"),
}


def members_named(documents: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each member's address that rules give cases or tasks to, and its pointer: (address, pointer)."""
    for index, rule in enumerate(documents):
        for place, action in enumerate(rule["then"]):
            at = pointer("automations", index, "then", place)
            owner = action.get("owner")
            if isinstance(owner, str):
                yield owner, at + "/owner"
            elif isinstance(owner, Mapping):
                yield from (
                    (each, at + pointer("owner", "in_turn", turn)) for turn, each in enumerate(owner["in_turn"])
                )
            assignee = (action.get("task") or {}).get("assignee")
            if assignee and assignee != "owner":
                yield assignee, at + "/task/assignee"
