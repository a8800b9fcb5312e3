"""A real S3 server, SeaweedFS, on free ports of this machine: it checks signatures."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from sysconfig import get_path
from tempfile import TemporaryDirectory

from dossier.foundation.identifiers import new_id
from dossier.foundation.storage import Place, Storage, opened

KEY_ID, SECRET = "dossier-tests", "a secret of these tests alone"
ENDPOINT = "DOSSIER_TEST_S3_ENDPOINT"
"""Where the server of the run listens, if there is one; `tests/conftest.py` starts it."""
PORTS = ("master", "volume", "filer", "s3")


@dataclass
class Seaweed:
    """A server, and how it is held: `pause` stops it with all its connections open, `go_on` lets it answer again."""

    endpoint: str
    process: "subprocess.Popen[bytes]"

    def pause(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)


def part_of_its_own(endpoint: str, folder: Path, more: str = "", secret: str = SECRET) -> Storage:
    """A bucket's part that nobody else has."""
    return opened(Place.read(f"s3://files/{new_id()}?endpoint={endpoint}{more}"), folder, KEY_ID, secret)


@contextmanager
def running() -> Iterator[Seaweed]:
    """A server with the bucket `files`, gone afterwards with all that it holds."""
    with TemporaryDirectory(prefix="dossier-s3-") as made:
        folder = Path(made)
        ports = {each: _free_port() for each in PORTS}
        who = {
            "name": "tests",
            "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List"],
        }
        (folder / "who.json").write_text(json.dumps({"identities": [who]}))
        process = subprocess.Popen(_command(folder, ports), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
                                   env={"HOME": made, "PATH": os.environ["PATH"]})  # fmt: skip
        try:
            server = Seaweed(f"http://127.0.0.1:{ports['s3']}", process)
            _make_bucket(server)
            yield server
        finally:
            server.go_on()
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait(10)


def _command(folder: Path, ports: dict[str, int]) -> list[str]:
    weed = Path(get_path("scripts")) / "weed"
    given = {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3": "true",
        "s3.config": folder / "who.json",
        "volume.max": 20,
    }
    given |= {f"{name}.port": port for name, port in ports.items()}
    given |= {f"{name}.port.grpc": _free_port() for name in PORTS}
    given |= {"master.volumeSizeLimitMB": 256, "s3.port.iceberg": 0, "s3.port.lance": 0}
    return [str(weed), "server", *(f"-{name}={value}" for name, value in given.items())]


def _make_bucket(server: Seaweed) -> None:
    """Who may do everything makes a bucket by putting something into it; that works as soon as all parts of the server do."""
    import obstore
    from obstore.store import S3Store

    end = time.monotonic() + 60
    while True:
        assert server.process.poll() is None, "the server ended"
        try:
            store = S3Store("files", endpoint=server.endpoint, access_key_id=KEY_ID, secret_access_key=SECRET,
                            region="us-east-1", client_options={"allow_http": True}, retry_config={"max_retries": 0})  # fmt: skip
            obstore.put(store, "ready", b"yes")
            obstore.delete(store, "ready")
        except Exception:  # noqa: BLE001 - whatever it is that it cannot do yet
            assert time.monotonic() < end
            time.sleep(0.3)
        else:
            return


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port
