"""Taking somebody who is erased out of the forms that they were asked: only for erasing."""

from uuid import UUID

from dossier.contacts.model import Contact
from dossier.forms.model import Form
from dossier.foundation.database import Transaction
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
          company_name = NULL, internal_ref = NULL, anonymous = true, data = '{}', filled = '{}', external_args = '{}', options = '{}'
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(form)s
        """,
        now=transaction.clock(),
        **values,
    )
    await transaction.send(
        """
        DELETE FROM form_answers a USING form_responses r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.form_id = %(form)s
          AND a.workspace_id = r.workspace_id AND a.response_id = r.id
        """,
        **values,
    )
    await transaction.send(
        """
        UPDATE form_reviews w SET reason = NULL FROM form_responses r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.form_id = %(form)s
          AND w.workspace_id = r.workspace_id AND w.response_id = r.id AND w.reason IS NOT NULL
        """,
        **values,
    )
    await transaction.send(
        """
        UPDATE form_responses SET answered_by = '{}', reason = NULL, ip = NULL, user_agent = NULL, accept_language = NULL,
          case_seen = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s
        """,
        **values,
    )
    await transaction.send(
        """
        DELETE FROM form_papers p USING form_responses r
        WHERE r.workspace_id = %(workspace)s AND r.workspace_id = ANY(%(scope)s) AND r.form_id = %(form)s
          AND p.workspace_id = r.workspace_id AND p.response_id = r.id
        """,
        **values,
    )
    await transaction.send(
        "DELETE FROM form_links WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s",
        **values,
    )
