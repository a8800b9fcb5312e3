"""What people type about a field in a designer, and what the designer shows of its definition, for every type of field."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from dossier.conditions.rows import last_value
from dossier.fields.choices import OPTIONS
from dossier.fields.faces import How, Option, Sent
from dossier.fields.registry import FIELD_TYPES, option_labels
from dossier.foundation import exact, json
from dossier.foundation.errors import AppError, Invalid, InvalidValue
from dossier.foundation.messages import Message, Named
from dossier.foundation.sizes import shown_size, typed_size

Item = dict[str, Any]

BLANK_COLUMNS = 2


def options_typed(sent: Sent, kind: str) -> Item:
    """The options of a type as they were typed, the default among them; those left empty are not there. 400."""
    item = {option.name: _READ[option.how](sent, option.name) for option in FIELD_TYPES[kind].designed}
    return without_empty(item | {"default": _default(sent, kind)})


class Part(dict[str, Any]):
    """A part of a document as pages show it: a member that was not given is None."""

    def __missing__(self, name: str) -> None:
        return None


def lenient(value: Any) -> Any:
    """A document of such parts."""
    if isinstance(value, dict):
        return Part({name: lenient(part) for name, part in value.items()})
    return [lenient(each) for each in value] if isinstance(value, list) else value


def key_of(sent: Sent, joint: str, named_by: str = "name") -> str:
    """The key that was typed, or one made of the name: `Número de placa` is `numero_de_placa`."""
    plain = unicodedata.normalize("NFKD", last_value(sent, "key") or last_value(sent, named_by))
    words = re.findall(
        r"[a-z0-9_]+" if joint == "_" else r"[a-z0-9_-]+", plain.encode("ascii", "ignore").decode().lower()
    )
    return joint.join(words)[:60]


def called(name: str) -> Named:
    """A member of a definition in a message: people know it as the designer calls it."""
    label = option_labels().get(name)
    return Named(name, Message(label) if label else name)


def _whole(sent: Sent, name: str) -> int | None:
    text = last_value(sent, name)
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise Invalid.because("“{field}” must be a whole number.", pointer=f"/{name}", field=called(name))
    return int(text)


def _read(read: Callable[[str], Any], sent: Sent, name: str) -> Any:
    """What was typed, read; None of nothing, 400 of what is none."""
    text = last_value(sent, name)
    if not text:
        return None
    try:
        return read(text)
    except InvalidValue as bad:
        raise Invalid((bad.of(called(name), f"/{name}"),)) from None


def options_lines(sent: Sent, name: str) -> list[Item]:
    """A line each: `value: label`, or only a label, of which the value is made."""
    options = []
    for line in filter(None, map(str.strip, last_value(sent, name).split("\n"))):
        value, colon, label = line.partition(":")
        made = key_of([("name", line)], "_") or line
        options.append({"value": value.strip(), "label": label.strip()} if colon else {"value": made, "label": line})
    return options


def _columns(sent: Sent, _name: str) -> list[Item]:
    return [_column(**row) for row in columns_sent(sent) if row["name"].strip()]


def _column(name: str, key: str, type: str, more: str, options: Mapping[str, str]) -> Item:
    """A column as it was typed: each option of its type has an input; what has none stands in `more`, as JSON."""
    column: Item = {"key": key.strip() or key_of([("name", name)], "_"), "type": type, "name": name.strip()}
    designed = FIELD_TYPES[type].designed if type in FIELD_TYPES else ()
    if OPTIONS in designed and more.strip() and not more.strip().startswith("{"):
        column["options"] = options_lines([("options", more.replace(";", "\n"))], "options")
    elif more.strip():
        column |= _more(name, more)
    typed = {each.name: _READ[each.how](list(options.items()), each.name) for each in designed}
    return column | without_empty(typed)


def _more(name: str, text: str) -> Item:
    try:
        extra = json.decode(text.encode())
    except AppError:
        extra = None
    if not isinstance(extra, dict):
        raise Invalid.because('More about the column “{name}” must be JSON such as {"decimals": 2}.', name=name)
    return extra


def _formula(sent: Sent, name: str) -> Any:
    """A formula as a text, or as JSON where it is an object."""
    text = last_value(sent, name)
    try:
        return json.decode(text.encode()) if text.startswith("{") else text or None
    except AppError:
        return text


_READ: Mapping[str, Callable[[Sent, str], Any]] = {
    "formula": _formula,
    "text": lambda sent, name: last_value(sent, name) or None,
    "yes": lambda sent, name: True if last_value(sent, name) else None,
    "whole": _whole,
    "size": partial(_read, typed_size),
    "number": partial(_read, exact.typed_number),
    "options": options_lines,
    "columns": _columns,
    "list": lambda sent, name: [each.strip() for each in last_value(sent, name).split(",") if each.strip()],
}


def _default(sent: Sent, kind: str) -> Any:
    text = last_value(sent, "default")
    try:
        return FIELD_TYPES[kind].read_default(text) if text else None
    except InvalidValue as bad:
        raise Invalid((bad.of(called("default"), "/default"),)) from None


def option_shown(item: Mapping[str, Any], name: str, how: How = "text") -> str:
    """What an input of a field's option holds."""
    value = item.get(name)
    if value is None or value is False:
        return ""
    if name == "options":
        return "\n".join(f"{each['value']}: {each['label']}" for each in value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return shown_size(value) if how == "size" else exact.shown_number(value)
    return value if isinstance(value, str) else json.encode(value).decode()


def columns_sent(sent: Sent) -> list[Item]:
    """The columns as they were typed: `column.name` and so on, again and again, and `column.<place>.<option>`."""
    names = ("name", "key", "type", "more")
    rows = zip(*([value for name, value in sent if name == f"column.{part}"] for part in names), strict=False)
    return [dict(zip(names, row, strict=True)) | {"options": _of_column(sent, place)} for place, row in enumerate(rows)]


def _of_column(sent: Sent, place: int) -> dict[str, str]:
    prefix = f"column.{place}."
    return {name.removeprefix(prefix): value for name, value in sent if name.startswith(prefix)}


def columns_shown(item: Mapping[str, Any]) -> Iterator[Item]:
    """The columns of a table as the form has them, and blank ones."""
    for column in item.get("columns") or ():
        kind = FIELD_TYPES.get(column["type"])
        designed = [each.name for each in kind.designed] if kind else []
        extra = {name: value for name, value in column.items() if name not in ("key", "name", "type", *designed)}
        yield {
            **{name: column[name] for name in ("key", "name", "type")},
            "more": option_shown({"x": extra or None}, "x"),
            "options": {
                name: text
                for name in designed
                if (text := "yes" if column.get(name) is True else option_shown(column, name))
            },
        }
    yield from [{"key": "", "name": "", "type": "text", "more": "", "options": {}}] * BLANK_COLUMNS


def column_inputs(column: Item, place: int) -> list[tuple[Option, str, str]]:
    """What is asked about a column that is there: the option of its type, the name of its input, and what it holds."""
    kind = FIELD_TYPES.get(column["type"]) if column["name"] else None
    return (
        [(each, f"column.{place}.{each.name}", column["options"].get(each.name, "")) for each in kind.designed]
        if kind
        else []
    )


def without_empty(item: Item) -> Item:
    """What of it was given."""
    return {name: value for name, value in item.items() if value is not None and value != []}
