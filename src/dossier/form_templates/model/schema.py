"""The JSON Schema of a form template's document, the options of each type of element included."""

from collections.abc import Mapping
from typing import Any

from dossier.fields import FIELD_TYPES, definition_schema
from dossier.form_templates.model.shapes import COMMON, OF_TYPE, ElementDocument, FormTemplateDocument

_NOT_OF_ELEMENTS = ("name", "description", "section", "visibility", "indexed")
_ELEMENTS: Mapping[str, Any] = {"$ref": "#/$defs/Element"}


def document_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a form template's document."""
    schema = FormTemplateDocument.model_json_schema()
    fields, whole = definition_schema(), ElementDocument.model_json_schema()["$defs"]["ElementDocument"]["properties"]
    parts = {**fields["$defs"], **schema["$defs"]}
    kinds = {each["$ref"].rpartition("/")[2] for each in fields["oneOf"]}
    common = {name: whole[name] for name in COMMON if name not in ("key", "type")}
    of_fields = {name: _of_field(parts.pop(name), common) for name in sorted(kinds)}
    of_forms = {f"{name.capitalize()}Element": _of_form(name, whole) for name in (*OF_TYPE, "hidden")}
    of_fields.pop(FIELD_TYPES["signature"].__name__)
    parts.pop("ElementDocument")
    parts["PageDocument"]["properties"]["elements"]["items"] = _ELEMENTS
    parts |= {f"{name}Element": each for name, each in of_fields.items()} | of_forms
    names = [*(f"{name}Element" for name in of_fields), *of_forms]
    parts["Element"] = {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in names]}
    return {**schema, "$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": parts}


def _of_field(field: dict[str, Any], common: Mapping[str, Any]) -> dict[str, Any]:
    """The definition of a field as that of an element: its name is a label, its description a help text."""
    kept = {name: each for name, each in field["properties"].items() if name not in _NOT_OF_ELEMENTS}
    derived = FIELD_TYPES[field["properties"]["type"]["const"]].derived
    required = [name for name in field["required"] if name not in ("name", "result") and name not in _listed(kept)]
    label = [] if derived else ["label"]
    return {**field, "properties": {**kept, **common}, "required": [*required, *label]}


def _listed(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """What a list gives in place of the element."""
    return ("options",) if "options" in properties else ()


def _of_form(name: str, whole: Mapping[str, Any]) -> dict[str, Any]:
    """An element of a type that only forms have."""
    own = {member: whole[member] for member in (*COMMON, *OF_TYPE.get(name, ()))}
    if name == "group":
        own["elements"] = {"type": "array", "items": _ELEMENTS, "minItems": 1}
    label = ["label"] if name in ("group", "signature") else []
    required = ["key", "type", *label, *(["elements"] if name == "group" else [])]
    return {
        "type": "object",
        "properties": {**own, "type": {"const": name, "type": "string"}},
        "required": required,
        "additionalProperties": False,
    }
