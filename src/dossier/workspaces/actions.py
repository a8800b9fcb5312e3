"""What can be done to a workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import audit
from dossier.foundation import jobs
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message
from dossier.foundation.reachable import Allowed
from dossier.foundation.text import did_you_mean
from dossier.workspaces import model, store
from dossier.workspaces.model import SecretRow, Workspace, WorkspaceText


async def create(
    transaction: Transaction, slug: str, name: str, time_zone: str = "UTC", country: str | None = None
) -> Workspace:
    """A new workspace; 409 when the slug is taken. `country` (ISO 3166-1): of telephone numbers without one, and of holidays."""
    transaction.actor.require("server.operate")
    country = country.upper() if country else None
    Invalid.if_any([*model.problems(slug, name, time_zone), *model.country_problems(country)])
    if await store.by_slug(transaction, slug):
        raise Conflict.because("There is a workspace “{slug}” already.", "duplicate", pointer="/slug", slug=slug)
    of_country = {"country": country} if country else None
    workspace = Workspace(new_id(), slug, name.strip(), time_zone, transaction.clock(), working_time=of_country)
    await store.insert(transaction, workspace)
    await audit.record(transaction, "workspace.made", workspace.id, workspace_id=workspace.id)
    return workspace


async def change(transaction: Transaction, workspace_id: UUID, name: str, time_zone: str, accent: str) -> None:
    """Another name, time zone or colour; 400."""
    transaction.actor.require("workspace.change")
    workspace = await store.get(transaction, workspace_id)
    Invalid.if_any(model.problems(workspace.slug, name, time_zone))
    if accent not in model.ACCENTS:
        raise Invalid.because("There is no such colour.", pointer="/accent")
    await store.update(transaction, workspace_id, name.strip(), time_zone, accent)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id)


async def set_working_time(transaction: Transaction, workspace_id: UUID, settings: Mapping[str, Any]) -> None:
    """When people there are at work, and what goes by itself is sent: `country region customs days opens closes`; 400."""
    transaction.actor.require("workspace.change")
    Invalid.if_any(model.working_time_problems(settings))
    await store.set_working_time(transaction, workspace_id, settings)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id)


async def allowed(reading: ReadSession, server: Allowed, workspace_id: UUID) -> Allowed:
    """What calls of a workspace may reach: what the `server` allows, and, if that leaves it to them, what its administrators do."""
    return server.with_more(await store.outbound(reading, workspace_id)) if server.leaves_more else server


async def set_outbound(transaction: Transaction, workspace_id: UUID, text: str, server: Allowed) -> None:
    """What calls of this workspace may reach inside, too; 400, 403 where the operator does not leave that to administrators."""
    transaction.actor.require("workspace.change")
    if not server.leaves_more:
        sentence = "Only the operator of this server says what calls may reach in its network."
        raise Forbidden.because(sentence)
    wanted = ", ".join(text.replace(",", " ").split())
    try:
        Allowed.read(wanted)
    except ValueError:
        sentence = (
            "Write hosts with their port, such as crm.local:8443, or networks such as 10.1.0.0/16, with commas between."
        )
        raise Invalid.because(sentence, pointer="/outbound") from None
    if len(wanted) > model.MOST_OUTBOUND:
        raise Invalid.because(
            "The text may have {most} characters at most.", pointer="/outbound", most=model.MOST_OUTBOUND
        )
    await store.set_outbound(transaction, workspace_id, wanted)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id, outbound=wanted)


async def set_embed_origins(transaction: Transaction, workspace_id: UUID, text: str) -> None:
    """Which sites may show forms inside their pages, written with commas or spaces between; 400."""
    transaction.actor.require("workspace.change")
    origins = list(dict.fromkeys(text.replace(",", " ").lower().split()))
    Invalid.if_any(model.origin_problems(origins))
    await store.set_embed_origins(transaction, workspace_id, origins)
    told = ", ".join(origins)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id, embed_origins=told)


async def set_mail_from(transaction: Transaction, workspace_id: UUID, address: str) -> None:
    """Whom e-mails of this workspace are from: an address that was looked at (`messages/actions/sender.py`); nothing: the server's own."""
    transaction.actor.require("workspace.change")
    await store.set_mail_from(transaction, workspace_id, address)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id, mail_from=address)


async def set_logo(transaction: Transaction, workspace_id: UUID, content: bytes) -> None:
    """Show a picture as the workspace's logo; 400 for what is none, or too large."""
    transaction.actor.require("workspace.change")
    await store.set_logo(transaction, workspace_id, model.logo(content))
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id)


async def remove_logo(transaction: Transaction, workspace_id: UUID) -> None:
    """Show no logo any more."""
    transaction.actor.require("workspace.change")
    await store.remove_logo(transaction, workspace_id)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id)


async def write_text(transaction: Transaction, workspace_id: UUID, text: WorkspaceText) -> None:
    """Have messages say this in common, or nothing where it is empty; 400 with line and column."""
    transaction.actor.require("messages.design")
    if not text.body.strip():
        await store.remove_text(transaction, workspace_id, text)
    else:
        Invalid.if_any(model.text_problems(text))
        there = (await store.mailing(transaction, workspace_id)).texts
        if len(there) >= model.MOST_TEXTS and replace(text, body="") not in {replace(each, body="") for each in there}:
            raise Conflict.because("A workspace has {count} such texts at most.", "too_many", count=model.MOST_TEXTS)
        await store.put_text(transaction, workspace_id, text)
    act = "workspace.texts_changed"
    named = text.name or text.kind
    await audit.record(transaction, act, workspace_id, workspace_id=workspace_id, text=named, language=text.language)


