"""What may be said of a contact, and when two say the same."""

from typing import Any

import pytest

from dossier.contacts.model import called, details, phone_problems, problems_of, sent_slots, typed
from dossier.foundation.errors import Invalid


@pytest.mark.parametrize("name", ["given_name", "family_name", "phone"])
def test_a_member_has_500_characters_at_most(name: str) -> None:
    assert list(problems_of({name: "1" * 500}, "contact")) == []
    assert [each.pointer for each in problems_of({name: "1" * 501}, "contact")] == [f"/contact/{name}"]


@pytest.mark.parametrize(
    ("phone", "is_one"), [("112", True), ("12", False), ("123abc", True), ("123abcd", False), ("+32 (0) 12", True), ("", False)]
)  # fmt: skip
def test_a_number_has_digits(phone: str, is_one: bool) -> None:
    assert [each.pointer for each in phone_problems(phone, "/phone")] == ([] if is_one else ["/phone"])


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        ({}, {}),
        ({"email": " a@b.c ", "phone": " "}, {"email": "a@b.c", "phone": None}),
        ({"name": "Eve  Marie Moe"}, {"given_name": "Eve", "family_name": "Marie Moe"}),
        ({"name": "Eve"}, {"given_name": "Eve", "family_name": None}),
        ({"name": "Claimant"}, {}),
        ({"name": "a@b.c", "email": "a@b.c"}, {"email": "a@b.c"}),
        ({"name": "Eve Moe", "given_name": "Ann"}, {"given_name": "Ann"}),
        ({"name": None}, {}),
    ],
)
def test_what_a_body_says_of_somebody(sent: Any, found: Any) -> None:
    assert details(sent, "Claimant") == found


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"given_name": "Eve", "family_name": "Moe"}, ["Eve Moe", "Moe Eve", "Eve", "Moe"]),
        ({"family_name": "Moe", "email": "a@b.c", "phone": "1"}, ["Moe", "Moe", "Moe", "a@b.c", "1"]),
        ({}, []),
    ],
)
def test_what_somebody_is_found_by(person: Any, words: list[str]) -> None:
    assert list(called(dict.fromkeys(("given_name", "family_name", "email", "phone")) | person)) == words


def test_what_is_typed_is_checked() -> None:
    assert typed({"email": " a@b.c ", "given_name": " "}) == {
        "email": "a@b.c",
        "given_name": None,
        "family_name": None,
        "phone": None,
    }
    for wrong in ({"email": "no"}, {"phone": "no"}):
        with pytest.raises(Invalid):
            typed(wrong)


KNOWN = {"main": "Claimant", "broker": "Broker"}


@pytest.mark.parametrize(
    ("sent", "names", "slots"),
    [
        ([{"email": "a@b.c"}], KNOWN, {"main": {"email": "a@b.c"}}),
        ([{"key": "broker", "contact": None}], KNOWN, {"broker": None}),
        ([{"key": "broker", "name": "Broker"}], KNOWN, {"broker": {}}),
        ([{"key": "x" * 120, "email": "a@b.c"}], None, {"x" * 120: {"email": "a@b.c"}}),
    ],
)
def test_whom_a_body_puts_into_which_slot(sent: Any, names: Any, slots: Any) -> None:
    assert sent_slots(sent, names) == slots


@pytest.mark.parametrize(
    ("sent", "names", "faults"),
    [
        ([{}, {"key": "main"}], KNOWN, [("/contacts/0/key", "missing_member")]),
        ([{"key": "main"}, {"key": "main"}], KNOWN, [("/contacts/1/key", "duplicate")]),
        ([{"key": "x" * 121}], None, ["/contacts/0/key"]),
        ([{"key": "nobody"}], KNOWN, ["/contacts/0/key"]),
        ([{"key": "main", "email": "no"}], KNOWN, ["/contacts/0/email"]),
    ],
)
def test_what_is_wrong_with_slots_is_said_with_its_place(sent: Any, names: Any, faults: Any) -> None:
    with pytest.raises(Invalid) as refused:
        sent_slots(sent, names)
    for problem, fault in zip(refused.value.problems, faults, strict=True):
        assert fault in (problem.pointer, (problem.pointer, problem.code))
