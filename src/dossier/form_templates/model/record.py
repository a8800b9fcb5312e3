"""How form templates describe themselves to their history: the document that is worked on, part by part."""

from dossier.drafting.model import Kept, Parts
from dossier.form_templates.model.template import DEFAULT_EXPIRY
from dossier.foundation.text import gettext_noop
from dossier.records.model import Record

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

_BY_ITSELF = gettext_noop("Archive it, or bring it back, instead.")
_STAY = gettext_noop("Published versions stay; change the draft, and publish the next one.")

FORM_TEMPLATE_RECORD: Record[Kept] = Record(
    name="form template",
    missing=gettext_noop("There is no form template {id}."),
    history="form_template_events",
    key="template_id",
    get=DOCUMENT.get,
    put_all=DOCUMENT.put_all,
    not_undone={
        "created": gettext_noop("A template cannot be un-made; discard its draft instead."),
        "published": _STAY,
        "revised": _STAY,
        "archived": _BY_ITSELF,
        "unarchived": _BY_ITSELF,
        "enabled": gettext_noop("Switch it on or off instead."),
    },
    called=DOCUMENT.called,
)
