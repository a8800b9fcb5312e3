"""What texts about a form say for their names (`form_templates/model/letters.py`): plain values, written in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from dossier.fields import Language as FieldLanguage
from dossier.form_templates.model import FormTemplate
from dossier.forms.model.form import USER_MEMBERS, Form
from dossier.forms.model.response import Response
from dossier.texts import Link, Snippet


class Language(FieldLanguage, Protocol):
    """One of the app's languages, as texts need it."""

    def moment(self, moment: Any, time_zone: str) -> str: ...
    def until(self, moment: Any, time_zone: str) -> str: ...


class OfCase(Protocol):
    """What texts say of the case that a form belongs to."""

    @property
    def title(self) -> str: ...
    @property
    def reference(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Said:
    """What a text is about besides its form: the workspace's name, the form's in the reader's language, an address, a code.

    `personal_page`: the address where everything that is asked of somebody is behind one code.
    """

    workspace: str
    title: str
    link: str = ""
    code: str = ""
    personal_page: str = ""
    snippets: Mapping[str, Snippet] = field(default_factory=dict)
    case: OfCase | None = None


def text_values(
    form: Form, template: FormTemplate, newest: Response | None, language: Language, said: Said
) -> dict[str, Any]:
    """The values by name: texts as people read them, and under `raw` what programs have. What is not there is None."""
    values = {**form.data, **(newest.data if newest else form.filled)}
    named = " ".join(filter(None, (form.user.given_name, form.user.family_name))) or None
    user = {name: getattr(form.user, name) for name in USER_MEMBERS} | {"name": named}
    return {
        "workspace": {
            "name": said.workspace,
            "personal_page": Link(said.personal_page) if said.personal_page else None,
        },
        "user": user,
        "contact": user,
        "owner": _owner(form),
        "form": _form(form, newest, language, said),
        "case": {"title": said.case.title, "reference": said.case.reference} if said.case else {},
        "data": {key: _shown(template, key, value, language) for key, value in values.items()},
        "raw": values,
        "options": {key: _plain(value) for key, value in form.options.items()},
        "external_args": {key: _plain(value) for key, value in form.external_args.items()},
        "snippets": said.snippets,
        "step": {},
    }


def _form(form: Form, newest: Response | None, language: Language, said: Said) -> dict[str, Any]:
    until = language.until(form.active_until, form.time_zone) if form.active_until else None
    done = language.moment(newest.completed_at, form.time_zone) if newest and newest.completed_at else None
    return {
        "title": said.title,
        "reference": form.reference,
        "link": Link(said.link) if said.link else None,
        "active_until": until,
        "completed_at": done,
        "reason": newest.reason if newest else None,
        "code": said.code or None,
    }


def _owner(form: Form) -> dict[str, Any]:
    if form.owner is None:
        return {}
    given, family, email = (form.owner.get(name) for name in ("given_name", "family_name", "email"))
    name = " ".join(filter(None, (given, family))) or email
    return {"name": name, "given_name": given, "family_name": family, "email": email}


def _shown(template: FormTemplate, key: str, value: Any, language: Language) -> Any:
    """A value as people read it; what is no element is said as it was sent."""
    element = template.element_by_key.get(key)
    if element and element.field:
        try:
            return element.field.said(value, language)
        except (ValueError, TypeError, AttributeError):
            return _plain(value)
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | Decimal) else None if value is None else value
