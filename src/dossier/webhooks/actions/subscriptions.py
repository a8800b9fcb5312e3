"""What is done with subscriptions: made, changed, given another secret, deleted."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import audit, workspaces
from dossier.foundation.actor import Scope
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem, pointer
from dossier.foundation.identifiers import new_id
from dossier.foundation.reachable import Allowed
from dossier.foundation.services import Services
from dossier.webhooks.model import subscriptions as model
from dossier.webhooks.model.signing import BOTH_SIGN, new_secret
from dossier.webhooks.model.subscriptions import Wanted, Webhook
from dossier.webhooks.store import deliveries
from dossier.webhooks.store import subscriptions as store


async def reachable(services: Services, workspace_id: UUID) -> Allowed:
    """What calls of a workspace may reach."""
    if not services.outbound.leaves_more:
        return services.outbound
    async with services.database.reading(Scope((workspace_id,))) as reading:
        return await workspaces.allowed(reading, services.outbound, workspace_id)


async def workspace_of(services: Services, scope: Scope, id: UUID) -> UUID:
    """Of which workspace a webhook in scope is; 404."""
    async with services.database.reading(scope) as reading:
        return (await found(reading, id)).workspace_id


async def raise_if_forbidden(url: str, allowed: Allowed) -> None:
    """400 for an address that leads inside, or that is asked for without encryption where the operator does not allow it.

    Names are looked up, so this is done before a transaction begins.
    """
    from dossier.foundation.outbound import leads_inside  # noqa: PLC0415 - few requests need it

    Invalid.if_any(model.url_problems(url))
    await raise_if_unencrypted(url, allowed)
    found = model.parts(url)
    host, port = found.hostname or "", model.port_of(found)
    if await leads_inside(host, port, allowed):
        sentence = (
            "“{host}” leads into this server's own network; only its operator can allow that (DOSSIER_OUTBOUND_ALLOW)."
        )
        raise Invalid.because(sentence, "forbidden_address", pointer="/url", host=host)


async def raise_if_unencrypted(url: str, allowed: Allowed) -> None:
    """400 for http to where the operator does not allow it."""
    from dossier.foundation.outbound import leads_out  # noqa: PLC0415 - few requests need it

    found = model.parts(url)
    if found.scheme == "http" and await leads_out(found.hostname or "", model.port_of(found), allowed):
        sentence = "Calls go to https only; http is for hosts that the operator named (DOSSIER_OUTBOUND_ALLOW)."
        raise Invalid.because(sentence, "https_only", pointer="/url")


async def found(reading: ReadSession, id: UUID) -> Webhook:
    """One in scope; 404."""
    webhook = await store.get(reading, id)
    if webhook is None:
        raise model.no_such(id)
    return webhook


async def locked(transaction: Transaction, id: UUID) -> Webhook:
    """One in scope that nobody else changes until the end; 404."""
    webhook = await store.lock(transaction, id)
    if webhook is None:
        raise model.no_such(id)
    return webhook


async def create(transaction: Transaction, workspace_id: UUID, wanted: Wanted, cipher: Cipher) -> tuple[Webhook, str]:
    """A new one, which is told of what is kept from now on, and its secret; 400, and 409 when the workspace has fifty."""
    transaction.actor.require("webhooks.manage")
    await _raise_if_wrong(transaction, workspace_id, wanted)
    if await store.count_locked(transaction, workspace_id) >= model.MOST:
        raise Conflict.because("A workspace has {most} webhooks at most.", "too_many", most=model.MOST)
    id, secret = new_id(), new_secret()
    await store.insert(transaction, workspace_id, id, wanted, cipher.encrypt(secret))
    await audit.record(transaction, "webhook.made", id, workspace_id=workspace_id)
    return await found(transaction, id), secret


async def change(transaction: Transaction, id: UUID, members: dict[str, Any]) -> Webhook:
    """Set these members of what it says; 400, 404."""
    transaction.actor.require("webhooks.manage")
    await deliveries.lock(transaction)
    webhook = await locked(transaction, id)
    wanted = replace(webhook.wanted, **members)
    if wanted == webhook.wanted:
        return webhook
    await _raise_if_wrong(transaction, webhook.workspace_id, wanted)
    await store.update(transaction, webhook, wanted)
    if not wanted.enabled:
        await deliveries.cancel(transaction, webhook.workspace_id, [id])
    await audit.record(transaction, "webhook.changed", id, workspace_id=webhook.workspace_id, members=sorted(members))
    return await found(transaction, id)


async def change_secret(transaction: Transaction, id: UUID, cipher: Cipher) -> tuple[Webhook, str]:
    """Another secret; for a day the one before signs too. 404."""
    transaction.actor.require("webhooks.manage")
    webhook, secret = await locked(transaction, id), new_secret()
    await store.set_secret(transaction, webhook, cipher.encrypt(secret), transaction.clock() + BOTH_SIGN)
    await audit.record(transaction, "webhook.secret_changed", id, workspace_id=webhook.workspace_id)
    return await found(transaction, id), secret


async def delete(transaction: Transaction, id: UUID) -> None:
    """Nothing is sent any more, and what was is forgotten; 404."""
    transaction.actor.require("webhooks.manage")
    await deliveries.lock(transaction)
    webhook = await locked(transaction, id)
    await store.delete(transaction, webhook)
    await audit.record(transaction, "webhook.deleted", id, workspace_id=webhook.workspace_id)


async def encrypt_anew(transaction: Transaction, cipher: Cipher) -> None:
    """Put every secret under the server's newest key."""
    transaction.actor.require("server.operate")
    for row in await store.secrets(transaction):
        kept = [row.secret, row.secret_before]
        anew = [None if each is None else cipher.encrypt(cipher.decrypt(bytes(each))) for each in kept]
        assert anew[0] is not None
        await store.replace_secrets(transaction, row, anew[0], anew[1])


async def _raise_if_wrong(reading: ReadSession, workspace_id: UUID, wanted: Wanted) -> None:
    wanted.raise_if_wrong()
    known = await store.known_templates(reading, workspace_id, wanted.templates) if wanted.templates else set()
    Invalid.if_any(
        Problem("There is no template {id} in this workspace.", "unknown_template", pointer("templates", place), id=id)
        for place, id in enumerate(wanted.templates)
        if id not in known
    )
