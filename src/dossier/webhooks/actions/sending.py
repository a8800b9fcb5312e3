"""One try: signed, sent to the address that was looked at, and what came of it. Nothing a receiver does takes longer, or more memory, than we say."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

import httpx2

from dossier.cases.model import Case
from dossier.foundation import json
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.messages import Message
from dossier.foundation.outbound import ForbiddenAddress
from dossier.foundation.reachable import Allowed
from dossier.foundation.services import Services
from dossier.foundation.text import gettext_noop
from dossier.webhooks.actions import form_calls
from dossier.webhooks.actions.giving_out import case_in_version
from dossier.webhooks.actions.subscriptions import raise_if_unencrypted
from dossier.webhooks.model import signing
from dossier.webhooks.model.deliveries import (
    READ_BYTES,
    SECONDS,
    Attempt,
    Claimed,
    Outcome,
    no_such,
    retry_after,
    shown_body,
)
from dossier.webhooks.model.events import document, events_of
from dossier.webhooks.model.signing import Signer
from dossier.webhooks.store import deliveries, events
from dossier.webhooks.store.form_deliveries import KIND as OF_FORM

Full = Callable[[Case, str], Mapping[str, Any]]
"""The case as `GET /cases/{id}` answers it, with the address of the API."""


_SILENT = Message("no answer within {count} seconds", {"count": round(SECONDS)})
_NOT_REACHED = gettext_noop("the other side could not be reached ({kind})")


@dataclass(frozen=True, slots=True)
class Door:
    """By what is sent: a client that reaches what is `allowed`, secrets in plain (`decrypted`), and who signs."""

    client: httpx2.AsyncClient
    allowed: Allowed
    decrypted: Callable[[bytes], str]
    signer: Signer | None


async def send(services: Services, door: Door, full: Full, delivery: Claimed) -> Outcome:
    """Try once; whatever goes wrong is an outcome, but that the database is away."""
    content = (await _body(services, full, delivery)).encode()
    now, began = services.clock(), monotonic()
    secrets = [door.decrypted(each) for each in delivery.secrets]
    headers = await asyncio.to_thread(  # RSA takes longer than all else, and lets others run meanwhile
        signing.headers, secrets, door.signer, delivery.url, delivery.event_id, content, now
    )
    answer = _Answer()
    try:
        async with asyncio.timeout(SECONDS):
            await _post(door, delivery.url, content, headers, answer)
    except TimeoutError:
        answer.error = answer.error or _SILENT
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError, AppError) as error:
        answer.error = _said(error)
    ms, why = round((monotonic() - began) * 1000), None if answer.status else answer.error
    attempt = Attempt(now, answer.status, ms, why, shown_body(bytes(answer.body)))
    return Outcome(delivery, attempt, retry_after(answer.retry_after, services.clock()))


async def _body(services: Services, full: Full, delivery: Claimed) -> str:
    if delivery.type == OF_FORM:
        return await form_calls.written(services, delivery)
    if delivery.written and delivery.body is not None:
        return delivery.body
    work = partial(_written, full=full, address=f"{services.address}/v1", delivery=delivery)
    return await services.database.write(system(), work)


class _Answer:
    """An answer as far as it came."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.retry_after: str | None = None
        self.body = bytearray()
        self.error: Message | None = None


async def _post(door: Door, url: str, content: bytes, headers: Mapping[str, str], answer: _Answer) -> None:
    if url.startswith("http:"):  # where it leads, the client looks itself
        await raise_if_unencrypted(url, door.allowed)
    # An answer that is compressed could become a thousand times as long; and a coding that lies would be our error.
    sent = {**headers, "accept-encoding": "identity"}
    async with door.client.stream("POST", url, content=content, headers=sent, timeout=SECONDS) as response:
        answer.status, answer.retry_after = response.status_code, response.headers.get("retry-after")
        async for piece in response.aiter_raw():
            answer.body += piece[: READ_BYTES - len(answer.body)]
            if len(answer.body) >= READ_BYTES:
                break


def _said(error: Exception) -> Message:
    """What went wrong, in a few words, with nothing of our network in them."""
    if isinstance(error, AppError):
        return error.problems[0].message
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ForbiddenAddress):
            return Message("the address leads into this server's own network")
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.TimeoutException):
        return _SILENT
    return Message("{kind}: {reason}", {"kind": type(error).__name__, "reason": str(error)}, _NOT_REACHED)


async def _written(transaction: Transaction, full: Full, address: str, delivery: Claimed) -> str:
    """The body as each try sends it, kept before it is first sent: with the case as it was in the version, where that is wanted."""
    kept = await deliveries.lock_body(transaction, delivery)
    if kept.written and kept.body is not None:
        return kept.body
    within = transaction.within(Scope((delivery.workspace_id,)))
    said = json.decode_stored(kept.body.encode()) if kept.body else await _anew(within, delivery)
    if kept.body or kept.content == "full":
        said["data"]["object"] = await _object(within, full, address, delivery)
    body = json.encode(said).decode()
    await deliveries.write_body(transaction, delivery, body)
    return body


async def _anew(reading: ReadSession, delivery: Claimed) -> dict[str, Any]:
    """The event as the history tells it by now; 404 when that is gone."""
    assert delivery.case_id
    assert delivery.version
    version = await events.version(reading, delivery.case_id, delivery.version)
    for event in events_of(version) if version else ():
        if event.id == delivery.event_id:
            return document(event)
    raise no_such(delivery.id)


async def _object(reading: ReadSession, full: Full, address: str, delivery: Claimed) -> Mapping[str, Any] | None:
    assert delivery.case_id
    assert delivery.version
    case = await case_in_version(reading, delivery.case_id, delivery.version)
    return full(case, address) if case else None
