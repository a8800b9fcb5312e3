"""Facts about forms. What follows them: webhooks, notices, and cases that forms belong to."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from dossier.forms.model import Form
from dossier.foundation.events import Fact
from dossier.records.model import Entry


@dataclass(frozen=True, slots=True)
class AboutForm(Fact):
    """Something about a form; `response_id`: of what is answered to it, `case_id` and `step`: where it belongs."""

    workspace_id: UUID
    form_id: UUID
    response_id: UUID | None
    case_id: UUID | None
    step: str | None


@dataclass(frozen=True, slots=True)
class FormCreated(AboutForm):
    """A form was made."""

    form: Form


@dataclass(frozen=True, slots=True)
class FormChanged(AboutForm):
    """A form was sent, called back, expired, opened again, processed, archived, or given to another owner."""

    before: Form
    form: Form
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class FormDeleted(AboutForm):
    """A form is about to be erased for good: it is there still."""

    form: Form


@dataclass(frozen=True, slots=True)
class ResponseBegun(AboutForm):
    """Somebody began to answer, or was asked again."""


@dataclass(frozen=True, slots=True)
class AnswersSaved(AboutForm):
    """Answers of a response were saved; `elements`: of which."""

    elements: Collection[str]


@dataclass(frozen=True, slots=True)
class FormSubmitted(AboutForm):
    """The answers were handed in: the form is completed."""


@dataclass(frozen=True, slots=True)
class FormDeclined(AboutForm):
    """Whoever was asked declined to answer."""


@dataclass(frozen=True, slots=True)
class FormNotReached(AboutForm):
    """An invitation could not be sent, or came back."""


@dataclass(frozen=True, slots=True)
class ResponseErased(AboutForm):
    """What somebody answered was erased; the form stays, as a number."""


@dataclass(frozen=True, slots=True)
class FormReviewed(AboutForm):
    """Somebody looked through the answers; `accepted`: the elements whose answers are accepted now."""

    accepted: Collection[str]
