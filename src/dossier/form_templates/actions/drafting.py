"""How form templates are drafted: under the short name that they have from the beginning."""

from collections.abc import Mapping
from typing import Any

from dossier.drafting import Drafting
from dossier.drafting.model import Draft
from dossier.form_templates import store
from dossier.form_templates.model import FormTemplateVersion, parse
from dossier.form_templates.model.drafting import shaped
from dossier.form_templates.model.record import DOCUMENT, FORM_TEMPLATE_RECORD
from dossier.foundation.errors import Invalid


def _shaped(document: Mapping[str, Any], before: Draft | None) -> dict[str, Any]:
    return shaped({**document, "slug": same_slug(document, before.document["slug"])} if before else document)


def same_slug(document: Mapping[str, Any], slug: str) -> str:
    """The slug, which stays as it is; 400 where the document says another."""
    if document.get("slug", slug) != slug:
        sentence = "The short name stays “{slug}”: addresses and programs know the template by it."
        raise Invalid.because(sentence, "slug_stays", pointer="/slug", slug=slug)
    return slug


DRAFTING: Drafting[FormTemplateVersion] = Drafting(
    FORM_TEMPLATE_RECORD, DOCUMENT, store.SHELF, store.get, parse, _shaped
)
