"""Forms and responses as programs see them (contract, second part, sections 3 to 5)."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from dossier.files.schemas import Attachment, AttachmentScope, FileMetadata
from dossier.foundation.http.body import RequestModel
from dossier.foundation.http.openapi import Email, PageMeta, Timestamp, Uuid

Uri = Annotated[str, Field(json_schema_extra={"format": "uri"})]
Status = Literal["draft", "pending", "completed", "declined", "processed"]
FormEventName = Literal[
    "requests:created",
    "requests:updated",
    "requests:deleted",
    "requests:archived",
    "requests:unarchived",
    "responses:created",
    "responses:updated",
    "responses:deleted",
    "responses:completed",
]

# ---- what is taken ----


class FlowInput(RequestModel):
    """What a form is made by: the slug of a form template, or the id of its row."""

    slug: str = ""
    customization: Uuid = ""

    @model_validator(mode="after")
    def _names_one(self) -> "FlowInput":
        if not (self.slug or self.customization):
            message = "must name a slug or a customization"
            raise ValueError(message)
        return self


class WorkspaceInput(RequestModel):
    """A workspace, by slug or id."""

    slug: str = ""
    id: Uuid = ""


class CaseInput(RequestModel):
    """The case that a form belongs to."""

    id: Uuid


class UserInput(RequestModel):
    """Who is asked."""

    email: Email | None = None
    phone: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    locale: str | None = None
    internal_ref: str | None = None
    company_name: str | None = None


class OwnerInput(RequestModel):
    """A member, by e-mail address."""

    email: Email | None = None


class BrandingInput(RequestModel):
    """A look, by its name."""

    slug: str | None = None


class FormInput(RequestModel):
    """A new form."""

    flow: FlowInput
    company: WorkspaceInput | None = None
    workspace: WorkspaceInput | None = None
    case: CaseInput | None = None
    user: UserInput | None = None
    data: dict[str, Any] = {}
    options: dict[str, Any] = {}
    external_args: dict[str, Any] = {}
    redirect_url: Uri | None = None
    draft: bool = False
    active_from: str | None = None
    active_until: str | None = None
    owner: OwnerInput | None = None
    branding: BrandingInput | None = None
    webhooks: dict[str, list[str]] = {}
    password: str | None = None


class FormPatch(RequestModel):
    """What is asked of a form; what is left out stays."""

    archived: bool = Field(default_factory=bool)
    draft: bool = Field(default_factory=bool)
    processed: bool = Field(default_factory=bool)
    active_until: str | None = None
    user: UserInput | None = None
    owner: OwnerInput | None = None


# ---- what is given ----


class FormLinks(BaseModel):
    """Where the form is: for who is asked, and for members."""

    fill: Uri
    app: Uri


class FormUserShown(BaseModel):
    """Who is asked, as the form has them."""

    anonymous: bool
    email: Email | None
    phone: str | None
    given_name: str | None
    family_name: str | None
    company_name: str | None
    internal_ref: str | None
    locale: str | None


class FormOwner(BaseModel):
    """The member whose form it is."""

    id: Uuid
    email: Email
    given_name: str | None
    family_name: str | None


class FormFlow(BaseModel):
    """What the form was made by, and stays on."""

    slug: str
    customization: Uuid
    name: str
    version: int = Field(ge=1)


class WorkspaceOfForm(BaseModel):
    """The workspace of a form."""

    id: Uuid
    slug: str


class CaseOfForm(BaseModel):
    """The case of a form."""

    id: Uuid


class Branding(BaseModel):
    """A look."""

    slug: str


class Answerer(BaseModel):
    """Who answered, as they were then."""

    anonymous: bool
    ip: str | None
    email: Email | None
    phone: str | None
    locale: str | None
    given_name: str | None
    family_name: str | None
    user_agent: str | None = Field(alias="user-agent")
    accept_language: str | None = Field(alias="accept-language")


class FormResponse(BaseModel):
    """What was answered."""

    id: Uuid
    created_at: Timestamp
    updated_at: Timestamp
    completed_at: Timestamp | None
    declined_at: Timestamp | None
    rating: str | None
    data: dict[str, Any]
    user: Answerer
    attachments: list[Attachment]
    signatures: dict[str, dict[str, Any]]
    files: dict[str, list[Attachment]]


class FormNotification(BaseModel):
    """A message of a form, sent or planned."""

    id: Uuid
    status: Literal["pending", "sent", "failed", "skipped"]
    method: Literal["sms", "email"]
    at: Timestamp
    to: str | None
    from_: str | None = Field(alias="from")
    cc: str | None
    bcc: str | None
    system: bool
    locale: str | None
    template: str | None
    variables: dict[str, Any] | None
    active: bool
    error: str | None
    message_id: str | None


class WireForm(BaseModel):
    """A form in full."""

    id: Uuid
    reference: str
    created_at: Timestamp
    updated_at: Timestamp
    status: Status
    archived: bool
    archived_at: Timestamp | None
    processed_at: Timestamp | None
    active_from: Timestamp | None
    active_until: Timestamp | None
    expired_at: Timestamp | None
    links: FormLinks
    user: FormUserShown
    owner: FormOwner | None
    flow: FormFlow
    workspace: WorkspaceOfForm
    case: CaseOfForm | None
    data: dict[str, Any]
    external_args: dict[str, Any]
    options: dict[str, Any]
    redirect_url: Uri | None
    branding: Branding | None
    responses: list[FormResponse]
    notifications: list[FormNotification]
    webhooks: dict[str, list[FormEventName]]


class FormPage(BaseModel):
    """A page of forms."""

    meta: PageMeta
    data: list[WireForm]


class FormCount(BaseModel):
    """How many there are; with `group-by` also how many of each value."""

    count: int = Field(ge=0)
    by: dict[str, dict[str, int]] = {}


class RehearsedLinks(BaseModel):
    """Of a form that was not made."""

    fill: Uri | None
    app: Uri | None


class FormRehearsed(BaseModel):
    """A form as it would be made: it has no id and no links."""

    id: Uuid | None
    reference: str
    status: Status
    links: RehearsedLinks
    data: dict[str, Any]
    options: dict[str, Any]


class ResponseUser(BaseModel):
    """Who answered."""

    email: Email | None
    given_name: str | None
    family_name: str | None
    phone: str | None
    locale: str | None


class ResponseAttributes(BaseModel):
    """What was answered, by whom, and when."""

    created_at: Timestamp = Field(alias="$created_at")
    updated_at: Timestamp = Field(alias="$updated_at")
    completed_at: Timestamp | None
    declined_at: Timestamp | None
    user: ResponseUser
    data: dict[str, Any]
    rating: str | None


class Linkage(BaseModel):
    """Names something among what is included."""

    id: Uuid
    type: Literal["requests", "attachments"]


class OneLinkage(BaseModel):
    """The form of a response."""

    data: Linkage


class SeveralLinkages(BaseModel):
    """The files of a response."""

    data: list[Linkage]


class ResponseRelationships(BaseModel):
    """What a response belongs to, and its files."""

    request: OneLinkage
    attachments: SeveralLinkages


class ResponseResource(BaseModel):
    """A response as JSON:API has it."""

    id: Uuid
    type: Literal["responses"]
    attributes: ResponseAttributes
    relationships: ResponseRelationships


class IncludedForm(WireForm):
    """The form, flat."""

    type: Literal["requests"]


class IncludedFileAttributes(BaseModel):
    """About a file."""

    name: str
    type: str
    scope: AttachmentScope
    metadata: FileMetadata
    uri: Uri


class IncludedFile(BaseModel):
    """A file of a response."""

    id: Uuid
    type: Literal["attachments"]
    attributes: IncludedFileAttributes


class ResponseDocument(BaseModel):
    """A response with its form and its files."""

    data: ResponseResource
    included: list[IncludedForm | IncludedFile]
