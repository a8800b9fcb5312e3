"""Many cases in a short time: copied into the tables as the server would have written them, all their words with them."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from dossier.bench import people
from dossier.foundation.words import letters
from dossier.listing.search import Texts, is_known

BATCH_SIZE = 10_000  # cases of one transaction
MANY = 100_000  # cases from which on the index of words is built after them
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_STATES = (("draft", "draft"),) * 5 + (("large", "in_progress"),) * 3 + (("closed", "closed"),) * 2
_COPIES = {
    "cases": "workspace_id, id, version, template_id, template_version, title, reference, status, parent_status, waiting_for,"
    " created_at, updated_at, steps, data",
    "case_words": "workspace_id, word, case_id",
    "case_field_values": "workspace_id, field, case_id, position, text_value",
}
_BEFORE_MANY = """
ALTER TABLE case_words DROP CONSTRAINT case_words_pkey;
DROP INDEX case_words_of_case;
"""
_AFTER_MANY = """
SET maintenance_work_mem = '1GB';
ALTER TABLE case_words ADD PRIMARY KEY (workspace_id, word, case_id);
CREATE INDEX case_words_of_case ON case_words (workspace_id, case_id);
"""
_AFTER = """
DELETE FROM case_states_counted;
INSERT INTO case_updates (workspace_id, id, updated_at) SELECT workspace_id, id, updated_at FROM cases ON CONFLICT DO NOTHING;
INSERT INTO case_search (workspace_id, case_id, version, at) SELECT workspace_id, id, version, updated_at FROM cases ON CONFLICT DO NOTHING;
"""


def case_id(number: int) -> str:
    """The id of a seeded case."""
    return f"00000000-0000-7000-8000-{number:012x}"


def copy_cases(conninfo: str, workspace: UUID, template: UUID, numbers: range, every: int) -> None:
    """Cases of these numbers, every so-many-th of the kind that is sought; as a superuser, who may leave triggers out."""
    parts = [
        range(first, min(first + BATCH_SIZE, numbers.stop)) for first in range(numbers.start, numbers.stop, BATCH_SIZE)
    ]
    with psycopg.connect(conninfo, autocommit=True) as connection, ProcessPoolExecutor(2) as processes:
        connection.execute(_BEFORE_MANY if len(numbers) >= MANY else "SELECT")
        known = set().union(*processes.map(partial(_copy, conninfo, workspace, template, every), parts))
        connection.execute(_AFTER_MANY if len(numbers) >= MANY else "SELECT")
        connection.execute(
            "INSERT INTO search_words SELECT %s, * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            [workspace, list(known), [letters(each) for each in known]],
        )
        connection.execute("SET session_replication_role = replica")
        connection.execute(_AFTER)
        connection.execute(
            "INSERT INTO case_count_deltas (workspace_id, archived, delta) VALUES (%s, false, %s)",
            [workspace, len(numbers)],
        )
        connection.execute("VACUUM ANALYZE")


def _copy(conninfo: str, workspace: UUID, template: UUID, every: int, numbers: range) -> set[str]:
    """Copy them, and say which words were among theirs."""
    known: set[str] = set()
    texts: dict[str, list[str]] = {table: [] for table in _COPIES}
    for number in numbers:
        case, id = _case(number, every), case_id(number)
        found = _words(case)
        texts["cases"].append(_line(workspace, id, 2, template, 1, *_columns(number, case)))
        texts["case_words"] += (f"{workspace}\t{word}\t{id}\n" for word in found)
        texts["case_field_values"].append(_line(workspace, "branch", id, 0, case["branch"]))
        known.update(filter(is_known, found))
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, lines in texts.items():
            with cursor.copy(f"COPY {table} ({_COPIES[table]}) FROM STDIN") as copy:
                copy.write("".join(lines))
    return known


def _case(number: int, every: int) -> dict[str, str]:
    return people.person(number) | {"branch": "sought" if number % every == 0 else f"branch {number % 997}"}


def _values(case: dict[str, str]) -> dict[str, Any]:
    return {key: value for key, value in case.items() if key not in ("title", "reference")}


def _words(case: dict[str, str]) -> list[str]:
    return Texts([case["title"], case["reference"]], list(_values(case).values()), ["Benchmark", "Draft"]).words()


def _columns(number: int, case: dict[str, str]) -> Iterator[str]:
    at = (_FIRST_DAY + timedelta(seconds=number)).isoformat()
    status, stage = _STATES[number % len(_STATES)]
    yield from (case["title"], case["reference"], status, stage, "none" if number % 3 else "owner", at, at, _STEPS)
    yield json.dumps({f"amount_{n}": number % 1000 + n for n in range(1, 11)} | _values(case))


_STEPS = '{"call": {"status": "available", "data": {}}}'


def _line(*cells: object) -> str:
    return "\t".join(str(each).replace("\\", "\\\\") for each in cells) + "\n"
