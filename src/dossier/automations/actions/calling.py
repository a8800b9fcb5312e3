"""Calling another system for a rule or a step: through the guarded door alone, with the workspace's secrets, of which nothing is kept."""

import asyncio
import json as plain_json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import httpx2

from dossier import workspaces
from dossier.case_templates.model import Call, is_header
from dossier.cases import DATA
from dossier.cases.model import Case
from dossier.foundation import json
from dossier.foundation.actor import Actor
from dossier.foundation.errors import AppError
from dossier.foundation.messages import Message
from dossier.foundation.outbound import ForbiddenAddress, client
from dossier.foundation.reachable import Allowed
from dossier.foundation.services import Services
from dossier.texts import InvalidText, Rendered, Text, Written, parse

MAX_ANSWER = 256 * 1024  # bytes that are read of an answer
NOT_NOW = (408, 425, 429, 500, 502, 503, 504)
JSON = "application/json"
_JSON_KIND = re.compile(r"(application|text)/json|[^/]+/[^/]+\+json", re.IGNORECASE)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
MOST_DECODINGS = 3  # of a path by those that stand between here and the program that is called
_MISSING = object()
_INSIDE = Message("The address leads into this server or its network.")


class CannotCall(AppError):
    """What a call would be is refused before anything is sent; its sentence says why, with no value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to be made. `id`: the same each time, so that a receiver knows a repeat."""

    call: Call
    body: Any
    id: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `error`: a sentence, with nothing of the address, the answer or a secret in it; `save`: field → value."""

    status: int | None = None
    error: Message | None = None
    temporary: bool = False
    save: Mapping[str, Any] = field(default_factory=dict)


async def ask(services: Services, actor: Actor, case: Case, asked: Asked, values: Mapping[str, Any]) -> Answer:
    """Call; never raises for what the other side does."""
    async with services.database.reading(actor.scope) as reading:
        secrets = await workspaces.secrets(reading, services.cipher, case.workspace_id)
        allowed = await workspaces.allowed(reading, services.outbound, case.workspace_id)
    try:
        request = _possible(asked, {**values, "secrets": secrets})
    except CannotCall as refusal:
        return Answer(error=refusal.message)
    try:
        async with asyncio.timeout(asked.call.timeout):
            return await _answered(allowed, asked, request, secrets)
    except ForbiddenAddress:
        return Answer(error=_INSIDE)
    except (TimeoutError, httpx2.TimeoutException):
        return Answer(
            error=Message("There was no answer within {count} seconds.", {"count": asked.call.timeout}), temporary=True
        )
    except httpx2.HTTPError as error:
        if isinstance(error.__cause__, ForbiddenAddress):
            return Answer(error=_INSIDE)
        return Answer(error=Message("The other system could not be reached."), temporary=True)


def _possible(asked: Asked, values: Mapping[str, Any]) -> httpx2.Request:
    """What will be sent; CannotCall."""
    try:
        return _request(asked, values)
    except (InvalidText, ValueError, httpx2.InvalidURL):
        raise CannotCall.because("The call could not be made of its texts.") from None


def _request(asked: Asked, values: Mapping[str, Any]) -> httpx2.Request:
    call = asked.call
    url = _address(call.url, values)
    headers = httpx2.Headers({"User-Agent": "Dossier-Calls/1", "Idempotency-Key": str(asked.id)})
    headers.update(_headers(call.headers, values))
    if asked.body is None or call.method == "GET":
        return httpx2.Request(call.method, url, headers=headers)
    content, kind = _content(asked.body, values, headers.get("Content-Type"))
    headers.setdefault("Content-Type", kind)
    return httpx2.Request(call.method, url, headers=headers, content=content.encode())


def _headers(headers: Mapping[str, str], values: Mapping[str, Any]) -> dict[str, str]:
    if wrong := [name for name in headers if not is_header(name)]:
        raise CannotCall.because("A call cannot have the header “{name}”.", name=wrong[0][:60])
    return {name: " ".join(_text(each, values).split()) for name, each in headers.items()}


def _content(body: Any, values: Mapping[str, Any], kind: str | None) -> tuple[str, str]:
    """What is sent, and as what; `kind`: the Content-Type that the headers say. In JSON no value ends the string it stands in."""
    if not isinstance(body, str):
        return _json(body, values), kind or JSON
    kind = kind or (JSON if _begins_like_json(body) else "text/plain; charset=utf-8")
    if not _JSON_KIND.fullmatch(kind.partition(";")[0].strip()):
        return _text(body, values), kind
    content = _text(body, values, "json")
    try:
        json.decode(content.encode())
    except AppError:
        raise CannotCall.because("The body is no JSON once its values are in it.") from None
    return content, kind


def _begins_like_json(source: str) -> bool:
    """Whether a text is an object or a list, behind the tags that it may begin with."""
    begin = source.lstrip()
    while begin.startswith("{%") and "%}" in begin:
        begin = begin.partition("%}")[2].lstrip()
    return begin[:1] in ("[", "{") and begin[:2] != "{{"


def _address(source: str, values: Mapping[str, Any]) -> str:
    """The address with its gaps filled in: what stands in one is a part of a path or a query, and changes no other part."""
    rendered = _rendered(source.strip(), values, "address")
    url, parts = rendered.text, urlsplit(rendered.text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = "no address of the web"
        raise ValueError(message)
    if _climbs(parts.path):
        raise CannotCall.because("A value would lead the call to another address.")
    if rendered.missing and _gaps(parts.path) > _gaps(urlsplit(_TAG.sub("-", source.strip())).path):
        raise CannotCall.because(
            "The address lacks a value, and would be another one: {names}.", names=tuple(rendered.missing)
        )
    return url


def _gaps(path: str) -> int:
    """How many segments of a path have nothing in them."""
    return sum(not part for part in path.split("/")[1:])


def _climbs(path: str) -> bool:
    """Whether a path has a segment `.` or `..`, however it is written: clients, and servers, go up by them."""
    for _ in range(MOST_DECODINGS):
        path = unquote(path)
    return any(part.partition(";")[0] in (".", "..") for part in re.split(r"[/\\]", path))


def _json(body: Any, values: Mapping[str, Any]) -> str:
    return json.encode(_filled(body, values)).decode()


def _filled(body: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(body, str):
        return _text(body, values)
    if isinstance(body, Mapping):
        return {name: _filled(each, values) for name, each in body.items()}
    return [_filled(each, values) for each in body] if isinstance(body, list) else body


def _text(source: str, values: Mapping[str, Any], written: Written = "plain") -> str:
    return _rendered(source, values, written).text


def _rendered(source: str, values: Mapping[str, Any], written: Written) -> Rendered:
    text = parse(source, names=None)
    _raise_if_no_secret(text, values["secrets"])
    return text.render(values, written=written)


def _raise_if_no_secret(text: Text, secrets: Mapping[str, str]) -> None:
    """Nothing is sent with a gap where a secret belongs."""
    if "secrets" not in text.source:
        return
    named = sorted(name.split(".")[1] for name in text.names() if name.startswith("secrets."))
    if missing := [name for name in named if name not in secrets]:
        raise CannotCall.because("There is no secret “{name}”.", name=missing[0][:120])


async def _answered(allowed: Allowed, asked: Asked, request: httpx2.Request, secrets: Mapping[str, str]) -> Answer:
    async with client(allowed) as calling:
        calling.timeout = httpx2.Timeout(asked.call.timeout)
        response = await calling.send(request, stream=True)
        try:
            content = await _beginning(response) if asked.call.save else b""
        finally:
            await response.aclose()
    if not 200 <= response.status_code < 300:
        sentence = Message("The other system answered {status}.", {"status": str(response.status_code)})
        return Answer(response.status_code, sentence, temporary=response.status_code in NOT_NOW)
    return _taken(asked.call.save, content, response.status_code, secrets)


async def _beginning(response: httpx2.Response) -> bytes:
    found = b""
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > MAX_ANSWER:
            break
    return found[:MAX_ANSWER]


def _taken(save: Mapping[str, str], content: bytes, status: int, secrets: Mapping[str, str]) -> Answer:
    """The values that the answer has at the pointers; one that is not there, or that repeats a secret, is an error."""
    if not save:
        return Answer(status)
    try:
        document = json.decode(content)
    except AppError:
        return Answer(status, Message("The answer is no JSON, or too long."))
    values = {path.removeprefix("data."): _at(document, place) for path, place in save.items()}
    if missing := [place for path, place in save.items() if values[path.removeprefix("data.")] is _MISSING]:
        return Answer(status, Message("The answer has nothing at {places}.", {"places": tuple(missing)}))
    said = plain_json.dumps(values, default=str, ensure_ascii=False)
    if any(secret in said for secret in secrets.values() if len(secret) > 3):
        return Answer(status, Message("The answer repeats a secret; nothing of it is kept."))
    return Answer(status, save=values)


def _at(document: Any, place: str) -> Any:
    """What stands at a JSON Pointer (RFC 6901)."""
    for part in place.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list) and key.isdecimal() and len(key) < 7 and int(key) < len(document):
            document = document[int(key)]
        elif isinstance(document, dict) and key in document:
            document = document[key]
        else:
            return _MISSING
    return document


async def saved(services: Services, actor: Actor, case_id: UUID, answer: Answer) -> Answer:
    """Keep the values of an answer in the case, typed as in an update of its data; all of them, or none and why."""
    if not answer.save:
        return answer
    try:
        await services.database.write(actor, lambda tx: DATA.update(tx, case_id, answer.save))
    except AppError as refusal:
        return replace(answer, error=Message("A value of the answer was refused: {why}", {"why": refusal.message}))
    return answer
