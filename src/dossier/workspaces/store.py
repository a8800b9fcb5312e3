"""The SQL of workspaces."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.lists import Page
from dossier.listing.sql import Column, of_relation
from dossier.workspaces.model import Logo, Mailing, SecretRow, Workspace, WorkspaceText

_COLUMNS = "id, slug, name, time_zone, created_at, working_time"


def columns_of_workspace(alias: str) -> dict[str, Column]:
    """Where conditions on the workspace of a row look."""
    around = alias + ".workspace_id IN (SELECT w.id FROM workspaces w WHERE {})"
    return of_relation("workspace", "{}", id=f"{alias}.workspace_id") | of_relation("workspace", around, slug="w.slug")


async def insert(transaction: Transaction, workspace: Workspace) -> None:
    await transaction.send(
        "INSERT INTO workspaces (id, slug, name, time_zone, created_at, working_time)"
        " VALUES (%(id)s, %(slug)s, %(name)s, %(time_zone)s, %(created_at)s, %(working_time)s)",
        working_time=Jsonb(dict(workspace.working_time)) if workspace.working_time else None,
        **{name: getattr(workspace, name) for name in ("id", "slug", "name", "time_zone", "created_at")},
    )
    await transaction.send(
        "INSERT INTO case_counts (workspace_id, archived, count) VALUES (%(id)s, false, 0), (%(id)s, true, 0)",
        id=workspace.id,
    )


async def page(reading: ReadSession, page: Page) -> tuple[int, list[Workspace]]:
    """The workspaces in scope, and how many there are."""
    order = "DESC" if page.descending else "ASC"
    rows = await reading.send(
        f"SELECT {_COLUMNS} FROM workspaces WHERE id = ANY(%(scope)s)"
        f" ORDER BY created_at {order}, id {order} LIMIT %(limit)s OFFSET %(offset)s",
        limit=page.size,
        offset=page.offset,
    )
    count = await reading.one("SELECT count(*) AS count FROM workspaces WHERE id = ANY(%(scope)s)")
    return count["count"], [_workspace(row) for row in await rows.all()]


async def list_all(reading: ReadSession) -> list[Workspace]:
    """All workspaces of the server: for its operator only."""
    rows = await reading.all(f"SELECT {_COLUMNS} FROM workspaces ORDER BY created_at, id")
    return [_workspace(row) for row in rows]


async def by_slug(reading: ReadSession, slug: str) -> Workspace | None:
    """The workspace with that slug, whoever asks: for the server's operator only."""
    row = await reading.first(f"SELECT {_COLUMNS} FROM workspaces WHERE slug = %(slug)s", slug=slug)
    return _workspace(row) if row else None


async def get(reading: ReadSession, workspace_id: UUID) -> Workspace:
    """A workspace in scope that is known to exist."""
    query = f"SELECT {_COLUMNS} FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)"
    return _workspace(await reading.one(query, id=workspace_id))


async def update(transaction: Transaction, workspace_id: UUID, name: str, time_zone: str, accent: str) -> None:
    await transaction.send(
        "UPDATE workspaces SET name = %(name)s, time_zone = %(time_zone)s, accent = %(accent)s"
        " WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        name=name,
        time_zone=time_zone,
        accent=accent,
    )


async def set_working_time(transaction: Transaction, workspace_id: UUID, settings: Mapping[str, Any]) -> None:
    """This is its working time from now on."""
    await transaction.send(
        "UPDATE workspaces SET working_time = %(settings)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        settings=Jsonb(dict(settings)),
    )


async def outbound(reading: ReadSession, workspace_id: UUID) -> str:
    """What calls of a workspace may reach inside, as its administrators wrote it; for who acts in it."""
    row = await reading.first("SELECT outbound_allow AS text FROM workspaces WHERE id = %(id)s", id=workspace_id)
    return row["text"] if row else ""


async def set_outbound(transaction: Transaction, workspace_id: UUID, text: str) -> None:
    await transaction.send(
        "UPDATE workspaces SET outbound_allow = %(text)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        text=text,
    )


async def embed_origins(reading: ReadSession, workspace_id: UUID) -> tuple[str, ...]:
    """The sites that may show forms of a workspace in scope inside their pages."""
    row = await reading.first(
        "SELECT embed_origins AS names FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)", id=workspace_id
    )
    return tuple(row["names"]) if row else ()


