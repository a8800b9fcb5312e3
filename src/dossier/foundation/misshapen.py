"""What pydantic finds wrong with what came in: of each, the name is filled in by who knows it, as “{field}”."""

import re

from pydantic_core import ErrorDetails

from dossier.foundation.messages import Message, Value, kind_of
from dossier.foundation.text import gettext_noop

UNLIKE = gettext_noop("“{field}” is not written as it must be here.")
_UNFIT = gettext_noop("“{field}” does not fit here.")
_WORDS = {
    "bool_type": gettext_noop("“{field}” must be true or false, not {given}."),
    "dict_type": gettext_noop("“{field}” must be an object, not {given}."),
    "greater_than_equal": gettext_noop("“{field}” must be at least {bound}."),
    "int_type": gettext_noop("“{field}” must be a whole number."),
    "less_than_equal": gettext_noop("“{field}” must be at most {bound}."),
    "list_type": gettext_noop("“{field}” must be a list, not {given}."),
    "literal_error": gettext_noop("“{field}” must be one of {options}."),
    "model_type": gettext_noop("“{field}” must be an object, not {given}."),
    "string_pattern_mismatch": UNLIKE,
    "string_too_long": gettext_noop("“{field}” must have at most {count} characters."),
    "string_too_short": gettext_noop("“{field}” must not be empty."),
    "string_type": gettext_noop("“{field}” must be text, not {given}."),
    "too_long": gettext_noop("“{field}” must have at most {count} members, not {found}."),
    "too_short": gettext_noop("“{field}” must not be empty."),
}
"""Its types of errors, in our words."""
_VALUES = {"ge": "bound", "le": "bound", "max_length": "count", "actual_length": "found"}
"""What it calls the values of a limit, and what our words do."""


def in_our_words(error: ErrorDetails, words: dict[str, str] | None = None) -> Message:
    """For everybody; `words` of the caller's own come first. A type that has none is said to programs in pydantic's."""
    known = _WORDS | (words or {})
    if error["type"] not in known:
        return in_its_words(error)
    return Message(known[error["type"]], _values(error))


def in_its_words(error: ErrorDetails) -> Message:
    """For programs in pydantic's words, unless these name a class of ours; for people in ours."""
    if "instance of" in error["msg"]:
        return Message(_WORDS.get(error["type"], _UNFIT), _values(error))
    reason = error["msg"].removeprefix("Input ").removeprefix("Value error, ").rstrip(".")
    return Message("“{field}” {reason}.", {**_values(error), "reason": reason}, _WORDS.get(error["type"], _UNFIT))


def _values(error: ErrorDetails) -> dict[str, Value]:
    context = error.get("ctx", {})
    limits = {_VALUES[name]: value for name, value in context.items() if name in _VALUES}
    options = tuple(re.findall("'([^']*)'", str(context.get("expected", ""))))
    return {"given": kind_of(error["input"]), "options": options, **limits}
