"""What a workspace may have is met exactly."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import pytest

from dossier.foundation.errors import Invalid, Problem
from dossier.workspaces import model
from dossier.workspaces.model import Mailing, WorkspaceText
from tests.workspaces.test_logo import jpeg, png, webp


def slug(count: int) -> Iterable[Problem]:
    return model.problems("x" * count, "W", "UTC")


def snippet(count: int) -> Iterable[Problem]:
    return model.text_problems(WorkspaceText("snippet", "x" * count, "en", "Hello"))


def site(port: int) -> Iterable[Problem]:
    return model.origin_problems([f"https://a.example:{port}"])


LIMITS: dict[str, tuple[Callable[[int], Iterable[Problem]], int]] = {
    "slug": (slug, 63),
    "sites": (lambda n: model.origin_problems(["https://a.example"] * n), 20),
    "port of a site": (site, 65535),
    "name of a snippet": (snippet, 60),
    "name of a secret": (lambda n: model.secret_problems("x" * n, "s"), 60),
    "secret": (lambda n: model.secret_problems("x", "s" * n), 10_000),
    "language": (lambda n: model.language_problems("x" * n), 3),
    "end of a day": (lambda n: model.working_time_problems({"days": [1], "opens": 0, "closes": n}), 24 * 60),
    "day of the week": (lambda n: model.working_time_problems({"days": [1, n], "opens": 0, "closes": 1}), 7),
    "part of a host": (lambda n: model.host_problems(["x" * n + ".example"]), 63),
}


@pytest.mark.parametrize(("made", "most"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], Iterable[Problem]], most: int) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    assert (len(list(made(most))), len(list(made(most + 1)))) == (0, 1)


WRONG: list[tuple[Callable[[], Iterable[Problem]], str]] = [
    (lambda: model.problems("a--b", "W", "UTC"), "/slug"),
    (lambda: model.problems("a", " ", "UTC"), "/name"),
    (lambda: model.problems("a", "W", "Mars"), "/time_zone"),
    (lambda: model.working_time_problems({"days": [], "opens": 0, "closes": 1}), "/days"),
    (lambda: model.working_time_problems({"days": [0], "opens": 0, "closes": 1}), "/days"),
    (lambda: model.working_time_problems({"days": [1], "opens": 60, "closes": 60}), "/opens"),
    (lambda: model.working_time_problems({"days": [1], "opens": -1, "closes": 60}), "/opens"),
    (lambda: model.working_time_problems({"days": [1], "opens": 0, "closes": 1, "country": "XX"}), "/country"),
    (lambda: model.working_time_problems({"days": [1], "opens": 0, "closes": 1, "country": "DE", "region": "XX"}), "/region"),
    (lambda: model.working_time_problems({"days": [1], "opens": 0, "closes": 1, "country": "DE", "customs": ["x"]}), "/customs"),
    (lambda: model.country_problems("XX"), "/country"),
    (lambda: model.host_problems(["a.example", "a b"]), "/hosts/1"),
    (lambda: model.origin_problems(["http://a.example"]), "/origins"),
    (lambda: model.secret_problems("1x", "s"), "/name"),
    (lambda: model.secret_problems("x", ""), "/value"),
    (lambda: model.secret_problems("x", "a\0"), "/value"),
    (lambda: model.text_problems(WorkspaceText("closing", "x", "en", "Hello")), "/name"),
    (lambda: model.text_problems(WorkspaceText("snippet", "", "en", "Hello")), "/name"),
    (lambda: model.text_problems(WorkspaceText("snippet", "x", "english", "Hello")), "/language"),
    (lambda: model.text_problems(WorkspaceText("snippet", "x", "en", "{{ nobody }}")), "/body"),
    (lambda: model.text_problems(WorkspaceText("snippet", "x", "en", "{{ snippets.y }}")), "/body"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "at"), WRONG)
def test_what_cannot_be_is_said_with_its_place(found: Callable[[], Iterable[Problem]], at: str) -> None:
    assert [each.pointer for each in found()] == [at]


RIGHT: list[Callable[[], Iterable[Problem]]] = [
    lambda: model.problems("a-1", "W", "Europe/Brussels"),
    lambda: model.working_time_problems({"days": [1, 7], "opens": 0, "closes": 1}),
    lambda: model.working_time_problems({"days": [1], "opens": 9, "closes": 17, "country": "DE", "region": "BY"}),
    lambda: model.country_problems(None),
    lambda: model.host_problems(["localhost", "WWW.Example.org"]),
    lambda: model.origin_problems(["https://a.example", "https://a.example:443", "https://localhost"]),
    lambda: model.text_problems(WorkspaceText("closing", "", "en", "{{ data.x }} {{ snippets.y }}")),
]


@pytest.mark.parametrize("found", RIGHT)
def test_what_can_be_is_taken(found: Callable[[], Iterable[Problem]]) -> None:
    assert list(found()) == []


def size_of_lossy(width: int, height: int) -> bytes:
    return bytes(10) + width.to_bytes(2, "little") + height.to_bytes(2, "little")


def size_of_large(width: int, height: int) -> bytes:
    return bytes(8) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def size_of_lossless(width: int, height: int) -> bytes:
    return bytes(5) + (width - 1 | height - 1 << 14).to_bytes(4, "little")


PICTURES: dict[str, Callable[[int, int], bytes]] = {
    "png": lambda width, height: png(0, width, height),
    "jpeg": jpeg,
    "lossy": lambda width, height: webp(b"VP8 ", size_of_lossy(width, height)),
    "lossless": lambda width, height: webp(b"VP8L", size_of_lossless(width, height)),
    "large": lambda width, height: webp(b"VP8X", size_of_large(width, height)),
}


@pytest.mark.parametrize("made", PICTURES.values(), ids=PICTURES)
def test_a_logo_has_so_many_pixels_at_most(made: Callable[[int, int], bytes]) -> None:
    model.logo(made(4096, 1))
    model.logo(made(1, 4096))
    for width, height in ((4097, 1), (1, 4097)):
        with pytest.raises(Invalid, match="4096 pixels"):
            model.logo(made(width, height))


@pytest.mark.parametrize(("width", "height"), [(0, 1), (1, 0)])
def test_a_logo_has_some_pixels(width: int, height: int) -> None:
    with pytest.raises(Invalid, match="pixels"):
        model.logo(png(0, width, height))


def test_a_logo_has_so_many_bytes_at_most() -> None:
    model.logo(png(256 * 1024))
    with pytest.raises(Invalid, match="256 kB"):
        model.logo(png(256 * 1024 + 1))


def mailing(*texts: tuple[Any, str, str, str], language: str = "nl") -> Mailing:
    return Mailing(UUID(int=1), "W", "blue", None, language, tuple(WorkspaceText(*each) for each in texts))


def test_a_text_is_in_the_readers_language_or_the_workspaces_or_any() -> None:
    made = mailing(
        ("closing", "", "de", "Gruß"), ("closing", "", "nl", "Groeten"), ("closing", "", "fr", "Salutations"),
        ("snippet", "b", "fr", "B"), ("snippet", "a", "fr", "A"), ("snippet", "a", "de", "A"),
    )  # fmt: skip
    said = [made.text("closing", "", each) for each in ("fr", "FR-be", "en")]
    assert said == ["Salutations", "Salutations", "Groeten"]
    assert (made.text("snippet", "a", "nl"), made.text("footer", "", "nl"), made.snippets) == ("A", None, ["a", "b"])
    assert len({made.stamp, mailing().stamp, mailing(language="en").stamp}) == 3
