"""The field types: what a definition may say, which value passes (contract section 6), and how people type and read it."""

from dossier.fields.choices import OPTIONS
from dossier.fields.columns import COLUMN_TYPES
from dossier.fields.comparing import field_choices, stored_field_choices
from dossier.fields.computed import Program, program
from dossier.fields.designing import (
    Part,
    key_of,
    lenient,
    options_typed,
    without_empty,
)
from dossier.fields.faces import Cell, Clash, How, Kind, Language, Option, Sent, SomeFile
from dossier.fields.field import INDEXED_TEXT, LAST_DAY, Field, as_cell, as_typed, index_values
from dossier.fields.file import MAX_FILES
from dossier.fields.merging import merged
from dossier.fields.own import as_own, from_schema
from dossier.fields.registry import FIELD_TYPES, definition_schema, infer_field, option_labels, parse_fields
from dossier.fields.shown import Shown, held, in_sections, read_in
from dossier.fields.values import HasFields, UnknownFields, check_values, misfits

__all__ = [
    "COLUMN_TYPES",
    "FIELD_TYPES",
    "INDEXED_TEXT",
    "LAST_DAY",
    "MAX_FILES",
    "OPTIONS",
    "Cell",
    "Clash",
    "Field",
    "HasFields",
    "How",
    "Kind",
    "Language",
    "Option",
    "Part",
    "Program",
    "Sent",
    "Shown",
    "SomeFile",
    "UnknownFields",
    "as_cell",
    "as_own",
    "as_typed",
    "check_values",
    "definition_schema",
    "field_choices",
    "from_schema",
    "held",
    "in_sections",
    "index_values",
    "infer_field",
    "key_of",
    "lenient",
    "merged",
    "misfits",
    "option_labels",
    "options_typed",
    "parse_fields",
    "program",
    "read_in",
    "stored_field_choices",
    "without_empty",
]
