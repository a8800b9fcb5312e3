"""What conditions can ask: of a form that is being filled in, and of a row of the list of form templates."""

import re

from dossier.conditions import Family, Vocabulary, attributes
from dossier.conditions.vocabulary import Attribute
from dossier.workspaces.model import WORKSPACE

USER_MEMBERS = ("email", "phone", "given_name", "family_name", "company_name", "internal_ref", "locale", "anonymous")

FORM_ANSWERS = Vocabulary(
    attributes={},
    families={
        "data": Family("data", re.compile(r"data\.([a-z0-9_]{1,120})"), "data.<key>"),
        "options": Family("data", re.compile(r"options\.([a-z0-9_]{1,120})"), "options.<key>"),
        "user": Family("data", re.compile(rf"user\.({'|'.join(USER_MEMBERS)})"), "user.<member>"),
        "case": Family(
            "data",
            re.compile(r"case\.(data\.[a-z0-9_]{1,120}|[a-z_]{1,60}(?:\.[a-z0-9_-]{1,120}){0,2})"),
            "case.<path>",
        ),
    },
)

FORM_TEMPLATES = Vocabulary(
    attributes=attributes(
        id="uuid",
        slug="text",
        name="text",
        locale="text",
        created_at="time",
        updated_at="time",
        archived_at="time",
    )
    | {name: Attribute(f"is.{name}", "data", name) for name in ("enabled", "version")},
    relationships={"workspace": attributes("workspace", **WORKSPACE)},
)
