"""Where everything that a condition can ask of a case lies in SQL."""

from dossier import members, workspaces
from dossier.case_templates.model import CASES
from dossier.listing.sql import Column, Columns, of_relation

_TEMPLATE = (
    "(c.workspace_id, c.template_id, c.template_version) IN"
    " (SELECT v.workspace_id, v.template_id, v.version FROM case_template_versions v"
    " WHERE v.workspace_id = ANY(%(scope)s) AND {})"
)
_UPDATE = (
    "(c.workspace_id, c.id) IN (SELECT u.workspace_id, u.id FROM case_updates u"
    " WHERE u.workspace_id = ANY(%(scope)s) AND {})"
)
_CONTACT = (
    "(c.workspace_id, c.id) IN (SELECT s.workspace_id, s.case_id FROM contacts p JOIN case_contacts s"
    " ON s.workspace_id = p.workspace_id AND s.contact_id = p.id WHERE p.workspace_id = ANY(%(scope)s) AND {})"
)
_INDEXED = (
    "(c.workspace_id, c.id) IN (SELECT f.workspace_id, f.case_id FROM case_field_values f"
    " WHERE f.workspace_id = ANY(%(scope)s) AND f.field = {key} AND f.{column} {comparison})"
)
_OWN = {name: Column(f"c.{name}") for name in CASES.attributes if name not in ("template", "updated_at")}

COLUMNS = Columns(
    named={
        **_OWN,
        "template": Column("c.template_id"),
        "updated_at": Column("u.updated_at", _UPDATE),
        **members.columns_of_owner("c"),
        **of_relation(
            "contact",
            "{}",
            id="p.id",
            email="p.email_folded",
            given_name="p.given_name_folded",
            family_name="p.family_name_folded",
            phone="p.phone",
            key="s.slot",
        ),
        **of_relation("template", "{}", id="c.template_id"),
        **of_relation("template", _TEMPLATE, title="v.title"),
        **workspaces.columns_of_workspace("c"),
    },
    families={"steps": Column("(c.steps -> {key} ->> 'status')")},
    several={"contact": _CONTACT},
    data="c.data",
    indexed=_INDEXED,
)
