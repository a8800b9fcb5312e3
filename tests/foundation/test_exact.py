"""The only readers of numbers, days and times: bounded, exact, and by the reader's language."""

import ast
import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.foundation import exact, json, yaml
from tests.source import SOURCE, modules, nodes

READERS = {"foundation/exact.py", "foundation/json.py", "foundation/clock.py"}


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ("2.9092707674760353e-05", Decimal("0.000029092707674760353")),
        ("1e40", Decimal(10**40)),
        ("1" + "0" * 40, 10**40),
        ("9007199254740993.01", Decimal("9007199254740993.01")),
        ("-0.0", Decimal("0.0")),
        ("0e-99999", Decimal(0)),
        ("5e-324", None),
        ("1e41", None),
        ("1e-41", None),
        ("1e999999999", None),
        ("9" * 35, None),
        ("9" * 100_000, None),
        ("0." + "3" * 40, None),
    ],
)
def test_a_number_lies_within_the_limits_of_the_contract(literal: str, value: Any) -> None:
    """[R18 S3] Small doubles pass as every library prints them; what is refused costs nothing."""
    began = time.thread_time()
    if value is None:
        with pytest.raises(ValueError, match="limits"):
            exact.number(literal)
    else:
        assert exact.number(literal) == value
        assert json.decode_stored(json.encode(exact.number(literal))) == value
    assert time.thread_time() - began < 1


@given(st.floats(min_value=1e-40, max_value=1e40) | st.floats(max_value=-1e-40, min_value=-1e40))
def test_every_double_of_that_range_passes(number: float) -> None:
    """[R18] Printed as Python prints it, which is as JSON libraries do."""
    assert float(exact.number(repr(number))) == number


@given(st.from_regex(r"[+-]?[0-9]{1,18}(\.[0-9]{0,18})?([eE]-?[0-9]{1,2})?", fullmatch=True))
def test_a_short_number_is_read_as_every_other(literal: str) -> None:
    """Short digits are read without looking at the limits: to the same value, of the same type, with the same decimals."""
    with pytest.MonkeyPatch.context() as patch:
        read = _read(literal)
        patch.setattr(exact, "_SHORT", 0)
        assert _read(literal) == read


def _read(literal: str) -> str:
    try:
        return repr(exact.number(literal))
    except ValueError as bad:
        return str(bad)


@pytest.mark.parametrize(
    ("text", "en", "fr", "nl"),
    [
        ("1.234,56", "1234.56", "1234.56", "1234.56"),
        ("1,234.56", "1234.56", "1234.56", "1234.56"),
        ("1 234,5", "1234.5", "1234.5", "1234.5"),
        ("1\u202f234\u00a0567", "1234567", "1234567", "1234567"),
        ("1.250.000", "1250000", "1250000", "1250000"),
        ("12,5", "12.5", "12.5", "12.5"),
        ("12.5", "12.5", "12.5", "12.5"),
        ("3.500", None, None, "3500"),
        ("3,500", "3500", None, None),
        ("0,500", "0.5", "0.5", "0.5"),
        ("-7", "-7", "-7", "-7"),
        ("\u22127,5", "-7.5", "-7.5", "-7.5"),
        (".5", "0.5", "0.5", "0.5"),
    ],
)
def test_people_write_numbers_as_their_language_does(text: str, en: str | None, fr: str | None, nl: str | None) -> None:
    """[B3] What can be read in two ways is refused with both."""
    for language, value in (("en", en), ("fr", fr), ("nl", nl)):
        exact.language.set(language)
        if value is None:
            with pytest.raises(ValueError, match=r"3500 and 3[.,]5"):
                exact.typed_number(text, 2)
        else:
            assert exact.typed_number(text, 2) == Decimal(value), language
    exact.language.set("en")


@pytest.mark.parametrize(("text", "value"), [("٣", "3"), ("١٬٢٣٤٫٥", "1234.5"), ("۱۲", "12"), ("-٠٫٥", "-0.5")])
def test_digits_of_every_script_are_read(text: str, value: str) -> None:
    for language in ("en", "fr", "de", "ar"):
        exact.language.set(language)
        assert exact.typed_number(text, 2) == Decimal(value), language
    exact.language.set("en")
    assert exact.typed_day("٠١/٠٢/٢٠٢٦") == date(2026, 2, 1)
    assert exact.typed_time("١٤:٣٠") == "14:30"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "1e5",
        "1e9999999",
        "NaN",
        "Infinity",
        "三",
        "1.2.3",
        "1,2,3",
        "--1",
        "1-1",
        "9" * 60,
        "0x1",
        "1 2 3",
        "12 34",
        "1 2345",
        "3 4,5",
        "1'5",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    """[S2 S3] At once, however large it would be."""
    with pytest.raises(ValueError, match="number"):
        exact.typed_number(text)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    st.sampled_from(["en", "fr", "nl"]),
)
def test_what_an_input_shows_is_read_back(number: Decimal, language: str) -> None:
    """[B3] Saving what is shown changes nothing."""
    exact.language.set(language)
    shown = exact.shown_number(number)
    try:
        assert exact.typed_number(shown) == number
    finally:
        exact.language.set("en")


