"""Events go on in a database that was restored from a backup into another PostgreSQL, whose transactions begin anew."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from dossier.foundation.postgres import connect_or_start
from tests.cli.served import Server, data_folder, server, until
from tests.many import left_to_ci

pytestmark = [pytest.mark.long, left_to_ci("starts two servers, backs up and restores")]

_MANY_TRANSACTIONS = "DO $$ BEGIN FOR i IN 1..30000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"


def events(one: Server, after: str, expected: int) -> tuple[list[Any], str]:
    found: list[Any] = []
    with one.client() as client:
        while len(found) < expected:
            answer = client.get("/v1/events", params={"after": after, "wait": 10, "page[size]": 100})
            assert answer.status_code == 200, answer.text
            found += answer.json()["data"]
            after = answer.json()["next"]
    return found, after


def changed(one: Server, case: str, title: str) -> None:
    with one.client() as client:
        assert client.patch(f"/v1/cases/{case}", json={"title": title}).status_code == 200


def test_events_go_on_where_a_backup_was_restored(tmp_path: Path) -> None:
    """[18] In order, behind those of before, and with the cursors of before; those of what was lost are gone."""
    with server() as one, data_folder() as other:
        one.start("--demo")
        with (
            connect_or_start(one.folder, print) as cluster,
            psycopg.connect(cluster.conninfo, autocommit=True) as owner,
        ):
            owner.execute(_MANY_TRANSACTIONS)
        with one.client() as client:
            case = client.post("/v1/cases", json={"title": "A"}).json()["id"]
            cursor = client.get("/v1/events", params={"case[id]": case, "after": "0", "wait": 10}).json()["next"]
        assert one.command("backup", str(tmp_path / "b.tar")).returncode == 0
        changed(one, case, "Lost")
        (_, lost) = events(one, cursor, 1)
        token = one.token()
        one.end()
        restored = Server(other)
        done = restored.command("restore", str(tmp_path / "b.tar"))
        assert done.returncode == 0, done.stderr
        restored.start()
        (restored.folder / "demo-token").write_text(token)
        try:
            changed(restored, case, "B")
            changed(restored, case, "C")
            told, _ = events(restored, cursor, 2)
            assert [each["data"]["changes"]["title"]["new"] for each in told] == ["B", "C"]
            with restored.client() as client:
                until(lambda: client.get("/v1/events", params={"after": lost}).status_code == 410)
        finally:
            restored.end()
