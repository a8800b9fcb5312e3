"""How form templates describe themselves to their history: the document that is worked on, part by part."""

from dossier.drafting.model import Parts, record_of
from dossier.form_templates.model.template import DEFAULT_EXPIRY
from dossier.foundation.text import gettext_noop

DOCUMENT = Parts(
    lists=("pages", "options", "presets"),
    single=(
        *("slug", "title", "description", "locale", "access", "decline", "expires_after", "redirect_url"),
        "messages",
    ),
    maps=("texts",),
    means={"expires_after": DEFAULT_EXPIRY},  # null is never
    unnamed="default",  # the one preset of a document
)

FORM_TEMPLATE_RECORD = record_of(
    "form template",
    gettext_noop("There is no form template {id}."),
    "form_template_events",
    DOCUMENT,
    enabled=gettext_noop("Switch it on or off instead."),
)
