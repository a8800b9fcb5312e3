"""The SQL of presets, which are what programs list as form templates."""

from collections.abc import Sequence
from uuid import UUID

from dossier import workspaces
from dossier.form_templates.model import (
    FORM_TEMPLATES,
    Preset,
    PresetRow,
)
from dossier.form_templates.store.versions import COMPILED, WITHIN
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.identifiers import new_id, parse_id
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Collection, Matching, Selection, Shape, Visible, by_time
from dossier.listing.sql import Column, Columns

VISIBLE = Visible("p", "true")
"""Every member sees every form template of their workspace."""

_PRESETS = (
    "form_presets p JOIN form_templates t ON t.workspace_id = p.workspace_id AND t.id = p.template_id"
    " AND p.removed_at IS NULL JOIN form_template_versions v"
    " ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version"
)
_PRESET = """
p.workspace_id, p.id, p.key, p.name, p.enabled, p.options, p.overrides, p.template_id, t.slug, v.version, v.locale, t.archived_at,
p.created_at, greatest(p.updated_at, t.updated_at) AS updated_at, v.document,
(SELECT w.slug FROM workspaces w WHERE w.id = p.workspace_id) AS workspace_slug
"""
COLUMNS = Columns(
    named={
        "id": Column("p.id"),
        "slug": Column("t.slug"),
        "name": Column("p.name"),
        "locale": Column("v.locale"),
        "created_at": Column("p.created_at"),
        "updated_at": Column("greatest(p.updated_at, t.updated_at)"),
        "archived_at": Column("t.archived_at"),
        **workspaces.columns_of_workspace("p"),
    },
    documents={"is": "jsonb_build_object('enabled', p.enabled, 'version', v.version)"},
)
COLLECTION = Collection(
    source=_PRESETS,
    alias="p",
    visible=VISIBLE,
    vocabulary=FORM_TEMPLATES,
    columns=COLUMNS,
    sorts={"created_at": by_time("p.created_at"), "updated_at": by_time("greatest(p.updated_at, t.updated_at)")},
    archived_at="t.archived_at",
)


async def presets(
    reading: ReadSession, slug_or_id: str, workspace_ids: Sequence[UUID] | None = None, *, usable: bool = True
) -> list[PresetRow]:
    """The presets in scope of a template, by its slug, or the one with that id; `usable`: only those that forms can be made with."""
    id = parse_id(slug_or_id)
    rows = await reading.all(
        f"""
        SELECT {_PRESET} FROM {_PRESETS} WHERE {VISIBLE} AND {"p.id = %(asked)s" if id else "t.slug = %(asked)s"}
          AND {WITHIN.format("p")} {"AND p.enabled AND t.archived_at IS NULL" if usable else ""}
        ORDER BY p.workspace_id, t.id, p.position, p.id
        """,
        asked=id or slug_or_id,
        within=list(workspace_ids) if workspace_ids is not None else None,
    )
    return [_preset(row) for row in rows]


async def every_preset(reading: ReadSession) -> list[PresetRow]:
    """Every preset in scope, by slug."""
    rows = await reading.all(f"SELECT {_PRESET} FROM {_PRESETS} WHERE {VISIBLE} ORDER BY t.slug, p.position, p.id")
    return [_preset(row) for row in rows]


async def preset(reading: ReadSession, workspace_ids: Sequence[UUID], slug_or_id: str) -> PresetRow | None:
    """The one preset of these workspaces that forms can be made with; None where there is none, or where there are several."""
    found = await presets(reading, slug_or_id, workspace_ids)
    return found[0] if len(found) == 1 else None


async def all_presets(reading: ReadSession) -> list[PresetRow]:
    """Every preset in scope that forms can be made with, by the slugs of their templates."""
    rows = await reading.all(
        f"""
        SELECT {_PRESET} FROM {_PRESETS} WHERE {VISIBLE} AND p.enabled AND t.archived_at IS NULL
        ORDER BY t.slug, p.workspace_id, p.position, p.id
        """
    )
    return [_preset(row) for row in rows]


async def page(
    reading: ReadSession, selection: Selection, matched: Matching, page: Page
) -> tuple[int, list[PresetRow]]:
    """The presets of a selection, one more than a page when more follow, and how many there are."""
    return await keyset.page(reading, COLLECTION, Shape(_PRESET, "", _preset), selection, page, matched)


async def keep_presets(
    transaction: Transaction, workspace_id: UUID, template_id: UUID, documents: Sequence[Preset]
) -> None:
    """The presets of a template from now on: one with a key that was there keeps its id, those that are not named go."""
    values = {"workspace": workspace_id, "template": template_id, "now": transaction.clock()}
    for position, each in enumerate(documents):
        await transaction.send(
            """
            INSERT INTO form_presets AS p (workspace_id, id, template_id, key, name, position, enabled, options, overrides,
                                           created_at, updated_at)
            VALUES (%(workspace)s, %(id)s, %(template)s, %(key)s, %(name)s, %(position)s, coalesce(%(enabled)s, true),
                    %(options)s, %(overrides)s, %(now)s, %(now)s)
            ON CONFLICT (workspace_id, template_id, key) DO UPDATE SET name = excluded.name, position = excluded.position,
              enabled = coalesce(%(enabled)s, p.enabled OR p.removed_at IS NOT NULL), options = excluded.options,
              overrides = excluded.overrides, removed_at = NULL, updated_at = excluded.updated_at
            """,
            id=new_id(),
            key=each.key,
            name=each.name,
            position=position,
            enabled=each.enabled,
            options=Jsonb(dict(each.options)),
            overrides=Jsonb(dict(each.overrides)),
            **values,
        )
    await transaction.send(
        """
        UPDATE form_presets SET removed_at = %(now)s, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND template_id = %(template)s
          AND removed_at IS NULL AND NOT key = ANY(%(keys)s)
        """,
        keys=[each.key for each in documents],
        **values,
    )


async def enable(transaction: Transaction, preset_ids: Sequence[UUID], enabled: bool) -> None:
    """Let forms be made with these presets, or no longer."""
    await transaction.send(
        """
        UPDATE form_presets SET enabled = %(enabled)s, updated_at = %(now)s
        WHERE workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s) AND enabled <> %(enabled)s
        """,
        enabled=enabled,
        ids=list(preset_ids),
        now=transaction.clock(),
    )


def _preset(row: Row) -> PresetRow:
    template = COMPILED.of(row["template_id"], row["version"], row.pop("document"))
    overrides, workspace_slug, own = row.pop("overrides"), row.pop("workspace_slug"), row.pop("options")
    options = {each.key: own.get(each.key, each.default) for each in template.options}
    said = {
        "access": overrides.get("access", template.access),
        "decline": overrides.get("decline", template.decline),
        "process_when_accepted": overrides.get("process_when_accepted", template.process_when_accepted),
        "embed": overrides.get("embed", template.embed),
        "opens": parse_id(overrides.get("opens") or "") or template.opens,
        "expires_after": overrides.get("expires_after", template.expires_after),
    }
    workspace = {"id": row["workspace_id"], "slug": workspace_slug}
    return PresetRow(**row, **said, options=options, workspace=workspace)
