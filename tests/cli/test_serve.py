"""`dossier serve`: starts in a second, stops clean, and a kill leaves nothing that the next start trips over."""

import contextlib
import json
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from dossier.foundation.postgres import Cluster, PostgresError, binaries, reachable, served
from tests.cli import warm
from tests.cli.served import CERTIFICATES, Server, data_folder, server, until

pytestmark = pytest.mark.long
KILLS = 20 if os.environ.get("DOSSIER_MANY") else 3


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with server() as one:
        yield one.start("--demo", cold=True)


def test_the_printed_curl_works(running: Server) -> None:
    curl = re.search(r"curl .*?-d '[^\n]*'", running.said, re.DOTALL)
    assert curl
    answer = subprocess.run(["bash", "-c", curl[0]], capture_output=True, text=True, check=True).stdout
    case = json.loads(answer)
    assert {field["key"]: field["value"] for field in case["schema"]}["claimed"] == 1840.5
    assert case["owner"]["given_name"] == "Ada"


def test_the_token_is_in_a_file_of_its_own(running: Server) -> None:
    assert (running.folder / "demo-token").stat().st_mode & 0o777 == 0o600
    assert running.token() not in running.said


def test_a_second_server_says_so(running: Server) -> None:
    second = running.command("serve")
    assert second.returncode == 1
    assert f"process {running.process.pid}" in second.stderr  # type: ignore[union-attr]


def test_a_taken_port_is_explained(running: Server) -> None:
    port = running.url.rpartition(":")[2]
    with data_folder() as folder:
        environment = {**running.environment(), "DOSSIER_DATA_DIR": str(folder), "PORT": port}
        refused = warm.run("serve", environment=environment)
    assert (refused.returncode, "Choose another with PORT" in refused.stderr) == (1, True)


def test_commands_attach_to_the_running_server(running: Server) -> None:
    assert '"slug": "demo"' in running.command("workspace", "list", "--json").stdout


def test_doctor_finds_a_served_cluster_well(running: Server) -> None:
    found = running.command("doctor", "--json")
    assert found.returncode == 0, found.stdout
    assert {each["verdict"] for each in json.loads(found.stdout)} == {"ok"}


def test_served_clusters_are_durable_and_closed(running: Server) -> None:
    with reachable(running.folder, print) as cluster, psycopg.connect(cluster.conninfo) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)  # type: ignore[arg-type]
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.conninfo, password="guessed")


def test_folders_that_we_did_not_make_keep_their_mode(running: Server) -> None:
    assert running.folder.parent.stat().st_mode & 0o777 == 0o711


