"""The field types: what a definition may say, and which value passes (contract section 6)."""

from dossier.fields.definition import FIELD_TYPES, definition_schema, infer_field, parse_fields
from dossier.fields.field import BadValue, Field, index_values

__all__ = ["FIELD_TYPES", "BadValue", "Field", "definition_schema", "index_values", "infer_field", "parse_fields"]