async def set_embed_origins(transaction: Transaction, workspace_id: UUID, origins: list[str]) -> None:
    await transaction.send(
        "UPDATE workspaces SET embed_origins = %(origins)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        origins=origins,
    )


async def mail_from(reading: ReadSession, workspace_id: UUID) -> str:
    """Whom e-mails of a workspace are from; nothing: as the server's."""
    row = await reading.first("SELECT mail_from AS text FROM workspaces WHERE id = %(id)s", id=workspace_id)
    return row["text"] if row else ""


async def is_mail_from(reading: ReadSession, address: str) -> bool:
    """Whether e-mails of any workspace are from that address."""
    query = "SELECT EXISTS (SELECT FROM workspaces WHERE lower(mail_from) = lower(%(address)s)) AS yes"
    return bool((await reading.whole().one(query, address=address))["yes"])


async def set_mail_from(transaction: Transaction, workspace_id: UUID, address: str) -> None:
    await transaction.send(
        "UPDATE workspaces SET mail_from = %(address)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        address=address,
    )


async def set_logo(transaction: Transaction, workspace_id: UUID, logo: Logo) -> None:
    """Show this one from now on."""
    await transaction.send(
        """
        INSERT INTO workspace_logos (workspace_id, kind, hash, content, changed_at)
        SELECT id, %(kind)s, %(hash)s, %(content)s, %(now)s FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)
        ON CONFLICT (workspace_id) DO UPDATE
        SET kind = excluded.kind, hash = excluded.hash, content = excluded.content, changed_at = excluded.changed_at
        """,
        id=workspace_id,
        kind=logo.kind,
        hash=logo.hash,
        content=logo.content,
        now=transaction.clock(),
    )


async def remove_logo(transaction: Transaction, workspace_id: UUID) -> None:
    """Show none any more."""
    await transaction.send(
        "DELETE FROM workspace_logos WHERE workspace_id = %(id)s AND workspace_id = ANY(%(scope)s)", id=workspace_id
    )


async def logo(reading: ReadSession, workspace_id: UUID, hash: str) -> Logo | None:
    """A logo by its workspace and hash, whoever asks: it is shown before anybody has signed in."""
    row = await reading.whole().first(
        "SELECT kind, hash, content FROM workspace_logos WHERE workspace_id = %(id)s AND hash = %(hash)s",
        id=workspace_id,
        hash=hash,
    )
    return Logo(row["kind"], row["hash"], bytes(row["content"])) if row else None


async def only_logo(reading: ReadSession) -> tuple[UUID, str] | None:
    """Workspace and hash of the logo of a server that has one workspace alone; None for any other."""
    row = await reading.whole().first(
        "SELECT workspace_id, hash FROM workspace_logos WHERE (SELECT count(*) FROM (SELECT FROM workspaces LIMIT 2) w) = 1"
    )
    return (row["workspace_id"], row["hash"]) if row else None


async def mailing(reading: ReadSession, workspace_id: UUID) -> Mailing:
    """How the messages of a workspace in scope look, and what they have in common, in one statement."""
    row = await reading.one(
        """
        SELECT w.id, w.name, w.accent, w.language, l.hash,
               (SELECT jsonb_agg(jsonb_build_array(t.kind, t.name, t.language, t.body) ORDER BY t.kind, t.name, t.language)
                FROM workspace_texts t WHERE t.workspace_id = w.id) AS texts
        FROM workspaces w LEFT JOIN workspace_logos l ON l.workspace_id = w.id
        WHERE w.id = %(id)s AND w.id = ANY(%(scope)s)
        """,
        id=workspace_id,
    )
    texts = tuple(WorkspaceText(*each) for each in row["texts"] or ())
    return Mailing(row["id"], row["name"], row["accent"], row["hash"], row["language"], texts)


async def put_text(transaction: Transaction, workspace_id: UUID, text: WorkspaceText) -> None:
    """Say it so from now on."""
    await transaction.send(
        """
        INSERT INTO workspace_texts (workspace_id, kind, name, language, body, changed_at)
        SELECT id, %(kind)s, %(name)s, %(language)s, %(body)s, %(now)s FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)
        ON CONFLICT (workspace_id, kind, name, language) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at
        """,
        id=workspace_id,
        now=transaction.clock(),
        **{name: getattr(text, name) for name in WorkspaceText.__slots__},
    )


