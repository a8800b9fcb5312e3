"""What a form may be given is met exactly, and when it can be opened."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dossier.conditions import EvaluationContext
from dossier.forms.model import access, batch, calendar, new, person, signature
from dossier.forms.model import filter as flat
from dossier.forms.model.new import NewForm
from dossier.foundation.errors import Invalid, InvalidValue, Problem
from dossier.foundation.identifiers import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOOK = "https://a.example/"
SECOND = timedelta(seconds=1)


def asked(**user: str) -> list[Problem]:
    return new.asked_user(user, None)[1]


LIMITS: dict[str, tuple[Callable[[int], Iterable[Problem]], int, str]] = {
    "name": (lambda n: asked(given_name="x" * n), 500, "/user/given_name"),
    "addresses": (lambda n: new.webhook_problems({f"{HOOK}{at}": [] for at in range(n)}), 10, "/webhooks"),
    "external": (lambda n: new.external_problems({"a": "x" * (n - len('{"a":""}'))}), 64 * 1024, "/external_args"),
    "redirect": (
        lambda n: new.redirect_problems(HOOK + "x" * (n - len(HOOK)), ["a.example"]),
        2000,
        "/redirect_url",
    ),
}


@pytest.mark.parametrize(("made", "most", "at"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], Iterable[Problem]], most: int, at: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    assert list(made(most)) == []
    assert [each.pointer for each in made(most + 1)] == [at]


REDIRECTS: list[tuple[str | None, str | None]] = [
    (None, None),
    ("https://a.example/x", None),
    ("http://localhost/x", None),
    ("http://a.example/x", "invalid_value"),
    ("ftp://a.example/x", "invalid_value"),
    ("https:///x", "invalid_value"),
    ("https://a.example/a b", "invalid_value"),
    ("https://a.example\\x", "invalid_value"),
    ("https://a.example/\u202e", "invalid_value"),
    ("https://a.example:99999/", "invalid_value"),
    ("https://eve@a.example/", "invalid_value"),
    ("https://:secret@a.example/", "invalid_value"),
    ("https://b.example/", "host_not_listed"),
]


@pytest.mark.parametrize(("url", "code"), REDIRECTS)
def test_where_somebody_goes_on_afterwards(url: str | None, code: str | None) -> None:
    found = list(new.redirect_problems(url, ["a.example", "localhost"]))
    assert [each.code for each in found] == ([code] if code else [])


@pytest.mark.parametrize(
    ("webhooks", "faults"),
    [
        ({HOOK: ["responses:completed"]}, {}),
        ({HOOK: ["x", "requests:created", "y"]}, {"/webhooks/https:~1~1a.example~1/0", "/webhooks/https:~1~1a.example~1/2"}),
        ({"https://eve@a.example": []}, {"/webhooks/https:~1~1eve@a.example"}),
        ({"https://:x@a.example": []}, {"/webhooks/https:~1~1:x@a.example"}),
        ({"https://a.example#x": []}, {"/webhooks/https:~1~1a.example#x"}),
        ({"x" * 300: []}, {"/webhooks/" + "x" * 200}),
        ({"x" * 300: ["y"]}, {"/webhooks/" + "x" * 200, "/webhooks/" + "x" * 200 + "/0"}),
    ],
)  # fmt: skip
def test_what_a_form_can_tell(webhooks: Any, faults: Any) -> None:
    assert {each.pointer for each in new.webhook_problems(webhooks)} == set(faults)


def test_who_is_asked_is_said_in_one_way() -> None:
    user, problems = new.asked_user({"phone": "0470 12 34 56", "locale": "fr_BE", "given_name": "  "}, "BE")
    assert (problems, user.phone, user.locale, user.given_name) == ([], "+32470123456", "fr-BE", None)
    assert [each.pointer for each in asked(phone="0470 12 34 56", email="no", company_name="\0")] == [
        "/user/company_name",
        "/user/email",
        "/user/phone",
    ]


def span(expires_after: str | None = None, **said: Any) -> tuple[Any, Any, list[str | None]]:
    found, problems = new.span(NewForm((), **said), expires_after, "Europe/Brussels", NOW)
    return found.active_from, found.active_until, [each.pointer for each in problems]


@pytest.mark.parametrize(
    ("expires_after", "said", "begin", "end", "faults"),
    [
        (None, {}, "2026-03-01T12:00", None, []),
        ("P3D", {}, "2026-03-01T12:00", "2026-03-04T12:00", []),
        ("P3D", {"draft": True}, None, None, []),
        ("P3D", {"says_until": True}, "2026-03-01T12:00", None, []),
        (None, {"active_from": "2026-03-02"}, "2026-03-01T23:00", None, []),
        (None, {"active_until": "2026-03-02", "says_until": True}, "2026-03-01T12:00", "2026-03-02T23:00", []),
        ("P1D", {"active_from": "2026-02-01"}, "2026-01-31T23:00", "2026-02-01T23:00", ["/active_from"]),
        ("P1D", {"active_from": "2026-02-28T12:00:00Z"}, "2026-02-28T12:00", "2026-03-01T12:00", ["/active_from"]),
        (None, {"active_from": "soon"}, "2026-03-01T12:00", None, ["/active_from"]),
        (None, {"active_from": "0999-01-01"}, "2026-03-01T12:00", None, ["/active_from"]),
        (None, {"active_from": "8999-12-31", "draft": True}, "8999-12-30T23:00", None, []),
        (None, {"active_from": "9000-01-01"}, "2026-03-01T12:00", None, ["/active_from"]),
        (
            None,
            {"active_until": "2026-03-01T12:00:00Z", "says_until": True},
            "2026-03-01T12:00",
            "2026-03-01T12:00",
            ["/active_until"],
        ),
        (
            None,
            {"active_from": "2026-03-05T12:00:00Z", "active_until": "2026-03-05T12:00:00Z", "says_until": True},
            "2026-03-05T12:00",
            "2026-03-05T12:00",
            ["/active_until"],
        ),
        (
            None,
            {"active_from": "2026-03-05T12:00:00Z", "active_until": "2026-03-05T12:00:01Z", "says_until": True},
            "2026-03-05T12:00",
            "2026-03-05T12:00",
            [],
        ),
    ],
)
def test_from_when_until_when(expires_after: Any, said: Any, begin: Any, end: Any, faults: Any) -> None:
    found = span(expires_after, **said)
    shown = [each and each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M") for each in found[:2]]
    assert (*shown, found[2]) == (begin, end, faults)


def test_the_first_year_in_which_a_form_can_begin() -> None:
    assert new.moment_or_day("1000-01-01", "UTC").year == 1000


# ---- signatures ----


def strokes(*lengths: int) -> dict[str, Any]:
    return {"drawn": [[[1, 2, 3]] * each for each in lengths]}


@pytest.mark.parametrize(
    ("most", "beyond"),
    [
        ({"typed": "x" * 200}, {"typed": "x" * 201}),
        (strokes(*[1] * 200), strokes(*[1] * 201)),
        (strokes(2500, 2500), strokes(2500, 2501)),
    ],
    ids=["name", "strokes", "points"],
)
def test_a_signature_has_so_much_at_most(most: Any, beyond: Any) -> None:
    assert signature.signature_of(most)
    with pytest.raises(InvalidValue):
        signature.signature_of(beyond)


@pytest.mark.parametrize(
    "given",
    ["x", {"typed": 5}, {"odd": 1}, {"method": "odd"}, {"drawn": "{"}, {"drawn": {"a": 1}}, {"drawn": [5]}, {"drawn": [[5]]}, {"drawn": [[[1, 2]]]}, {"drawn": [[[1, 2, "x"]]]}],
)  # fmt: skip
def test_what_is_no_signature_is_refused(given: Any) -> None:
    with pytest.raises(InvalidValue):
        signature.signature_of(given)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({}, None),
        ({"typed": " "}, None),
        ({"typed": " Eve "}, {"method": "typed", "name": "Eve"}),
        ({"method": "typed", "name": "Eve"}, {"method": "typed", "name": "Eve"}),
        ({"drawn": "[[]]", "typed": "Eve"}, {"method": "typed", "name": "Eve"}),
        (
            {"drawn": "[[[-1,-1,-1],[601,201,1000000001],[600,200,1000000000]],[]]"},
            {"method": "drawn", "name": None, "strokes": [[[0, 0, 0], [600, 200, 10**9], [600, 200, 10**9]]]},
        ),
        (
            {"strokes": [[[1, 2, 3]]], "name": " Eve ", "method": "drawn"},
            {"method": "drawn", "name": "Eve", "strokes": [[[1, 2, 3]]]},
        ),
    ],
)
def test_a_signature_is_kept(given: Any, kept: Any) -> None:
    assert signature.signature_of(given) == kept


def test_strokes_are_drawn_as_paths() -> None:
    assert list(signature.paths({"strokes": [[[1, 2, 0]], [[1, 2, 0], [3, 4, 5]]]})) == ["M1 2h1", "M1 2L3 4"]
    assert list(signature.paths({})) == []


# ---- coming in ----


@pytest.mark.parametrize(
    ("wrong", "until", "tries", "is_locked", "is_open"),
    [
        (0, NOW + SECOND, 0, False, True),
        (29, NOW + SECOND, 4, False, True),
        (30, NOW + SECOND, 5, True, False),
        (0, NOW, 0, False, False),
        (0, None, 0, False, False),
    ],
)
def test_a_code_can_be_tried_in_time_and_not_too_often(
    wrong: int, until: Any, tries: int, is_locked: bool, is_open: bool
) -> None:
    entry = access.Entry(None, wrong, until, tries)
    assert (entry.locked, entry.code_is_open(NOW)) == (is_locked, is_open)
    code = "locked" if is_locked else "wrong_code" if is_open or until is None else "code_spent"
    assert access.wrong_entry(entry, NOW).code == code


def test_a_code_is_six_digits_however_it_is_typed() -> None:
    assert all(len(each) == 6 and each.isdigit() for each in (access.new_code() for _ in range(50)))
    assert access.written(" 12-34 ٥٦") == "123456"
    assert access.written("1" * 61) == "1" * 60


# ---- the end of a form in a calendar ----


def test_lines_of_a_calendar_are_folded_between_characters() -> None:
    found = calendar.entry(
        new_id(), "é" * 100 + "\r\na;b,c\\d\x07", "https://a.example/\x00x", NOW, NOW - timedelta(days=1)
    )
    lines = found.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) == 73
    whole = found.decode().replace("\r\n ", "")
    assert f"SUMMARY:{'é' * 100}\\na\\;b\\,c\\\\d \r\n" in whole
    assert "URL:https://a.example/x\r\n" in whole
    assert "DTSTART:20260301T113000Z\r\nDTEND:20260301T120000Z\r\n" in whole
    assert b"DTSTAMP:20260228T120000Z" in found


@pytest.mark.parametrize("length", range(60, 70))
def test_a_line_that_fits_is_not_folded(length: int) -> None:
    found = calendar.entry(new_id(), "x" * length, "", NOW, NOW)
    summary = next(line for line in found.split(b"\r\n") if line.startswith(b"SUMMARY:"))
    assert len(summary) == min(73, 8 + length)


# ---- the older grammar of filters, addresses, and rows of many ----


def test_the_older_filter_compares_a_hundred_members_at_most() -> None:
    args = {f"a{number}": number for number in range(101)}
    with pytest.raises(Invalid, match="more than 100 members"):
        flat.parse_flat({"external_args": args})
    args.pop("a100")
    assert len(flat.parse_flat({"external_args": args}).leaves) == 100


@pytest.mark.parametrize(
    "raw",
    [{"external_args": 5}, {"active": 1}, {"colour": "red"}, {"user": 5}, {"user": {"colour": "red"}}, {"user": {"email": 5}}],
    ids=str,
)  # fmt: skip
def test_what_the_older_filter_does_not_know_is_refused(raw: Any) -> None:
    with pytest.raises(Invalid) as refused:
        flat.parse_flat(raw)
    assert [(each.code, each.parameter) for each in refused.value.problems] == [("invalid_condition", "filter")]


def test_what_the_older_filter_asks() -> None:
    found = flat.parse_flat(
        {"external_args": {"a": {"b": [1, 2], "c": {}}, "d": None}, "user": {"email": ["x", "Y"]}, "active": True}
    )
    assert [(each.path, each.values) for each in found.leaves] == [
        (("a", "b"), (1, 2)),
        (("a", "c"), ({},)),
        (("d",), (None,)),
    ]
    assert found.condition.names() == {"user.email", "is.active"}
    facts = {"user": {"email": "y"}}
    for active, holds in ((True, True), (False, False)):
        assert found.condition.evaluate(EvaluationContext(families={"is": {"active": active}}, related=facts)) == holds
    assert [
        flat.is_flat(each) for each in ({}, {"active": True}, {"attributes": {}}, {"active": True, "$or": []}, [])
    ] == [True, True, False, False, False]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (" Eve@example.org ", ("email", "Eve@example.org")),
        ("+32 470 12 34 56", ("sms", "+32470123456")),
        ("٠470 12 34 56", ("sms", "+32470123456")),
        (
            "x" * 64 + "@" + ".".join(["y" * 61] * 3) + ".be",
            ("email", "x" * 64 + "@" + ".".join(["y" * 61] * 3) + ".be"),
        ),
    ],
)
def test_an_address_as_somebody_typed_it(text: str, read: Any) -> None:
    assert person.read_address(text, "BE") == read


@pytest.mark.parametrize("text", ["", "eve", "eve@", "12", "x" * 64 + "@" + ".".join(["y" * 61] * 3) + ".comm"])
def test_what_is_no_address_is_said(text: str) -> None:
    assert isinstance(person.read_address(text, "BE"), Problem)


@pytest.mark.parametrize(
    ("row", "groups"),
    [
        ({"state": "waiting"}, ["waiting"]),
        ({"state": "failed"}, ["failed"]),
        ({"state": "cancelled"}, ["cancelled"]),
        ({"archived": True}, ["cancelled"]),
        ({"archived": True, "begun": True}, ["sent", "opened", "begun"]),
        ({}, ["sent"]),
        ({"opened": True}, ["sent", "opened"]),
        ({"begun": True}, ["sent", "opened", "begun"]),
        ({"begun": True, "completed": True}, ["sent", "opened", "begun", "completed"]),
    ],
    ids=str,
)
def test_how_far_a_row_of_many_is(row: Any, groups: list[str]) -> None:
    usual = {"row": 0, "state": "made", "form_id": None, "form_status": None, "archived": False, "opened": False}
    made = batch.BatchRow(**usual | {"begun": False, "completed": False, "error": ()} | row)
    assert made.stage == groups[-1]
    assert [name for name, rows in batch.grouped([made]).items() if rows] == groups
