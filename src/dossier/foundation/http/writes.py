"""One way for a request to change something: in one transaction, once per Idempotency-Key, kept before it is answered."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import json
from dossier.foundation.actor import Actor
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import Jsonb, Row, Transaction
from dossier.foundation.errors import Conflict, Gone, Invalid, NotFound, Problem, Unprocessable
from dossier.foundation.http.body import STRICT, is_strict, raise_if_strict, warnings
from dossier.foundation.http.query import choice, identifier, if_match, parameters
from dossier.foundation.http.responses import ApiResponse, json_response
from dossier.foundation.http.services import services_of

MAX_PLAIN_BODY = 16 * 1024  # bytes; the bodies of a whole round are a megabyte at most
_ASKS_MORE = {b"idempotency-key", b"if-match", b"if-none-match"}
MAX_KEY = 255  # characters of an Idempotency-Key

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(actor)s::text || ' ' || %(key)s, 0)) AS locked"
_EARLIER = "SELECT fingerprint, status, headers, body, sealed, coalesce(workspaces <@ %(scope)s::uuid[], true) AS visible FROM idempotency_keys WHERE actor_id = %(actor)s AND key = %(key)s"
_KEEP = """
INSERT INTO idempotency_keys (actor_id, key, fingerprint, status, headers, body, sealed, about, created_at, workspaces)
VALUES (%(actor)s, %(key)s, %(fingerprint)s, %(status)s, %(headers)s, %(body)s, %(sealed)s, %(about)s, %(now)s, %(scope)s)
"""

T = TypeVar("T")
Handler = Callable[[Transaction], Awaitable[ApiResponse]]


async def write(request: Request, actor: Actor, work: Handler, more: Sequence[str] = ()) -> Response:
    """Do `work` and answer it after the commit. `?dry_run=true` undoes it; a repeated key replays its answer. `more`: what else is asked."""
    dry_run = choice(parameters(request, ("dry_run", *more)), "dry_run", ("true", "false"), "false") == "true"
    if not dry_run:
        return await write_once(request, actor, work)
    rehearsed = await services_of(request).database.write(actor, work, commit=False)
    return answered(request, _rehearsed(rehearsed))


async def write_once(request: Request, actor: Actor, work: Handler) -> Response:
    """The same where nothing can be rehearsed, and the address has parameters of its own."""
    raise_if_strict(request)
    once = IdempotencyKey.from_request(request, actor)
    services = services_of(request)

    async def told(transaction: Transaction) -> ApiResponse:
        answer = await work(transaction)
        return replace(answer, headers={**answer.headers, **warnings(request)})

    answer = await services.database.write(actor, once.wrap(told, services.cipher) if once else work)
    return answer if isinstance(answer, Response) else answered(request, answer)


def _rehearsed(answer: ApiResponse) -> ApiResponse:
    """The answer without its tag: there is no such version, and another one may come to have its number."""
    return replace(answer, headers={name: text for name, text in answer.headers.items() if name != "ETag"})


async def erased(
    request: Request,
    erase: Callable[[Transaction, UUID, Any], Awaitable[object]],
    more: Sequence[str] = (),
    seen_by: Callable[[Request], Any] = if_match,
) -> Response:
    """Erase what the address names, as the client has seen it (`seen_by`); 204. `more`: parameters that its route reads itself."""
    id, seen = identifier(request.path_params["id"], "id"), seen_by(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        await erase(transaction, id, seen)
        return ApiResponse(None, 204)

    return await write(request, request.state.caller.actor, handle, more)


async def changed(
    request: Request,
    change: Callable[[Transaction, UUID, Any], Awaitable[T]],
    answer: Callable[[T], ApiResponse],
    seen_by: Callable[[Request], Any] = if_match,
) -> Response:
    """Change what the address names, as the client has seen it (`seen_by`), and answer it."""
    id, seen = identifier(request.path_params["id"], "id"), seen_by(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return answer(await change(transaction, id, seen))

    return await write(request, request.state.caller.actor, handle)


def is_plain(request: Request) -> bool:
    """Whether a change may share its transaction: small, and nothing is asked for beside it (contract section 2)."""
    scope = request.scope
    if scope["query_string"] or not _ASKS_MORE.isdisjoint({name for name, _ in scope["headers"]}):
        return False
    return len(request.state.body) <= MAX_PLAIN_BODY


def answered(request: Request, answer: ApiResponse) -> Response:
    """The answer with a warning of members that were ignored, or that there would have been none."""
    response = answer.response()
    response.headers.update(warnings(request))
    if is_strict(request):
        applied = (response.headers.get("preference-applied"), STRICT["Preference-Applied"])
        response.headers["Preference-Applied"] = ", ".join(each for each in applied if each)
    return response


def key_of(request: Request) -> str | None:
    """What stands in the request's Idempotency-Key; 400."""
    lines = request.headers.getlist("idempotency-key")
    if not lines:
        return None
    if len(set(lines)) > 1:
        raise Invalid.because("Send Idempotency-Key once.", "invalid_header", parameter="Idempotency-Key")
    key = lines[0].strip().removeprefix('"').removesuffix('"')
    if not 0 < len(key) <= MAX_KEY:
        sentence = "Idempotency-Key must have 1 to {most} characters."
        raise Invalid.because(sentence, "invalid_header", parameter="Idempotency-Key", most=MAX_KEY)
    return key


