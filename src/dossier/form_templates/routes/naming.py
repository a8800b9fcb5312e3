"""How an address says which form template, and of which workspace, it is about."""

from collections.abc import Sequence
from uuid import UUID

from dossier.form_templates import schemas
from dossier.foundation.errors import Invalid
from dossier.foundation.http import openapi, query
from dossier.listing.filtering import UUID_TEXT
from dossier.tokens.model import Caller

SLUG = openapi.path("slug", "the slug of a form template, or the id of one of its presets", {"type": "string"})
NAMED = (
    openapi.query("workspace[id]", dict(UUID_TEXT), "of which workspace, where several have one of that slug"),
    openapi.query("workspace[slug]", {"type": "string"}, "the same by its slug"),
)


def within(sent: dict[str, str], caller: Caller) -> Sequence[UUID] | None:
    """The workspaces that the parameters name; None for all that the token covers. 400, 403."""
    id, slug = sent.get("workspace[id]"), sent.get("workspace[slug]")
    named = query.identifier(id, "workspace[id]") if id is not None else None
    return _covered(caller, named, slug) if (named or slug is not None) else None


def _covered(caller: Caller, id: UUID | None, slug: str | None) -> Sequence[UUID]:
    caller.raise_if_uncovered([id] if id else [], [slug] if slug is not None else [])
    return [each.id for each in caller.workspaces if id in (None, each.id) and slug in (None, each.slug)]


def placed(given: schemas.PlacedForm, caller: Caller) -> UUID:
    """The workspace that a body names, or the one that the token covers; 400, 403."""
    said = [(name, each) for name, each in (("workspace", given.workspace), ("company", given.company)) if each]
    found = {place for name, each in said for place in [_named(name, each, caller)]}
    if len(found) > 1:
        raise Invalid.because("“workspace” and “company” name two workspaces.", "invalid_value", pointer="/company")
    if found:
        return found.pop()
    if len(caller.workspaces) == 1:
        return caller.workspaces[0].id
    raise Invalid.because("The token covers several workspaces: name one.", "missing_member", pointer="/workspace")


def _named(name: str, given: schemas.WorkspaceNamed, caller: Caller) -> UUID:
    id = query.body_identifier(given.id, name, "id") if given.id is not None else None
    if id is None and given.slug is None:
        raise Invalid.because("Name the workspace by its “id” or its “slug”.", "missing_member", pointer=f"/{name}")
    places = _covered(caller, id, given.slug)
    if not places:
        raise Invalid.because("“id” and “slug” name two workspaces.", "invalid_value", pointer=f"/{name}/slug")
    return places[0]