def test_the_database_logs_no_value(running: Server) -> None:
    with reachable(running.folder, print) as cluster:
        with psycopg.connect(cluster.conninfo, autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute("SELECT 'canary-in-a-statement'::integer")
        assert "canary" not in cluster.log.read_text()


def test_demo_is_for_this_machine(running: Server) -> None:
    assert running.command("serve", "--demo", "--host", "0.0.0.0").returncode == 2


def test_it_drains_before_it_stops() -> None:
    with server() as one:
        one.start("--demo", DOSSIER_DRAIN_SECONDS="4")
        postmaster = one.postmaster()
        ender = threading.Thread(target=one.end)
        ender.start()
        until(lambda: one.get("/readyz").status_code == 503)
        with one.client() as client:
            assert client.get("/v1/cases").status_code == 200, "it still answers while it drains"
        ender.join()
        assert not psutil.pid_exists(postmaster)


def test_several_workers() -> None:
    with server() as one:
        one.start("--demo", "--workers", "2")

        def answers() -> bool:
            try:
                return one.get("/readyz").status_code == 200
            except httpx.HTTPError:
                return False

        until(answers)
        with one.client() as client:
            assert {client.get("/v1/cases").status_code for _ in range(20)} == {200}
            assert "dossier_request_seconds" in client.get("/metrics").text
        assert one.end() == 0


def test_kill_9_in_the_middle_of_updates_loses_nothing() -> None:
    """Every acknowledged update is there with its history, none is half there, and the next start needs no help."""
    with server() as one:
        one.start("--demo")
        acknowledged = 0
        for round_ in range(KILLS):
            victims = [one.process.pid] if round_ % 2 else [one.process.pid, one.postmaster()]  # type: ignore[union-attr]
            acknowledged = _update_until_killed(one, acknowledged, victims)
            one.process.communicate()  # type: ignore[union-attr]
            one.start()
            assert "demo-token" not in one.said
        assert acknowledged > KILLS


def _update_until_killed(one: Server, start: int, victims: list[int]) -> int:
    with one.client() as client:
        case = client.get("/v1/cases?sort=created_at").json()["data"][0]["id"]
        before = _kept(client, case)
        assert before >= start, f"{start} was acknowledged, {before} is there"
        killer = threading.Timer(0.15 + start % 7 / 50, lambda: [os.kill(pid, signal.SIGKILL) for pid in victims])
        number = before
        try:
            while True:
                number += 1
                if number == before + 3:  # some of them are acknowledged, however slow the machine is
                    killer.start()
                data = {"mileage": number, "claimed": number}
                if client.post(f"/v1/cases/{case}/data", json={"data": data}).status_code != 200:
                    break
        except httpx.HTTPError:
            pass
        killer.join()
    return number - 1


def _kept(client: httpx.Client, case: str) -> int:
    """The last update that is there: both values of it, and its entry in the history."""
    found = {field["key"]: field["value"] for field in client.get(f"/v1/cases/{case}").json()["schema"]}
    if found["claimed"] is None:
        return 0
    assert found["mileage"] == found["claimed"]
    entries = client.get(f"/v1/cases/{case}/history?page[size]=5").json()["data"]
    newest = next(entry for entry in entries if "mileage" in entry["changes"])
    assert newest["changes"]["mileage"]["new"] == newest["changes"]["claimed"]["new"] == found["mileage"]
    return int(found["mileage"])


# ---- the cluster itself ----


def test_a_pid_file_that_nobody_stands_behind() -> None:
    with data_folder() as folder:
        with served(folder, print) as cluster:
            pid_file = cluster.data / "postmaster.pid"
            content = pid_file.read_text()
        pid_file.write_text(content.replace(content.split("\n")[0], str(os.getpid()), 1))
        with served(folder, print) as cluster, psycopg.connect(cluster.conninfo):
            pass


def test_a_path_too_long_for_a_socket() -> None:
    with data_folder() as folder:
        long = folder.parent / ("x" * 60) / ("y" * 60)
        long.parent.mkdir(mode=0o711)
        with served(long, print) as cluster, psycopg.connect(cluster.conninfo):
            assert len(str(cluster.socket_folder)) < 99


def test_another_major_version_is_explained() -> None:
    with data_folder() as folder:
        with served(folder, print) as cluster:
            version = cluster.data / "PG_VERSION"
        version.write_text("14\n")
        with pytest.raises(PostgresError, match=r"PostgreSQL 14.*dossier backup"), served(folder, print):
            pass


def test_without_root_postgresql_runs_as_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's account, and the data folder itself. As root this is decided by who asks, so it is asked."""
    binaries.account.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 1234)
    try:
        with data_folder() as folder:
            folder.parent.chmod(0o700)
            assert binaries.account() == binaries.Account(1234, 1234, is_other=False)
            assert Cluster(folder, print).home == folder / "postgres"
            assert "user" not in binaries.process_options()
    finally:
        binaries.account.cache_clear()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files that the account has not")
def test_root_follows_no_link_of_the_account(tmp_path: Path) -> None:
    """[S11] Settings and log are written by the account itself: what they may be made to point to stays as it is."""
    secret = tmp_path / "secret"
    secret.write_text("root's own")
    secret.chmod(0o600)
    with data_folder() as folder:
        with served(folder, print) as cluster:
            pass
        for file in (cluster.data / "postgresql.conf", cluster.log):
            file.unlink()
            file.symlink_to(secret)
            with pytest.raises(PostgresError), served(folder, print):
                pass
            file.unlink()
        assert secret.read_text() == "root's own"
        with served(folder, print) as cluster, psycopg.connect(cluster.conninfo) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_hands_postgresql_to_an_account_that_reaches_its_folder(running: Server) -> None:
    assert psutil.Process(running.postmaster()).username() == "dossier"
    with data_folder() as folder:
        folder.parent.chmod(0o700)
        assert not Cluster(folder, print).home.is_relative_to(folder), "a folder behind a closed one is not used"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_page_that_listens_does_not_keep_it_from_stopping(workers: str) -> None:
    """An open stream of events ends with the server; what one process changes, another one's pages hear."""
    with server() as one:
        one.start("--demo", "--workers", workers)
        until((one.folder / "demo-link").exists)
        until(lambda: "/sign-in/link/" in (one.folder / "demo-link").read_text())
        link = (one.folder / "demo-link").read_text().strip()
        until(lambda: one.get("/readyz").status_code == 200)
        events: list[str] = []
        with httpx.Client(base_url=one.url, follow_redirects=True, timeout=30, verify=CERTIFICATES) as browser:
            browser.post(link)
            listening = threading.Thread(target=_listen, args=(browser, events), daemon=True)
            listening.start()
            until(lambda: "open" in events)
            with one.client() as client:
                for number in range(8):  # some of them at the other worker
                    client.post("/v1/cases", json={"title": f"Case {number}"}).raise_for_status()
            until(lambda: "event: changed" in events)
            began = time.monotonic()
            assert one.end() == 0
            assert time.monotonic() - began < 25, "not the thirty seconds that an answer may take"
            listening.join(5)
            assert "closed" in events


def _listen(browser: httpx.Client, events: list[str]) -> None:
    with contextlib.suppress(httpx.HTTPError), browser.stream("GET", "/workspace/cases/live", timeout=60) as answer:
        events.append("open")
        events.extend(answer.iter_lines())
    events.append("closed")
