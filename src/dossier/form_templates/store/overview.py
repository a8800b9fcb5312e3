"""The library: every form template, also those that were never published."""

from uuid import UUID

from dossier.form_templates.model.rows import PresetChoice, TemplateRow
from dossier.foundation.database import ReadSession, Row


async def overview(reading: ReadSession) -> list[TemplateRow]:
    """Every form template of the scope, also those that were never published, by its title."""
    rows = await reading.all(
        """
        SELECT t.id, t.slug, t.current_version AS version, t.archived_at, greatest(t.updated_at, d.updated_at) AS updated_at,
               coalesce(d.document, v.document) ->> 'title' AS title, d.document IS NOT NULL AS has_draft,
               coalesce(d.document, v.document) -> 'texts' AS texts,
               coalesce(coalesce(d.document, v.document) ->> 'locale', 'en') AS locale,
               (SELECT coalesce(jsonb_agg(jsonb_build_array(p.name, p.enabled) ORDER BY p.position, p.id), '[]')
                FROM form_presets p WHERE p.workspace_id = t.workspace_id AND p.template_id = t.id
                  AND p.removed_at IS NULL) AS presets
        FROM form_templates t
        LEFT JOIN form_template_versions v
          ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version
        LEFT JOIN form_template_drafts d ON d.workspace_id = t.workspace_id AND d.template_id = t.id
        WHERE t.workspace_id = ANY(%(scope)s) ORDER BY t.archived_at IS NOT NULL, title, t.id
        """
    )
    return [_overviewed(row) for row in rows]


def _overviewed(row: Row) -> TemplateRow:
    languages = (row.pop("locale"), *(row.pop("texts") or {}))
    return TemplateRow(**row | {"presets": tuple(map(tuple, row["presets"]))}, languages=languages)


async def choices(reading: ReadSession, workspace_id: UUID) -> list[PresetChoice]:
    """Every preset of a workspace's published templates, by their titles."""
    rows = await reading.all(
        """
        SELECT p.workspace_id, p.id, p.template_id, t.current_version AS version, t.slug, p.name, v.title,
               coalesce(p.overrides ->> 'access', v.document ->> 'access', 'direct') AS access,
               p.enabled AND t.archived_at IS NULL AS usable
        FROM form_presets p
        JOIN form_templates t ON t.workspace_id = p.workspace_id AND t.id = p.template_id
        JOIN form_template_versions v
          ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.removed_at IS NULL
        ORDER BY v.title, p.position, p.id
        """,
        workspace=workspace_id,
    )
    return [PresetChoice(**row) for row in rows]


async def case_templates(reading: ReadSession, workspace_id: UUID) -> list[tuple[str, str]]:
    """The case templates of a workspace that are in use, by their titles: id and title. A form says of which it opens cases."""
    rows = await reading.all(
        """
        SELECT t.id, v.title FROM case_templates t
        JOIN case_template_versions v
          ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version
        WHERE t.workspace_id = %(workspace)s AND t.workspace_id = ANY(%(scope)s) AND t.archived_at IS NULL
        ORDER BY v.title, t.id
        """,
        workspace=workspace_id,
    )
    return [(str(row["id"]), row["title"]) for row in rows]
