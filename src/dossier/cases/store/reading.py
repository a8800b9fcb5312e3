"""One case, whole: read as it stands, or locked to be changed."""

from collections.abc import Collection, Sequence
from uuid import UUID

from dossier import case_templates as templates
from dossier import contacts, members
from dossier.cases.model import Case
from dossier.cases.store.collection import VISIBLE
from dossier.fields import parse_fields
from dossier.foundation.database import ReadSession, Row, Transaction

_COLUMNS = f"""
SELECT c.*, w.slug AS workspace_slug, w.time_zone,
       CASE WHEN c.owner_id IS NOT NULL THEN {members.owner_of("c")} END AS owner,
       {contacts.SLOTS} AS contacts,
       (SELECT array_agg(i.field) FROM indexed_fields i WHERE i.workspace_id = c.workspace_id) AS indexed
"""
_FROM = f"""
FROM cases c JOIN workspaces w ON w.id = c.workspace_id
WHERE {VISIBLE}
"""
_SELECT = _COLUMNS + _FROM
_ONE = _SELECT + "AND c.id = %(id)s"
# Locked and read at once. Who had to wait for the lock gets the row as it is by then, but everything beside it as it
# was before: then the two row versions differ, and the case is read once more. `NO KEY`: whoever writes a row that
# belongs to the case (its words, say) is not waited for.
_LOCK_ONE = f"""
{_COLUMNS}, c.xmin::text AS locked_row,
  (SELECT s.xmin::text FROM cases s WHERE s.workspace_id = c.workspace_id AND s.id = c.id) AS seen_row
{_FROM} AND c.id = %(id)s FOR NO KEY UPDATE OF c
"""
# Small enough to be read together with others: what is read at once is decoded at once, and nobody else is answered
# meanwhile. What is stored compressed may be ninety times as long as it lies there.
_LIGHT = """
(CASE WHEN pg_column_size(c.data) + pg_column_size(c.own_fields) <= 1000 THEN true
      WHEN pg_column_size(c.data) + pg_column_size(c.own_fields) > 65536 THEN false
      ELSE octet_length(c.data::text) + octet_length(c.own_fields::text) <= 32768 END)
"""
# Several at once, waiting for none: one that is locked by another is left out, and one of which another version was
# committed meanwhile has two row versions.
_LOCK_FREE = f"""
{_COLUMNS}, c.xmin::text AS locked_row,
  (SELECT s.xmin::text FROM cases s WHERE s.workspace_id = c.workspace_id AND s.id = c.id) AS seen_row
{_FROM} AND c.id = ANY(%(ids)s) AND {_LIGHT} FOR NO KEY UPDATE OF c SKIP LOCKED
"""
_LARGE = f"SELECT c.id {_FROM} AND c.id = ANY(%(ids)s)"
_LOCK_MANY = "SELECT FROM cases WHERE workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE"


async def get(reading: ReadSession, case_id: UUID) -> Case | None:
    """The case as it stands."""
    row = await reading.first(_ONE, id=case_id)
    return await _case(reading, row) if row else None


async def get_many(reading: ReadSession, case_ids: Collection[UUID]) -> dict[UUID, Case]:
    """Those of the cases that the caller may see, as they stand; large ones are read one by one."""
    rows = await reading.all(_SELECT + f"AND c.id = ANY(%(ids)s) AND {_LIGHT}", ids=list(case_ids))
    found = {row["id"]: await _case(reading, row) for row in rows}
    left = [id for id in case_ids if id not in found]
    for row in await reading.all(_LARGE, ids=left) if left else ():
        if case := await get(reading, row["id"]):
            found[case.id] = case
    return found


async def lock(transaction: Transaction, case_id: UUID) -> Case | None:
    """The case, locked until the end of the transaction."""
    row = await transaction.first(_LOCK_ONE, id=case_id)
    if row is None:
        return None
    if row.pop("locked_row") != row.pop("seen_row"):
        return await get(transaction, case_id)
    return await _case(transaction, row)


async def lock_free(transaction: Transaction, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Those of the cases that can be locked and read at once: small ones that nobody holds and nobody has just changed."""
    rows = await transaction.all(_LOCK_FREE, ids=list(case_ids))
    return {row["id"]: await _case(transaction, row) for row in rows if row.pop("locked_row") == row.pop("seen_row")}


async def lock_many(transaction: Transaction, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Several cases, locked in the order of their ids, so that two such transactions cannot wait for each other."""
    await transaction.send(_LOCK_MANY, ids=list(case_ids))
    return await get_many(transaction, case_ids)


async def hold_showing(transaction: Transaction, case_id: UUID, emails: Sequence[str], most: int) -> None:
    """Lock a case, and the first cases that show its contacts or those with these addresses, in the order of their ids.

    Whoever changes a contact changes these cases too. Without one order two who change the same person from two cases
    would each hold what the other one waits for.
    """
    await transaction.send(
        """
        SELECT FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND c.id = ANY(array(
          SELECT %(case)s::uuid
          UNION
          (SELECT DISTINCT l.case_id FROM case_contacts l WHERE (l.workspace_id, l.contact_id) IN (
             SELECT o.workspace_id, o.contact_id FROM case_contacts o
             WHERE o.workspace_id = ANY(%(scope)s) AND o.case_id = %(case)s
             UNION
             SELECT p.workspace_id, p.id FROM contacts p
             WHERE p.workspace_id = ANY(%(scope)s) AND p.email_identity = ANY(%(emails)s))
           ORDER BY l.case_id LIMIT %(most)s)))
        ORDER BY c.id FOR NO KEY UPDATE
        """,
        case=case_id,
        emails=list(emails),
        most=most,
    )


async def by_reference(reading: ReadSession, reference: str) -> UUID | None:
    """The newest case with that reference that the caller may see."""
    row = await reading.first(
        f"SELECT c.id FROM cases c WHERE {VISIBLE} AND c.reference = %(reference)s ORDER BY c.created_at DESC LIMIT 1",
        reference=reference,
    )
    return row["id"] if row else None


async def newest_version(reading: ReadSession, case_id: UUID) -> int | None:
    """The version that the case's template has by now."""
    row = await reading.first(
        """
        SELECT t.current_version FROM cases c JOIN case_templates t
          ON t.workspace_id = c.workspace_id AND t.id = c.template_id
        WHERE c.workspace_id = ANY(%(scope)s) AND c.id = %(id)s
        """,
        id=case_id,
    )
    return row["current_version"] if row else None


async def owned(reading: ReadSession, workspace_id: UUID, owner_id: UUID) -> list[UUID]:
    """The cases of an owner that are not archived."""
    rows = await reading.all(
        """
        SELECT id FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND owner_id = %(owner)s AND archived_at IS NULL ORDER BY created_at, id
        """,
        workspace=workspace_id,
        owner=owner_id,
    )
    return [row["id"] for row in rows]


async def _case(reading: ReadSession, row: Row) -> Case:
    template_id, version = row["template_id"], row["template_version"]
    template = templates.known(template_id, version) if template_id else None
    if template_id and template is None:
        template = await templates.version(reading, row["workspace_id"], template_id, version)
    del row["owner_id"]
    own_fields = row["own_fields"]
    return Case(
        **row
        | {
            "template": template,
            "own_fields": parse_fields(own_fields, "")[0] if own_fields else (),
            "fired": tuple(row["fired"]),
            "contacts": contacts.filled_slots(row["contacts"]),
            "indexed": frozenset(row["indexed"] or ()),
        }
    )
