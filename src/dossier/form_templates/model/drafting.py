"""What a draft must be, however wrong it is otherwise: parts that the studio can show, and that the history can tell apart."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dossier.form_templates.model.document import as_problem, normalized
from dossier.form_templates.model.presets import DEFAULT_KEY
from dossier.form_templates.model.shapes import Slug
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.identifiers import parse_id


class _Lenient(BaseModel):
    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class _Keyed(_Lenient):
    key: Annotated[str, Field(min_length=1)]


class _Element(_Keyed):
    type: str | None = None
    label: str | None = None
    elements: "list[_Element] | None" = None


class _Page(_Keyed):
    title: str | None = None
    elements: list[_Element] | None = None


class _Draft(_Lenient):
    title: Annotated[str, Field(min_length=1)]
    slug: Slug | None = None
    description: str | None = None
    locale: str | None = None
    access: str | None = None
    expires_after: str | None = None
    redirect_url: str | None = None
    decline: bool | None = None
    pages: list[_Page] | None = None
    options: list[_Keyed] | None = None
    presets: list[_Keyed] | None = None
    messages: dict[str, Any] | None = None
    texts: dict[str, dict[str, str]] | None = None


def shaped(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document that can be worked on, with a key for its one preset; 400 with all that is in the way."""
    whole: dict[str, Any] = dict(normalized(document))
    if isinstance(whole.get("presets"), list):
        whole["presets"] = [
            {"key": DEFAULT_KEY, **each} if isinstance(each, dict) else each for each in whole["presets"]
        ]
    try:
        _Draft.model_validate(whole)
    except ValidationError as error:
        raise Invalid(tuple(as_problem(each) for each in error.errors(include_url=False))) from None
    Invalid.if_any(slug_problems(whole.get("slug")))
    return whole


def slug_problems(slug: str | None) -> list[Problem]:
    """What is wrong with a short name that is well written."""
    if slug is None or parse_id(slug) is None:
        return []
    sentence = "“{slug}” looks like an id; a short name must not."
    return [Problem(sentence, "invalid_value", "/slug", slug=slug)]
