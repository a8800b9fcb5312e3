"""The SQL of form templates: versions, drafts, presets, and lists of options."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier import workspaces
from dossier.form_templates.model import (
    FORM_TEMPLATES,
    FormTemplate,
    FormTemplateVersion,
    Preset,
    PresetRow,
    parse_stored,
)
from dossier.form_templates.model.rows import DraftRow
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.identifiers import new_id, parse_id
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Collection, Matching, Selection, Shape, Visible, by_time
from dossier.listing.sql import Column, Columns

MAX_COMPILED = 500  # versions kept compiled in this process; they never change

_VERSION = """
t.workspace_id, t.id, t.slug, v.version, v.document, v.published_at, t.archived_at, t.created_at, t.updated_at
"""
_VERSIONS = "form_templates t JOIN form_template_versions v ON v.workspace_id = t.workspace_id AND v.template_id = t.id"
_CURRENT = f"{_VERSIONS} AND v.version = t.current_version"
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

_compiled: dict[tuple[UUID, int], FormTemplate] = {}


def compiled(template_id: UUID, version: int, document: Mapping[str, Any]) -> FormTemplate:
    """The template of a published version, compiled once in this process."""
    key = (template_id, version)
    if key not in _compiled:
        if len(_compiled) >= MAX_COMPILED:
            _compiled.pop(next(iter(_compiled)))
        _compiled[key] = parse_stored(document)
    return _compiled[key]


def known(template_id: UUID, version: int) -> FormTemplate | None:
    """The template of a version if this process has it compiled."""
    return _compiled.get((template_id, version))


async def version(reading: ReadSession, workspace_id: UUID, template_id: UUID, version: int) -> FormTemplate:
    """The template of a version that a form in scope points at."""
    if found := known(template_id, version):
        return found
    row = await reading.one(
        """
        SELECT document FROM form_template_versions
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND template_id = %(id)s AND version = %(version)s
        """,
        workspace=workspace_id,
        id=template_id,
        version=version,
    )
    return compiled(template_id, version, row["document"])


async def get(reading: ReadSession, template_id: UUID) -> FormTemplateVersion | None:
    """The current version of a template in scope."""
    row = await reading.first(
        f"SELECT {_VERSION} FROM {_CURRENT} WHERE t.workspace_id = ANY(%(scope)s) AND t.id = %(id)s", id=template_id
    )
    return _version(row) if row else None


async def find(reading: ReadSession, slug: str, workspace_ids: Sequence[UUID] | None = None) -> list[tuple[UUID, UUID]]:
    """Workspace and id of each template in scope of that slug, also of those that have only a draft."""
    rows = await reading.all(
        f"""
        SELECT workspace_id, id FROM form_templates t WHERE t.workspace_id = ANY(%(scope)s) AND t.slug = %(slug)s
          AND {_WITHIN.format("t")} ORDER BY workspace_id
        """,
        slug=slug,
        within=list(workspace_ids) if workspace_ids is not None else None,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


_WITHIN = "(%(within)s::uuid[] IS NULL OR {}.workspace_id = ANY(%(within)s))"


async def lock(transaction: Transaction, template_id: UUID) -> None:
    """Keep others from changing a template until the end of the transaction."""
    await transaction.send(
        "SELECT FROM form_templates WHERE workspace_id = ANY(%(scope)s) AND id = %(id)s FOR UPDATE", id=template_id
    )


# ---- presets ----


async def presets(
    reading: ReadSession, slug_or_id: str, workspace_ids: Sequence[UUID] | None = None, *, usable: bool = True
) -> list[PresetRow]:
    """The presets in scope of a template, by its slug, or the one with that id; `usable`: only those that forms can be made with."""
    id = parse_id(slug_or_id)
    rows = await reading.all(
        f"""
        SELECT {_PRESET} FROM {_PRESETS} WHERE {VISIBLE} AND {"p.id = %(asked)s" if id else "t.slug = %(asked)s"}
          AND {_WITHIN.format("p")} {"AND p.enabled AND t.archived_at IS NULL" if usable else ""}
        ORDER BY p.workspace_id, t.id, p.position, p.id
        """,
        asked=id or slug_or_id,
        within=list(workspace_ids) if workspace_ids is not None else None,
    )
    return [_preset(row) for row in rows]


async def preset(reading: ReadSession, workspace_ids: Sequence[UUID], slug_or_id: str) -> PresetRow | None:
    """The one preset of these workspaces that forms can be made with; None where there is none, or where there are several."""
    found = await presets(reading, slug_or_id, workspace_ids)
    return found[0] if len(found) == 1 else None


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


# ---- versions ----


async def insert(transaction: Transaction, workspace_id: UUID, id: UUID, slug: str) -> bool:
    """A template that has no version yet; False where the slug is another's."""
    row = await transaction.first(
        """
        INSERT INTO form_templates (workspace_id, id, slug, current_version, created_at, updated_at)
        VALUES (%(workspace)s, %(id)s, %(slug)s, 0, %(now)s, %(now)s)
        ON CONFLICT (workspace_id, slug) DO NOTHING RETURNING id
        """,
        workspace=workspace_id,
        id=id,
        slug=slug,
        now=transaction.clock(),
    )
    return row is not None


