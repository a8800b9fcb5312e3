"""Which form template or preset somebody means by a short name or an id."""

from collections.abc import Sequence
from uuid import UUID

from dossier.form_templates import store
from dossier.form_templates.model import PresetRow
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError, Conflict, NotFound, Problem
from dossier.foundation.identifiers import parse_id


async def find_preset(
    reading: ReadSession, slug_or_id: str, workspace_ids: Sequence[UUID] | None = None, *, at: str | None = None
) -> PresetRow:
    """The preset that forms can be made with; 404, 409 with the candidates where several are meant. `at`: pointer to where it is named."""
    found = await store.presets(reading, slug_or_id, workspace_ids)
    if not found:
        raise no_such(slug_or_id, at)
    if len(found) > 1:
        candidates = [{"id": str(each.id), "name": each.name, "workspace": each.workspace["slug"]} for each in found]
        sentence = "Several presets are called “{slug}”; name the workspace, or one by its id."
        raise Conflict((Problem(sentence, "ambiguous", at, meta={"candidates": candidates}, slug=slug_or_id),))
    return found[0]


async def find_any_preset(
    reading: ReadSession, slug_or_id: str, workspace_ids: Sequence[UUID] | None = None
) -> PresetRow:
    """The same where it does not matter which of a template's presets it is."""
    found = await store.presets(reading, slug_or_id, workspace_ids)
    if len({each.template_id for each in found}) == 1:
        return found[0]
    return await find_preset(reading, slug_or_id, workspace_ids)


async def find_template(
    reading: ReadSession, slug_or_id: str, workspace_ids: Sequence[UUID] | None = None
) -> tuple[UUID, UUID]:
    """Workspace and id of a template, by its slug or by the id of one of its presets, published or not; 404, 409."""
    if parse_id(slug_or_id):
        presets = await store.presets(reading, slug_or_id, workspace_ids, usable=False)
        found = [(each.workspace_id, each.template_id) for each in presets]
    else:
        found = await store.find(reading, slug_or_id, workspace_ids)
    if not found:
        raise no_such(slug_or_id)
    if len(found) > 1:
        candidates = [{"workspace": str(workspace)} for workspace, _ in found]
        sentence = "Several workspaces have a form template “{slug}”; name one of them."
        raise Conflict((Problem(sentence, "ambiguous", meta={"candidates": candidates}, slug=slug_or_id),))
    return found[0]


def no_such(slug: str, at: str | None = None) -> AppError:
    """404: there is none that can be used."""
    return NotFound.because("There is no form template “{slug}”.", pointer=at, slug=slug)
