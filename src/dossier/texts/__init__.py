"""Texts that people write into templates: Liquid with bounds, and what a mail is made of. It knows no table and no case."""

from dossier.texts.brand import Brand
from dossier.texts.composing import Composed, compose, compose_aside, one_line
from dossier.texts.names import Link, Snippet, unknown_name
from dossier.texts.problems import InvalidText
from dossier.texts.text import MAX_SOURCE, Rendered, Text, Written, parse

__all__ = [
    "MAX_SOURCE",
    "Brand",
    "Composed",
    "InvalidText",
    "Link",
    "Rendered",
    "Snippet",
    "Text",
    "Written",
    "compose",
    "compose_aside",
    "one_line",
    "parse",
    "unknown_name",
]
