"""What a letter about a form says: in the template's words or Dossier's, in the language of whoever reads it, in the look of the workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dossier import form_templates, workspaces
from dossier.form_templates.model import FormTemplate, Letter, Wording
from dossier.forms.model import Form
from dossier.forms.model.letters import DEFAULTS, Words
from dossier.forms.model.notification import Notification
from dossier.forms.model.text_values import Said, text_values
from dossier.forms.store import reading, responses
from dossier.foundation.database import ReadSession
from dossier.foundation.pages.language import MORE_LANGUAGES, language
from dossier.messages.model import Channel
from dossier.texts import Composed, InvalidText, Rendered, compose_aside, parse
from dossier.web import addresses


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked again: labels, each with why it was refused, and the words of who asks."""

    parts: tuple[tuple[str, str | None], ...]
    message: str | None = None

    def values(self) -> dict[str, Any]:
        """What a text says of it."""
        return {
            "parts": [{"label": label, "reason": reason or ""} for label, reason in self.parts],
            "message": self.message or "",
        }


@dataclass(frozen=True, slots=True)
class Writing:
    """What a letter is about besides its form: whole addresses of the form, and of all that is asked, for who is written to, and a code."""

    link: str = ""
    code: str = ""
    to_owner: bool = False
    asking: Asking | None = None
    personal_page: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as it is sent; `language`: in which; `variables`: what was put into it, without link and code."""

    subject: str
    text: str
    html: str | None
    language: str
    missing: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


async def written(session: ReadSession, form: Form, notification: Notification, writing: Writing) -> Written:
    """The letter. What the template's own text cannot be made of is said in Dossier's words instead."""
    template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
    mailing = await workspaces.mailing(session, form.workspace_id)
    code, words = _words(form, template, mailing.language, notification, to_owner=writing.to_owner)
    newest = next(iter(await responses.of_form(session, form.id)), None)
    case = await reading.case_of(session, form.workspace_id, form.case_id) if form.case_id else None
    spoken = language(code.partition("-")[0].lower() if code.partition("-")[0].lower() in MORE_LANGUAGES else "en")
    said = Said(
        mailing.name,
        Wording(template, code).title,
        writing.link,
        writing.code,
        writing.personal_page,
        workspaces.snippets(mailing, code),
        case,
    )
    values = text_values(form, template, newest, spoken, said)
    values["again"] = writing.asking.values() if writing.asking else {}
    brand = workspaces.brand(mailing, code, writing.link.partition(f"{addresses.FORM_LINKS}/")[0])
    try:
        return await _made(notification.channel, words, values, code, brand)
    except InvalidText:
        plain = _defaults(code, notification)
        return await _made(notification.channel, plain, values, code, brand)


async def _made(channel: Channel, words: Words, values: Mapping[str, Any], code: str, brand: Any) -> Written:
    if channel == "sms":
        line: Rendered = parse(words.sms, names=None).render(values)
        return Written("", line.text.strip(), None, code, line.missing, _variables(values))
    mail: Composed = await compose_aside(
        parse(words.subject, names=None), parse(words.body, names=None), values, code, brand
    )
    return Written(mail.subject, mail.text, mail.html, code, mail.missing, _variables(values))


def _variables(values: Mapping[str, Any]) -> dict[str, Any]:
    """What programs are shown of the values: no link and no code."""
    form = {name: each for name, each in values["form"].items() if name not in ("link", "code")}
    return {
        "form": form,
        "user": values["user"],
        "workspace": {"name": values["workspace"]["name"]},
        "options": values["options"],
    }


def _words(
    form: Form, template: FormTemplate, workspace: str, notification: Notification, *, to_owner: bool
) -> tuple[str, Words]:
    """The language and the words: the template's where it has some, with Dossier's for what it leaves out."""
    wanted = None if to_owner else form.user.locale
    wording = Wording(template, wanted or template.locale)
    own = _own(template, notification)
    if own is None:
        code = next(
            (each for each in (wanted, template.locale, workspace) if each and _short(each) in MORE_LANGUAGES), "en"
        )
        return code, _defaults(code, notification)
    plain, kind = _defaults(wording.language, notification), notification.kind
    at = kind if kind != "reminder" else f"reminders.{notification.place}"
    prefix = f"{at}.email" if kind != "reminder" else at
    return wording.language, Words(
        wording.message(f"{prefix}.subject", own.subject) or plain.subject,
        wording.message(f"{prefix}.body", own.body) or plain.body,
        wording.message(f"{at}.sms.body" if kind != "reminder" else f"{at}.body", own.sms) or plain.sms,
    )


def _own(template: FormTemplate, notification: Notification) -> Letter | None:
    """What the template says itself."""
    messages = template.messages
    if notification.kind == "reminder":
        place = notification.place if notification.place is not None else len(messages.reminders)
        reminder = messages.reminders[place] if place < len(messages.reminders) else None
        return Letter(reminder.subject, reminder.body, reminder.body) if reminder else None
    return {
        "invitation": messages.invitation,
        "otp": messages.code,
        "confirmation": messages.confirmation,
        "request_completed": messages.request_completed,
        "expiry": messages.expiry,
    }.get(notification.kind)


def _defaults(code: str, notification: Notification) -> Words:
    spoken = language(_short(code) if _short(code) in MORE_LANGUAGES else "en")
    words = DEFAULTS[notification.kind]
    return Words(spoken.gettext(words.subject), spoken.gettext(words.body), spoken.gettext(words.sms))


def _short(code: str) -> str:
    return code.partition("-")[0].lower()
