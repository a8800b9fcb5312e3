"""Numbers of people: Belgium, France, the Netherlands."""

import pytest

from dossier.case_templates.model import CASES
from dossier.conditions.rows import FilterRow, from_rows
from dossier.fields import field_choices
from dossier.foundation.pages.language import language
from tests.fields.support import definition, field, pointers, refused, stored

GOOD = [
    ("BE", "85.07.30-033 28", "85073003328", "85.07.30-033.28"),
    ("BE", "98.47.28-997.65", "98472899765", "98.47.28-997.65"),  # a bis number: a month beyond twelve
    ("FR", "2 95 10 99 126 111 93", "295109912611193", "2 95 10 99 126 111 93"),
    ("NL", "1112.22.333", "111222333", "1112.22.333"),
]


@pytest.mark.parametrize(("country", "written", "kept", "displayed"), GOOD)
def test_is_kept_as_digits(country: str, written: str, kept: str, displayed: str) -> None:
    assert stored("national_number", written, country=country) == kept
    assert field("national_number", country=country).displayed(kept, language("en")) == displayed


@pytest.mark.parametrize(
    ("country", "text", "says"),
    [
        ("BE", "85.07.30-033.29", "is no national number (BE): its check digits do not fit"),
        ("BE", "85.07.30", "is no national number (BE): it must look like 85.07.30-033.28."),
        ("FR", "2 95 10 99 126 111 94", "is no national number (FR): its check digits do not fit"),
        ("FR", "x", "it must look like 2 95 10 99 126 111 93."),
        ("NL", "111222334", "is no national number (NL): its check digits do not fit"),
        ("NL", "1" * 5000, "it must look like 111222333."),
    ],
)
def test_what_is_wrong_with_it(country: str, text: str, says: str) -> None:
    """The refusal says what is wrong, and never repeats the number."""
    bad = refused("national_number", text, country=country)
    assert says in bad.detail
    assert text not in bad.detail.replace("85.07.30-033.28", "").replace("2 95 10 99 126 111 93", "") or text == "x"


def test_its_country_is_known() -> None:
    assert pointers(definition("national_number", country="DE")) == {"/schema/0/country": "invalid_value"}
    assert pointers({"key": "k", "type": "national_number", "name": "K"}) == {"/schema/0/country": "missing_member"}


def test_a_filter_takes_it_as_it_is_written() -> None:
    choices = list(field_choices([definition("national_number")]))
    assert from_rows("all", [FilterRow("data.k", "$eq", "85.07.30-033.28")], choices, CASES) == {
        "attributes": {"data.k": {"$eq": "85073003328"}}
    }
