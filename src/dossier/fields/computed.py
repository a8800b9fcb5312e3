"""Values that follow from other fields of the case: a formula, recomputed with every change of the data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, NoReturn

from pydantic import Field as Member
from pydantic import WithJsonSchema, field_validator

from dossier.conditions.comparing import Comparing
from dossier.fields.checkbox import Checkbox
from dossier.fields.date import Date
from dossier.fields.faces import Cell, Input, Kind, Language, NoInput, Option
from dossier.fields.field import Field
from dossier.fields.formula import Data, Formula, FormulaError, Known, Typed, parse, stored
from dossier.fields.formula_operators import OperatorFormula, read
from dossier.fields.formula_parts import called, compiled
from dossier.fields.number import NumberField
from dossier.fields.text import Text
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop

SHAPES: Mapping[str, type[Field]] = {"number": NumberField, "text": Text, "date": Date, "checkbox": Checkbox}
"""Result → the type whose faces its values have."""
RESULT = Named("result", Message("What the formula makes"))
MAX_FORMULA = 2_000  # characters
MAX_COMPUTED = 100  # fields of a template
MAX_PARTS = 2_000  # of all formulas of a template: what every change of a case may have to calculate
MAX_COLUMNS = 50  # of tables that all formulas of a template read through


_FORMULA_SCHEMA = {"anyOf": [{"type": "string", "minLength": 1, "maxLength": MAX_FORMULA}, {"type": "object"}]}


def _read(formula: str | dict[str, Any]) -> Formula | OperatorFormula:
    return parse(formula) if isinstance(formula, str) else read(formula)


def _compiled(formula: Formula | OperatorFormula, known: Known, fields: Sequence[str]) -> Typed:
    return formula.compiled(known, fields) if isinstance(formula, OperatorFormula) else compiled(formula, known, fields)


class Computed(Field):
    """A value that a formula makes of other fields; `result` is what type of value, `decimals` rounds a number, half up."""

    called: ClassVar[str] = gettext_noop("Computed from other fields")
    designed: ClassVar[tuple[Option, ...]] = (
        Option(
            "formula",
            "formula",
            gettext_noop("Formula over the keys of other fields"),
            gettext_noop("Such as round(amount * 0.21, 2), sum(lines.price) or premium if young else 0."),
        ),
        Option(
            "result",
            "text",
            gettext_noop("What the formula makes"),
            gettext_noop("One of number, text, date, checkbox."),
        ),
        Option("decimals", "whole", gettext_noop("Decimals")),
        Option("suffix", "text", gettext_noop("Shown after it, such as km")),
    )
    read_only: ClassVar[bool] = True
    preset: ClassVar[bool] = False
    derived: ClassVar[bool] = True

    type: Literal["computed"]
    formula: Annotated[Any, WithJsonSchema(_FORMULA_SCHEMA)]
    result: Annotated[str, Member(json_schema_extra={"enum": list(SHAPES)})]
    decimals: Annotated[int, Member(ge=0, le=20)] | None = None
    suffix: str | None = None

    @field_validator("formula")
    @classmethod
    def _can_be_read(cls, formula: Any) -> Any:
        if not isinstance(formula, str | dict):
            raise InvalidValue("“{field}” must be a text or an object, not {given}.", given=kind_of(formula))
        if not formula:
            raise InvalidValue("“{field}” must not be empty.")
        if isinstance(formula, str) and len(formula) > MAX_FORMULA:
            raise InvalidValue("“{field}” must have at most {count} characters.", count=MAX_FORMULA)
        try:
            _read(formula)
        except FormulaError as error:
            raise InvalidValue("“{field}” {problem}", problem=error.message) from None
        return formula

    @field_validator("result")
    @classmethod
    def _is_known(cls, result: str) -> str:
        if result not in SHAPES:
            raise InvalidValue("“{field}” must be one of {options}.", options=tuple(SHAPES))
        return result

    @cached_property
    def parsed(self) -> Formula | OperatorFormula:
        return _read(self.formula)

    @cached_property
    def _shape(self) -> Field:
        """A field whose faces the result has."""
        options = {"decimals": self.decimals, "suffix": self.suffix} if self.result == "number" else {}
        plain = {"key": self.key, "type": self.result, "name": self.name}
        return SHAPES[self.result].model_validate(plain | options)

    def check(self, value: Any, today: date) -> NoReturn:
        raise InvalidValue("“{field}” cannot be set: it is computed from other fields.", "read_only_field")

    @property
    def looks_at(self) -> frozenset[str]:
        return self.parsed.names

    @property
    def unit(self) -> str | None:
        return self._shape.unit

    @property
    def calculated(self) -> Kind | None:
        return self._shape.calculated

    def input(self, language: Language) -> Input:
        return NoInput(language.gettext("Nothing to compute it from yet."))

    def displayed(self, value: Any, language: Language) -> str:
        return self._shape.displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        return self._shape.exported(value, language)

    @classmethod
    def comparing(cls, definition: Mapping[str, Any]) -> Comparing | None:
        return SHAPES.get(str(definition.get("result")), Field).compared


@dataclass(frozen=True)
class Program:
    """The computed fields of a template, each after those that it looks at."""

    steps: tuple[tuple[Computed, Typed], ...] = ()

    @cached_property
    def _by_key(self) -> Mapping[str, tuple[Computed, Typed]]:
        return {field.key: (field, formula) for field, formula in self.steps}

    def values(self, data: Data) -> dict[str, Any]:
        """Key → value of every computed field, None for none, by the other fields of the data."""
        known, made = dict(data), {}
        for field, formula in self.steps:
            made[field.key] = known[field.key] = stored(formula.kind, formula.value(known), field.decimals)
        return made

    def value(self, key: str, data: Data) -> Any:
        """The value of one of them, by data that has those that it looks at; None for none."""
        found = self._by_key.get(key)
        return stored(found[1].kind, found[1].value(data), found[0].decimals) if found else None


def program(fields: Sequence[Field]) -> tuple[Program, list[tuple[str, Message]]]:
    """The program of these fields, and what is wrong: key of a field, message about its formula."""
    computed = {field.key: field for field in fields if isinstance(field, Computed)}
    problems = [*_too_costly(computed), *_circles(computed)]
    if problems or not computed:
        return Program(), problems
    known = {name: kind for field in fields for name, kind in _calculated(field)}
    steps = []
    for key in _in_order(computed):
        try:
            part = _compiled(computed[key].parsed, known, [field.key for field in fields])
        except FormulaError as error:
            problems.append((key, error.message))
            continue
        if part.kind != computed[key].calculated:
            problems.append((key, _other_result(part.kind, computed[key].result)))
        steps.append((computed[key], part))
    return Program(tuple(steps)), problems


def _other_result(kind: Kind, result: str) -> Message:
    made, wanted = called([kind]), Named(result, Message(SHAPES[result].called))
    return Message("it makes a {kind}, and “{result}” says {wanted}.").about(kind=made, result=RESULT, wanted=wanted)


def _calculated(field: Field) -> Iterator[tuple[str, Kind]]:
    """What formulas may call a field: by its key, columns of a table after a point."""
    if field.calculated:
        yield field.key, field.calculated
    yield from ((f"{field.key}.{name}", kind) for name, kind in field.calculated_columns().items())


_TOO_MANY = {
    MAX_COMPUTED: gettext_noop("a template has {most} computed fields at most; this one has {found}."),
    MAX_PARTS: gettext_noop("a template has {most} parts in all formulas together at most; this one has {found}."),
    MAX_COLUMNS: gettext_noop(
        "a template has {most} columns of tables in all formulas together at most; this one has {found}."
    ),
}


def _too_costly(computed: Mapping[str, Computed]) -> Iterator[tuple[str, Message]]:
    formulas = [field.parsed for field in computed.values()]
    for found, most in (
        (len(formulas), MAX_COMPUTED),
        (sum(each.nodes for each in formulas), MAX_PARTS),
        (sum(each.columns for each in formulas), MAX_COLUMNS),
    ):
        if found > most:
            yield next(iter(computed)), Message(_TOO_MANY[most], {"most": most, "found": found})


def _circles(computed: Mapping[str, Computed]) -> Iterator[tuple[str, Message]]:
    """Every field that looks at itself, with the way round."""
    for key in computed:
        way = _way_back(computed, key)
        if way:
            names = Named(" → ".join(way), " → ".join(computed[each].name for each in way))
            yield key, Message("it looks at itself: {way}.", {"way": names})


def _way_back(computed: Mapping[str, Computed], start: str) -> list[str]:
    ways, seen = [[start]], set[str]()
    while ways:
        way = ways.pop()
        for name in sorted(computed[way[-1]].parsed.names & computed.keys()):
            if name == start:
                return [*way, name]
            if name not in seen:
                seen.add(name)
                ways.append([*way, name])
    return []


def _in_order(computed: Mapping[str, Computed]) -> list[str]:
    """The keys, each after those that it looks at; there is no circle."""
    placed: dict[str, None] = {}
    left = dict(computed)
    while left:
        ready = [key for key, field in left.items() if not field.parsed.names & left.keys()]
        placed |= dict.fromkeys(ready)
        left = {key: field for key, field in left.items() if key not in placed}
    return list(placed)
