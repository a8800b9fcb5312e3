"""How cases describe themselves to lists: who sees which, where what can be asked of one lies, how they are sorted and counted."""

from dossier import members, workspaces
from dossier.case_templates.model import CASES
from dossier.cases.model import CASE_RECORD
from dossier.contacts import Links
from dossier.files import Holders
from dossier.listing.collection import Collection, Sort, by_time
from dossier.listing.counters import Counters
from dossier.listing.field_index import FieldIndex
from dossier.listing.sql import Column, Columns, Several, of_relation
from dossier.listing.state_counters import StateCounters
from dossier.listing.views import SavedViews

_TEMPLATE = (
    "(c.workspace_id, c.template_id, c.template_version) IN"
    " (SELECT v.workspace_id, v.template_id, v.version FROM case_template_versions v"
    " WHERE v.workspace_id = ANY(%(scope)s) AND {})"
)
_THERE_IS_TEMPLATE = "EXISTS (SELECT FROM case_template_versions v WHERE v.workspace_id = ANY(%(scope)s) AND {})"
_UPDATE = (
    "(c.workspace_id, c.id) IN (SELECT u.workspace_id, u.id FROM case_updates u"
    " WHERE u.workspace_id = ANY(%(scope)s) AND {})"
)
_OF_CONTACTS = (
    "SELECT s.workspace_id, s.case_id AS id FROM contacts p JOIN case_contacts s"
    " ON s.workspace_id = p.workspace_id AND s.contact_id = p.id WHERE p.workspace_id = ANY(%(scope)s) AND {}"
)
_OWN = {name: Column(f"c.{name}") for name in CASES.attributes if name not in ("template", "updated_at")}

FIELD_INDEX = FieldIndex("cases", "case_id", "case_field_values", "indexed_fields")
COUNTERS = Counters("case_counts", "case_count_deltas")
STATE_COUNTERS = StateCounters(
    "cases", ("parent_status", "status", "waiting_for"), "case_state_counts", "case_state_deltas", "case_states_counted"
)
LINKS = Links(
    CASE_RECORD, "cases", "c", "case_contacts", "case_contact_news", "case_contacts_past", "case_contacts_past_read"
)
HOLDERS = Holders(CASE_RECORD, "c", "case_file_news")
VIEWS = SavedViews("case_views", "case_view_defaults")

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
        **of_relation("template", _TEMPLATE, _THERE_IS_TEMPLATE, title="v.title"),
        **workspaces.columns_of_workspace("c"),
    },
    documents={"forms": "c.forms"},
    families={"steps": Column("(c.steps -> {key} ->> 'status')")},
    several={"contact": Several("c", _OF_CONTACTS)},
    data="c.data",
    indexed=FIELD_INDEX.candidates("c"),
)

# Only `case_updates` has an index on when cases were changed: what every update changes is not in `cases` (decision 6).
_BY_UPDATE = "case_updates u JOIN cases c ON c.workspace_id = u.workspace_id AND c.id = u.id"

COMPLETENESS = "forms_completeness(c.forms)"
"""SQL of how complete a case is, in percent, half for what has come and half for what was accepted; -1 where nothing is asked."""

VISIBLE = members.seen_by_owner("c")
"""A limited member sees their own cases."""

COLLECTION = Collection(
    source="cases c",
    alias="c",
    visible=VISIBLE,
    vocabulary=CASES,
    columns=COLUMNS,
    sorts={
        "updated_at": by_time("u.updated_at", _BY_UPDATE, "u"),
        "created_at": by_time("c.created_at"),
        "title": Sort("c.title"),
        "reference": Sort("coalesce(c.reference, '')"),
        "status": Sort("c.status"),
        "waiting_for": Sort("c.waiting_for"),
        "completeness": Sort(COMPLETENESS, "::int"),
    },
    archived_at="c.archived_at",
    total=COUNTERS.total,
    groups=STATE_COUNTERS.groups,
    ready=FIELD_INDEX.ready,
)

TEMPLATE_ID = "coalesce(c.template_id::text, '')"
"""The template that a case follows, “” for none."""
