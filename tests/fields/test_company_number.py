"""Numbers of companies: Belgium, France, the Netherlands."""

import pytest

from dossier.foundation.pages.language import language
from tests.fields.support import definition, field, pointers, refused, stored

GOOD = [
    ("BE", "0428.759.497", "0428759497", "0428.759.497"),
    ("BE", "BE 428759497", "0428759497", "0428.759.497"),
    ("FR", "552 008 443", "552008443", "552 008 443"),
    ("NL", "1234 5678", "12345678", "12345678"),
]


@pytest.mark.parametrize(("country", "written", "kept", "displayed"), GOOD)
def test_is_kept_as_digits(country: str, written: str, kept: str, displayed: str) -> None:
    assert stored("company_number", written, country=country) == kept
    assert field("company_number", country=country).displayed(kept, language("fr")) == displayed


@pytest.mark.parametrize(
    ("country", "text", "says"),
    [
        ("BE", "0428.759.498", "is no company number (BE): its check digits do not fit"),
        ("BE", "12", "is no company number (BE): it must look like 0428.759.497."),
        ("FR", "552 008 444", "is no company number (FR): its check digits do not fit"),
        ("NL", "1234567", "is no company number (NL): it must look like 12345678."),
        ("NL", "١٢٣٤٥٦٧٨", "it must look like 12345678."),
    ],
)
def test_what_is_wrong_with_it(country: str, text: str, says: str) -> None:
    assert says in refused("company_number", text, country=country).detail


def test_its_country_is_known() -> None:
    assert pointers(definition("company_number", country="be")) == {"/schema/0/country": "invalid_value"}
