"""Words of texts: telephone numbers are read as the library for them reads them, though most of them without it."""

import random

import phonenumbers

from dossier.foundation.words import numbers

MOST = 2000


def test_telephone_numbers_are_read_as_their_library_reads_them() -> None:
    chance = random.Random(16)
    countries = list(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    for _ in range(MOST):
        code = chance.choice(countries) if chance.random() < 0.9 else chance.randint(1, 9999)
        text = f"+{code}" + "".join(chance.choices("01234567890123456789 .-", k=chance.choice((0, 1, 2, 7, 9, 11, 18))))
        digits = "".join(filter(str.isdigit, text))
        assert numbers(text) == (digits, *_inland(text)), text


def _inland(text: str) -> list[str]:
    try:
        return ["0" + str(phonenumbers.parse(text).national_number)]
    except phonenumbers.NumberParseException:
        return []
