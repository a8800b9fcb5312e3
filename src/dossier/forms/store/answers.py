"""Answers of a response, read and kept while the form is locked: what one device saves, another one sees."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from dossier.files import Hold, drop, keep
from dossier.forms.model import Answer, Response
from dossier.forms.store import responses
from dossier.foundation.database import ReadSession, Transaction

HOLDER = "response"
"""What holds the files that answers name."""


async def save(transaction: Transaction, response: Response, answers: Iterable[Answer]) -> Response:
    """Keep answers, each in the place of what its element had, and how the response is by now."""
    kept = {each.element: each for each in answers}
    response = replace(response, answers={**response.answers, **kept})
    await responses.put_answers(transaction, response, kept.values())
    await responses.update(transaction, response)
    return response


async def hold(
    transaction: Transaction, response: Response, files: Collection[tuple[str, str]], gone: Collection[str]
) -> None:
    """The response holds these files from now on: element and file; and no more those that are `gone`."""
    named: dict[str, list[str]] = {}
    for element, id in files:
        named.setdefault(id, []).append(element)
    holds = [Hold(response.workspace_id, response.id, id, put=False, fields=keys) for id, keys in named.items()]
    if holds:
        await keep(transaction, HOLDER, holds)
    if gone:
        await drop(transaction, HOLDER, response.workspace_id, response.id, gone)


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as whoever sent it sees it."""

    id: UUID
    name: str
    type: str
    size: int
    erased: bool

    @property
    def is_picture(self) -> bool:
        return self.type.startswith("image/") and not self.erased


async def files_of(reading: ReadSession, ids: Collection[str]) -> dict[str, ShownFile]:
    """The files with these ids that there are."""
    rows = await reading.all(
        """
        SELECT f.id, f.name, f.type, f.size, f.erased_at IS NOT NULL AS erased FROM files f
        WHERE f.workspace_id = ANY(%(scope)s) AND f.id = ANY(%(ids)s::uuid[])
        """,
        ids=list(ids),
    )
    return {str(row["id"]): ShownFile(**row) for row in rows}


async def sent_by(
    reading: ReadSession, form_id: UUID, ids: Collection[str], member_id: UUID | None = None
) -> dict[str, ShownFile]:
    """Those of the files that were sent to the form by who holds its link, or by the member."""
    rows = await reading.all(
        """
        SELECT f.id, f.name, f.type, f.size, f.erased_at IS NOT NULL AS erased FROM files f
        WHERE f.workspace_id = ANY(%(scope)s) AND f.id = ANY(%(ids)s::uuid[])
          AND ((f.actor_type = 'contact' AND f.actor_id = %(form)s) OR (f.actor_type = 'member' AND f.actor_id = %(member)s))
        """,
        ids=list(ids),
        form=form_id,
        member=member_id,
    )
    return {str(row["id"]): ShownFile(**row) for row in rows}
