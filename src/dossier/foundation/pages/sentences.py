"""Sentences with values in them that people meet while they type: recognised by their form, and said in their language."""

import re
from collections.abc import Mapping
from functools import cache

SENTENCES = (
    "“%(field)s” must be at least %(bound)s.",
    "“%(field)s” must be at most %(bound)s.",
    "“%(field)s” must not be after today.",
    "“%(field)s” must not be before today.",
    "“%(field)s” must not be after %(bound)s.",
    "“%(field)s” must not be before %(bound)s.",
    "“%(field)s” must be a number, not %(value)s.",
    "“%(field)s” can be read in two ways, %(one)s and %(other)s; write one of these.",
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
    "“%(field)s” must be written such as %(example)s.",
    "“%(field)s” is not written as it must be here.",
    "“%(field)s” must have 34 significant digits at most, between 10^-40 and 10^40.",
    "“%(field)s” is no IBAN: its check digits do not fit, so something in it is mistyped.",
    "“%(field)s” is no IBAN: it must look like BE68 5390 0754 7034.",
    "“%(field)s” is no IBAN: it is too long.",
    "“%(field)s” must be an e-mail address such as name@example.org, not “%(value)s”.",
    "“%(field)s” must be an ISO 3166-1 code in capitals such as BE, not “%(value)s”.",
    "“%(field)s” takes a day such as 2026-03-01, not “%(value)s”.",
    "“%(field)s” must be a web address such as https://example.org/page, not “%(value)s”.",
    "“%(field)s” must be a web address without a user name or password in it.",
    "“%(field)s” must be a time of the day as HH:MM, such as 14:30, not “%(value)s”.",
    "“%(field)s” takes a time of the day such as 14:30, not “%(value)s”.",
    "“%(field)s” is no national number (%(country)s): its check digits do not fit, so something in it is mistyped.",
    "“%(field)s” is no national number (%(country)s): the date of birth in it is none.",
    "“%(field)s” is no national number (%(country)s): it must look like %(example)s.",
    "“%(field)s” is no company number (%(country)s): its check digits do not fit, so something in it is mistyped.",
    "“%(field)s” is no company number (%(country)s): it must look like %(example)s.",
    "“%(field)s” must not be earlier than %(time)s.",
    "“%(field)s” must not be later than %(time)s.",
    "“%(field)s” must be one of BE, FR, NL.",
    "“%(field)s” must be one of number, text, date, checkbox.",
    "“%(field)s” cannot be set: it is computed from other fields.",
    "“%(field)s” at character %(position)s: this cannot be read.",
    "“%(field)s” at character %(position)s: this has no meaning in a formula: %(part)s.",
    "“%(field)s” must be a time as HH:MM, such as 08:30.",
    "“%(field)s” takes yes or no.",
    "A form takes %(count)s conditions at most; programs can ask for more, as JSON.",
    "“%(field)s” is no telephone number.",
    "“%(field)s” is no time.",
    "There was no case %(id)s at that time.",
    "“%(field)s” must be an ISO 3166-1 code in capitals such as BE.",
    "“%(field)s” must be an ISO 4217 code in capitals such as EUR.",
    "“%(field)s” must be 1 to 120 characters of a–z, 0–9 and _.",
    "“%(field)s” must not be less than “%(other)s”.",
    "“%(field)s” must not be before “%(other)s”.",
    "“%(field)s” must not be empty.",
    "“%(part)s” is required.",
    "“%(name)s” must be a whole number.",
    "The case has no status “%(status)s”; %(hint)s",
    "“%(part)s” was changed again since; undo that first.",
    "“%(field)s” was changed by %(name)s meanwhile; look at it, and do it again.",
    "The slot “%(slot)s” cannot be emptied; set another contact in it.",
    "The slot “%(slot)s” cannot be emptied.",
    "Its template has no such status.",
    "A case cannot be un-made; delete it instead.",
    "Steps come and go by their conditions.",
    "The step “%(step)s” is started already.",
    "The step “%(step)s” is completed already.",
    "The step “%(step)s” is hidden: its condition does not hold.",
    "The step “%(step)s” is completed; only a started step can be completed.",
    "The step “%(step)s” is available; only a started step can be completed.",
    "The step “%(step)s” is hidden; only a started step can be completed.",
    "Nothing was changed by this entry.",
    "Move the case to another version instead.",
    "%(email)s is a member of this workspace already.",
    "There is no case %(id)s.",
    "Cancelled before it was this case’s turn.",
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