async def set_language(transaction: Transaction, workspace_id: UUID, language: str) -> None:
    """Write in this language to who says none; 400."""
    transaction.actor.require("messages.design")
    Invalid.if_any(model.language_problems(language))
    await store.set_language(transaction, workspace_id, language)
    await audit.record(transaction, "workspace.changed", workspace_id, workspace_id=workspace_id)


async def set_redirect_hosts(transaction: Transaction, slug: str, hosts: Sequence[str]) -> None:
    """To these hosts people may go on after a form; 400, 404. For the operator, who names a workspace by its slug."""
    transaction.actor.require("workspace.change")
    workspace = await find(transaction, slug)
    Invalid.if_any(model.host_problems(hosts))
    within = transaction.within(Scope((workspace.id,)))
    await store.set_redirect_hosts(within, workspace.id, [each.lower() for each in hosts])
    await audit.record(within, "workspace.changed", workspace.id, workspace_id=workspace.id)


async def retry_job(transaction: Transaction, id: int, *, everywhere: bool = False) -> None:
    """Have a job of the workspaces in scope, or of the whole server, run again; 404 when none failed."""
    transaction.actor.require("jobs.manage")
    await _decided(transaction, "job.retried", id, await jobs.retry(transaction, id, everywhere=everywhere))


async def cancel_job(transaction: Transaction, id: int, *, everywhere: bool = False) -> None:
    """Give up a job that waits or has failed; 404."""
    transaction.actor.require("jobs.manage")
    await _decided(transaction, "job.cancelled", id, await jobs.cancel(transaction, id, everywhere=everywhere))


async def _decided(transaction: Transaction, act: str, id: int, found: Row | None) -> None:
    if found is None:
        raise NotFound.because("This job is done, under way, or not of this workspace.")
    workspace_id = UUID(found["workspace"]) if found["workspace"] else None
    await audit.record(transaction, act, id, workspace_id=workspace_id, job=found["name"])


async def find(transaction: Transaction, slug: str) -> Workspace:
    """The workspace with that slug; the nearest one is named when there is none."""
    if workspace := await store.by_slug(transaction, slug):
        return workspace
    hint = did_you_mean(slug, [each.slug for each in await store.list_all(transaction)])
    shown = Message(" `dossier workspace list` shows them.")
    raise NotFound.because("There is no workspace “{slug}”.{hint}", slug=slug, hint=hint or shown)


# ---- secrets ----


async def set_secret(transaction: Transaction, cipher: Cipher, workspace_id: UUID, name: str, value: str) -> None:
    """Keep a secret under a name, in the place of an older one; 400, 404. Nobody reads it again but calls to other systems."""
    transaction.actor.require("secrets.manage")
    await _raise_unless_in_scope(transaction, workspace_id)
    Invalid.if_any(model.secret_problems(name, value))
    if await store.is_full_of_secrets(transaction, workspace_id, name, model.MAX_SECRETS):
        sentence = "A workspace keeps {most} secrets at most."
        raise Conflict.because(sentence, "too_many", most=model.MAX_SECRETS)
    await store.set_secret(transaction, workspace_id, name, cipher.encrypt(value))
    await audit.record(transaction, "secret.set", name, workspace_id=workspace_id)


async def remove_secret(transaction: Transaction, workspace_id: UUID, name: str) -> None:
    """Forget a secret; 404."""
    transaction.actor.require("secrets.manage")
    await _raise_unless_in_scope(transaction, workspace_id)
    if not model.is_secret_name(name) or not await store.remove_secret(transaction, workspace_id, name):
        raise NotFound.because("There is no secret “{name}”.", name=name)
    await audit.record(transaction, "secret.removed", name, workspace_id=workspace_id)


async def list_secrets(reading: ReadSession, actor: Actor, workspace_id: UUID) -> list[SecretRow]:
    """Names and times of the secrets of a workspace; never what they are. 403, 404."""
    actor.require("secrets.manage")
    await _raise_unless_in_scope(reading, workspace_id)
    return await store.list_secrets(reading, workspace_id)


async def secrets(reading: ReadSession, cipher: Cipher, workspace_id: UUID) -> dict[str, str]:
    """The secrets themselves, for calls alone. One under a key that is lost is none."""
    found = {}
    for name, encrypted in (await store.encrypted_secrets(reading, workspace_id)).items():
        try:
            found[name] = cipher.decrypt(encrypted)
        except Unreadable:
            continue
    return found


async def encrypt_secrets_anew(transaction: Transaction, cipher: Cipher) -> int:
    """Put every secret under the server's newest key; how many lay under another."""
    transaction.actor.require("server.operate")
    older = [each for each in await store.all_secrets(transaction) if not cipher.is_newest(each[2])]
    for workspace_id, name, encrypted in older:
        await store.replace_secret(transaction, workspace_id, name, cipher.encrypt(cipher.decrypt(encrypted)))
    return len(older)


async def _raise_unless_in_scope(reading: ReadSession, workspace_id: UUID) -> None:
    if not await store.exists(reading, workspace_id):
        raise NotFound.because("There is no workspace {id}.", id=workspace_id)
