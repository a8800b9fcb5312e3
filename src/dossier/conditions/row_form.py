"""A condition as a form of the app shows it."""

from collections.abc import Sequence
from typing import Any

from dossier.conditions.rows import (
    FilterAttribute,
    FilterRow,
    Match,
    ShownRows,
    last_value,
    parse_rows,
    shown_rows,
    to_rows,
)
from dossier.foundation import json


class ConditionForm:
    """A condition as its form shows it: rows, or JSON where rows cannot say it."""

    def __init__(self, rows: ShownRows, text: str) -> None:
        self.rows, self.text = rows, text

    @classmethod
    def of(cls, raw: Any, choices: Sequence[FilterAttribute]) -> "ConditionForm":
        found: tuple[Match, list[FilterRow]] | None = ("all", []) if raw is None else to_rows(raw)
        return cls(shown_rows(choices, *(found or ("all", []))), "" if found else json.pretty(raw))

    @classmethod
    def sent(cls, sent: Sequence[tuple[str, str]], prefix: str, choices: Sequence[FilterAttribute]) -> "ConditionForm":
        """As it was typed, where that could not be saved."""
        match: Match = "any" if last_value(sent, prefix + "match") == "any" else "all"
        return cls(shown_rows(choices, match, list(parse_rows(sent, prefix))), last_value(sent, prefix + "json"))
