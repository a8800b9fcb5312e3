"""What a condition of a template can be about."""

from collections.abc import Mapping
from typing import Any

from dossier.case_templates.model.template import PARENT_STATUSES
from dossier.conditions.comparing import ONE_OF, TEXT
from dossier.conditions.rows import Choice
from dossier.fields import field_choices


def document_choices(document: Mapping[str, Any]) -> list[Choice]:
    """What a condition of a template can be about, from the template's document."""
    statuses = [(each["key"], each["label"]) for each in document.get("statuses") or ()]
    stages = [(each, each.replace("_", " ")) for each in PARENT_STATUSES]
    return [
        *field_choices(document.get("schema") or ()),
        Choice("status", ONE_OF, options=[*stages, *statuses]),
        Choice("parent_status", ONE_OF, options=stages),
        Choice("waiting_for", ONE_OF, options=[(each, each) for each in ("none", "owner", "contact")]),
        *(Choice(f"steps.{each['key']}.status", TEXT, each["title"]) for each in document.get("steps") or ()),
        Choice("owner.email", TEXT),
        *(Choice(f"contact.{name}", TEXT) for name in ("given_name", "family_name", "email", "phone")),
        *(Choice(name, TEXT) for name in ("reference", "title")),
    ]
