"""What holds for whatever comes, in one go or in several: how many at once, and into which workspace."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from starlette.requests import Request

from dossier.files.actions import Received
from dossier.foundation.actor import Actor
from dossier.foundation.errors import Invalid, Problem, TooManyRequests
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import note
from dossier.foundation.http.reads import caller
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import Services
from dossier.tokens.model import Caller

_WORKSPACE = ("company", "workspace")
OF_WORKSPACE = (
    openapi.query("company", {"type": "string"}, "the workspace, by id or slug"),
    openapi.query("workspace", {"type": "string"}, "the same under its present name"),
)


@contextmanager
def one_more(services: Services, actor: Actor) -> Iterator[None]:
    """429 for who sends as many at once as they may, whichever process of this machine takes them in."""
    most = services.file_limits.at_once
    assert actor.id
    with services.storage.arriving.one(actor.id, most) as is_free:
        if not is_free:
            sentence = "{count} files are on their way already; send the next one later."
            problem = Problem(sentence, TooManyRequests.code, count=most)
            raise TooManyRequests((problem,), {"Retry-After": "5"})
        yield


def note_type(request: Request, received: Received) -> None:
    """Its sender is told which type it has, where another one was said."""
    if received.is_lie:
        note(request, f"the type is {received.type}", "/type")


def workspace_named(request: Request) -> UUID:
    """The workspace that the query names, or the only one there is; 400, 403."""
    sent = query.parameters(request, _WORKSPACE)
    who: Caller = caller(request)
    named = [sent[name] for name in _WORKSPACE if name in sent]
    if not named and len(who.workspaces) != 1:
        sentence = "The token covers several workspaces: name one, as workspace=…."
        raise Invalid.because(sentence, "workspace_required", parameter="workspace")
    ids = [id for each in named if (id := parse_id(each))]
    who.raise_if_uncovered(ids, [each for each in named if not parse_id(each)])
    found = {each.id for each in who.workspaces if not named or each.id in ids or each.slug in named}
    if len(found) > 1:
        sentence = "“company” and “workspace” name two workspaces; send one of them."
        raise Invalid.because(sentence, "invalid_parameter", parameter="workspace")
    return found.pop()
