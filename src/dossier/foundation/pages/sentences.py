"""Sentences with values in them that people meet while they type: recognised by their form, and said in their language."""

import re
from collections.abc import Mapping
from functools import cache

SENTENCES = (
    "“%(field)s” must be at least %(bound)s.",
    "“%(field)s” must be at most %(bound)s.",
    "“%(field)s” must not be after %(bound)s.",
    "“%(field)s” must not be before %(bound)s.",
    "“%(field)s” must be a number, not %(value)s.",
    "“%(field)s” must be a day that exists, as YYYY-MM-DD, not %(value)s.",
    "“%(field)s” must be a phone number with its country, such as +32 470 12 34 56, not “%(value)s”.",
    "“%(field)s” must have %(count)s decimals at most.",
    "“%(field)s” must have %(count)s characters at most; it has %(length)s.",
    "“%(field)s” must match the pattern %(pattern)s.",
    "“%(field)s” must be a single line.",
    "“%(field)s” must contain at least %(count)s of the options.",
    "“%(field)s” must contain at most %(count)s of the options.",
    "“%(field)s” must have at least %(count)s rows.",
    "“%(field)s” must have at most %(count)s rows.",
    "“%(field)s” is no IBAN: %(reason)s.",
    "“%(field)s” is no e-mail address: %(reason)s.",
    "“%(part)s” is required.",
    "“%(name)s” must be a whole number.",
    "The case has no status “%(status)s”; %(hint)s",
    "“%(part)s” was changed again since; undo that first.",
    "%(email)s is a member of this workspace already.",
    "There is no case %(id)s.",
    "Something went wrong here. Tell your administrator the request id %(id)s.",
)
"""As the server says them in English, with what stands in their gaps."""

_GAP = re.compile(r"%\((\w+)\)s")


def recognised(sentence: str) -> tuple[str, Mapping[str, str]] | None:
    """Which of the sentences it is, and what stands in its gaps."""
    for form in SENTENCES:
        if found := _pattern(form).fullmatch(sentence):
            return form, found.groupdict()
    return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    parts = _GAP.split(form)
    return re.compile(
        "".join(re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+)" for place, part in enumerate(parts)), re.DOTALL
    )