def in_progress() -> Conflict:
    """409: another request has the same key."""
    problem = Problem("A request with this Idempotency-Key is still running; repeat it later.", "in_progress")
    return Conflict((problem,), {"Retry-After": "1"})


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """An Idempotency-Key with what it stands for: the same request again gets the first one's answer (24 h)."""

    actor: UUID
    key: str
    fingerprint: bytes

    @classmethod
    def from_request(cls, request: Request, actor: Actor) -> "IdempotencyKey | None":
        """What the request's Idempotency-Key header asks for; None without one."""
        key = key_of(request)
        return None if key is None or actor.id is None else cls(actor.id, key, _fingerprint(request))

    def wrap(self, work: Handler, cipher: Cipher) -> Callable[[Transaction], Awaitable[ApiResponse | Response]]:
        """`work`, done only if no request did it before under this key; its answer is kept with its effect."""

        async def once(transaction: Transaction) -> ApiResponse | Response:
            if earlier := await self._earlier(transaction):
                return self._replay(earlier, cipher)
            answer = await work(transaction)
            await self._keep(transaction, answer, cipher)
            return answer

        return once

    async def _earlier(self, transaction: Transaction) -> Row | None:
        lock = await transaction.send(_TRY_LOCK, actor=self.actor, key=self.key)
        earlier = await transaction.send(_EARLIER, actor=self.actor, key=self.key)
        if not (await lock.one())["locked"]:
            raise in_progress()
        return await earlier.first()

    def _replay(self, earlier: Row, cipher: Cipher) -> Response:
        if earlier["fingerprint"] != self.fingerprint:
            detail = "This Idempotency-Key was used for another request; use a new one."
            raise Unprocessable.because(detail, "idempotency_key_reused", parameter="Idempotency-Key")
        if not earlier["visible"]:
            raise NotFound.because("What was done under this Idempotency-Key is out of the token's reach now.")
        if earlier["status"] == Gone.status:
            raise Gone.because("What this request made was erased since; nothing is made anew.", "erased")
        headers = earlier["headers"] | {"Idempotency-Replayed": "true"}
        return json_response(_opened(earlier, cipher), earlier["status"], headers)

    async def _keep(self, transaction: Transaction, answer: ApiResponse, cipher: Cipher) -> None:
        await transaction.send(
            _KEEP,
            actor=self.actor,
            key=self.key,
            fingerprint=self.fingerprint,
            status=answer.status,
            headers=Jsonb(dict(answer.headers)),
            body=answer.body(),
            sealed=cipher.encrypt(json.encode(answer.once).decode()) if answer.once else None,
            about=answer.about,
            now=transaction.clock(),
        )


def _opened(earlier: Row, cipher: Cipher) -> bytes:
    """The body with its secrets; without them where the key that sealed them is gone."""
    body: bytes = earlier["body"]
    if earlier["sealed"] is None:
        return body
    try:
        secrets = json.decode_stored(cipher.decrypt(bytes(earlier["sealed"])).encode())
    except Unreadable:
        return body
    return json.encode({**json.decode_stored(body), **secrets})


def _fingerprint(request: Request) -> bytes:
    parts = (request.method.encode(), request.url.path.encode(), request.url.query.encode())
    body: bytes = getattr(request.state, "body", b"")
    return hashlib.sha256(b"\n".join((*parts, hashlib.sha256(body).digest()))).digest()
