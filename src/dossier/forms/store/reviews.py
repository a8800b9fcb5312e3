"""What was said of answers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from dossier.forms.model import Response
from dossier.forms.model.reviewing import Reviewed
from dossier.foundation.database import Jsonb, ReadSession, Transaction


async def of_responses(reading: ReadSession, response_ids: Sequence[UUID]) -> Mapping[UUID, dict[str, Reviewed]]:
    """Response → element → what was said of its answer."""
    rows = await reading.all(
        """
        SELECT r.response_id, r.element, r.state, r.reason, r.actor_type, r.actor_id, r.actor_name, r.at
        FROM form_reviews r WHERE r.workspace_id = ANY(%(scope)s) AND r.response_id = ANY(%(responses)s)
        """,
        responses=list(response_ids),
    )
    found: dict[UUID, dict[str, Reviewed]] = defaultdict(dict)
    for row in rows:
        by = {"type": row["actor_type"], "id": row["actor_id"], "name": row["actor_name"]}
        said = Reviewed(row["element"], row["state"], row["reason"], by, row["at"])
        found[row["response_id"]][row["element"]] = said
    return found


async def put(transaction: Transaction, response: Response, reviews: Iterable[Reviewed]) -> None:
    """This is said of answers of a response, whatever was said before."""
    rows = [
        {
            "element": each.element,
            "state": each.state,
            "reason": each.reason,
            "actor_type": each.by["type"],
            "actor_id": each.by["id"],
            "actor_name": each.by["name"],
            "at": each.at,
        }
        for each in reviews
    ]
    await transaction.send(
        """
        INSERT INTO form_reviews (workspace_id, response_id, element, state, reason, actor_type, actor_id, actor_name, at)
        SELECT %(workspace)s, %(response)s, sent.* FROM jsonb_to_recordset(%(rows)s) AS sent
          (element text, state text, reason text, actor_type text, actor_id uuid, actor_name text, at timestamptz)
        ON CONFLICT (workspace_id, response_id, element) DO UPDATE
        SET state = excluded.state, reason = excluded.reason, actor_type = excluded.actor_type, actor_id = excluded.actor_id,
            actor_name = excluded.actor_name, at = excluded.at
        """,
        workspace=response.workspace_id,
        response=response.id,
        rows=Jsonb(rows),
    )


async def drop(transaction: Transaction, response: Response, elements: Collection[str]) -> None:
    """Nothing is said of these any more."""
    await transaction.send(
        """
        DELETE FROM form_reviews WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND response_id = %(response)s AND element = ANY(%(elements)s)
        """,
        workspace=response.workspace_id,
        response=response.id,
        elements=list(elements),
    )
