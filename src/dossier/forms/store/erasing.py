"""Taking somebody who is erased out of the forms that they were asked: only for erasing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from dossier.contacts.model import Contact
from dossier.forms.model import Form
from dossier.foundation.database import Jsonb, Transaction
from dossier.foundation.text import fold


async def asked(transaction: Transaction, workspace_id: UUID, person: Contact) -> list[UUID]:
    """The forms that somebody was asked, as the contact that they are or by their addresses."""
    rows = await transaction.all(
        """
        SELECT f.id FROM forms f WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s)
          AND (f.contact_id = %(contact)s OR f.email_folded = %(email)s OR f.contact_id IS NULL AND f.phone = %(phone)s)
        ORDER BY f.id
        """,
        workspace=workspace_id,
        contact=person.id,
        email=person.email and fold(person.email),
        phone=person.phone,
    )
    return [row["id"] for row in rows]


async def responses_of(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> list[UUID]:
    """The responses to a form."""
    rows = await transaction.all(
        """
        SELECT r.id FROM form_responses r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.form_id = %(form)s ORDER BY r.id
        """,
        workspace=workspace_id,
        form=form_id,
    )
    return [row["id"] for row in rows]


async def empty(transaction: Transaction, form: Form) -> None:
    """Nothing about whoever was asked is left in a form, and nothing that they answered."""
    values = {"workspace": form.workspace_id, "form": form.id}
    await transaction.send(
        """
        UPDATE forms SET version = version + 1, updated_at = %(now)s, contact_id = NULL, email = NULL, email_folded = NULL,
          phone = NULL, given_name = NULL, given_name_folded = NULL, family_name = NULL, family_name_folded = NULL,
          company_name = NULL, internal_ref = NULL, anonymous = true, data = '{}', filled = '{}', external_args = '{}', options = '{}',
          redirect_url = NULL, webhooks = %(webhooks)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(form)s
        """,
        now=transaction.clock(),
        webhooks=Jsonb(form.webhooks),
        **values,
    )
    await transaction.send(
        "DELETE FROM form_links WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s",
        **values,
    )
    await forget_responses(transaction, form.workspace_id, await responses_of(transaction, form.workspace_id, form.id))


async def forget_responses(
    transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID], only: UUID | None = None
) -> None:
    """Of responses nothing is left that somebody answered, nor who they were; `only`: of a contact, among what others answered."""
    values = {"workspace": workspace_id, "ids": list(ids)}
    await transaction.send(
        """
        DELETE FROM form_answers
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND response_id = ANY(%(ids)s)
          AND (%(only)s::uuid IS NULL OR (actor_type = 'contact' AND actor_id = %(only)s))
        """,
        only=only,
        **values,
    )
    if only is None:
        await transaction.send(
            """
            UPDATE form_reviews SET reason = NULL
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND response_id = ANY(%(ids)s)
              AND reason IS NOT NULL
            """,
            **values,
        )
    await transaction.send(
        """
        UPDATE form_responses SET answered_by = '{}', reason = NULL, ip = NULL, user_agent = NULL, accept_language = NULL,
          case_seen = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s)
        """,
        **values,
    )
    await transaction.send(
        """
        DELETE FROM form_papers
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND response_id = ANY(%(ids)s)
        """,
        **values,
    )


# ---- of forms that ask somebody else by now ----


@dataclass(frozen=True, slots=True)
class Before:
    """A response in which somebody answered before the form was to ask another; `over`: nobody goes on with it."""

    form_id: UUID
    id: UUID
    over: bool


async def answered_before(transaction: Transaction, workspace_id: UUID, person: Contact) -> list[Before]:
    """The responses in which somebody answered, of forms that ask another by now: these have another link since then."""
    rows = await transaction.all(
        """
        SELECT r.form_id, r.id, coalesce(r.completed_at, r.declined_at) IS NOT NULL AS over
        FROM forms f JOIN form_responses r ON r.workspace_id = f.workspace_id AND r.form_id = f.id
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.link > 1
          AND (lower(r.answered_by->>'email') = lower(%(email)s) OR r.answered_by->>'phone' = %(phone)s
            OR EXISTS (SELECT FROM form_answers a WHERE a.workspace_id = r.workspace_id AND a.response_id = r.id
                         AND a.actor_type = 'contact' AND a.actor_id = %(contact)s))
        ORDER BY over, r.form_id, r.id
        """,
        workspace=workspace_id,
        contact=person.id,
        email=person.email,
        phone=person.phone,
    )
    return [Before(**row) for row in rows]


async def files_left(transaction: Transaction, workspace_id: UUID, response_id: UUID) -> list[str]:
    """The files that a response holds, and that none of its answers is about any more."""
    rows = await transaction.all(
        """
        SELECT h.file_id FROM file_holders h
        WHERE h.workspace_id = %(workspace)s AND h.workspace_id = ANY(%(scope)s) AND h.kind = 'response'
          AND h.holder_id = %(response)s AND NOT EXISTS (SELECT FROM form_answers a
            WHERE a.workspace_id = h.workspace_id AND a.response_id = h.holder_id AND a.element = ANY(h.fields))
        """,
        workspace=workspace_id,
        response=response_id,
    )
    return [str(row["file_id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Given:
    """What a program gave with a form."""

    id: UUID
    data: Mapping[str, Any]
    filled: Mapping[str, Any]
    external_args: Mapping[str, Any]
    options: Mapping[str, Any]
    webhooks: Mapping[str, Any]
    redirect_url: str | None

    def all(self) -> dict[str, Any]:
        """Each part of it, by its name."""
        return {name: getattr(self, name) for name in _GIVEN}


_GIVEN = ("data", "filled", "external_args", "options", "webhooks", "redirect_url")


async def given_of_others(transaction: Transaction, workspace_id: UUID, person: Contact) -> list[Given]:
    """Of forms that ask another by now what was given with them, locked, where somebody may stand in it."""
    said = "concat_ws(' ', f.data, f.filled, f.external_args, f.options, f.webhooks, f.redirect_url)"
    rows = await transaction.all(
        f"""
        SELECT f.id, {", ".join(f"f.{each}" for each in _GIVEN)} FROM forms f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.link > 1
          AND EXISTS (SELECT FROM unnest(%(texts)s::text[]) AS text WHERE strpos(lower({said}), lower(text)) > 0)
        ORDER BY f.id FOR UPDATE
        """,
        workspace=workspace_id,
        texts=[
            *filter(
                None, (person.email and quote(person.email, safe=""), person.email, person.phone, person.family_name)
            )
        ],
    )
    return [Given(**row) for row in rows]


async def put_given(transaction: Transaction, workspace_id: UUID, given: Given) -> None:
    """What was given with a form is this."""
    await transaction.send(
        f"""
        UPDATE forms SET {", ".join(f"{each} = %({each})s" for each in _GIVEN)}, version = version + 1, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=workspace_id,
        now=transaction.clock(),
        id=given.id,
        redirect_url=given.redirect_url,
        **{name: Jsonb(each) for name, each in given.all().items() if name != "redirect_url"},
    )


