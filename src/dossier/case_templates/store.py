"""The SQL of case templates and their versions."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from dossier import members, workspaces
from dossier.case_templates.model import CASE_TEMPLATES, TemplateVersion, parse_stored
from dossier.case_templates.model.rows import Contents, TemplateChoice, TemplateRow
from dossier.drafting import Compiled, Shelf
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.lists import Page
from dossier.foundation.text import fold
from dossier.listing import keyset
from dossier.listing.collection import Collection, Matching, Selection, Shape, Visible, by_time
from dossier.listing.counting import matching
from dossier.listing.sql import Column, Columns

SHELF = Shelf("case_template")
_CURRENT = (
    "case_templates t JOIN case_template_versions v"
    " ON v.workspace_id = t.workspace_id AND v.template_id = t.id AND v.version = t.current_version"
)
_VERSION = f"""
t.workspace_id, t.id, v.version, v.document, v.published_at, t.archived_at, t.created_at, t.updated_at,
{members.owner_of("t")} AS owner
"""
VISIBLE = Visible("t", "true")
"""Every member sees every template of their workspace."""
_SELECT = f"SELECT {_VERSION} FROM {_CURRENT} WHERE {VISIBLE} "

COLUMNS = Columns(
    named={
        "id": Column("t.id"),
        "title": Column("v.title"),
        "description": Column("(v.document ->> 'description')"),
        "locale": Column("(v.document ->> 'locale')"),
        "created_at": Column("t.created_at"),
        "updated_at": Column("t.updated_at"),
        "archived_at": Column("t.archived_at"),
        **members.columns_of_owner("t"),
        **workspaces.columns_of_workspace("t"),
    }
)

COLLECTION = Collection(
    source=_CURRENT,
    alias="t",
    visible=VISIBLE,
    vocabulary=CASE_TEMPLATES,
    columns=COLUMNS,
    sorts={"updated_at": by_time("t.updated_at"), "created_at": by_time("t.created_at")},
    archived_at="t.archived_at",
)

COMPILED = Compiled("case_template", parse_stored)
known, version = COMPILED.known, COMPILED.version


async def get(reading: ReadSession, template_id: UUID) -> TemplateVersion | None:
    """The current version of a template in scope."""
    row = await reading.first(_SELECT + "AND t.id = %(id)s", id=template_id)
    return _version(row) if row else None


async def current_version(reading: ReadSession, workspace_id: UUID, template_id: UUID) -> int | None:
    """The version that a template has by now."""
    row = await reading.first(
        """
        SELECT current_version FROM case_templates
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=workspace_id,
        id=template_id,
    )
    return row["current_version"] if row else None


async def lock(transaction: Transaction, template_id: UUID) -> TemplateVersion | None:
    """The same, with the template locked until the end of the transaction."""
    await SHELF.lock(transaction, template_id)
    return await get(transaction, template_id)


async def page(reading: ReadSession, selection: Selection, title: str, page: Page) -> tuple[int, list[TemplateVersion]]:
    """The templates of a selection whose title contains `title`, one more than a page when more follow, and how many there are."""
    where, values = await matching(reading, COLLECTION, selection)
    if title:
        where, values["titled"] = f"{where} AND t.id = ANY(%(titled)s)", await _titled(reading, title)
    return await keyset.page(reading, COLLECTION, Shape(_VERSION, "", _version), selection, page, (where, values))


async def _titled(reading: ReadSession, part: str) -> list[UUID]:
    """The templates with that part in their title, in any case of any script: a collation of ours knows ASCII only."""
    rows = await reading.all(f"SELECT t.id, v.title FROM {_CURRENT} WHERE {VISIBLE}")
    return [row["id"] for row in rows if fold(part) in fold(row["title"])]


async def choices(reading: ReadSession) -> list[TemplateChoice]:
    """The templates that a new case can follow, by title."""
    rows = await reading.all(
        f"""
        SELECT t.id, v.title, coalesce(v.document ->> 'schema', '[]') AS stored_fields,
               coalesce(v.document -> 'statuses', '[]') AS statuses,
               v.document -> 'contacts' -> 0 ->> 'name' AS slot
        FROM {_CURRENT} WHERE {VISIBLE} AND t.archived_at IS NULL ORDER BY lower(v.title), t.id
        """
    )
    return [TemplateChoice(**row) for row in rows]


