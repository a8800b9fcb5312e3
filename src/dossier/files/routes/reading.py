"""Reading a file: about it, with its content in base64 or without, or the content itself, whole or in part."""

import base64
from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dossier import files
from dossier.files import schemas
from dossier.files.actions import by_key, pieces, public_content, raise_if_withheld
from dossier.files.model import BINARY, RASTER, File, is_shown, no_such, served_type
from dossier.files.routes.shown import ATTACHMENT_ID, shown, tag
from dossier.foundation import json
from dossier.foundation.errors import Problem, TooLarge
from dossier.foundation.http import openapi, query
from dossier.foundation.http.content import Span, disposition, is_known, span
from dossier.foundation.http.negotiation import wanted
from dossier.foundation.http.reads import read
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id

router = Router()

_JSON = "application/json"
_PARAMETERS = (
    ATTACHMENT_ID,
    openapi.query("key", {"type": "string"}, "stands in the uri of a public attachment, and replaces the token"),
    openapi.query("data", {"type": "boolean", "default": True}, "false leaves data out, for a file of any size"),
)
_CONTENT = {"*/*": {"schema": {"type": "string", "contentMediaType": BINARY}}}
_DOCUMENTED = openapi.documented(
    "getAttachment", "A file, or its content", parameters=_PARAMETERS, gives=schemas.Attachment,
    description="JSON unless Accept prefers application/octet-stream, or the file's own type.",
)  # fmt: skip
_DOCUMENTED["responses"][200]["content"] |= _CONTENT
_DOCUMENTED["responses"][206] = {"description": "a range of the content", "content": _CONTENT}
_DOCUMENTED["responses"][304] = {"description": "what If-None-Match names is what there is"}
_GUARDED = "sandbox; default-src 'none'"
_PDF_GUARDED = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"  # browsers refuse a sandboxed PDF
)


@router.get("/attachments/{id}", **_DOCUMENTED)
async def get_attachment(request: Request) -> Response:
    if "authorization" not in request.headers:
        return await _public(request)
    sent = query.parameters(request, ("key", "data"))
    with_data = query.choice(sent, "data", ("true", "false"), "true") == "true"
    file_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        file = await files.get(reading, file_id)
    if file is None:
        raise no_such(file_id)
    if type := _content_type(request.headers.get("accept", ""), file):
        return await content(request, file, type, inline=False)
    return await _members(request, file, with_data=with_data)


async def _public(request: Request) -> Response:
    """The content, for whoever has the key; never more about the file than that."""
    services = services_of(request)
    key = request.query_params.get("key", "")
    file = await by_key(services.database, services.cipher, parse_id(request.path_params["id"]), key)
    file = await public_content(services, file)
    inline = file.type in RASTER or file.type == "application/pdf"
    response = await content(request, file, served_type(file.type), inline=inline)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _content_type(accept: str, file: File) -> str | None:
    """Under which type the content is wanted; None for JSON, which also who wants nothing that we have gets."""
    for each in wanted(accept):
        if each.holds(_JSON):
            return None
        if each.holds(BINARY):
            return BINARY
        if each.holds(file.type) and (is_shown(file.type) or each.minor != "*"):
            return served_type(file.type)
    return None


# ---- content ----


async def content(request: Request, file: File, type: str, *, inline: bool) -> Response:
    """The bytes of a file under a type: the part that is asked for, or what it is named by when the client has it."""
    raise_if_withheld(services_of(request), file)
    headers = _headers(file, type, inline=inline)
    if is_known(request, file.tag):
        return Response(None, 304, headers)
    part = span(request, file.size, file.tag)
    bytes = part or Span(0, file.size, file.size)
    headers["Content-Length"] = str(bytes.end - bytes.start)
    if part:
        headers["Content-Range"] = part.header
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(None, status, headers, type)
    found = await pieces(services_of(request), file, bytes.start, bytes.end)
    return StreamingResponse(found, status, headers, type)


def _headers(file: File, type: str, *, inline: bool) -> dict[str, str]:
    return {
        "ETag": file.tag,
        "Accept-Ranges": "bytes",
        "Vary": "Accept",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition("inline" if inline else "attachment", file.name),
        "Content-Security-Policy": _PDF_GUARDED if inline and type == "application/pdf" else _GUARDED,
    }


# ---- JSON ----


async def _members(request: Request, file: File, *, with_data: bool) -> Response:
    if with_data:
        raise_if_withheld(services_of(request), file)
    name = tag(file)
    headers = {"ETag": f'"{name}"', "Vary": "Accept"}
    if query.not_modified(request, file.version, name):
        return Response(None, 304, headers)
    members = shown(request, file)
    if request.method == "HEAD":
        return _without_length(Response(None, 200, headers, _JSON))
    if not with_data:
        return Response(json.encode(members), 200, headers, _JSON)
    most = services_of(request).file_limits.inline
    if file.size > most:
        sentence = "A file of more than {count} bytes is not given inside JSON: ask with Accept: application/octet-stream, or data=false."
        raise TooLarge((Problem(sentence, TooLarge.code, count=most, meta=_plain(members)),), {"Vary": "Accept"})
    found = await pieces(services_of(request), file)
    return StreamingResponse(_with_data(json.encode(members), found), 200, headers, _JSON)


def _plain(members: dict[str, object]) -> dict[str, object]:
    """As JSON has it: a refusal is written by others."""
    found: dict[str, object] = json.decode_stored(json.encode(members))
    return found


async def _with_data(members: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The JSON with the content as its last member."""
    end = b"null}"
    assert members.endswith(end)
    yield members.removesuffix(end) + b'"'
    held = b""
    async for piece in pieces:
        held += piece
        whole = len(held) // 3 * 3
        yield base64.b64encode(held[:whole])
        held = held[whole:]
    yield base64.b64encode(held) + b'"}'


def _without_length(response: Response) -> Response:
    """Of an answer that is written as it is read nobody knows the length before."""
    del response.headers["Content-Length"]
    return response
