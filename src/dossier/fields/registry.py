"""The field types by name, and what is made of a list of definitions."""

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field as Member
from pydantic import TypeAdapter

from dossier.fields.address import Address
from dossier.fields.api_call import ApiCall
from dossier.fields.checkbox import Checkbox
from dossier.fields.choices import Choices
from dossier.fields.company_number import CompanyNumber
from dossier.fields.computed import Computed
from dossier.fields.country import Country
from dossier.fields.currency import Currency
from dossier.fields.date import Date
from dossier.fields.email import Email
from dossier.fields.field import LAST_DAY, MEMBERS, Field
from dossier.fields.file import File
from dossier.fields.iban import Iban
from dossier.fields.multiple_choice import MultipleChoice
from dossier.fields.national_number import NationalNumber
from dossier.fields.number import NumberField
from dossier.fields.parse import parse_definitions
from dossier.fields.phone import Phone
from dossier.fields.signature import Signature
from dossier.fields.table import Table
from dossier.fields.text import Text
from dossier.fields.time import Time
from dossier.fields.url import Url
from dossier.foundation.errors import InvalidValue, Problem
from dossier.foundation.messages import kind_of

FIELD_TYPES: Mapping[str, type[Field]] = {
    "text": Text,
    "number": NumberField,
    "currency": Currency,
    "date": Date,
    "checkbox": Checkbox,
    "choices": Choices,
    "multiple_choice": MultipleChoice,
    "file": File,
    "signature": Signature,
    "api_call": ApiCall,
    "email": Email,
    "phone": Phone,
    "iban": Iban,
    "country": Country,
    "address": Address,
    "table": Table,
    "url": Url,
    "time": Time,
    "national_number": NationalNumber,
    "company_number": CompanyNumber,
    "computed": Computed,
}


def parse_fields(raw: object, at: str) -> tuple[tuple[Field, ...], list[Problem]]:
    """The fields of a list of definitions, and everything that is wrong with it.

    `at` is the JSON Pointer to the list, such as “/schema”; a definition with a problem gives no field.
    """
    return parse_definitions(raw, at, FIELD_TYPES)


def option_labels() -> Mapping[str, str]:
    """Member of a definition, of any type → how the designer calls it, in English."""
    options = [option for kind in FIELD_TYPES.values() for option in kind.designed]
    return {option.name: option.label for option in reversed(options)} | MEMBERS  # of one name the first type's


def infer_field(key: str, value: Any) -> Field:
    """A field that takes this value, for templates that add unknown fields; InvalidValue where no type is plain from it."""
    kind = _plain_type(value)
    if kind is None:
        raise InvalidValue(
            "“{field}” is not a field yet, and {given} does not say which type it should have.",
            "unknown_field",
            given=kind_of(value),
        )
    name = key.replace("_", " ").strip().capitalize() or key
    fields, problems = parse_fields([{"key": key, "name": name, **kind}], "")
    if problems:
        raise InvalidValue(
            "“{field}” cannot be a field: a key has 1 to 120 characters of a–z, 0–9 and _.", "invalid_key"
        )
    fields[0].check(value, LAST_DAY)
    return fields[0]


def _plain_type(value: Any) -> dict[str, Any] | None:
    if isinstance(value, bool):
        return {"type": "checkbox"}
    if isinstance(value, int | Decimal):
        return {"type": "number"}
    return {"type": "text", "multiline": True} if isinstance(value, str) else None


def definition_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a definition; its parts are referred to as “#/$defs/…”."""
    union: Any = Annotated[reduce(or_, FIELD_TYPES.values()), Member(discriminator="type")]
    schema: dict[str, Any] = TypeAdapter(union).json_schema()
    return schema
