"""What rows of a rule set: a value as it is typed, yes or no, or what another part of the case has by then."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from dossier.conditions.comparing import SOME_OF
from dossier.fields import Field
from dossier.foundation import exact
from dossier.foundation.errors import AppError

YES_NO: Mapping[str, Any] = {"true": True, "false": False}
SOURCES = ("title", "description", "reference", "status")
"""What a value can be taken from, besides fields."""


def typed(field: Field | None, text: str, source: str) -> Any:
    """The value of a row: of `source` yes, no, or where it is taken from; else as it was typed, several by commas. None for none; 400."""
    if source:
        return YES_NO.get(source, {"from": source})
    if field is None or not text:
        return text or None
    if field.comparing(field.document()) is SOME_OF:
        value: Any = [each.strip() for each in text.split(",") if each.strip()]
    else:
        value = field.read_or_refuse(text)
    labels = dict(field.choices(field.document()))
    return field.meant(value, "UTC") or value if labels else value


def shown(field: Field | None, value: Any, known: Iterable[str]) -> tuple[str, str] | None:
    """How a row says a value: typed text and source; None where it cannot, for it would come back as another one. `known`: fields."""
    match value:
        case None:
            return "", ""
        case bool():
            return "", "true" if value else "false"
        case {"from": str(path)} if len(value) == 1:
            return ("", path) if path in SOURCES or path.removeprefix("data.") in known else None
        case str() | int() | Decimal() | list():
            return next(((text, "") for text in _texts(field, value) if _comes_back(field, text, value)), None)
    return None


def _texts(field: Field | None, value: Any) -> Iterable[str]:
    """How it can be written: as people know it, and as it is stored."""
    labels = dict(field.choices(field.document())) if field else {}
    several = value if isinstance(value, list) else [value]
    if all(isinstance(each, str) for each in several):
        texts = list(map(str, several))
        return ", ".join(labels.get(each, each) for each in texts), ", ".join(texts)
    return () if isinstance(value, list) else (exact.shown_number(value),)


def _comes_back(field: Field | None, text: str, value: Any) -> bool:
    try:
        found = typed(field, text, "")
    except AppError:
        return False
    return bool(text) and found == value and isinstance(found, str | list) == isinstance(value, str | list)