async def remove_text(transaction: Transaction, workspace_id: UUID, text: WorkspaceText) -> None:
    """Say nothing there any more."""
    await transaction.send(
        "DELETE FROM workspace_texts WHERE workspace_id = %(id)s AND workspace_id = ANY(%(scope)s)"
        " AND kind = %(kind)s AND name = %(name)s AND language = %(language)s",
        id=workspace_id,
        kind=text.kind,
        name=text.name,
        language=text.language,
    )


async def set_redirect_hosts(transaction: Transaction, workspace_id: UUID, hosts: list[str]) -> None:
    """Let people go on to these hosts after a form."""
    await transaction.send(
        "UPDATE workspaces SET redirect_hosts = %(hosts)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        hosts=hosts,
    )


async def set_language(transaction: Transaction, workspace_id: UUID, language: str) -> None:
    """Write in this language to who says none."""
    await transaction.send(
        "UPDATE workspaces SET language = %(language)s WHERE id = %(id)s AND id = ANY(%(scope)s)",
        id=workspace_id,
        language=language,
    )


def _workspace(row: Row) -> Workspace:
    members: dict[str, Any] = row
    return Workspace(**members)


# ---- secrets ----


async def exists(reading: ReadSession, workspace_id: UUID) -> bool:
    """Whether there is that workspace in scope."""
    query = "SELECT 1 AS there FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)"
    return await reading.first(query, id=workspace_id) is not None


async def is_full_of_secrets(reading: ReadSession, workspace_id: UUID, but: str, most: int) -> bool:
    """Whether a workspace has no room for one more secret beside the one of that name."""
    row = await reading.one(
        "SELECT count(*) AS count FROM workspace_secrets WHERE workspace_id = %(workspace)s"
        " AND workspace_id = ANY(%(scope)s) AND name <> %(but)s",
        workspace=workspace_id,
        but=but,
    )
    return int(row["count"]) >= most


async def set_secret(transaction: Transaction, workspace_id: UUID, name: str, encrypted: bytes) -> None:
    await transaction.send(
        """
        INSERT INTO workspace_secrets (workspace_id, name, encrypted, created_at, updated_at)
        VALUES (%(workspace)s, %(name)s, %(encrypted)s, %(now)s, %(now)s)
        ON CONFLICT (workspace_id, name) DO UPDATE SET encrypted = excluded.encrypted, updated_at = excluded.updated_at
        """,
        workspace=workspace_id,
        name=name,
        encrypted=encrypted,
        now=transaction.clock(),
    )


async def remove_secret(transaction: Transaction, workspace_id: UUID, name: str) -> bool:
    """Forget it; False when there is none."""
    row = await transaction.first(
        "DELETE FROM workspace_secrets WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " AND name = %(name)s RETURNING name",
        workspace=workspace_id,
        name=name,
    )
    return row is not None


async def list_secrets(reading: ReadSession, workspace_id: UUID) -> list[SecretRow]:
    """Names and times, by name."""
    rows = await reading.all(
        "SELECT name, created_at, updated_at FROM workspace_secrets WHERE workspace_id = %(workspace)s"
        " AND workspace_id = ANY(%(scope)s) ORDER BY name",
        workspace=workspace_id,
    )
    return [SecretRow(**row) for row in rows]


async def encrypted_secrets(reading: ReadSession, workspace_id: UUID) -> dict[str, bytes]:
    """Name → the secret as it lies there."""
    rows = await reading.all(
        "SELECT name, encrypted FROM workspace_secrets WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)",
        workspace=workspace_id,
    )
    return {row["name"]: bytes(row["encrypted"]) for row in rows}


async def all_secrets(transaction: Transaction) -> list[tuple[UUID, str, bytes]]:
    """Workspace, name and secret of all workspaces, locked: for the server's operator only."""
    rows = await transaction.all("SELECT workspace_id, name, encrypted FROM workspace_secrets FOR UPDATE")
    return [(row["workspace_id"], row["name"], bytes(row["encrypted"])) for row in rows]


async def replace_secret(transaction: Transaction, workspace_id: UUID, name: str, encrypted: bytes) -> None:
    """The same secret under another key: for the server's operator only."""
    await transaction.send(
        "UPDATE workspace_secrets SET encrypted = %(encrypted)s WHERE workspace_id = %(workspace)s AND name = %(name)s",
        workspace=workspace_id,
        name=name,
        encrypted=encrypted,
    )
