"""What holds for any field and any JSON value."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier.fields import FIELD_TYPES, Field, parse_fields
from dossier.foundation.errors import InvalidValue
from dossier.foundation.json import same
from tests.fields.support import TODAY, definition, field

pytestmark = pytest.mark.long

ANY_TEXT = st.text(st.characters(codec=None), max_size=50)
NUMBERS = st.integers() | st.decimals(allow_nan=False, allow_infinity=False, places=3)
LIKELY = st.sampled_from(
    ["a", "b", "2024-02-29", "+32 470 12 34 56", "BE71 0961 2345 6769", "eve@penbox.io", "BE", "today", True, 0]
)
SCALARS = st.none() | st.booleans() | NUMBERS | ANY_TEXT | LIKELY
NAMES = ANY_TEXT | st.sampled_from(["a", "city", "country", "street", "key", "type", "options", "value", "label"])
JSON = st.recursive(SCALARS, lambda parts: st.lists(parts, max_size=4) | st.dictionaries(NAMES, parts, max_size=4))

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "text": [{}, {"multiline": True, "pattern": "a"}, {"maxlength": 3}],
    "number": [{}, {"min": -5, "max": Decimal("10.5"), "decimals": 2}],
    "date": [{}, {"min": "2020-01-01", "max": "today"}],
    "multiple_choice": [{}, {"min_selections": 1, "max_selections": 1}],
    "phone": [{}, {"country": "BE"}],
    "table": [
        {},
        {"columns": [{"key": "a", "type": "iban", "name": "A"}, {"key": "b", "type": "phone", "name": "B"}]},
    ],
}
FIELDS = [
    pytest.param(field(kind, **options), id=f"{kind}-{number}")
    for kind in FIELD_TYPES
    for number, options in enumerate(OPTIONS.get(kind, [{}]))
]


def outcome(made: Field, value: Any) -> Any:
    """What is stored, or the InvalidValue; any other exception goes through."""
    try:
        return made.check(value, TODAY)
    except InvalidValue as bad:
        return bad


THOROUGH = settings(suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("made", FIELDS)
@THOROUGH
@given(value=JSON.filter(lambda value: value is not None))
def test_a_value_is_taken_or_refused_and_what_is_stored_passes_again(made: Any, value: Any) -> None:
    kept = outcome(made, value)
    if isinstance(kept, InvalidValue):
        assert 0 < len(str(kept)) < 400
    else:
        assert kept is None or same(made.check(kept, TODAY), kept)


@pytest.mark.parametrize("kind", FIELD_TYPES)
@THOROUGH
@given(data=st.data())
def test_a_definition_is_read_or_refused_and_comes_back(kind: str, data: st.DataObject) -> None:
    known = [member.alias or name for name, member in FIELD_TYPES[kind].model_fields.items()]
    raw = definition(kind) | data.draw(st.dictionaries(st.sampled_from(known) | ANY_TEXT, JSON, max_size=3))
    fields, problems = parse_fields([raw], "/schema")
    assert len(fields) + bool(problems) == 1
    assert all((problem.pointer or "").startswith("/schema/0") for problem in problems)
    if fields:
        assert fields[0].document() == raw
        assert parse_fields([fields[0].document()], "") == (fields, [])


@THOROUGH
@given(raw=JSON)
def test_any_json_is_a_list_of_fields_or_has_problems(raw: Any) -> None:
    fields, problems = parse_fields(raw, "")
    assert problems or len(fields) == len(raw)


IBANS = st.sampled_from(["BE71 0961 2345 6769", "FR14 2004 1010 0505 0001 3M02 606", "MT84MALT011000012345MTLCAST001S"])
PHONES = st.sampled_from(["+32 470 12 34 56", "+1 650-253-0000", "+44 20 7031 3000", "+49 30 123456"])


@given(text=IBANS, noise=st.text(" -.", max_size=5), lower=st.booleans())
def test_an_iban_is_the_same_however_it_is_written(text: str, noise: str, lower: bool) -> None:
    written = noise + (text.lower() if lower else text) + noise
    compact = text.replace(" ", "")
    assert field("iban").check(written, TODAY) == compact == field("iban").check(compact, TODAY)


@given(text=PHONES, position=st.integers(1, 12), noise=st.sampled_from(" -./()"))
def test_a_phone_number_is_the_same_however_it_is_written(text: str, position: int, noise: str) -> None:
    kept = field("phone").check(text, TODAY)
    assert field("phone").check(text[:position] + noise + text[position:], TODAY) == kept