async def insert(transaction: Transaction, workspace_id: UUID, id: UUID, owner_id: UUID | None) -> None:
    await transaction.send(
        """
        INSERT INTO case_templates (workspace_id, id, current_version, owner_id, created_at, updated_at)
        VALUES (%(workspace)s, %(id)s, 0, %(owner)s, %(now)s, %(now)s)
        """,
        workspace=workspace_id,
        id=id,
        owner=owner_id,
        now=transaction.clock(),
    )


async def publish(
    transaction: Transaction, workspace_id: UUID, id: UUID, version: int, document: Mapping[str, Any]
) -> None:
    """Add a version and make it the current one."""
    now = transaction.clock()
    await transaction.send(
        """
        INSERT INTO case_template_versions (workspace_id, template_id, version, title, document, published_at)
        VALUES (%(workspace)s, %(id)s, %(version)s, %(title)s, %(document)s, %(now)s)
        """,
        workspace=workspace_id,
        id=id,
        version=version,
        title=document["title"],
        document=Jsonb(document),
        now=now,
    )
    await SHELF.make_current(transaction, workspace_id, id, version, now)


async def overview(reading: ReadSession) -> list[TemplateRow]:
    """Every template and every draft of one, by title: for who designs them."""
    rows = await reading.all(
        f"""
        SELECT coalesce(t.id, d.template_id) AS id, coalesce(t.current_version, 0) AS version, t.archived_at,
               coalesce(t.title, d.document ->> 'title') AS title, d.template_id IS NOT NULL AS has_draft,
               coalesce(d.updated_at, t.updated_at) AS updated_at,
               jsonb_array_length(coalesce(t.document -> 'schema', d.document -> 'schema', '[]')) AS fields,
               (SELECT count(*) FROM cases c WHERE {members.seen_by_owner("c")} AND c.workspace_id = t.workspace_id
                  AND c.template_id = t.id) AS cases
        FROM (SELECT t.*, v.title, v.document FROM {_CURRENT} WHERE {VISIBLE}) t
        FULL JOIN (SELECT * FROM case_template_drafts WHERE workspace_id = ANY(%(scope)s)) d
          ON d.workspace_id = t.workspace_id AND d.template_id = t.id
        ORDER BY t.archived_at IS NOT NULL, lower(coalesce(t.title, d.document ->> 'title')), 1
        """
    )
    return [TemplateRow(**row) for row in rows]


_CONTENTS = """
SELECT (SELECT jsonb_agg(jsonb_build_array(template_id, template_version, workspace_id)) FROM
         (SELECT DISTINCT {alias}.template_id, {alias}.template_version, {alias}.workspace_id FROM {source}
          WHERE {alias}.workspace_id = ANY(%(scope)s) AND {alias}.template_id IS NOT NULL AND {where}) AS version) AS versions,
       (SELECT jsonb_agg(DISTINCT jsonb_build_array(own ->> 'key', own ->> 'name'))
        FROM {source}, jsonb_array_elements({alias}.own_fields) AS own
        WHERE {alias}.workspace_id = ANY(%(scope)s) AND {alias}.own_fields <> '[]' AND {where}) AS own
"""
_OTHER_KEYS = """
SELECT DISTINCT key FROM {source}, jsonb_object_keys({alias}.data - %(known)s::text[]) AS key
WHERE {alias}.workspace_id = ANY(%(scope)s) AND {where} ORDER BY key
"""


async def contents(reading: ReadSession, kind: Collection, things: Matching) -> Contents:
    """What the things that follow templates consist of, but for `other_keys`: in one statement."""
    row = await (await reading.plan(_of(_CONTENTS, kind, things), **things[1])).one()
    found: list[Any] = sorted(row["versions"] or (), key=lambda each: (each[0], -each[1]))
    return Contents(
        [(UUID(workspace), UUID(template), version) for template, version, workspace in found],
        [(key, name) for key, name in row["own"] or ()],
    )


async def other_keys(reading: ReadSession, kind: Collection, things: Matching, known: Iterable[str]) -> list[str]:
    """The keys of values that one of the things has, but for those that are known: with a million things that matters."""
    values = {**things[1], "known": list(known)}
    found = await (await reading.plan(_of(_OTHER_KEYS, kind, things), **values)).all()
    return [row["key"] for row in found]


def _of(statement: str, kind: Collection, things: Matching) -> str:
    return statement.format(source=kind.source, alias=kind.alias, where=things[0])


def _version(row: Row) -> TemplateVersion:
    template = COMPILED.of(row["id"], row["version"], row["document"])
    return TemplateVersion(**row, template=template)
