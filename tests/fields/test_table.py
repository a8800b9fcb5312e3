"""Tables: rows and cells are checked by their columns, and a mistake says where it is."""

from typing import Any

import pytest

from tests.fields.support import AB, field, problems, refused, stored

COLUMNS = [
    {"key": "name", "type": "text", "name": "Name", "maxlength": 5},
    {"key": "phone", "type": "phone", "name": "Phone"},
    {"key": "share", "type": "number", "name": "Share", "min": 0},
    {"key": "kind", "type": "choices", "name": "Kind", "options": AB},
]


def test_each_cell_is_stored_as_its_column_says() -> None:
    rows = [{"name": "Eve", "phone": "+32 470 12 34 56", "share": None}, {}]
    assert stored("table", rows, columns=COLUMNS) == [{"name": "Eve", "phone": "+32470123456"}, {}]


@pytest.mark.parametrize(
    ("rows", "says", "pointer"),
    [
        ([{}, "x"], "object as row 2, not text", "/1"),
        ([{}, {"name": 5}], "row 2, “name” must be text", "/1/name"),
        ([{"share": -1}], "row 1, “share” must be at least 0", "/0/share"),
        ([{"nmae": "x"}], "no column “nmae” (row 1)", "/0/nmae"),
        ([{"a/b": "x"}], "no column", "/0/a~1b"),
    ],
)
def test_a_wrong_cell_is_named_and_pointed_at(rows: list[Any], says: str, pointer: str) -> None:
    bad = refused("table", rows, columns=COLUMNS)
    assert says in bad.detail
    assert bad.pointer == pointer


def test_limits_of_rows() -> None:
    assert stored("table", [{}, {}], min_rows=2, max_rows=2) == [{}, {}]
    assert "at least 2" in refused("table", [{}], min_rows=2).detail
    assert "at most 2" in refused("table", [{}] * 3, max_rows=2).detail
    assert "at most 1000" in refused("table", [{}] * 1001).detail


def test_columns_are_definitions_like_others() -> None:
    columns = [
        {"key": "a", "type": "txt", "name": "A"},
        {"key": "b", "type": "text", "name": "B", "pattern": "("},
        {"key": "b", "type": "number", "name": "B", "min": 2, "max": 1},
        {"key": "d", "type": "table", "name": "D", "columns": []},
        {"key": "e", "type": "iban", "name": "E", "default": "BE72"},
        5,
    ]
    found = problems({"key": "t", "type": "table", "name": "T", "columns": columns, "min_rows": "x"})
    assert {problem.pointer for problem in found} == {
        "/schema/0/columns/0/type",
        "/schema/0/columns/1/pattern",
        "/schema/0/columns/2/key",
        "/schema/0/columns/2/max",
        "/schema/0/columns/3/type",
        "/schema/0/columns/4/default",
        "/schema/0/columns/5",
        "/schema/0/min_rows",
    }
    assert "Did you mean “text”?" in found[0].detail


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"columns": []}, "/columns"),
        ({"columns": {}}, "/columns"),
        ({"columns": [dict(COLUMNS[0], key=f"c{n}") for n in range(51)]}, "/columns"),
        ({"columns": [dict(COLUMNS[0], indexed=True)]}, "/columns/0/indexed"),
        ({"min_rows": 3, "max_rows": 2}, "/max_rows"),
        ({"min_rows": -1}, "/min_rows"),
        ({"min_rows": 1001}, "/min_rows"),
        ({"max_rows": 0}, "/max_rows"),
        ({"max_rows": 1001}, "/max_rows"),
        ({"default": [{"name": 1}]}, "/default/0/name"),
        ({"indexed": True}, "/indexed"),
    ],
)
def test_what_a_table_may_not_say(options: dict[str, Any], pointer: str) -> None:
    made = {"key": "t", "type": "table", "name": "T", "columns": COLUMNS, **options}
    assert [problem.pointer for problem in problems(made)] == ["/schema/0" + pointer]


def test_document_gives_the_columns_back() -> None:
    assert field("table", columns=COLUMNS).document()["columns"] == COLUMNS
