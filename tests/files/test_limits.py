"""What files, and what is said of them, may have is met exactly."""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

import pytest

from dossier.files.model import together
from dossier.files.model.file import clean_name, new_object
from dossier.files.model.types import BINARY, Seen, served_type, text_type, type_of
from dossier.files.model.upload import read_metadata
from dossier.foundation.errors import AppError
from dossier.foundation.identifiers import new_id

LIMITS: dict[str, tuple[Callable[[int], Any], int]] = {
    "name": (lambda n: clean_name("x" * n), 255),
    "pages of one PDF": (together.raise_if_many, 2_000),
    "bytes": (lambda n: together.raise_if_large(n, 5), 5),
    "metadata": (lambda n: read_metadata("x" * n), 4096),
}


@pytest.mark.parametrize(("made", "most"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], Any], most: int) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    made(most)
    with pytest.raises(AppError):
        made(most + 1)


def test_what_is_said_of_limits() -> None:
    assert (together.MOST_FILES, together.AT_ONCE) == (100, 3)
    assert "100 files" in str(together.too_many_files())
    assert "3 such answers" in str(together.busy())
    assert (together.MOST_IN, together.MOST_ENCLOSED, together.MOST_ZIPPED) == (500 * 10**6, 50 * 10**6, 10 * 10**9)


@pytest.mark.parametrize(
    ("said", "name"),
    [("a.pdf", "a.pdf"), ("C:\\x\\a.pdf", "a.pdf"), ("/x/ a.pdf ", "a.pdf"), ("x", "x"), ("a\u202eb", "ab")],
)
def test_a_name_is_the_last_part_of_a_path(said: str, name: str) -> None:
    assert clean_name(said) == name


@pytest.mark.parametrize("said", ["", " ", "a/", ".", "..", "x/.."])
def test_what_is_no_name_is_refused(said: str) -> None:
    with pytest.raises(AppError):
        clean_name(said)


def test_nobody_guesses_where_content_lies() -> None:
    workspace = new_id()
    one, other = new_object(workspace), new_object(workspace)
    first, second, name = one.split("/")
    assert (first, second, len(name)) == (str(workspace), name[:2], 40)
    assert one != other


TEXT = b"Hello\n\t\r\f\x1b"
MEGA = 1024 * 1024


@pytest.mark.parametrize(
    ("head", "is_text"),
    [
        (TEXT, True),
        (b"", True),
        (b"a\0", False),
        (b"a\x07", False),
        (b"a\x1f", False),
        (b"a ", True),
        (b"\xc3", False),
        (b"\xc3\xa9", True),
        (b"x" * (MEGA - 1) + b"\xc3", True),
        (b"x" * (MEGA - 3) + b"\xf0\x9f\x98", True),
        (b"x" * (MEGA - 4) + b"\xf0\x9f\x98 ", False),
        (b"x" * (MEGA - 2) + b"\xc3", False),
        (b"\xc3" + b"x" * (MEGA - 1), False),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_text_is_utf_8_and_has_nothing_that_no_text_has(head: bytes, is_text: bool) -> None:
    assert type_of(Seen(), head, "", "a.txt") == ("text/plain" if is_text else BINARY)


@pytest.mark.parametrize(
    ("said", "name", "type"),
    [
        ("text/csv; charset=x", "a.txt", "text/csv"),
        (" TEXT/CSV ", "a", "text/csv"),
        ("text/html", "a.md", "text/markdown"),
        ("", "A.JSON", "application/json"),
        ("", "a.html", BINARY),
        ("", "a", BINARY),
    ],
)
def test_which_text_it_is(said: str, name: str, type: str) -> None:
    assert text_type(said, name) == type
    assert type_of(Seen("image/png"), b"x", said, name) == "image/png"


@pytest.mark.parametrize(
    ("type", "served"),
    [
        ("text/plain", "text/plain; charset=utf-8"),
        ("image/png", "image/png"),
        ("application/pdf", "application/pdf"),
        ("image/svg+xml", BINARY),
        ("text/csv", BINARY),
    ],
)
def test_what_a_browser_could_run_is_not_given_under_its_own_type(type: str, served: str) -> None:
    assert served_type(type) == served


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", {}),
        (" ", {}),
        ("filename YS5wZGY=,empty", {"filename": "a.pdf", "empty": ""}),
        ("a YQ==, b Yg", {"a": "a", "b": "b"}),
        ("a w6k_", {"a": "é?"}),
        ("a YQ==,a Yg==", None),
        ("a YQ==,", None),
        ("a Y", None),
        ("a YQ== x", None),
        ("a /w==", None),
    ],
)
def test_metadata_is_names_with_texts(header: str, found: Any) -> None:
    if found is None:
        with pytest.raises(AppError):
            read_metadata(header)
    else:
        assert read_metadata(header) == found


@pytest.mark.parametrize(
    ("name", "head", "runs"),
    [
        ("a.pdf", b"%PDF", False),
        ("a.EXE", b"x", True),
        ("a.html", b"x", True),
        ("a.txt", b"#!/bin/sh", True),
        ("a", b"MZ", True),
        ("exe", b"x", False),
    ],
)
def test_what_may_be_run(name: str, head: bytes, runs: bool) -> None:
    assert together.is_program(name, head) == runs


def test_none_of_the_names_is_there_twice() -> None:
    given = ["a.pdf", "A.pdf", "a.pdf", "b", "b.", "é.txt", "e\u0301.txt", "a (2).pdf"]
    names = list(together.unique_names(given))
    assert names == ["a.pdf", "A (2).pdf", "a (3).pdf", "b", "b. (2)", "é.txt", "e\u0301 (2).txt", "a (2) (2).pdf"]
    assert all(PurePath(name).name == name for name in names)
