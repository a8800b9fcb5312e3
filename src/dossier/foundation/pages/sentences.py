"""Sentences with values in them that people meet while they type: recognised by their form, and said in their language."""

import re
from collections.abc import Mapping
from functools import cache

SENTENCES = (
    "“{field}” must be at least {bound}.",
    "“{field}” must be at most {bound}.",
    "“{field}” must not be after today.",
    "“{field}” must not be before today.",
    "“{field}” must not be after {bound}.",
    "“{field}” must not be before {bound}.",
    "“{field}” must be a number, not {value}.",
    "“{field}” can be read in two ways, {one} and {other}; write one of these.",
    "“{field}” must be a day that exists, as YYYY-MM-DD, not {value}.",
    "“{field}” must be a phone number with its country, such as +32 470 12 34 56, not “{value}”.",
    "“{field}” must have {count} decimals at most.",
    "“{field}” must have {count} characters at most; it has {length}.",
    "“{field}” must match the pattern {pattern}.",
    "“{field}” must be a single line.",
    "“{field}” must contain at least {count} of the options.",
    "“{field}” must contain at most {count} of the options.",
    "“{field}” must have at least {count} rows.",
    "“{field}” must have at most {count} rows.",
    "“{field}” must be written such as {example}.",
    "“{field}” is not written as it must be here.",
    "“{field}” must have 34 significant digits at most, between 10^-40 and 10^40.",
    "“{field}” is no IBAN: its check digits do not fit, so something in it is mistyped.",
    "“{field}” is no IBAN: it must look like BE68 5390 0754 7034.",
    "“{field}” is no IBAN: it is too long.",
    "“{field}” must be an e-mail address such as name@example.org, not “{value}”.",
    "“{field}” must be an ISO 3166-1 code in capitals such as BE, not “{value}”.",
    "“{field}” takes a day such as 2026-03-01, not “{value}”.",
    "“{field}” must be a web address such as https://example.org/page, not “{value}”.",
    "“{field}” must be a web address without a user name or password in it.",
    "“{field}” must be a time of the day as HH:MM, such as 14:30, not “{value}”.",
    "“{field}” takes a time of the day such as 14:30, not “{value}”.",
    "“{field}” is no national number ({country}): its check digits do not fit, so something in it is mistyped.",
    "“{field}” is no national number ({country}): the date of birth in it is none.",
    "“{field}” is no national number ({country}): it must look like {example}.",
    "“{field}” is no company number ({country}): its check digits do not fit, so something in it is mistyped.",
    "“{field}” is no company number ({country}): it must look like {example}.",
    "“{field}” must not be earlier than {time}.",
    "“{field}” must not be later than {time}.",
    "“{field}” must be one of BE, FR, NL.",
    "“{field}” must be one of number, text, date, checkbox.",
    "“{field}” cannot be set: it is computed from other fields.",
    "“{field}” at character {position}: this cannot be read.",
    "“{field}” at character {position}: this has no meaning in a formula: {part}.",
    "“{field}” must be a time as HH:MM, such as 08:30.",
    "“{field}” takes yes or no.",
    "A form takes {count} conditions at most; programs can ask for more, as JSON.",
    "“{field}” is no telephone number.",
    "“{field}” is no time.",
    "There was no case {id} at that time.",
    "“{field}” must be an ISO 3166-1 code in capitals such as BE.",
    "“{field}” must be an ISO 4217 code in capitals such as EUR.",
    "“{field}” must be 1 to 120 characters of a–z, 0–9 and _.",
    "“{field}” must not be less than “{other}”.",
    "“{field}” must not be before “{other}”.",
    "“{field}” must not be empty.",
    "“{part}” is required.",
    "“{name}” must be a whole number.",
    "The case has no status “{status}”; {hint}",
    "“{part}” was changed again since; undo that first.",
    "“{field}” was changed by {name} meanwhile; look at it, and do it again.",
    "The slot “{slot}” cannot be emptied; set another contact in it.",
    "The slot “{slot}” cannot be emptied.",
    "Its template has no such status.",
    "A case cannot be un-made; delete it instead.",
    "Steps come and go by their conditions.",
    "The step “{step}” is started already.",
    "The step “{step}” is completed already.",
    "The step “{step}” is hidden: its condition does not hold.",
    "The step “{step}” is completed; only a started step can be completed.",
    "The step “{step}” is available; only a started step can be completed.",
    "The step “{step}” is hidden; only a started step can be completed.",
    "Nothing was changed by this entry.",
    "Move the case to another version instead.",
    "{email} is a member of this workspace already.",
    "There is no case {id}.",
    "Cancelled before it was this case’s turn.",
    "Something went wrong here. Tell your administrator the request id {id}.",
)
"""As the server says them in English, with what stands in their gaps."""

_GAP = re.compile(r"\{(\w+)\}")


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
