"""The shape of a form template's document: which members each part has. What they mean together is `compiling`'s."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dossier.form_templates.model.template import Access

Key = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,120}$")]
PartKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,119}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,99}$")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(max_length=100_000)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]

MAX_PAGES = 100
MAX_ELEMENTS = 500
MAX_LANGUAGES = 20
MAX_BYTES = 1_000_000
MAX_ROWS = 100  # of a group


class Part(BaseModel):
    """A part of a document: nothing but what it names, of the very types that it names."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class RepeatDocument(Part):
    """How many times a group is asked."""

    min: Annotated[int, Field(ge=0, le=MAX_ROWS)] = 1
    max: Annotated[int, Field(ge=1, le=MAX_ROWS)] = MAX_ROWS


class SignedDocument(Part):
    """Something that is signed: the files of an element, or a file by its id."""

    attachment: Text


class CommonDocument(BaseModel):
    """What every element may have. What else its type takes stands beside it."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, populate_by_name=True)

    key: Key
    type: str
    label: Text | None = None
    help: LongText | None = None
    example: Text | None = None
    required: bool = False
    visible_when: dict[str, Any] | None = None
    required_when: dict[str, Any] | None = None
    field: str | None = None
    list_: Annotated[str | None, Field(alias="list")] = None


class ElementDocument(CommonDocument):
    """An element; `text` is of information, `elements` and `repeat` of a group, `method` and `items` of a signature."""

    text: LongText | None = None
    elements: list["ElementDocument"] | None = None
    repeat: RepeatDocument | None = None
    method: Literal["electronic"] | None = None
    items: Annotated[list[SignedDocument], Field(max_length=50)] | None = None
    merge: bool | None = None
    name: Text | None = None


class PageDocument(Part):
    """What is asked together."""

    key: PartKey
    title: Text
    description: LongText | None = None
    visible_when: dict[str, Any] | None = None
    elements: list[ElementDocument] = []


class OptionDocument(BaseModel):
    """A value that a form is made with; what else its type takes stands beside it."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    key: Key
    type: str
    label: Text
    default: Any = None


class EmailDocument(Part):
    """An e-mail: its subject, and its text in Markdown with Liquid."""

    subject: LongText | None = None
    body: LongText | None = None


class SmsDocument(Part):
    """A text message."""

    body: LongText | None = None


class LetterDocument(Part):
    """What is written to somebody."""

    email: EmailDocument | None = None
    sms: SmsDocument | None = None


class FormReminderDocument(Part):
    """After so long, then every so often, so many times."""

    after: str
    every: str | None = None
    times: Annotated[int, Field(ge=1, le=50)] | None = None
    working: bool = False
    channel: Literal["email", "sms"] = "email"
    subject: LongText | None = None
    body: LongText | None = None


class MessagesDocument(Part):
    """What is written about a form."""

    invitation: LetterDocument | None = None
    reminders: Annotated[list[FormReminderDocument], Field(max_length=20)] = []
    code: LetterDocument | None = None
    confirmation: LetterDocument | None = None
    request_completed: LetterDocument | None = None
    expiry: LetterDocument | None = None


class PresetDocument(Part):
    """A way in which the template is used: its options, and what it does otherwise."""

    key: PartKey = "default"
    slug: Annotated[str, Field(max_length=0)] | None = None
    name: Text
    enabled: bool | None = None
    options: dict[str, Any] = {}
    access: Access | None = None
    decline: bool | None = None
    expires_after: str | None = None
    process_when_accepted: bool | None = None
    embed: bool | None = None
    opens: str | None = None


class FormTemplateDocument(Part):
    """A form template as import, API and studio read and write it."""

    slug: Slug | None = None
    title: Text
    description: LongText | None = None
    locale: Language | None = None
    options: Annotated[list[OptionDocument], Field(max_length=100)] = []
    access: Access = "direct"
    decline: bool = False
    expires_after: str | None = None
    process_when_accepted: bool = False
    embed: bool = False
    opens: str | None = None
    redirect_url: Annotated[str, Field(max_length=2000)] | None = None
    pages: Annotated[list[PageDocument], Field(max_length=MAX_PAGES)] = []
    messages: MessagesDocument = MessagesDocument()
    presets: Annotated[list[PresetDocument], Field(max_length=50)] = []
    texts: Annotated[dict[Language, dict[str, LongText]], Field(max_length=MAX_LANGUAGES)] = {}


SHAPES: Mapping[str, type[BaseModel]] = {
    "": FormTemplateDocument,
    "pages": PageDocument,
    "elements": ElementDocument,
    "options": OptionDocument,
    "repeat": RepeatDocument,
    "items": SignedDocument,
    "messages": MessagesDocument,
    "reminders": FormReminderDocument,
    "email": EmailDocument,
    "sms": SmsDocument,
    "presets": PresetDocument,
    **dict.fromkeys(("invitation", "code", "confirmation", "request_completed", "expiry"), LetterDocument),
}
"""What may stand in which part of a document."""

OF_TYPE: Mapping[str, tuple[str, ...]] = {
    "information": ("text",),
    "group": ("elements", "repeat"),
    "signature": ("method", "items", "merge", "name"),
}
"""Members that only elements of one type have."""
ONLY_SOME = frozenset(member for members in OF_TYPE.values() for member in members)
COMMON = ("key", "type", "label", "help", "example", "required", "visible_when", "required_when", "field", "list")
"""Members that an element of any type may have."""