@dataclass(frozen=True, slots=True)
class FilledIn:
    """An answer that nobody gave: it was filled in."""

    response_id: UUID
    element: str
    value: Any


async def answers_filled_in(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> list[FilledIn]:
    """The answers to a form that were filled in."""
    rows = await transaction.all(
        """
        SELECT a.response_id, a.element, a.value FROM form_responses r
        JOIN form_answers a ON a.workspace_id = r.workspace_id AND a.response_id = r.id
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.form_id = %(form)s
          AND a.actor_type = 'system' AND a.value IS NOT NULL
        """,
        workspace=workspace_id,
        form=form_id,
    )
    return [FilledIn(**row) for row in rows]


async def put_answer(transaction: Transaction, workspace_id: UUID, answer: FilledIn) -> None:
    """What is said as an answer is this; papers that show it are made anew."""
    await transaction.send(
        """
        WITH paper AS (DELETE FROM form_papers WHERE workspace_id = %(workspace)s AND response_id = %(response)s)
        UPDATE form_answers SET value = %(value)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND response_id = %(response)s
          AND element = %(element)s
        """,
        workspace=workspace_id,
        response=answer.response_id,
        element=answer.element,
        value=Jsonb(answer.value),
    )


async def forget_written(transaction: Transaction, workspace_id: UUID, person: Contact) -> None:
    """Forms that ask another by now do not say that somebody was written to before."""
    await transaction.send(
        """
        UPDATE form_notifications n SET recipient = NULL, variables = NULL, error = NULL FROM forms f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.link > 1
          AND n.workspace_id = f.workspace_id AND n.form_id = f.id
          AND (lower(n.recipient) = lower(%(email)s) OR n.recipient = %(phone)s)
        """,
        workspace=workspace_id,
        email=person.email,
        phone=person.phone,
    )


async def forget_names(transaction: Transaction, workspace_id: UUID, member_id: UUID) -> None:
    """What somebody was called who sent forms to many, or looked answers through."""
    for table in ("form_batches", "form_reviews"):
        await transaction.send(
            f"""
            UPDATE {table} SET actor_name = ''
            WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND actor_type = 'member' AND actor_id = %(member)s
            """,
            workspace=workspace_id,
            member=member_id,
        )


async def forget_owner(transaction: Transaction, workspace_id: UUID, email: str) -> None:
    """Nothing says that an owner was written to, nor, in what was put into messages, who it was."""
    await transaction.send(
        """
        UPDATE form_notifications n SET recipient = CASE WHEN lower(n.recipient) = lower(%(email)s) THEN NULL ELSE n.recipient END,
          variables = NULL, error = NULL
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s)
          AND (lower(n.recipient) = lower(%(email)s) OR strpos(lower(n.variables::text), lower(%(email)s)) > 0)
        """,
        workspace=workspace_id,
        email=email,
    )


async def owned(reading: Transaction, workspace_id: UUID, member_id: UUID) -> list[UUID]:
    """The forms that are somebody's."""
    rows = await reading.all(
        """
        SELECT f.id FROM forms f
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.owner_id = %(member)s
        """,
        workspace=workspace_id,
        member=member_id,
    )
    return [row["id"] for row in rows]


async def forget_values(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> None:
    """What was put into the messages of a form is not said any more."""
    await transaction.send(
        """
        UPDATE form_notifications SET variables = NULL, error = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s
        """,
        workspace=workspace_id,
        form=form_id,
    )
