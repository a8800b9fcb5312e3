"""How forms describe themselves to lists: who sees which, where what can be asked of one lies, how they are sorted."""

from dossier import members, workspaces
from dossier.forms.model import USER_MEMBERS, VOCABULARY, Form, FormUser
from dossier.forms.model.of_case import case_values
from dossier.foundation.database import Row
from dossier.listing.collection import Collection, Shape, Sort, Visible, by_time
from dossier.listing.sql import Column, Columns, of_relation

_OWN = (
    *("id", "reference", "status", "redirect_url", "branding", "access", "created_at", "updated_at", "archived_at"),
    *("processed_at", "active_from", "active_until", "expired_at"),
)
NEWEST = (
    "(SELECT r.{} FROM form_responses r WHERE r.workspace_id = f.workspace_id AND r.form_id = f.id"
    " ORDER BY r.number DESC LIMIT 1)"
)
ANSWERED = """
coalesce((SELECT coalesce(jsonb_object_agg(a.element, a.value) FILTER (
                   WHERE a.value IS NOT NULL AND NOT a.element = ANY(r.put_aside)), '{}')
          FROM form_responses r LEFT JOIN form_answers a ON a.workspace_id = r.workspace_id AND a.response_id = r.id
          WHERE r.workspace_id = f.workspace_id AND r.form_id = f.id
          GROUP BY r.number ORDER BY r.number DESC LIMIT 1), f.filled)
"""
"""SQL of what was answered to a form by element, else what was filled in beforehand."""

VISIBLE = Visible(
    "f",
    f"({members.seen_by_owner('f').own} OR EXISTS (SELECT FROM cases c WHERE c.workspace_id = f.workspace_id"
    f" AND c.id = f.case_id AND {members.seen_by_owner('c').own}))",
)
"""A limited member sees the forms that they own, and those of their own cases."""

COLUMNS = Columns(
    named={
        **{name: Column(f"f.{name}") for name in _OWN},
        "completed_at": Column(NEWEST.format("completed_at")),
        "declined_at": Column(NEWEST.format("declined_at")),
        **of_relation(
            "user",
            "{}",
            email="f.email_folded",
            phone="f.phone",
            given_name="f.given_name_folded",
            family_name="f.family_name_folded",
            company_name="f.company_name",
            internal_ref="f.internal_ref",
            locale="f.locale",
        ),
        **members.columns_of_owner("f"),
        **of_relation("flow", "{}", slug="f.slug", customization="f.preset_id", name="f.name"),
        **workspaces.columns_of_workspace("f"),
        **of_relation("case", "{}", id="f.case_id"),
    },
    data=ANSWERED,
    documents={"external_args": "f.external_args", "options": "f.options"},
)

COLLECTION = Collection(
    source="forms f",
    alias="f",
    visible=VISIBLE,
    vocabulary=VOCABULARY,
    columns=COLUMNS,
    sorts={
        "created_at": by_time("f.created_at"),
        "updated_at": by_time("f.updated_at"),
        "completeness": Sort("form_progress(f.status, f.questions, f.answers)", "::int"),
    },
    archived_at="f.archived_at",
)

OWN = (
    *("workspace_id", "id", "version", "created_at", "updated_at", "reference", "status", "archived_at"),
    *("processed_at", "active_from", "active_until", "expired_at", "template_id", "template_version", "preset_id"),
    *("slug", "name", "case_id", "step", "internal", "contact_id", "owner_id", "data", "filled", "external_args"),
    *("options", "redirect_url", "branding", "webhooks", "access", "password_hash", "decline", "expires_after", "link"),
)
"""The columns that are members of a form under the same name."""
READ = f"""
{", ".join(f"f.{name}" for name in (*OWN, *USER_MEMBERS))}, w.slug AS workspace_slug, w.time_zone, w.working_time,
CASE WHEN f.owner_id IS NOT NULL THEN {members.owner_of("f")} END AS owner
"""
"""What is read of a form, with its workspace as `w`."""


READ_WHOLE = f"""
{READ},
(SELECT jsonb_build_object(
   'id', c.id, 'title', c.title, 'description', c.description, 'reference', c.reference, 'locale', c.locale,
   'status', c.status, 'parent_status', c.parent_status, 'waiting_for', c.waiting_for, 'template', c.template_id,
   'owner', CASE WHEN c.owner_id IS NOT NULL THEN {members.owner_of("c")} END,
   'data', c.data, 'forms', c.forms, 'steps', c.steps)
 FROM cases c WHERE c.workspace_id = f.workspace_id AND c.id = f.case_id) AS case_row
"""
"""With what conditions may look at of its case; whoever sees the form is asked by it, also where they do not see the case."""


def form_of(row: Row) -> Form:
    """The form that a row of `READ` or `READ_WHOLE` is."""
    user = FormUser(**{name: row.pop(name) for name in USER_MEMBERS})
    return Form(user=user, case=case_values(row.pop("case_row", None) or {}), **row)


ROWS = Shape(READ, "JOIN workspaces w ON w.id = f.workspace_id", form_of)
