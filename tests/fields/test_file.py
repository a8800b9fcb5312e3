"""The field type `file`: what it takes, how it reads, and what it refuses of files that there are."""

from dataclasses import dataclass
from typing import Any

import pytest

from dossier.fields import merged
from dossier.foundation.pages.language import language
from tests.fields.support import definition, field, pointers, refused, stored

ONE, TWO, THREE = (f"01a20bf2-05dd-722e-ae5a-00000000000{n}" for n in (1, 2, 3))
SHOWN = {"id": ONE, "name": "a.pdf", "type": "application/pdf", "uri": "https://example.org/v1/attachments/1"}


@dataclass(frozen=True)
class A:
    """A file that there is."""

    name: str = "a.pdf"
    type: str = "application/pdf"
    size: int = 10
    erased: bool = False


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (ONE, [ONE]),
        (ONE.upper(), [ONE]),
        ({"id": ONE}, [ONE]),
        ([TWO, ONE], [TWO, ONE]),
        ([SHOWN, {"id": TWO, "name": 5}], [ONE, TWO]),
        ([ONE, {"id": ONE}, TWO, ONE], [ONE, TWO]),
        ([], None),
    ],
)
def test_what_it_takes(sent: Any, kept: Any) -> None:
    assert stored("file", sent) == kept


@pytest.mark.parametrize(
    ("sent", "where"), [("x", "/k"), ([ONE, "x"], "/k/1"), ({"name": "a"}, "/k"), ([None], "/k/0"), (1, "/k")]
)
def test_what_is_no_id(sent: Any, where: str) -> None:
    problem = refused("file", sent)
    assert ("/k" + (problem.pointer or ""), problem.code) == (where, "invalid_value")


def test_how_many() -> None:
    ids = [f"01a20bf2-05dd-722e-ae5a-0000000000{n:02}" for n in range(21)]
    assert stored("file", ids[:20]) == ids[:20]
    assert refused("file", ids).detail == "“k” takes 20 files at most."
    assert refused("file", ids[:3], max_files=2).detail == "“k” takes 2 files at most."
    assert stored("file", [ids[0]] * 3, max_files=1) == [ids[0]], "an id that stands twice counts once"


@pytest.mark.parametrize(
    ("options", "file", "code"),
    [
        ({}, None, "not_found"),
        ({}, A(erased=True), "erased"),
        ({"accept": ["image/*", "text/plain"]}, A(), "invalid_value"),
        ({"accept": ["image/*", "application/pdf"]}, A(), None),
        ({"accept": ["IMAGE/*"]}, A(type="image/png"), None),
        ({"accept": ["image/*"]}, A(type="imagery/png"), "invalid_value"),
        ({"max_size": 9}, A(), "invalid_value"),
        ({"max_size": 10}, A(), None),
    ],
)
def test_which_files(options: dict[str, Any], file: Any, code: str | None) -> None:
    found = list(field("file", **options).unfit([TWO, ONE], {ONE: file}))
    assert [(each.code, each.pointer) for each in found] == ([(code, "/1")] if code else [])


def test_a_template_presets_none() -> None:
    assert pointers(definition("file", default=ONE)) == {"/schema/0/default": "invalid_value"}
    assert pointers(definition("file", max_files=0, max_size=0)) == {
        "/schema/0/max_files": "invalid_value",
        "/schema/0/max_size": "invalid_value",
    }


@pytest.mark.parametrize("accept", ["", "nonsense", "image/", "/png", "*/png", "image/png; q=1", "a/b/c", "image/p*"])
def test_what_no_file_can_be_is_not_accepted(accept: str) -> None:
    problems = pointers(definition("file", accept=["image/*", accept]))
    assert problems == {"/schema/0/accept/1": "invalid_value"}


def test_media_types_are_accepted_as_people_write_them() -> None:
    accept = ["*/*", "Image/*", " application/pdf ", "image/svg+xml", "application/vnd.ms-excel"]
    assert pointers(definition("file", accept=accept)) == {}


def test_two_people_put_a_file_there() -> None:
    made = field("file")
    assert merged(made, [ONE], [ONE, TWO], [THREE, ONE]) == [THREE, ONE, TWO]
    assert merged(made, [ONE], [TWO], [ONE, THREE]) == [THREE, TWO]


def test_how_it_reads() -> None:
    made, english = field("file"), language("en")
    named = made.with_files([ONE, TWO], {ONE: SHOWN, TWO: {"id": TWO, "name": "b.pdf"}}.__getitem__)
    assert made.displayed(named, english) == "a.pdf, b.pdf"
    assert made.exported(named, english) == "a.pdf (https://example.org/v1/attachments/1); b.pdf"
    assert made.files([ONE, TWO]) == [ONE, TWO]
    assert made.files("text") == made.files(None) == []
    assert field("text").files([ONE]) == ()
