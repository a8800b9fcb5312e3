"""How case templates are drafted: what a document must be to be worked on, however wrong it is otherwise."""

from collections.abc import Mapping
from typing import Any

from dossier.case_templates import store
from dossier.case_templates.model import DOCUMENT, TEMPLATE_RECORD, TemplateVersion, called, parse
from dossier.case_templates.model.difference import PARTS
from dossier.drafting import Drafting
from dossier.drafting.model import Draft
from dossier.foundation.errors import Invalid


def shaped(document: Mapping[str, Any], _before: Draft | None) -> dict[str, Any]:
    """A document that the designer can show: every list is one of objects with a key. 400."""
    for part in PARTS:
        items = document.get(part, [])
        if not isinstance(items, list) or not all(isinstance(each, dict) and "key" in each for each in items):
            raise Invalid.because(
                "“{part}” must be a list of objects, each with a “key”.", pointer=f"/{part}", part=called(part)
            )
    if not isinstance(document.get("title"), str) or not document["title"]:
        raise Invalid.because("“{field}” is required.", "missing_member", pointer="/title", field=called("title"))
    return dict(document)


DRAFTING: Drafting[TemplateVersion] = Drafting(TEMPLATE_RECORD, DOCUMENT, store.SHELF, store.get, parse, shaped)
