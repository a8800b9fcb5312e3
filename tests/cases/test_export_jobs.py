"""[#16 7] A workbook of many rows: made by a job, with progress, kept for a day, for who asked and may still see as much."""

import io
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import openpyxl
import psycopg
import pytest

from dossier.cases.pages.lists import LIST_PAGES as CASE_LISTS
from dossier.foundation.actor import Scope
from dossier.listing import export_pages, kept_exports
from dossier.listing.workbook import Workbook
from dossier.members import actions as members
from dossier.workspaces.model import Workspace
from tests.world import OPERATOR, Api, Browser, World, working_world

EXPORTS = "/workspace/exports"


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"x-{workspace.slug}@example.org"))


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 8
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    assert holds()


def page(browser: Browser, state: str) -> str:
    """The page of exports once the newest is so."""
    until(lambda: state in re.findall(r'data-export="(\w+)"', browser.get(EXPORTS).text)[:1])
    return browser.get(EXPORTS).text


def ask(browser: Browser, query: str = "", kind: str = "cases") -> None:
    answer = browser.send_form(f"/workspace/{kind}/exports", query=query)
    assert answer.status_code == 200, answer.text
    assert str(answer.url.path) == EXPORTS


def link(text: str, ending: str = "") -> str:
    found = re.search(rf'"(/workspace/\w+/exports/[0-9a-f-]+{ending})"', text)
    assert found, text
    return found[1]


def rows_of(content: bytes) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)  # type: ignore[union-attr]
    return [dict(zip(head, row, strict=True)) for row in rows]


def sql(url: str, statement: str, *values: Any) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement, values)  # type: ignore[call-overload]


def work(world: World, name: str, **arguments: str) -> None:
    """Do a job now."""
    job = next(job for each, job in CASE_LISTS.jobs().items() if each.name == name)
    world.server.run(job(world.services, **arguments))


@contextmanager
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """While the block runs all rows can be written, and no file is finished."""
    go_on, finish = threading.Event(), Workbook.finish
    monkeypatch.setattr(Workbook, "finish", lambda book: finish(book) if go_on.wait(60) else None)
    monkeypatch.setattr(export_pages, "NOTE_EVERY", 0)
    try:
        yield
    finally:
        go_on.set()


@pytest.mark.long
def test_a_file_is_made_kept_and_fetched(handler: Browser, make_case: Any, api: Api, world: World) -> None:
    for number in range(3):
        make_case(title=f"Case {number}")
    make_case(title="Other")
    ask(handler, "?sort=title&a=title&o=contains&v=Case")
    text = page(handler, "done")
    assert "Rows: 3," in text
    assert "Kept until" in text
    answer = handler.get(link(text))
    assert "attachment" in answer.headers["content-disposition"]
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert [row["Title"] for row in rows_of(answer.content)] == ["Case 0", "Case 1", "Case 2"]
    noted = [each for each in api.json("GET", "/v1/audit")["data"] if each["act"] == "cases.exported"]
    assert len(noted) == 1, "taken out once"
    assert "There is no export of yours." in handler.send_form(link(text, "/delete")).text
    assert handler.get(link(text)).status_code == 404


def test_contacts_in_french(handler: Browser, make_case: Any) -> None:
    make_case(contacts=[{"given_name": "Eve", "family_name": "Adams"}])
    handler.send_form("/workspace/settings/profile", language="fr")
    ask(handler, kind="contacts")
    [row] = rows_of(handler.get(link(page(handler, "done"))).content)
    assert (row["Nom de famille"], row["Prénom"]) == ("Adams", "Eve")


def test_nobody_else_gets_it(world: World, workspace: Workspace, handler: Browser, make_case: Any) -> None:
    """Not a colleague, not an administrator: not in their list, not by address, nor can they end it."""
    make_case(title="Secret")
    ask(handler)
    address = link(page(handler, "done"))
    boss = world.browser(world.member(workspace, f"b-{workspace.slug}@example.org", "administrator"))
    assert "There is no export of yours." in boss.get(EXPORTS).text
    assert boss.get(address).status_code == 404
    assert boss.send_form(f"{address}/delete").status_code == 404
    assert boss.send_form(f"{address}/again").status_code == 404
    assert handler.get(address).status_code == 200


