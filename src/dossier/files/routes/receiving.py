"""The body of an upload, in either form: its file goes to the disk as it comes, what is said of it is small."""

import asyncio
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from dossier.files import schemas
from dossier.files.actions import Told
from dossier.files.model import SCOPES, clean_name, empty_file
from dossier.foundation.errors import Invalid, Problem, TooLarge, UnsupportedMediaType, pointer
from dossier.foundation.http import query
from dossier.foundation.http.apart import Apart, Base64
from dossier.foundation.http.arriving import arriving
from dossier.foundation.http.body import ignore, note, note_ignored, raise_if_compressed, raise_if_not_json, validate
from dossier.foundation.http.parts import Part, boundary_of, parts
from dossier.foundation.services import FileLimits
from dossier.foundation.storage import InThreads, Unfinished
from dossier.foundation.storage.blocks import Behind

FORM = "multipart/form-data"
_BESIDE = 1024 * 1024  # bytes of a body beside its file
_LOOKED_THROUGH = 64 * 1024  # bytes of JSON until others have their turn: marks alone take a tenth of a second
_FIELDS = ("name", "type", "scope", "case")
_WORD = "form_token"  # what a form of our own pages carries; it stands before its file
_MAX_FIELD = 16 * 1024  # bytes


async def receive(request: Request, unfinished: Unfinished, storage: InThreads, limits: FileLimits) -> Told:
    """What is said of the file, which is whole then; 400, 408, 413, 415, 507."""
    raise_if_compressed(request.headers.get("content-encoding", ""))
    into = _Into(unfinished, storage)
    said = await (_form if _is_form(request) else _json)(request, into, limits)
    await into.finish()
    if not unfinished.size:
        raise empty_file(pointer="/file")
    name = clean_name(said["name"])
    if name != said["name"]:
        note(request, "the name was cleaned", "/name")
    case = query.body_identifier(said["case"], "case") if said["case"] else None
    return Told(name, said["type"] or "", said["scope"], case)


def _is_form(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM, "application/json"):
        sentence = "Send a file as multipart/form-data, or inside application/json."
        raise UnsupportedMediaType.because(sentence, parameter="Content-Type")
    return kind == FORM


class _Into:
    """Where the bytes of the file go."""

    def __init__(self, unfinished: Unfinished, storage: InThreads) -> None:
        self._behind = Behind(storage, unfinished.put, unfinished.hash, unfinished.begin)

    async def add(self, data: bytes, most: int, refusal: str) -> None:
        """Some more; 413 above `most` bytes, saying so, and 507."""
        if self._behind.size + len(data) > most:
            raise TooLarge((Problem(refusal, TooLarge.code, pointer="/file", count=most),))
        await self._behind.take(data)

    async def finish(self) -> None:
        await self._behind.all()


async def _json(request: Request, into: _Into, limits: FileLimits) -> dict[str, Any]:
    raise_if_not_json(request)
    apart, base64 = Apart("data", _BESIDE), Base64("data")
    refusal = "A file inside JSON has {count} bytes at most; send it as multipart/form-data."
    async for piece in arriving(request, limits.inline * 7 // 5 + _BESIDE, limits.pace):
        for at in range(0, len(piece), _LOOKED_THROUGH):
            await into.add(base64.take(apart.take(piece[at : at + _LOOKED_THROUGH])), limits.inline, refusal)
            await asyncio.sleep(0)
    rest = apart.rest(any_text_at="/name")  # it is cleaned
    if not isinstance(rest, dict):
        raise Invalid.because("The body must be a JSON object.", "invalid_type", pointer="")
    if apart.found:
        await into.add(base64.rest(), limits.inline, refusal)
    note_ignored(request, schemas.AttachmentInput, rest)
    body = validate(rest, schemas.AttachmentInput)
    if body.data:  # a second one
        raise Invalid.because("“{field}” is given twice.", "invalid_value", pointer="/data", field="data")
    return {"name": body.name, "type": body.type, "scope": body.scope, "case": body.case}


async def _form(request: Request, into: _Into, limits: FileLimits) -> dict[str, Any]:
    pieces = arriving(request, limits.most + _BESIDE, limits.pace)
    refusal = "A file has {count} bytes at most."
    said: dict[str, bytearray] = {}
    file: Part | None = None
    name = ""
    async for event in parts(pieces, boundary_of(request.headers["content-type"])):
        if isinstance(event, Part):
            name = event.name
            _raise_if_repeated(event, said, file)
            file = event if _is_file(event) else file
            said[name] = bytearray()
        elif name == "file":
            await into.add(event, limits.most, refusal)
        elif name in (*_FIELDS, _WORD):
            _add_text(said, name, event)
    if file is None or file.name != "file":
        raise Invalid.because("“{field}” is required.", "missing_member", pointer="/file", field="file")
    ignore(request, (name for name in said if name not in ("file", *_FIELDS)))
    request.state.form = [(_WORD, _text(_WORD, said[_WORD]))] if _WORD in said else []
    fields = {name: _text(name, said[name]) for name in _FIELDS if name in said}
    if fields.get("scope", "restricted") not in SCOPES:
        raise Invalid.because("“{field}” must be one of {options}.", pointer="/scope", field="scope", options=SCOPES)
    return {"name": file.filename or "", "type": file.type, "scope": "restricted", "case": None} | fields


def _add_text(said: dict[str, bytearray], name: str, more: bytes) -> None:
    said[name] += more
    if len(said[name]) > _MAX_FIELD:
        raise TooLarge.because("“{field}” is too long.", pointer=pointer(name), field=name)


def _is_file(part: Part) -> bool:
    """Whether it holds one. Of a field in which none was chosen browsers send an empty name."""
    return part.name == "file" or bool(part.filename)


def _raise_if_repeated(part: Part, said: Mapping[str, Any], file: Part | None) -> None:
    """400: no part is put to another one of its name, and no file beside the one is dropped."""
    if file and _is_file(part):
        raise Invalid.because("Send one file at a time.", "one_file_only", pointer=pointer(part.name))
    if part.name in said:
        sentence = "“{field}” is given twice."
        raise Invalid.because(sentence, "repeated_part", pointer=pointer(part.name), field=part.name)


def _text(name: str, raw: bytearray) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Invalid.because("“{field}” must be a text in UTF-8.", pointer=pointer(name), field=name) from None
