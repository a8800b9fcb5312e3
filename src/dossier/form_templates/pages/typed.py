"""From the studio's forms to the parts of a form template's document, and what the forms show of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.conditions.comparing import ONE_OF, TEXT
from dossier.conditions.rows import FilterAttribute, last_value, typed_condition
from dossier.fields import (
    COLUMN_TYPES,
    FIELD_TYPES,
    Sent,
    field_choices,
    key_of,
    options_typed,
    parse_fields,
    without_empty,
)
from dossier.form_templates.model import FORM_ANSWERS, TYPES, called
from dossier.form_templates.model.editing import elements, free_key
from dossier.form_templates.model.elements import OF_FORMS
from dossier.form_templates.model.shapes import OF_TYPE
from dossier.foundation.errors import Invalid
from dossier.foundation.pages.language import Language
from dossier.foundation.text import gettext_noop

Item = dict[str, Any]

_OWN_NAMES = (
    gettext_noop("Information"),
    gettext_noop("Group that repeats"),
    gettext_noop("Signature"),
    gettext_noop("Hidden value"),
)
NAMES: Mapping[str, str] = {name: FIELD_TYPES[name].called for name in TYPES if name in FIELD_TYPES} | dict(
    zip(OF_FORMS, _OWN_NAMES, strict=True)
)
"""Type of element → what people call it, in English."""
OPTION_TYPES = tuple(COLUMN_TYPES)
DURATIONS: Mapping[str, tuple[str, str]] = {
    "days": ("P", "D"),
    "weeks": ("P", "W"),
    "months": ("P", "M"),
    "hours": ("PT", "H"),
}
SWITCHES = ("decline", "process_when_accepted", "embed")
"""What a template says yes or no to, and a preset otherwise."""
_CASE = ("case.status", "case.reference", "case.title", "case.owner.email")


def has(kind: str, member: str) -> bool:
    """Whether elements of that type alone have such a member: `text`, `repeat`, `items`."""
    return member in OF_TYPE.get(kind, ())


def is_field(kind: str) -> bool:
    """Whether its answer is checked as that of a field."""
    return kind not in OF_FORMS


def page(sent: Sent, key: str | None, document: Item, choices: Sequence[FilterAttribute]) -> Item:
    """A page; what stands on it stays as it was."""
    item: Item = {"key": key or _key(sent, "-", "title", {each["key"] for each in document.get("pages") or ()})}
    item["title"] = last_value(sent, "title")
    item["description"] = last_value(sent, "description") or None
    item["visible_when"] = typed_condition(sent, "visible_when.", choices, FORM_ANSWERS)
    return without_empty(item)


def element(sent: Sent, kind: str, old: Item | None, document: Item, choices: Sequence[FilterAttribute]) -> Item:
    """An element of that type; its key, once given, stays, and so does what the form does not ask for."""
    named = "label" if last_value(sent, "label") else "text"
    taken = {each["key"] for each, _ in elements(document)}
    item: Item = {"key": old["key"] if old else _key(sent, "_", named, taken) or free_key(kind, taken), "type": kind}
    for name in ("label", "help", "example", "field", "text", "name"):
        item[name] = last_value(sent, name) or None
    item["required"] = True if last_value(sent, "required") else None
    for name in ("visible_when", "required_when"):
        item[name] = typed_condition(sent, f"{name}.", choices, FORM_ANSWERS)
    item |= _of_type(sent, kind)
    if any(name == "list" for name, _ in sent):  # chosen, or taken away
        old = {**(old or {}), "list": None} if old else None
        item["list"] = last_value(sent, "list") or None
        item |= {"options": None} if item["list"] else {}
    item |= {name: old[name] for name in ("list", "items") if old and name in old and item.get(name) is None}
    return without_empty(item) | ({"elements": (old or {}).get("elements", [])} if has(kind, "elements") else {})


def _of_type(sent: Sent, kind: str) -> Item:
    if has(kind, "repeat"):
        least, most = (_whole(sent, f"repeat.{name}") for name in ("min", "max"))
        return {"repeat": without_empty({"min": least, "max": most}) or None}
    if has(kind, "items"):
        signed = [value for name, value in sent if name == "items"]
        merge = True if last_value(sent, "merge") else None
        return {"method": "electronic", "items": [{"attachment": each} for each in signed] or None, "merge": merge}
    return options_typed(sent, kind) if is_field(kind) else {}


def option(sent: Sent, kind: str, key: str | None, document: Item) -> Item:
    """A value that forms are made with."""
    taken = {each["key"] for each in document.get("options") or ()}
    item: Item = {"key": key or _key(sent, "_", "label", taken), "type": kind, "label": last_value(sent, "label")}
    return item | options_typed(sent, kind)


def preset(sent: Sent, key: str | None, document: Item) -> Item:
    """A way in which the template is used; what is left as the template has it is not there."""
    taken = {each["key"] for each in document.get("presets") or ()}
    item: Item = {"key": key or _key(sent, "-", "name", taken), "name": last_value(sent, "name")}
    item["enabled"] = bool(last_value(sent, "enabled"))
    if options := dict(_option_values(sent, document)):
        item["options"] = options
    item |= {name: chosen for name in ("access", "opens") if (chosen := last_value(sent, name))}
    item |= {name: chosen == "yes" for name in SWITCHES if (chosen := last_value(sent, name))}
    if last_value(sent, "expires") != "template":
        item["expires_after"] = duration(sent)
    return item


def _option_values(sent: Sent, document: Item) -> Iterator[tuple[str, Any]]:
    named = ({**each, "name": each.get("label") or each["key"]} for each in document.get("options") or ())
    plain = [{name: value for name, value in each.items() if name != "label"} for each in named]
    for field in parse_fields(plain, "")[0]:
        if text := last_value(sent, f"option.{field.key}"):
            yield field.key, field.read_or_refuse(text)


def details(sent: Sent) -> Item:
    """What is said of the form as a whole."""
    item: Item = {name: last_value(sent, name) or None for name in ("title", "description", "locale", "redirect_url")}
    item |= {name: last_value(sent, name) or None for name in ("access", "opens")}
    switches = {name: True if last_value(sent, name) else None for name in SWITCHES}
    return item | switches | {"expires_after": duration(sent)}


def duration(sent: Sent, name: str = "expires") -> str | None:
    """`P60D` for 60 and days; None for never; one that is not so simple, as it stood."""
    unit, count = last_value(sent, f"{name}.unit"), last_value(sent, f"{name}.count")
    if last_value(sent, name) == "never":
        return None
    if unit.startswith("P"):
        return unit
    if not re.fullmatch(r"[0-9]{1,4}", count):
        raise Invalid.because(
            "“{field}” must be a whole number.", pointer=f"/{name}_after", field=called("expires_after")
        )
    before, after = DURATIONS.get(unit, DURATIONS["days"])
    return f"{before}{int(count)}{after}"


def duration_shown(text: str | None) -> Item:
    """The number and the unit of a duration; one that is not so simple is its unit, as it stands."""
    for unit, (before, after) in DURATIONS.items():
        if found := re.fullmatch(rf"{before}(\d+){after}", text or ""):
            return {"count": found[1], "unit": unit, "other": ""}
    return {"count": "", "unit": text or "days", "other": text or ""}


def choices(document: Item, said: Language, without: str = "", group: str = "") -> list[FilterAttribute]:
    """What a condition of a form can be about: its other answers, its options, who answers, the case it belongs to."""
    asked = [
        {**each, "name": each.get("label") or each["key"]}
        for each, place in elements(document)
        if each["key"] != without and place.group in ("", group) and is_field(each["type"])
    ]
    options = [{**each, "name": each.get("label") or each["key"]} for each in document.get("options") or ()]
    answers, given, person, case = map(said.gettext, ("Answers", "Options", "Who answers", "The case"))
    of_options = (
        FilterAttribute(each.name.replace("data.", "options.", 1), each.compared, each.label, each.options, given)
        for each in field_choices(options)
    )
    return [
        *field_choices(asked, answers),
        *of_options,
        *(FilterAttribute(f"user.{name}", TEXT, said.gettext(_PERSON[name]), group=person) for name in _PERSON),
        FilterAttribute("user.locale", ONE_OF, said.gettext("Language"), _LANGUAGES, person),
        *(FilterAttribute(name, TEXT, group=case) for name in _CASE),
    ]


_LANGUAGES = tuple((each, each) for each in ("en", "fr", "nl", "de", "ar"))
_PERSON = {
    "email": gettext_noop("E-mail address"),
    "phone": gettext_noop("Phone"),
    "given_name": gettext_noop("Given name"),
    "family_name": gettext_noop("Family name"),
    "company_name": gettext_noop("Company"),
    "internal_ref": gettext_noop("Own reference"),
}


def _key(sent: Sent, joint: str, named_by: str, taken: set[str]) -> str:
    """The key that was typed, or a free one made of the name."""
    made = key_of(sent, joint, named_by)
    return made if last_value(sent, "key") or not made else free_key(made, taken)


def _whole(sent: Sent, name: str) -> int | None:
    text = last_value(sent, name)
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        raise Invalid.because("“{field}” must be a whole number.", pointer=f"/{name}", field=called("repeat"))
    return int(text) if text else None
