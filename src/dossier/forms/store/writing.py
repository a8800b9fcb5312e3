"""Keeping a change of a form with its history, in the caller's transaction; its link, by its hash."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dossier.forms.model import FORM_RECORD, USER_MEMBERS, Form, FormChange
from dossier.forms.store.collection import OWN
from dossier.foundation import stored_answers
from dossier.foundation.database import Jsonb, Transaction
from dossier.foundation.text import fold
from dossier.records import entries_of, inserting, updating

_FOLDED = ("email", "given_name", "family_name")
_JSON = ("data", "filled", "external_args", "options", "webhooks")
_FOR_GOOD = (
    "created_at",
    "reference",
    "template_id",
    "template_version",
    "preset_id",
    "slug",
    "name",
    "case_id",
    "step",
)
_NAMES = (*OWN, *USER_MEMBERS, *(f"{name}_folded" for name in _FOLDED), "anonymous")
_INSERT = inserting(FORM_RECORD, "forms", ", ".join(_NAMES))
_UPDATE = updating(
    FORM_RECORD, "forms", ", ".join(name for name in _NAMES if name not in ("workspace_id", "id", *_FOR_GOOD))
)


async def save(transaction: Transaction, change: FormChange) -> None:
    """Keep a new form, or what was changed of a locked one, with its history."""
    statement = _UPDATE if change.before else _INSERT
    await transaction.send(statement, entries=Jsonb(entries_of(transaction, change)), **_values(change.after))


async def count(transaction: Transaction, form: Form, questions: int, answers: int) -> None:
    """How many questions the form asks by now, and how many are answered: no change of it, and in no history."""
    await transaction.send(
        """
        UPDATE forms SET questions = %(questions)s, answers = %(answers)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
          AND (questions, answers) IS DISTINCT FROM (%(questions)s, %(answers)s)
        """,
        questions=questions,
        answers=answers,
        workspace=form.workspace_id,
        id=form.id,
    )


async def put_on_case(transaction: Transaction, form: Form, case_id: UUID, contact_id: UUID | None) -> None:
    """The form belongs to a case from now on, and asks who stands there; one that belongs to a case already stays there."""
    await transaction.send(
        """
        UPDATE forms SET case_id = %(case)s, contact_id = coalesce(contact_id, %(contact)s)
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s AND case_id IS NULL
        """,
        case=case_id,
        contact=contact_id,
        workspace=form.workspace_id,
        id=form.id,
    )


async def save_all(changes: Sequence[tuple[Transaction, FormChange]]) -> None:
    """Keep what was changed of different forms, each for its actor."""
    for transaction, change in changes:
        await save(transaction, change)


async def link(transaction: Transaction, form: Form, hash: bytes) -> None:
    """The link with this hash leads to the form, and no other does."""
    await transaction.send(
        """
        WITH older AS (DELETE FROM form_links WHERE workspace_id = %(workspace)s AND form_id = %(form)s AND hash <> %(hash)s)
        INSERT INTO form_links (hash, workspace_id, form_id) VALUES (%(hash)s, %(workspace)s, %(form)s)
        ON CONFLICT DO NOTHING
        """,
        hash=hash,
        workspace=form.workspace_id,
        form=form.id,
    )


async def delete(transaction: Transaction, workspace_id: UUID, id: UUID) -> None:
    """Erase a form with its history, its answers and the stored answers that show it."""
    await transaction.send(
        "DELETE FROM forms WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s",
        workspace=workspace_id,
        id=id,
    )
    await stored_answers.forget_about(transaction, [id])


def _values(form: Form) -> dict[str, Any]:
    values = {name: getattr(form, name) for name in OWN} | {name: getattr(form.user, name) for name in USER_MEMBERS}
    values |= {name: Jsonb(values[name]) for name in _JSON}
    folded = {f"{name}_folded": values[name] and fold(values[name]) for name in _FOLDED}
    return values | folded | {"anonymous": form.user.anonymous}


async def linked(transaction: Transaction) -> list[tuple[UUID, UUID, int]]:
    """Workspace, id and number of the link of every form that a link leads to: for the operator."""
    rows = await transaction.all(
        """
        SELECT f.workspace_id, f.id, f.link FROM workspaces w JOIN forms f ON f.workspace_id = w.id
        WHERE EXISTS (SELECT FROM form_links l WHERE l.workspace_id = f.workspace_id AND l.form_id = f.id)
        """
    )
    return [(row["workspace_id"], row["id"], row["link"]) for row in rows]


async def link_too(transaction: Transaction, forms: Sequence[tuple[UUID, UUID, int]], hashes: Sequence[bytes]) -> None:
    """The links with these hashes lead to the forms, beside those that do."""
    await transaction.send(
        """
        INSERT INTO form_links (hash, workspace_id, form_id)
        SELECT * FROM unnest(%(hashes)s::bytea[], %(workspaces)s::uuid[], %(forms)s::uuid[]) ON CONFLICT DO NOTHING
        """,
        hashes=list(hashes),
        workspaces=[each[0] for each in forms],
        forms=[each[1] for each in forms],
    )
