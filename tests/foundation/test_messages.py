"""A message keeps its values apart: programs read its English, people their language, now or later."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.foundation.errors import Invalid, InvalidValue, Problem
from dossier.foundation.messages import LONGEST, Message, Named, Value
from dossier.foundation.pages.language import language
from dossier.foundation.stored_messages import restored, stored

AT_LEAST = "“{field}” must be at least {bound}."
INCOME = Named("income", "Inkomen")


def said(message: Message, code: str) -> str:
    return language(code).said(message).replace("\u202f", " ").replace("\xa0", " ")


def test_programs_read_keys_and_plain_english_people_names_in_their_language() -> None:
    message = Message(AT_LEAST, {"field": INCOME, "bound": Decimal("1000.5")})
    assert str(message) == "“income” must be at least 1000.5."
    assert said(message, "en") == "“Inkomen” must be at least 1,000.5."
    assert said(message, "fr") == "« Inkomen » doit être au moins 1 000,5."
    assert said(message, "nl") == "“Inkomen” moet minstens 1.000,5 zijn."


def test_what_somebody_wrote_is_cut_where_no_sentence_can_bear_it() -> None:
    long, whole = Message("There is no field “{key}”.", {"key": "x" * 201}), Message("“{key}”", {"key": "x" * 200})
    assert str(whole) == f"“{'x' * 200}”"
    assert str(long) == f"There is no field “{'x' * 199}…”."
    assert str(Message("one of {of}", {"of": ("a", "b" * 999)})) == f"one of a, {'b' * 199}…"
    assert len(stored([Message("{key}", {"key": "x" * 1_000_000})])) < 300, "what is kept is cut as well"


def test_days_lists_and_messages_within_are_said_too() -> None:
    first = Message("“{field}” must not be before {bound}.", {"field": INCOME, "bound": date(2026, 3, 5)})
    assert str(first) == "“income” must not be before 2026-03-05."
    assert "5 mars 2026" in said(first, "fr")
    within = Message("“{field}” must be text, not {given}.", {"field": INCOME, "given": Message("a list")})
    assert (str(within), said(within, "nl")) == (
        "“income” must be text, not a list.",
        "“Inkomen” moet tekst zijn, niet een lijst.",
    )
    listed = Message("“{field}” must be one of {options}.", {"field": "x", "options": (Named("a", "Één"), "b")})
    assert (str(listed), said(listed, "fr")) == (
        "“x” must be one of a, b.",
        "« x » doit être l’une de ces valeurs : Één, b.",
    )


def test_people_may_be_told_another_sentence_than_programs() -> None:
    problem = Problem("At {time}, by {name}.", people="“{name}” is no e-mail address.", time="09:30", name="Eve")
    assert problem.detail == "At 09:30, by Eve."
    assert said(problem.message, "en") == "“Eve” is no e-mail address."


def test_what_a_user_typed_opens_no_gap() -> None:
    """A value is put in once: braces in it, and the key of another value, stay as they were typed."""
    message = Message("“{field}” must be a number, not “{value}”.", {"field": "{value}", "value": "{field}{0}%(x)s"})
    assert str(message) == "“{value}” must be a number, not “{field}{0}%(x)s”."


def test_a_bad_value_is_of_a_field() -> None:
    bad = InvalidValue(AT_LEAST, pointer="/0", bound=5)
    problem = bad.of(INCOME, "/data/income")
    assert (problem.detail, problem.pointer) == ("“income” must be at least 5.", "/data/income/0")
    assert problem.under("/cases/1").pointer == "/cases/1/data/income/0"


def test_a_refusal_says_all_its_problems() -> None:
    refusal = Invalid((Problem("One {what}.", what="egg"), Problem("Two.")))
    assert str(refusal) == "One egg. Two."
    assert str(Invalid.because("There is no case {id}.", "x", id=UUID(int=7))).endswith("000000000007.")


SHORT = st.text(max_size=LONGEST)  # what is longer is cut where it is kept
VALUES: st.SearchStrategy[Value] = st.recursive(
    SHORT
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.builds(Named, SHORT, SHORT),
    lambda inner: (
        st.builds(Message, st.text(), st.dictionaries(st.text(), inner, max_size=3), st.none() | st.text(min_size=1))
        | st.lists(inner, max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@pytest.mark.long
@given(st.lists(st.builds(Message, st.text(min_size=1), st.dictionaries(st.text(), VALUES, max_size=3)), min_size=1))
def test_what_is_kept_is_said_later_as_it_would_have_been(messages: list[Message]) -> None:
    assert restored(stored(messages)) == messages


def test_a_long_text_is_kept_as_it_is_said() -> None:
    message = Message("“{value}” is too long.", {"value": "x" * (LONGEST + 1)})
    (kept,) = restored(stored([message]))
    assert str(kept) == str(message)
    assert len(str(message)) == LONGEST + len("“” is too long.")


@pytest.mark.parametrize(("kept", "found"), [(None, []), ("", []), ("An old sentence.", [Message("An old sentence.")])])
def test_what_was_kept_as_a_sentence_is_one(kept: str | None, found: list[Message]) -> None:
    assert restored(kept) == found
