"""Several files as one answer: a PDF of all their pages, or a ZIP of the originals. For programs, and by the same functions for members."""

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from pathlib import Path
from typing import Literal, get_args
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from dossier.files.actions import Said, merged, zipped
from dossier.files.actions.merging import known_unshown, raise_if_not_merged
from dossier.files.actions.zipping import raise_if_not_zipped
from dossier.files.model import File, clean_name
from dossier.files.model.together import AT_ONCE, MOST_FILES, Unshown, busy, none_of, not_shown, too_many_files
from dossier.files.store.rows import several
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import STRICT, is_strict, note, warnings
from dossier.foundation.http.content import disposition
from dossier.foundation.http.negotiation import wanted
from dossier.foundation.http.reads import read
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads

router = Router()

Kind = Literal["pdf", "zip"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_TYPES: dict[Kind, str] = {"pdf": "application/pdf", "zip": "application/zip"}
_CHUNK = 512 * 1024
_MOST_NAME = 200
_NAMED = 20  # of files in a warning
_PARAMETERS = ("ids", "filename")
_DOCUMENTED = openapi.documented(
    "mergeAttachments",
    "Several files as one PDF, or as a ZIP",
    parameters=(
        {**openapi.query("ids", {"type": "string"}, "uuids separated by commas, 1 to 100"), "required": True},
        openapi.query("filename", {"type": "string", "maxLength": _MOST_NAME}, "without extension"),
        {
            "name": "Prefer",
            "in": "header",
            "schema": {"type": "string"},
            "description": "handling=strict: all as pages, or 422",
        },
    ),
    description="A PDF, unless Accept prefers application/zip: the originals. What cannot be shown as pages is enclosed, and a Warning names it; with Prefer: handling=strict it is 422.",
)
_BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}
_DOCUMENTED["responses"][200] = {
    "description": "all of them, in the order named",
    "headers": {"Warning": {"schema": {"type": "string"}, "description": "names what is not shown as it is"}},
    "content": {type: {"schema": _BYTES} for type in _TYPES.values()},
}


@router.get("/attachments", **_DOCUMENTED)
async def merge_attachments(request: Request) -> Response:
    sent = query.parameters(request, _PARAMETERS)
    ids, kind = wanted_ids(sent), _kind(request.headers.get("accept", ""))
    name = name_of(sent, kind)
    async with read(request) as reading:
        files = await all_of(reading, ids)
    return await together(request, files, kind, name, str, strict=is_strict(request))


def _kind(accept: str) -> Kind:
    for each in wanted(accept):
        for kind, type in _TYPES.items():
            if each.holds(type):
                return kind
    return "pdf"


def wanted_ids(sent: dict[str, str]) -> list[UUID]:
    """The files that are named, each once; 400."""
    texts = [text.strip() for text in sent.get("ids", "").split(",")] if sent.get("ids") else []
    if not texts:
        raise Invalid.because("Name files: ids=…,….", "missing_parameter", parameter="ids")
    if len(texts) > MOST_FILES:
        raise too_many_files()
    ids = [parse_id(text) for text in texts]
    for text, id in zip(texts, ids, strict=True):
        if id is None:
            sentence = "“{name}” must be uuids separated by commas, not “{value}”."
            raise Invalid.because(sentence, "invalid_uuid", parameter="ids", name="ids", value=text)
    return list(dict.fromkeys(id for id in ids if id))


def name_of(sent: dict[str, str], kind: Kind) -> str:
    """What the answer is called, with its extension; 400."""
    said = sent.get("filename", "")
    if len(said) > _MOST_NAME:
        sentence = "“{field}” must have {count} characters at most."
        raise Invalid.because(sentence, "invalid_parameter", parameter="filename", field="filename", count=_MOST_NAME)
    try:
        cleaned = clean_name(said) if said else "attachments"
    except Invalid as refusal:
        raise Invalid(tuple(each.of_parameter("filename") for each in refusal.problems)) from None
    return cleaned if cleaned.lower().endswith(f".{kind}") else f"{cleaned}.{kind}"


async def all_of(reading: ReadSession, ids: Sequence[UUID]) -> list[File]:
    """The files with those ids, in that order; 404 naming each that is not there."""
    found = {each.id: each for each in await several(reading, ids)}
    if missing := [id for id in ids if id not in found]:
        raise none_of(missing)
    return [found[id] for id in ids]


async def together(
    request: Request, files: Sequence[File], kind: Kind, name: str, said: Said, *, strict: bool = False
) -> Response:
    """All of them in one answer, under a name; 409, 410, 413, 422, 429, 503, 504."""
    headers = _headers(name, strict=strict)
    services = services_of(request)
    if request.method == "HEAD":
        (raise_if_not_merged if kind == "pdf" else raise_if_not_zipped)(services, files)
        if strict and kind == "pdf" and (unshown := known_unshown(services, files)):
            raise not_shown(unshown)
        return _Held(_nothing(), headers, _TYPES[kind], AsyncExitStack())
    async with AsyncExitStack() as stack:
        stack.enter_context(_one_more(services, {each.workspace_id for each in files}))
        if kind == "zip":
            pieces = await zipped(services, files)
        else:
            made = await stack.enter_async_context(merged(services, files, said, strict=strict))
            headers["Content-Length"] = str(made.size)
            _warn(request, made.unshown)
            headers |= warnings(request)
            pieces = _read(services.storage, made.file)
        return _Held(pieces, headers, _TYPES[kind], stack.pop_all())


def _headers(name: str, *, strict: bool) -> dict[str, str]:
    return {
        "Vary": "Accept",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition("attachment", name),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        **(STRICT if strict else {}),
    }


def _warn(request: Request, unshown: Sequence[Unshown]) -> None:
    for enclosed, what in ((True, "enclosed"), (False, "named, and not enclosed")):
        names = [_ascii(each.file.name) for each in unshown if each.enclosed == enclosed]
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            note(request, f"{what}: {', '.join(names[:_NAMED])}{more}")


def _ascii(name: str) -> str:
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "?" for each in name[:60])


@contextmanager
def _one_more(services: Services, workspaces: Collection[UUID]) -> Iterator[None]:
    """429 for a workspace for which as many are made as may be, whichever process of this machine makes them."""
    with ExitStack() as stack:
        for each in workspaces:
            if not stack.enter_context(services.storage.merging.one(each, AT_ONCE)):
                raise busy()
        yield


async def _read(storage: InThreads, file: Path) -> AsyncIterator[bytes]:
    opened = await storage.do(file.open, "rb")
    try:
        while piece := await storage.do(opened.read, _CHUNK):
            yield piece
    finally:
        opened.close()


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


class _Held(StreamingResponse):
    """An answer that gives back what it was made with once it is sent, or nobody waits for it any more."""

    def __init__(self, pieces: AsyncIterator[bytes], headers: dict[str, str], type: str, made: AsyncExitStack) -> None:
        super().__init__(pieces, 200, headers, type)
        self._made = made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._made:
            await super().__call__(scope, receive, send)
