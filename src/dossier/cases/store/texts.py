"""What the search finds a case by: what it and its contacts are called, its values and files, its owner, template and status."""

from uuid import UUID

from dossier import case_templates as templates
from dossier.cases.store.collection import HOLDERS
from dossier.contacts.model import called
from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.listing.search import SearchIndex, Texts, texts_in

_COLUMNS = f"""
{HOLDERS.shown} AS files, {HOLDERS.words} AS in_files,
c.workspace_id, c.id, c.version, c.title, c.reference, c.data, c.status, c.template_id, c.template_version,
(SELECT concat_ws(' ', m.given_name, m.family_name, m.email) FROM members m WHERE m.id = c.owner_id) AS owner,
(SELECT jsonb_agg(jsonb_build_object('given_name', p.given_name, 'family_name', p.family_name, 'email', p.email, 'phone', p.phone))
 FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
 WHERE l.workspace_id = c.workspace_id AND l.case_id = c.id) AS contacts
"""


async def _texts(reading: ReadSession, row: Row) -> Texts:
    template = row["template_id"] and await templates.version(
        reading, row["workspace_id"], row["template_id"], row["template_version"]
    )
    status = template.status_by_key.get(row["status"]) if template else None
    about = [row["owner"], template.title if template else None, status.label if status else row["status"]]
    people = [text for person in row["contacts"] or () for text in called(person)]
    shown = row["files"] or ()
    naming = {key for each in shown for key in each["fields"]}
    values = {key: value for key, value in row["data"].items() if key not in naming}
    texts = [*texts_in(values), *(each["name"] for each in shown), *(row["in_files"] or ())]
    return Texts([row["title"], row["reference"], *people], texts, about)


async def owner_was_renamed(transaction: Transaction, member_id: UUID) -> list[tuple[UUID, UUID]]:
    """Have the words of all that somebody owns taken anew, wherever they work; one of them for each workspace, after its id."""
    rows = await transaction.whole().all(
        """
        WITH queued AS (
          INSERT INTO search_queue (workspace_id, case_id)
          SELECT c.workspace_id, c.id FROM memberships p JOIN cases c ON c.workspace_id = p.workspace_id
          WHERE p.member_id = %(member)s AND c.owner_id = %(member)s
          RETURNING workspace_id, case_id
        )
        SELECT DISTINCT ON (workspace_id) workspace_id, case_id AS id FROM queued
        """,
        member=member_id,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


SEARCH = SearchIndex(
    table="cases",
    alias="c",
    key="case_id",
    words="case_words",
    known="search_words",
    queue="search_queue",
    taken="case_search",
    lock="search",
    columns=_COLUMNS,
    texts=_texts,
)
