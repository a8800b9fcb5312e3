"""What texts about a case say for their names (`case_templates/model/texts.py`): plain values, written in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from dossier.case_templates.model import BUILT_IN_STATUSES
from dossier.cases.model import Case
from dossier.contacts.model import Contact
from dossier.fields import Language as FieldLanguage
from dossier.files.model.held import data_for_people
from dossier.messages.model import Message
from dossier.texts import Link, Snippet

_BUILT_IN = {status.key: status.label for status in BUILT_IN_STATUSES}


class Language(FieldLanguage, Protocol):
    """One of the app's languages, as texts need it."""

    def moment(self, moment: datetime, time_zone: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a text is about besides its case: to whom, of which workspace, where things are, and which step.

    `case_url` and `form_link`: whole addresses, empty where there is none; `snippets`: by name, in the reader's language.
    """

    recipient: Contact | None = None
    workspace: str = ""
    case_url: str = ""
    form_link: str = ""
    step_title: str = ""
    due_at: datetime | None = None
    snippets: Mapping[str, Snippet] = field(default_factory=dict)


def text_values(case: Case, language: Language, occasion: Occasion) -> dict[str, Any]:
    """The values by name: texts as people read them, lists of these, and under `raw` what programs have, for conditions.

    What is not there is None; a name that nothing has is not among them either.
    """
    due_at = language.moment(occasion.due_at, case.time_zone) if occasion.due_at else None
    return {
        "case": _case(case, language, occasion),
        "data": _data(case, language),
        "raw": dict(case.data),
        "contact": _contact(occasion.recipient),
        "contacts": {key: _contact(filled.contact) for key, filled in case.contacts.items()},
        "owner": _person(case.owner) if case.owner else {},
        "workspace": {"name": occasion.workspace or None},
        "form": {"link": Link(occasion.form_link) if occasion.form_link else None},
        "step": {"title": occasion.step_title or None, "due_at": due_at},
        "snippets": occasion.snippets,
    }


def reader_language(case: Case, workspace: str) -> str:
    """The language that who is written to reads: the case's, else its template's, else the workspace's; as `fr` or `pt-BR`."""
    return case.locale or (case.template.locale if case.template else None) or workspace


def _case(case: Case, language: Language, occasion: Occasion) -> dict[str, Any]:
    known = case.statuses.get(case.status)
    label = known.label if known else case.status
    return {
        "title": case.title,
        "reference": case.reference,
        "status": language.gettext(label) if label == _BUILT_IN.get(case.status) else label,
        "url": Link(occasion.case_url) if occasion.case_url else None,
    }


def _data(case: Case, language: Language) -> dict[str, Any]:
    values, fields = data_for_people(case), {each.key: each for each in case.fields()}
    return {key: each.said(values.get(key), language) for key, each in fields.items()}


def _contact(contact: Contact | None) -> dict[str, Any]:
    return _person(contact.document()) | {"phone": contact.phone} if contact else {}


def _person(person: Mapping[str, Any]) -> dict[str, Any]:
    given, family, email = (person.get(name) for name in ("given_name", "family_name", "email"))
    name = " ".join(filter(None, (given, family))) or email
    return {"name": name, "given_name": given, "family_name": family, "email": email}


def entry_of(message: Message) -> dict[str, str]:
    """A message as histories keep it: nothing of what it says, and to whom, which its own page tells."""
    return {"channel": message.channel, "status": message.status}
