"""`dossier serve`: starts in a second, stops clean, and a kill leaves nothing that the next start trips over."""

import json
import os
import re
import subprocess
from collections.abc import Iterator

import psutil
import psycopg
import pytest

from dossier.foundation.postgres import Cluster, connect_or_start
from dossier.server.services import listens_at
from tests.cli import warm
from tests.cli.served import Server, data_folder, server

pytestmark = pytest.mark.long


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


def test_what_it_sends_by_itself_leads_to_where_it_listens() -> None:
    """[18] Where nobody has set DOSSIER_BASE_URL, links in e-mails to members led nowhere."""
    assert listens_at("0.0.0.0", 8000) == "http://127.0.0.1:8000"
    assert listens_at("::", 8000) == "http://[::1]:8000"
    assert listens_at("dossier.local", 80) == "http://dossier.local:80"


def test_the_doctor_says_when_others_depend_on_where_it_listens(running: Server) -> None:
    with running.client() as api:
        hook = api.post("/v1/webhooks", json={"url": "https://93.184.216.34/hooks", "enabled": False})
        assert hook.status_code == 201
        findings = json.loads(running.command("doctor", "--json").stdout)
        api.delete(f"/v1/webhooks/{hook.json()['id']}")
    assert {each["about"]: each["verdict"] for each in findings}["address"] == "warn"


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
    with connect_or_start(running.folder, print) as cluster, psycopg.connect(cluster.conninfo) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
            assert connection.execute(f"SHOW {name}").fetchone() == ("on",)  # type: ignore[arg-type]
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert cluster.socket_folder.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.conninfo, password="guessed")


def test_folders_that_we_did_not_make_keep_their_mode(running: Server) -> None:
    assert running.folder.parent.stat().st_mode & 0o777 == 0o711


def test_the_database_logs_no_value(running: Server) -> None:
    with connect_or_start(running.folder, print) as cluster:
        with psycopg.connect(cluster.conninfo, autocommit=True) as connection, pytest.raises(psycopg.Error):
            connection.execute("SELECT 'canary-in-a-statement'::integer")
        assert "canary" not in cluster.log.read_text()


def test_demo_is_for_this_machine(running: Server) -> None:
    assert running.command("serve", "--demo", "--host", "0.0.0.0").returncode == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_hands_postgresql_to_an_account_that_reaches_its_folder(running: Server) -> None:
    assert psutil.Process(running.postmaster()).username() == "dossier"
    with data_folder() as folder:
        folder.parent.chmod(0o700)
        assert not Cluster(folder, print).home.is_relative_to(folder), "a folder behind a closed one is not used"