async def publish(
    transaction: Transaction, workspace_id: UUID, id: UUID, version: int, document: Mapping[str, Any], locale: str
) -> None:
    """Add a version and make it the current one."""
    values = {"workspace": workspace_id, "id": id, "version": version, "now": transaction.clock()}
    await transaction.send(
        """
        INSERT INTO form_template_versions (workspace_id, template_id, version, title, locale, document, published_at)
        VALUES (%(workspace)s, %(id)s, %(version)s, %(title)s, %(locale)s, %(document)s, %(now)s)
        """,
        title=document["title"],
        locale=locale,
        document=Jsonb(dict(document)),
        **values,
    )
    await transaction.send(
        """
        UPDATE form_templates SET current_version = %(version)s, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        **values,
    )


async def archive(transaction: Transaction, template_id: UUID, archived: bool) -> None:
    now = transaction.clock()
    await transaction.send(
        """
        UPDATE form_templates SET archived_at = %(archived_at)s, updated_at = %(now)s
        WHERE workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        archived_at=now if archived else None,
        now=now,
        id=template_id,
    )


async def draft(reading: ReadSession, template_id: UUID, *, lock: bool = False) -> DraftRow | None:
    """The draft in scope of a template."""
    row = await reading.first(
        f"""
        SELECT workspace_id, based_on, revision, document, updated_at FROM form_template_drafts
        WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s {"FOR UPDATE" if lock else ""}
        """,
        id=template_id,
    )
    return DraftRow(**row) if row else None


async def keep_draft(
    transaction: Transaction, workspace_id: UUID, template_id: UUID, based_on: int, revision: int, document: Any
) -> None:
    """The draft as it is from now on."""
    await transaction.send(
        """
        INSERT INTO form_template_drafts (workspace_id, template_id, based_on, revision, document, updated_at, updated_by)
        VALUES (%(workspace)s, %(id)s, %(based_on)s, %(revision)s, %(document)s, %(now)s, %(member)s)
        ON CONFLICT (workspace_id, template_id) DO UPDATE SET based_on = excluded.based_on,
          revision = excluded.revision, document = excluded.document, updated_at = excluded.updated_at,
          updated_by = excluded.updated_by
        """,
        workspace=workspace_id,
        id=template_id,
        based_on=based_on,
        revision=revision,
        document=Jsonb(document),
        now=transaction.clock(),
        member=transaction.actor.id if transaction.actor.type == "member" else None,
    )


async def discard_draft(transaction: Transaction, template_id: UUID) -> bool:
    """Forget a draft; False when there is none."""
    row = await transaction.first(
        "DELETE FROM form_template_drafts WHERE workspace_id = ANY(%(scope)s) AND template_id = %(id)s RETURNING revision",
        id=template_id,
    )
    return row is not None


def _version(row: Row) -> FormTemplateVersion:
    template = compiled(row["id"], row["version"], row["document"])
    return FormTemplateVersion(**row, template=template)


def _preset(row: Row) -> PresetRow:
    template = compiled(row["template_id"], row["version"], row.pop("document"))
    overrides, workspace_slug, own = row.pop("overrides"), row.pop("workspace_slug"), row.pop("options")
    options = {each.key: own.get(each.key, each.default) for each in template.options}
    said = {
        "access": overrides.get("access", template.access),
        "decline": overrides.get("decline", template.decline),
        "expires_after": overrides.get("expires_after", template.expires_after),
    }
    workspace = {"id": row["workspace_id"], "slug": workspace_slug}
    return PresetRow(**row, **said, options=options, workspace=workspace)
