"""What is given beforehand is read leniently: what fits its element, or does after an unambiguous reading, is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dossier.fields import Field
from dossier.form_templates.model import Element, FormTemplate
from dossier.forms.model.form import FormUser
from dossier.forms.model.shown import file_named
from dossier.foundation.errors import InvalidValue


@dataclass(frozen=True, slots=True)
class Prefilled:
    """`filled`: element → its value as it is stored; `unfit`: the keys of what fits nothing."""

    filled: Mapping[str, Any]
    unfit: Sequence[str]


@dataclass(frozen=True, slots=True)
class Where:
    """In which workspace: the day it is there, its time zone, and the country of numbers without one."""

    today: date
    time_zone: str
    country: str | None = None


def prefilled(template: FormTemplate, data: Mapping[str, Any], where: Where) -> Prefilled:
    """What of the data can be filled in."""
    filled: dict[str, Any] = {}
    unfit: list[str] = []
    for key, value in data.items():
        element = template.element_by_key.get(key)
        if element is None or key in template.group_of or (element.field is None and element.type != "group"):
            unfit.append(key)
        elif value is not None:
            try:
                filled[key] = _read(element, value, where)
            except InvalidValue:
                unfit.append(key)
    return Prefilled(filled, unfit)


def of_recipient(template: FormTemplate, user: FormUser) -> dict[str, Any]:
    """Element → what is known of who is asked, where an element asks for it (`contact.<member>`)."""
    bound = {each.key: each.binding for each in template.elements if each.binding}
    known = {key: getattr(user, to.key, None) for key, to in bound.items() if to.target == "contact"}
    return {key: value for key, value in known.items() if value}


def options_read(
    template: FormTemplate, options: Mapping[str, Any], where: Where
) -> tuple[dict[str, Any], Sequence[str]]:
    """The options of a form, those that the template knows as their fields store them, and the keys of those that do not fit."""
    values, unfit = dict(options), []
    for key, value in options.items():
        option = template.option_by_key.get(key)
        if option is None or value is None or (option.type == "file" and file_named(value)):
            continue
        try:
            values[key] = read(option.field, value, where)
        except InvalidValue:
            unfit.append(key)
    return values, unfit


def _read(element: Element, value: Any, where: Where) -> Any:
    if element.type == "group":
        return _rows(element, value, where)
    if element.field is None or element.field.derived or element.field.read_only:
        raise InvalidValue("“{field}” is not filled in.")
    return read(element.field, value, where)


def _rows(group: Element, value: Any, where: Where) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise InvalidValue("“{field}” must be a list of objects.")
    rows = [{key: part for key, part in each.items() if part is not None} for each in value]
    if any(key not in group.element_by_key for each in rows for key in each):
        raise InvalidValue("“{field}” has other members.")
    return [{key: _read(group.element_by_key[key], part, where) for key, part in each.items()} for each in rows]


def read(field: Field, value: Any, where: Where) -> Any:
    """The value as the field stores it; InvalidValue where there is no unambiguous reading."""
    local = field.local(where.country) if where.country else field
    try:
        return local.check(value, where.today)
    except InvalidValue:
        meant = local.meant(value, where.time_zone)
        if meant is None:
            raise
        return local.check(meant, where.today)
