"""What a message may have is met exactly."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message as Sentence
from dossier.messages.model import NewMessage
from dossier.messages.model.message import Attempt, Message
from dossier.messages.model.text_message import parts_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MAIL: dict[str, Any] = {"channel": "email", "to": ("eve@example.org",), "text": "Hello"}
SMS: dict[str, Any] = {"channel": "sms", "to": ("+32470123456",), "text": "Hello"}


def message(**said: Any) -> NewMessage:
    return NewMessage(UUID(int=1), **said).checked()


def faults(**said: Any) -> list[str | None]:
    with pytest.raises(Invalid) as refused:
        message(**said)
    return [each.pointer for each in refused.value.problems]


def people(count: int) -> tuple[str, ...]:
    return tuple(f"p{each}@example.org" for each in range(count))


LIMITS: dict[str, tuple[Callable[[int], dict[str, Any]], int, str]] = {
    "people": (lambda n: MAIL | {"to": people(n)}, 50, "/to"),
    "people and copies": (lambda n: MAIL | {"cc": people(20), "bcc": people(n - 21)}, 50, "/to"),
    "subject": (lambda n: MAIL | {"subject": "x" * n}, 400, "/subject"),
    "text": (lambda n: MAIL | {"text": "x" * n}, 200_000, "/body"),
    "html": (lambda n: MAIL | {"html": "x" * n}, 1_000_000, "/body"),
    "text of an SMS": (lambda n: SMS | {"text": "x" * n}, 1600, "/body"),
    "numbers": (lambda n: SMS | {"to": tuple(f"+3247012345{each}" for each in range(n))}, 1, "/to"),
    "digits": (lambda n: SMS | {"to": ("+" + "1" * n,)}, 20, "/to/0"),
}


@pytest.mark.parametrize(("made", "most", "at"), LIMITS.values(), ids=LIMITS)
def test_limits_are_met_exactly(made: Callable[[int], dict[str, Any]], most: int, at: str) -> None:
    """What reaches one is taken, what goes one beyond is refused."""
    message(**made(most))
    assert faults(**made(most + 1)) == [at]


@pytest.mark.parametrize(
    "more", [{"cc": SMS["to"]}, {"bcc": SMS["to"]}, {"html": "x"}, {"attachments": (UUID(int=2),)}]
)
def test_an_sms_has_nothing_but_a_text(more: dict[str, Any]) -> None:
    assert faults(**SMS | more) == ["/to"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, (1, False)), ("x" * 161, (2, False)), ("x" * 306, (2, False)), ("x" * 307, (3, False)), ("€" * 80, (1, False)),
        ("€" * 81, (2, False)), ("ж" * 70, (1, True)), ("ж" * 71, (2, True)), ("ж" * 134, (2, True)), ("ж" * 135, (3, True)),
    ],
)  # fmt: skip
def test_an_sms_is_sent_in_parts(text: str, parts: Any) -> None:
    assert parts_of(text) == parts


def test_waits_grow_from_a_minute_to_a_day() -> None:
    """Counted by its tries; then it is given up."""
    message = Message(**dict.fromkeys(each.name for each in fields(Message) if each.default is each.default_factory))
    kept = replace(message, status="pending", version=1, updated_at=NOW, attempts=())
    why = Attempt(NOW, Sentence("not now"))
    after = [replace(kept, tries=tries).refused(NOW, why, for_good=False) for tries in range(10)]
    minutes = [1, 1, 5, 15, 60, 180, 360, 720, 1440]
    assert [each.due_at and each.due_at - NOW for each in after[:9]] == [timedelta(minutes=each) for each in minutes]
    assert [each.status for each in after] == ["pending"] * 9 + ["failed"]
    assert kept.refused(NOW, why, for_good=True).status == "failed"