@pytest.mark.parametrize("text", ["2026-03-01", "01/03/2026", "1.3.2026", "1-3-2026", " 1 3 2026 "])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert exact.typed_day(text) == date(2026, 3, 1)


@pytest.mark.parametrize("text", ["31/02/2026", "1/3/26", "2026/03/01", "13/13/2026", "soon", "", "1/3/20261"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        exact.typed_day(text)


def test_nothing_else_reads_numbers_and_times() -> None:
    """[S3] No other file makes a Decimal or a time from text: one bounded reader, or the next door is open."""
    found = {
        f"{path.relative_to(SOURCE)}: {ast.unparse(node)}"
        for path in modules()
        if str(path.relative_to(SOURCE)) not in READERS
        for node in nodes(path)
        if isinstance(node, ast.Call) and _reads(node)
    }
    assert found <= {
        "listing/workbook.py: Decimal(number)",  # of a number
        "foundation/stored_messages.py: date.fromisoformat(day)",  # which it has written itself
        "foundation/stored_messages.py: Decimal(number)",
        "listing/field_index.py: Decimal(value)",
        "listing/sql.py: Decimal(operand)",
        "conditions/comparing.py: Decimal(exact.typed_number(text))",
    }


def _reads(node: ast.Call) -> bool:
    called = ast.unparse(node.func).removeprefix("decimal.")
    return (
        called in ("Decimal", "float")
        and bool(node.args)
        and not isinstance(node.args[0], ast.Constant)
        and called == "Decimal"
    ) or called.rpartition(".")[2] in ("fromisoformat", "strptime")


# ---- YAML means JSON ----


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: NO\nb: [no, yes, on, off, y]", {"a": "NO", "b": ["no", "yes", "on", "off", "y"]}),
        (
            "a: 1:30.5\nb: 0x10\nc: 0o7\nd: 012\ne: .5\nf: 1_000",
            {"a": "1:30.5", "b": "0x10", "c": "0o7", "d": "012", "e": ".5", "f": "1_000"},
        ),
        (
            "a: .inf\nb: .nan\nc: 2026-03-01\nd: =\ne: <<",
            {"a": ".inf", "b": ".nan", "c": "2026-03-01", "d": "=", "e": "<<"},
        ),
        ("a: 1.50\nb: 1e3\nc: -7\nd: 0", {"a": Decimal("1.50"), "b": 1000, "c": -7, "d": 0}),
        ("a: true\nb: null\nc: ~\nd:\ne: True", {"a": True, "b": None, "c": None, "d": None, "e": "True"}),
        ('\ufeff{"a": 1}', {"a": 1}),
    ],
)
def test_types_are_those_of_json(text: str, value: Any) -> None:
    """[F10 F13] Norway stays a text, infinity too; only what JSON writes as a number is one."""
    assert yaml.decode(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\na: 2", "stands twice"),
        ("a: {b: 1, 'b': 2}", "stands twice"),
        ("a: !!binary aGk=", "tag"),
        ("a: !!set {b}", "tag"),
        ("a: !python/object:os.system x", "tag"),
        ("a: &x 1\nb: *x", "anchor"),
        ("a: &x 1", "anchor"),
        ("&x a: 1", "line 1"),
        ("a: 1\nb: ! 2", "line 2, column 4"),
        ("a: 1\nb: [", "line"),
        ("--- 1\n--- 2", "one document"),
        ("", "one document"),
        ("a: 1e999999", "limits"),
        ("a: " + "9" * 5000, "limits"),
        ("[1, 2]: 3", "name"),
        ('a: "\\0"', "NUL"),
        ('a: "\\ud800"', "unicode"),
        ("a: " + "[" * 40 + "]" * 40, "deep"),
        ("a: " + "[" * 5000, "deep"),
        ("x" * 300_000, "256 kB"),
        ("a: \x00", ""),
        ("a: [", ""),
    ],
)
def test_what_json_would_refuse_is_refused(text: str, reason: str) -> None:
    """[F11 F13 S17] Duplicates, tags, aliases, digits, NUL, depth, size: one sentence, never a traceback."""
    with pytest.raises(json.Invalid) as refused:
        yaml.decode(text)
    assert reason.lower() in str(refused.value).lower()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**33), 10**33)
    | st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.sampled_from(
        [
            "NO",
            "yes",
            "null",
            "~",
            "1e3",
            "12",
            "-",
            "- a",
            "a: b",
            "#x",
            "",
            " a ",
            "a\n",
            "\n\n",
            "=",
            "<<",
            "é\u2028x",
            "\ufeff",
            "\x85",
            "'",
            '"',
            "|",
            ">",
            "%",
            "@",
            "0x1",
            ".5",
            "2026-01-01",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_written_is_read_back(value: Any) -> None:
    """[F10] Every JSON value survives: document → YAML → document."""
    assert json.same(yaml.decode(yaml.encode(value)), json.decode(json.encode(value)))
