"""Why a condition holds on a case, or does not, in the words of who reads it: what was asked of what, and what there was."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from dossier.cases.model import Case
from dossier.cases.pages.telling import PARTS
from dossier.conditions.comparing import DAY, TEXT
from dossier.conditions.explaining import Part
from dossier.conditions.rows import FilterAttribute
from dossier.fields import Field
from dossier.files.model.held import document_of
from dossier.foundation import exact
from dossier.foundation.pages.language import Language
from dossier.records.pages.lines import EMPTY, Side, Word, plain

TIMES = ("created_at", "updated_at", "archived_at")
MOST = 10  # of what a value may be one of


@dataclass(frozen=True, slots=True)
class Reason:
    """A comparison as `cases/_reasons.html` draws it; `value` is None where it is not said."""

    held: bool
    attribute: FilterAttribute
    operator: str
    negated: bool
    operands: list[Side]
    value: Side | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """Comparisons of a case, told in a language."""

    case: Case
    language: Language

    def one(self, part: Part) -> Reason:
        """What was asked, whether it held, and the value that there was."""
        asked, is_related = part.asked, part.asked.name.startswith("contact.")
        operands = [self._operand(asked.name, each) for each in asked.operands[:MOST]]
        value = None if is_related else self.value(asked.name, part.value)
        return Reason(part.held, self.attribute(asked.name), asked.operator, asked.negated, operands, value)

    def part(self, path: str) -> Side:
        """How a part of the case is called that a rule watches."""
        kind, _, key = path.partition(".")
        if kind == "contacts" and self.case.template and (slot := self.case.template.slot_by_key.get(key)):
            return slot.name
        return self.attribute(path).label or Word("part", path)

    def attribute(self, name: str) -> FilterAttribute:
        """How what a condition looks at is called and compared."""
        if field := self._field(name):
            return FilterAttribute(name, field.comparing(field.document()) or TEXT, field.name)
        titles = {f"steps.{step.key}": step.title for step in self.case.all_steps}
        return FilterAttribute(name, DAY if name in TIMES else TEXT, titles.get(name.removesuffix(".status"), ""))

    def value(self, name: str, value: Any) -> Side:
        """A value that the case has of what is called so."""
        if value is not None and (field := self._field(name)):
            return field.displayed(field.with_files(value, partial(document_of, {})), self.language)
        return self._word(name, value)

    def _operand(self, name: str, operand: Any) -> Side:
        """What a value is compared with, which may be none that the field would take."""
        if field := self._field(name):
            labels = dict(field.choices(field.document()))
            return labels.get(str(operand)) or field.displayed(operand, self.language)
        return self._word(name, operand)

    def _word(self, name: str, value: Any) -> Side:
        if value is None:
            return EMPTY
        if shown := PARTS.get(name):
            return shown(self.case, value)
        if name.startswith("steps."):
            return Word("step", str(value))
        return self._plain(value)

    def _plain(self, value: Any) -> Side:
        if isinstance(value, bool):
            return self.language.gettext("Yes") if value else self.language.gettext("No")
        if isinstance(value, int | Decimal):
            return self.language.number(value)
        if isinstance(value, str):
            with suppress(ValueError):
                value = exact.moment(value)
        if isinstance(value, datetime):
            return self.language.moment(value, self.case.time_zone)
        return self.language.day(value) if isinstance(value, str) else plain(value)

    def _field(self, name: str) -> Field | None:
        return self.case.field(name.removeprefix("data.")) if name.startswith("data.") else None
