"""Documents in files, JSON or YAML by the name of the file."""

from pathlib import Path
from typing import Any

from dossier.cli.output import fail
from dossier.foundation import json, yaml
from dossier.foundation.errors import AppError


def read(file: Path) -> dict[str, Any]:
    """The document that a file holds; it ends the command where there is none."""
    try:
        document = json.decode(file.read_bytes()) if file.suffix == ".json" else yaml.decode(file.read_text())
    except (AppError, UnicodeDecodeError) as error:
        raise fail(f"{file} cannot be read: {error}") from None
    if not isinstance(document, dict):
        raise fail(f"{file} is no template document: it must be an object.")
    return document
