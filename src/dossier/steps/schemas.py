"""Steps of cases as programs start and end them."""

from typing import Any, Literal

from pydantic import BaseModel

from dossier.foundation.http.body import RequestModel, StrictRequestModel
from dossier.messages.model import Message
from dossier.messages.schemas import AttachedFile, whole
from dossier.records import schemas as records


class StartStep(RequestModel):
    """What is stored on the step."""

    data: dict[str, Any] = {}


class SetStep(StrictRequestModel):
    """That the step is done, is called off, or starts again; `data` is merged into what it has."""

    status: Literal["completed", "cancelled", "started"]
    data: dict[str, Any] = {}


class Preview(BaseModel):
    """A message as it would be sent."""

    channel: Literal["email", "sms"]
    to: list[str]
    cc: list[str]
    bcc: list[str]
    subject: str
    text: str
    html: str | None
    attachments: list[AttachedFile]


class StepReceipt(records.Receipt):
    """What starting a step did, and the message that goes with it."""

    preview: Preview | None = None


def preview(message: Message) -> dict[str, Any]:
    """A message as it would be sent."""
    shown = whole(message)
    return {name: shown[name] for name in Preview.model_fields}
