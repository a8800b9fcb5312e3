"""What is given to a step as it starts or ends: members of `data` that have a meaning are what they must be."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from dossier.flow.model.states import STATED
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.exact import moment as parse_moment
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop
from dossier.messages.model import MOST_RECIPIENTS

_TIMES = ("send_at", "due_at")


def checked(data: Mapping[str, Any]) -> dict[str, datetime]:
    """The members of `data` that have a meaning are what they must be; 400. Those that are times, read."""
    Invalid.if_any(problems_of(data))
    times = {name: parse_moment(data[name]) for name in _TIMES if name in data}
    return times | ({"assignee": data["assignee"]} if "assignee" in data else {})


def problems_of(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with what is given to a step, all of it: members that the server states, and those that have a meaning."""
    for name in sorted(STATED.intersection(data)):
        sentence = "“{member}” is stated by the server; it cannot be given."
        yield Problem(sentence, "read_only", pointer("data", name), member=name)
    for name, wrong in _MEANING.items():
        if name in data and (why := wrong(data[name])):
            said = why if isinstance(why, Message) else Message(why)
            yield Problem(said.about(field=_named(name)), pointer=pointer("data", name))


def _not_text(given: Any) -> str | None:
    return None if isinstance(given, str) else gettext_noop("“{field}” must be text.")


def _not_subject(given: Any) -> str | Message | None:
    is_long = isinstance(given, str) and len(given) > _LONGEST_SUBJECT
    return Message(_TOO_LONG, {"count": _LONGEST_SUBJECT}) if is_long else _not_text(given)


def _not_texts(given: Any) -> str | Message | None:
    if not (isinstance(given, list) and all(isinstance(each, str) for each in given)):
        return gettext_noop("“{field}” must be a list of texts.")
    found = {"count": MOST_RECIPIENTS, "found": len(given)}
    return Message(_TOO_MANY, found) if len(given) > MOST_RECIPIENTS else None


def _not_time(given: Any) -> str | None:
    try:
        parse_moment(given if isinstance(given, str) else "")
    except ValueError:
        return _not_text(given) or _NO_TIME
    return None


_LONGEST_SUBJECT = 500  # characters, as of a message that is no step's; what is made of it is cut at 400
_TOO_LONG = gettext_noop("“{field}” must have at most {count} characters.")
_TOO_MANY = gettext_noop("“{field}” must have at most {count} members, not {found}.")
_NO_TIME = gettext_noop("“{field}” must be a time with an offset, such as 2026-03-01T09:00:00Z.")
_MEANING: Mapping[str, Callable[[Any], str | Message | None]] = (
    {"subject": _not_subject}
    | dict.fromkeys(("body", "assignee"), _not_text)
    | dict.fromkeys(_TIMES, _not_time)
    | dict.fromkeys(("to", "cc", "bcc", "attachments"), _not_texts)
)


def _named(name: str) -> Named:
    label = {
        "subject": gettext_noop("Subject"),
        "body": gettext_noop("Text"),
        "assignee": gettext_noop("Who does it"),
        "send_at": gettext_noop("Send at"),
        "due_at": gettext_noop("Due"),
        "to": gettext_noop("To"),
        "cc": gettext_noop("Copy to"),
        "bcc": gettext_noop("Hidden copy to"),
        "attachments": gettext_noop("Attachments"),
    }[name]
    return Named(name, Message(label))
