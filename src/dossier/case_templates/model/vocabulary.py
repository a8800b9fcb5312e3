"""What conditions can ask: of a case, as a template and every list of cases does, and of a template."""

import re

from dossier.conditions import Family, Vocabulary, attributes
from dossier.members.model import PERSON
from dossier.workspaces.model import WORKSPACE

FORM_COUNTS = ("asked", "received", "accepted")
"""How much is asked of people in the forms of a case, how much of it has come, and how much somebody has accepted."""

CASES = Vocabulary(
    attributes=attributes(
        id="uuid",
        title="text",
        parent_status="text",
        created_at="time",
        description="text",
        locale="text",
        reference="text",
        status="text",
        waiting_for="text",
        archived_at="time",
        template="uuid",
        updated_at="time",
    ),
    relationships={
        "owner": attributes("owner", **PERSON),
        "contact": attributes("contact", **PERSON, phone="text", key="text"),
        "template": attributes("template", id="uuid", title="text"),
        "workspace": attributes("workspace", **WORKSPACE),
    },
    families={
        "data": Family("data", re.compile(r"data\.([a-z0-9_]{1,120})"), "data.<key>"),
        "forms": Family("data", re.compile(rf"forms\.({'|'.join(FORM_COUNTS)})"), "forms.<count>"),
        "steps": Family("text", re.compile(r"steps\.([a-z0-9_-]{1,120})\.status"), "steps.<key>.status"),
    },
    several=frozenset({"contact"}),
)

CASE_TEMPLATES = Vocabulary(
    attributes=attributes(
        id="uuid",
        title="text",
        description="text",
        locale="text",
        created_at="time",
        updated_at="time",
        archived_at="time",
    ),
    relationships={"owner": attributes("owner", **PERSON), "workspace": attributes("workspace", **WORKSPACE)},
)