def test_who_may_see_less_by_now_does_not_get_it(world: World, workspace: Workspace, make_case: Any) -> None:
    """A file with all cases is not for who is limited to their own by now; nor for who left."""
    make_case(title="Of nobody")
    world.member(workspace, f"a-{workspace.slug}@example.org", "administrator")
    member = world.member(workspace, f"l-{workspace.slug}@example.org")
    browser = world.browser(member)
    ask(browser)
    address = link(page(browser, "done"))
    boss = replace(OPERATOR, scope=Scope((workspace.id,)))
    world.do(lambda tx: members.change_role(tx, workspace.id, member.id, "limited"), boss)
    answer = browser.get(address)
    assert answer.status_code == 403
    assert "Have it made again" in answer.text
    ask(browser)
    newest = page(browser, "done")
    assert "Rows: 0," in newest
    assert rows_of(browser.get(link(newest)).content) == []
    world.do(lambda tx: members.remove(tx, workspace.id, member.id), boss)
    assert browser.get(link(newest)).url.path == "/sign-in"


def test_progress_is_shown_and_stopping_stops(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_case()
    with held(monkeypatch):
        ask(handler)
        until(lambda: "3 of 3" in handler.get(EXPORTS).text)
        text = handler.get(EXPORTS).text
        assert "hx-get" in text
        assert "The file is being finished…" in text
        assert handler.get(link(text, "/delete").removesuffix("/delete")).status_code == 404, "no half file"
    page(handler, "done")


def test_what_nobody_wants_any_more_is_not_made(handler: Browser, make_case: Any, database_url: str) -> None:
    make_case()
    with psycopg.connect(database_url) as other:
        other.execute("LOCK TABLE export_chunks IN ACCESS EXCLUSIVE MODE")  # the job waits at its beginning
        ask(handler)
        address = link(handler.get(EXPORTS).text, "/delete")
        other.rollback()
    assert "There is no export of yours." in handler.send_form(address).text
    with psycopg.connect(database_url) as connection:
        until(
            lambda: (
                not connection.execute(
                    "SELECT FROM procrastinate_jobs WHERE task_name = 'cases.export' AND status <> 'failed'"
                ).fetchall()
            )
        )
        assert connection.execute(
            "SELECT count(*) FROM export_chunks c LEFT JOIN exports e ON e.id = c.export_id WHERE e.id IS NULL"
        ).fetchone() == (0,)


def test_only_so_many_at_once(handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_case()
    with held(monkeypatch):
        for _ in range(export_pages.AT_ONCE_OF_MEMBER):
            ask(handler)
        answer = handler.send_form("/workspace/cases/exports", query="")
        assert (answer.status_code, "3 files are being made for you already" in answer.text) == (409, True)
    until(lambda: handler.get(EXPORTS).text.count('data-export="done"') == export_pages.AT_ONCE_OF_MEMBER)


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [("MAX_ROWS", "A workbook has room for"), ("MAX_COLUMNS", "A workbook has room for 1 columns, and this list has")],
)
def test_what_has_no_room_is_a_sentence(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch, limit: str, sentence: str
) -> None:
    """Too many rows are told before anything begins."""
    for _ in range(2):
        make_case()
    monkeypatch.setattr(f"dossier.listing.workbook.{limit}", 1)
    answer = handler.send_form("/workspace/cases/exports", query="")
    if limit == "MAX_ROWS":
        assert answer.status_code == 422
        assert sentence in answer.text
    else:
        text = page(handler, "failed")
        assert sentence in text
        monkeypatch.undo()
        handler.send_form(link(text, "/again"))
        assert "Rows: 2," in page(handler, "done")


def test_texts_that_were_cut_are_counted(handler: Browser, make_template: Any, make_case: Any) -> None:
    template = make_template(schema=[{"key": "note", "type": "text", "name": "Note"}])["id"]
    make_case(template={"id": template}, schema=[{"key": "note", "value": "v" * 40_000}])
    ask(handler)
    assert "longer than a cell holds, and end with “…”: 1." in page(handler, "done")


def test_a_full_disk_is_a_sentence_and_can_be_tried_again(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dossier.listing.workbook.Workbook.write", full)
    ask(handler)
    text = page(handler, "failed")
    assert "There is no room left on the server’s disk." in text
    monkeypatch.undo()
    handler.send_form(link(text, "/again"))
    assert "Rows: 1," in page(handler, "done")


def test_what_goes_wrong_otherwise_is_a_sentence_too(
    handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_case()
    monkeypatch.setattr("dossier.listing.workbook.Workbook.finish", lambda _: 1 / 0)
    ask(handler)
    assert "Something went wrong on the server" in page(handler, "failed")


def test_a_job_that_begins_anew_leaves_one_whole_file(
    world: World, workspace: Workspace, handler: Browser, make_case: Any, database_url: str
) -> None:
    """As after a kill: chunks of an earlier try are there, and the job runs once more."""
    make_case(title="Whole")
    ask(handler)
    text = page(handler, "done")
    id = link(text).rpartition("/")[2]
    sql(database_url, "UPDATE exports SET state = 'working', finished_at = NULL WHERE id = %s", id)
    sql(database_url, "INSERT INTO export_chunks SELECT workspace_id, id, 1, 'rubbish' FROM exports WHERE id = %s", id)
    work(world, "cases.export", workspace=str(workspace.id), export=id)
    content = handler.get(link(page(handler, "done"))).content
    assert [row["Title"] for row in rows_of(content)] == ["Whole"]


def test_files_are_forgotten_after_a_day(handler: Browser, make_case: Any, world: World, database_url: str) -> None:
    """And what no job makes any more is over, with a sentence."""
    make_case()
    ask(handler)
    address = link(page(handler, "done"))
    old = "UPDATE exports SET finished_at = finished_at - %s WHERE id = %s"
    sql(database_url, old, kept_exports.KEPT + timedelta(minutes=1), address.rpartition("/")[2])
    ask(handler)
    text = page(handler, "done")
    lost = next(each for each in re.findall(r"/exports/([0-9a-f-]{36})", text) if each not in address)
    sql(database_url, "UPDATE exports SET state = 'working', finished_at = NULL, asked_at = asked_at - interval '5 minutes' WHERE id = %s", lost)  # fmt: skip
    work(world, "cases.sweep_exports")
    text = page(handler, "failed")
    assert "The work on it was given up." in text
    assert handler.get(address).status_code == 404


def test_a_file_does_not_outlive_who_is_erased(
    world: World, workspace: Workspace, handler: Browser, make_case: Any, api: Any, database_url: str
) -> None:
    """What is made is gone with them, what is being made is never finished; asked for again it is without them."""
    case = make_case(title="Of Ann", contacts=[{"email": "ann@example.org", "given_name": "Ann"}])
    ask(handler)
    address = link(page(handler, "done"))
    ask(handler)
    page(handler, "done")
    other = next(each for each in re.findall(r"/exports/([0-9a-f-]{36})", page(handler, "done")) if each not in address)
    sql(database_url, "UPDATE exports SET state = 'working', finished_at = NULL WHERE id = %s", other)
    contact = case["contacts"][0]["id"]
    assert api.delete(f"/v1/contacts/{contact}").status_code == 204
    assert handler.get(address).status_code == 404
    text = page(handler, "failed")
    assert text.count("Somebody was erased since this was asked for.") == 2
    with psycopg.connect(database_url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM export_chunks WHERE workspace_id = %s", [workspace.id]
        ).fetchone()
    assert left == (0,)


def test_a_file_does_not_outlive_a_case_that_is_erased(
    workspace: Workspace, handler: Browser, make_case: Any, api: Any, database_url: str
) -> None:
    case = make_case(title="Gone")
    ask(handler)
    address = link(page(handler, "done"))
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert handler.get(address).status_code == 404
    assert "A case was erased since this was asked for." in page(handler, "failed")
    with psycopg.connect(database_url) as connection:
        query = "SELECT count(*) FROM export_chunks WHERE workspace_id = %s"
        assert connection.execute(query, [workspace.id]).fetchone() == (0,)


def test_a_list_of_many_asks_for_a_job(handler: Browser, make_case: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        make_case()
    assert 'action="/workspace/cases/exports"' not in handler.get("/workspace/cases?view=all").text
    monkeypatch.setattr("dossier.listing.list_pages.AT_ONCE", 1)
    monkeypatch.setattr("dossier.listing.export.AT_ONCE", 1)
    assert 'action="/workspace/cases/exports"' in handler.get("/workspace/cases?view=all").text
    answer = handler.get("/workspace/cases/export.xlsx")
    assert (answer.status_code, "made in the background" in answer.text) == (422, True)
