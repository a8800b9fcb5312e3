"""What a template writes to people: who may be named in it, and what is wrong with it."""

from collections.abc import Iterator

from dossier.form_templates.model.shapes import FormReminderDocument, LetterDocument, MessagesDocument
from dossier.form_templates.model.template import Letter, Messages, Reminder
from dossier.form_templates.model.vocabulary import USER_MEMBERS
from dossier.foundation.durations import Duration, parse_duration
from dossier.foundation.errors import Problem, pointer
from dossier.texts import InvalidText
from dossier.texts import parse as parse_text
from dossier.workspaces.model import TEXT_NAMES

LETTERS = ("invitation", "code", "confirmation", "request_completed", "expiry")
TEXT_NAMES_OF_FORMS = frozenset(
    (
        *TEXT_NAMES,
        "workspace.personal_page",
        *(f"form.{each}" for each in ("title", "link", "reference", "active_until", "completed_at", "reason", "code")),
        *(f"user.{each}" for each in ("name", *USER_MEMBERS)),
        *("data.*", "raw.*", "options.*", "external_args.*", "snippets.*"),
    )
)
"""Every name that a text of a form may use. `data` holds also what was given beforehand and is no element."""


def compiled_messages(document: MessagesDocument) -> tuple[Messages, list[Problem]]:
    """The messages, and what is wrong with their texts and times."""
    problems: list[Problem] = []
    letters = {name: _letter(name, getattr(document, name), problems) for name in LETTERS}
    reminders = []
    for place, each in enumerate(document.reminders):
        at = pointer("messages", "reminders", place)
        reminder, wrong = _reminder(each, at)
        problems += [*wrong, *_wrong(each.subject, at + "/subject"), *_wrong(each.body, at + "/body")]
        reminders += [reminder] if reminder else []
    return Messages(reminders=tuple(reminders), **letters), problems


def _letter(name: str, document: LetterDocument | None, problems: list[Problem]) -> Letter | None:
    if document is None:
        return None
    at, email, sms = pointer("messages", name), document.email, document.sms
    letter = Letter(email.subject if email else None, email.body if email else None, sms.body if sms else None)
    for member, source in (("/email/subject", letter.subject), ("/email/body", letter.body), ("/sms/body", letter.sms)):
        problems += _wrong(source, at + member)
    return letter


def _reminder(document: FormReminderDocument, at: str) -> tuple[Reminder | None, list[Problem]]:
    problems: list[Problem] = []
    after = _duration(document.after, at + "/after", problems)
    every = _duration(document.every, at + "/every", problems) if document.every is not None else None
    if after is None:
        return None, problems
    times = document.times or (1 if every is None else 10)
    made = Reminder(after, every, times, document.working, document.channel, document.subject, document.body)
    return made, problems


def _duration(text: str, at: str, problems: list[Problem]) -> Duration | None:
    found = parse_duration(text)
    if found is None:
        sentence = "“{value}” is no duration such as P3D (three days) or PT2H (two hours), ten years at most."
        problems.append(Problem(sentence, "invalid_duration", at, value=text))
    return found


def _wrong(source: str | None, at: str) -> Iterator[Problem]:
    try:
        if source:
            parse_text(source, names=TEXT_NAMES_OF_FORMS)
    except InvalidText as refused:
        yield from (problem.at(at) for problem in refused.problems)
