"""What is written from a case, as programs say it."""

from typing import Annotated, Literal

from pydantic import Field

from dossier.cases.schemas import LongText, ShortText
from dossier.foundation.http.body import StrictRequestModel


class WriteMessage(StrictRequestModel):
    """What is written to whom: slots, `owner`, addresses; `recipient` names one slot. To the contact in `main` where nobody is named."""

    channel: Literal["email", "sms"] = "email"
    recipient: str | None = None
    to: list[ShortText] = Field(default=[], max_length=50)
    cc: list[ShortText] = Field(default=[], max_length=50)
    bcc: list[ShortText] = Field(default=[], max_length=50)
    from_name: ShortText | None = None
    reply_to: ShortText | None = None
    subject: ShortText | None = None
    body: LongText = Field(min_length=1)
    attachments: list[ShortText] = Field(default=[], max_length=50)
    send_at: Annotated[str, Field(json_schema_extra={"format": "date-time"})] | None = None
