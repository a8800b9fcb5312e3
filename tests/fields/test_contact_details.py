"""E-mail, phone, IBAN, country, address: what the kept libraries decide, and how it is stored."""

from typing import Any

import pytest

from dossier.foundation.pages.language import language
from tests.fields.support import field, refused, stored


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Eve.B+x@Penbox.IO", "Eve.B+x@Penbox.IO"), (" eve@penbox.io\n", "eve@penbox.io"), ("ève@bücher.de",) * 2],
)
def test_email_is_kept_as_written(sent: str, kept: str) -> None:
    assert stored("email", sent) == kept


@pytest.mark.parametrize(
    "sent", ["", "eve", "eve@", "eve@penbox", "a b@penbox.io", "Eve <eve@penbox.io>", "a@b@c.io", "x@penbox.io\0"]
)
def test_invalid_email(sent: str) -> None:
    refused("email", sent)


def test_a_very_long_email_is_not_even_looked_at() -> None:
    assert "254" in refused("email", "a@" * 500_000).detail


@pytest.mark.parametrize("sent", ["+32 470 12 34 56", "+32470123456", "+32 (0)470/12.34.56", " +32-470-12-34-56 "])
def test_phone_is_kept_as_e164(sent: str) -> None:
    assert stored("phone", sent) == "+32470123456"


def test_national_numbers_need_the_country() -> None:
    assert stored("phone", "0470 12 34 56", country="BE") == "+32470123456"
    assert stored("phone", "+33 6 12 34 56 78", country="BE") == "+33612345678"
    assert "with its country" in refused("phone", "0470 12 34 56").detail


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "+",
        "+32",
        "+32 1",
        "+999 470 12 34 56",
        "call +32 470 12 34 56",
        "+32 470 12 34 56 ext. 5",
        "+1 800 FLOWERS",
        "+32 470 12 34 56" + " " * 60 + "7",
    ],
)
def test_no_phone_number(sent: str) -> None:
    refused("phone", sent)


@pytest.mark.parametrize("sent", ["BE71 0961 2345 6769", "be71096123456769", "BE71-0961-2345-6769"])
def test_iban_is_kept_compact(sent: str) -> None:
    assert stored("iban", sent) == "BE71096123456769"


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "BE",
        "BE72 0961 2345 6769",
        "BE71 0961 2345 676",
        "XX71 0961 2345 6769",
        "BE71 0961 2345 6769" + " " * 60 + "and more",
    ],
)
def test_no_iban(sent: str) -> None:
    assert "no IBAN" in refused("iban", sent).detail


def test_country() -> None:
    assert stored("country", "BE") == "BE"
    for code in ("be", "BEL", "XX", "", "Belgium", "\u212aE"):  # the Kelvin sign lowers to a plain k
        assert "in capitals such as BE" in refused("country", code).detail


def test_address() -> None:
    sent = {"street": " Rue Haute 1 ", "street2": None, "postal_code": "1000", "city": "Brussels", "country": "BE"}
    kept = {"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussels", "country": "BE"}
    assert stored("address", sent) == kept
    assert stored("address", {"region": "x" * 500}) == {"region": "x" * 500}


def test_a_blank_part_of_an_address_is_none() -> None:
    """Not a text without characters, which would be filled in."""
    assert stored("address", {"street": "  ", "city": "Gent", "region": ""}) == {"city": "Gent"}


@pytest.mark.parametrize(
    ("part", "says", "pointer"),
    [
        ({"stret": "x"}, "parts are street", "/stret"),
        ({"a/b~": "x"}, "has no part", "/a~1b~0"),
        ({"city": 1}, "must be text, not a number", "/city"),
        ({"city": "a\0"}, "NUL", "/city"),
        ({"city": "x" * 501}, "500 characters", "/city"),
        ({"country": "be"}, "in capitals", "/country"),
        ({"country": 32}, "in capitals", "/country"),
    ],
)
def test_a_wrong_part_of_an_address_is_pointed_at(part: dict[str, Any], says: str, pointer: str) -> None:
    bad = refused("address", {"street": "Rue Haute 1", **part})
    assert says in bad.detail
    assert bad.pointer == pointer


def test_an_address_is_read_as_one_writes_it_however_it_is_kept() -> None:
    kept = {"city": "Mechelen", "street": "Generaal de Wittelaan 9", "country": "BE", "postal_code": "2800"}
    said = field("address").displayed(kept, language("en"))
    assert said == "Generaal de Wittelaan 9, 2800 Mechelen, Belgium"
