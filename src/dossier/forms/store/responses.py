"""What was answered: responses with their answers, the newest first; begun, and marked as handed in or declined."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier.forms.model import USER_MEMBERS, Answer, FormUser, Response
from dossier.forms.store.collection import VISIBLE
from dossier.foundation import exact
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction

_COLUMNS = """
r.workspace_id, r.id, r.form_id, r.number, r.created_at, r.updated_at, r.completed_at, r.declined_at, r.reason, r.rating,
r.asked, r.put_aside, r.answered_by, r.locale, r.ip, r.user_agent, r.accept_language, r.case_seen,
(SELECT jsonb_agg(jsonb_build_object('element', a.element, 'version', a.version, 'value', a.value, 'typed', a.typed,
                                     'at', a.at, 'actor_type', a.actor_type, 'actor_id', a.actor_id) ORDER BY a.element)
 FROM form_answers a WHERE a.workspace_id = r.workspace_id AND a.response_id = r.id) AS answers
"""

_PLAIN = (
    *("workspace_id", "id", "form_id", "number", "created_at", "updated_at", "completed_at", "declined_at"),
    *("reason", "rating", "locale", "ip", "user_agent", "accept_language"),
)


async def of_forms(reading: ReadSession, form_ids: Sequence[UUID]) -> Mapping[UUID, list[Response]]:
    """Form → its responses, the newest first; none where nobody began."""
    rows = await reading.all(
        f"""
        SELECT {_COLUMNS} FROM form_responses r
        WHERE r.workspace_id = ANY(%(scope)s) AND r.form_id = ANY(%(forms)s) ORDER BY r.form_id, r.number DESC
        """,
        forms=list(form_ids),
    )
    found: dict[UUID, list[Response]] = defaultdict(list)
    for row in rows:
        found[row["form_id"]].append(_response(row))
    return found


async def of_form(reading: ReadSession, form_id: UUID) -> list[Response]:
    """The responses to a form, the newest first."""
    return (await of_forms(reading, [form_id])).get(form_id, [])


async def get(reading: ReadSession, id: UUID) -> Response | None:
    """A response to a form that the caller may see."""
    row = await reading.first(
        f"""
        SELECT {_COLUMNS} FROM form_responses r JOIN forms f ON f.workspace_id = r.workspace_id AND f.id = r.form_id
        WHERE {VISIBLE} AND r.id = %(id)s
        """,
        id=id,
    )
    return _response(row) if row else None


async def insert(transaction: Transaction, response: Response) -> None:
    """Keep a new response with the answers that it begins with."""
    await transaction.send(
        """
        INSERT INTO form_responses (workspace_id, id, form_id, number, created_at, updated_at, completed_at, declined_at,
                                    reason, rating, asked, put_aside, answered_by, locale, ip, user_agent, accept_language)
        VALUES (%(workspace_id)s, %(id)s, %(form_id)s, %(number)s, %(created_at)s, %(updated_at)s, %(completed_at)s,
                %(declined_at)s, %(reason)s, %(rating)s, %(asked)s, %(put_aside)s, %(answered_by)s, %(locale)s, %(ip)s,
                %(user_agent)s, %(accept_language)s)
        """,
        **_values(response),
    )
    await put_answers(transaction, response, response.answers.values())


async def update(transaction: Transaction, response: Response) -> None:
    """Keep what became of a response; its answers are kept by `put_answers`."""
    await transaction.send(
        """
        UPDATE form_responses
        SET updated_at = %(updated_at)s, completed_at = %(completed_at)s, declined_at = %(declined_at)s, reason = %(reason)s,
            rating = %(rating)s, asked = %(asked)s, put_aside = %(put_aside)s, answered_by = %(answered_by)s,
            locale = %(locale)s, ip = %(ip)s, user_agent = %(user_agent)s, accept_language = %(accept_language)s,
            case_seen = %(case_seen)s
        WHERE workspace_id = %(workspace_id)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        **_values(response),
    )


async def put_answers(transaction: Transaction, response: Response, answers: Iterable[Answer]) -> None:
    """Keep answers of a response, each in the place of what its element had."""
    rows = [
        {
            "element": each.element,
            "version": each.version,
            "value": each.value,
            "typed": each.typed,
            "at": each.at,
            "actor_type": each.actor_type,
            "actor_id": each.actor_id,
        }
        for each in answers
    ]
    if rows:
        await transaction.send(
            """
            INSERT INTO form_answers (workspace_id, response_id, element, version, value, typed, at, actor_type, actor_id)
            SELECT %(workspace)s, %(response)s, sent.element, sent.version, nullif(sent.value, 'null'),
                   nullif(sent.typed, 'null'), sent.at, sent.actor_type, sent.actor_id
            FROM jsonb_to_recordset(%(rows)s) AS sent
              (element text, version bigint, value jsonb, typed jsonb, at timestamptz, actor_type text, actor_id uuid)
            ON CONFLICT (workspace_id, response_id, element) DO UPDATE
            SET version = excluded.version, value = excluded.value, typed = excluded.typed, at = excluded.at,
                actor_type = excluded.actor_type, actor_id = excluded.actor_id, position = excluded.position
            """,
            workspace=response.workspace_id,
            response=response.id,
            rows=Jsonb(rows),
        )


def _response(row: Row) -> Response:
    answers = [_answer(each) for each in row.pop("answers") or ()]
    asked, by = row.pop("asked"), row.pop("answered_by")
    user = FormUser(**{name: by.get(name) for name in USER_MEMBERS})
    return Response(
        **row
        | {
            "asked": None if asked is None else tuple(asked),
            "put_aside": tuple(row["put_aside"]),
            "user": user,
            "answers": {each.element: each for each in answers},
        }
    )


def _answer(found: Mapping[str, Any]) -> Answer:
    actor_id = found["actor_id"]
    return Answer(**{**found, "at": exact.moment(found["at"]), "actor_id": actor_id and UUID(actor_id)})


def _values(response: Response) -> dict[str, Any]:
    values = {name: getattr(response, name) for name in _PLAIN}
    values["asked"] = None if response.asked is None else list(response.asked)
    values["put_aside"] = list(response.put_aside)
    values["case_seen"] = None if response.case_seen is None else Jsonb(response.case_seen)
    values["answered_by"] = Jsonb({name: getattr(response.user, name) for name in USER_MEMBERS})
    return values
