"""The form templates that Dossier brings, to begin with: documents in `starters/`, each in English, French and Dutch."""

from functools import cache
from importlib.resources import files
from typing import Any

from dossier.foundation import yaml
from dossier.foundation.errors import NotFound

STARTERS = ("accident-report", "household-claim", "kyc-person", "kyc-company", "new-employee")


def starter(name: str) -> dict[str, Any]:
    """The document of one; 404."""
    if name not in STARTERS:
        raise NotFound.because("There is no form of that name to begin with.")
    document: dict[str, Any] = yaml.decode(_source(name))
    return document


def starters_in(language: str) -> tuple[tuple[str, str, str], ...]:
    """Name, title and description of each, in a language."""
    return tuple((name, *_said(name, language)) for name in STARTERS)


@cache
def _said(name: str, language: str) -> tuple[str, str]:
    document = starter(name)
    texts = document["texts"].get(language, {})
    title, description = (str(texts.get(each) or document[each]) for each in ("title", "description"))
    return title, description


@cache
def _source(name: str) -> str:
    return files("dossier.form_templates").joinpath("starters", f"{name}.yaml").read_text("utf-8")
