"""What a text about a case says: with its values, in the reader's language and the look of the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dossier import workspaces
from dossier.case_templates.model import Step
from dossier.cases.model import Case
from dossier.contacts.model import Contact
from dossier.foundation.database import ReadSession
from dossier.foundation.pages.language import LANGUAGES, language
from dossier.letters.model import Occasion, reader_language, text_values
from dossier.texts import Composed, Rendered, compose_aside, parse
from dossier.web import addresses
from dossier.workspaces.model import Mailing


@dataclass(frozen=True, slots=True)
class Wording:
    """A text of a step, a reminder or a person. `texts`: language → subject and body in its place."""

    subject: str = ""
    body: str = ""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, step: Step) -> "Wording":
        """What a step says."""
        return cls(step.sending.subject or "", step.sending.body or "", step.sending.texts)

    def read_in(self, code: str) -> "Wording":
        """The same in a language, where it is said in it: `fr-BE` is `fr` where there is nothing nearer."""
        said = self.texts.get(code) or self.texts.get(code.partition("-")[0].lower()) or {}
        return replace(self, subject=said.get("subject") or self.subject, body=said.get("body") or self.body)


@dataclass(frozen=True, slots=True)
class Writing:
    """Who is written to, about which step, and where people reach the server (`base_url`)."""

    recipient: Contact | None = None
    step: Step | None = None
    due_at: datetime | None = None
    form_link: str = ""
    base_url: str = ""


async def mail(reading: ReadSession, case: Case, wording: Wording, writing: Writing) -> Composed:
    """The e-mail; InvalidText where the text cannot be made of these values. Reads the look of the workspace, in one statement."""
    mailing = await workspaces.mailing(reading, case.workspace_id)
    code = reader_language(case, mailing.language)
    said, values = wording.read_in(code), _values(case, mailing, code, writing)
    subject, body = parse(said.subject or "{{ case.title }}", names=None), parse(said.body, names=None)
    return await compose_aside(subject, body, values, code, workspaces.brand(mailing, code, writing.base_url))


async def line(reading: ReadSession, case: Case, wording: Wording, writing: Writing) -> Rendered:
    """The plain text of an SMS, a note or a task: its body; InvalidText as above."""
    mailing = await workspaces.mailing(reading, case.workspace_id)
    code = reader_language(case, mailing.language)
    return parse(wording.read_in(code).body, names=None).render(_values(case, mailing, code, writing))


def first_recipient(case: Case, step: Step) -> Contact | None:
    """The contact whom a step writes to: in the first of its slots that is filled."""
    filled = (case.contacts.get(each) for each in step.sending.to)
    return next((each.contact for each in filled if each), None)


def case_url(case: Case, origin: str) -> str:
    """The whole address of a case's page; empty where nobody knows where people reach the server."""
    return f"{origin}{addresses.CASES / case.id}" if origin else ""


def _values(case: Case, mailing: Mailing, code: str, writing: Writing) -> Mapping[str, object]:
    occasion = Occasion(
        recipient=writing.recipient,
        workspace=mailing.name,
        case_url=case_url(case, writing.base_url),
        form_link=writing.form_link,
        step_title=writing.step.title if writing.step else "",
        due_at=writing.due_at,
        snippets=workspaces.snippets(mailing, code),
    )
    short = code.partition("-")[0].lower()
    return text_values(case, language(short if short in LANGUAGES else "en"), occasion)
