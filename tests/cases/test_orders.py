"""Lists that do not grow: every order goes by an index, and who is not there is not looked for in every case."""

from typing import Any

import psycopg
import pytest

from dossier.cases.store.collection import COLLECTION
from dossier.contacts.store import people
from dossier.listing.collection import Collection
from dossier.workspaces.model import Workspace
from tests.world import Browser, World

ORDERS = [(kind, name) for kind in (COLLECTION, people.COLLECTION) for name in kind.sorts]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"orders-{workspace.slug}@example.org"))


@pytest.mark.parametrize(("kind", "name"), ORDERS, ids=lambda each: each if isinstance(each, str) else each.alias)
def test_every_order_goes_by_an_index(kind: Collection, name: str, workspace: Workspace, database_url: str) -> None:
    """[#16] The first page is the first rows of an index: nothing is sorted, however many there are."""
    sort = kind.sort(name)
    query = f"SELECT {kind.alias}.id FROM {sort.source} WHERE {sort.by}.workspace_id = '{workspace.id}'"
    with psycopg.connect(database_url) as connection:
        connection.execute("SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        for order in ("ASC", "DESC"):
            rows = connection.execute(
                f"EXPLAIN {query} ORDER BY {sort.key} {order}, {sort.by}.id {order} LIMIT 25"
            ).fetchall()
            assert not [row[0] for row in rows if "Sort" in row[0]], rows


def test_a_contact_of_a_name_that_nobody_has_is_asked_for_once(
    world: World, handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[#16 4] By every member of a contact, equal or a part: the cases are not looked at. Few, or too many to name: the same list."""
    make_case(title="Of Eve", contacts=[{"given_name": "Eve", "family_name": "Adams", "email": "eve@example.org"}])
    make_case(title="Of Bob", contacts=[{"given_name": "Bob", "family_name": "Adams", "phone": "+32470123456"}])
    for name in ("given_name", "family_name", "email", "phone"):
        for operator in ("eq", "contains"):
            world.statements.clear()
            assert "No case fits." in handler.get(f"/workspace/cases?a=contact.{name}&o={operator}&v=nobody").text
            assert sum("case_contacts s" in each for each in world.statements) == 1, world.statements
    for most in (1000, 0):
        monkeypatch.setattr("dossier.listing.counting.MAX_COUNTED", most)
        page = handler.get(
            "/workspace/cases?a=contact.family_name&o=contains&v=ada&a=contact.given_name&o=eq&v=eve"
        ).text
        assert ("Of Eve" in page, "Of Bob" in page) == (True, False)


def test_what_is_archived_is_found_by_an_index(workspace: Workspace, database_url: str, make_case: Any) -> None:
    """[#16] A few archived cases among many that are not."""
    make_case(title="One of many")
    query = f"EXPLAIN SELECT id FROM cases WHERE workspace_id = '{workspace.id}' AND archived_at IS NOT NULL"
    another = (
        "jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'reference', gen_random_uuid()::text))"
    )
    with psycopg.connect(database_url) as connection:
        connection.execute(f"INSERT INTO cases SELECT ({another}).* FROM cases c, generate_series(1, 500) LIMIT 500")
        connection.execute("ANALYZE cases")
        assert "cases_archived" in str(connection.execute(query).fetchall())
        connection.rollback()
