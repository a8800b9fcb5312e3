"""The log of the servers that run in the tests' own processes: a file of each process. Of a failing test its lines are shown, as one section."""

from pathlib import Path
from typing import Any

import pytest

from dossier.foundation import logs

MAX_LINES = 60  # of the log that a failing test shows


class LogFile:
    """A file of lines, and where the present test began to write."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.stream = path.open("w", buffering=1)
        self._began = 0

    def begin(self) -> None:
        """From here on it is the next test's."""
        self._began = self.stream.tell()

    @property
    def text(self) -> str:
        """What was logged since the present test began."""
        with self.path.open() as written:
            written.seek(self._began)
            return written.read()


_file = pytest.StashKey[LogFile]()


def pytest_configure(config: pytest.Config) -> None:
    process = getattr(config, "workerinput", {}).get("workerid", "main")
    config.stash[_file] = LogFile(config.rootpath / "build" / "logs" / f"{process}.jsonl")
    logs.configure("json", stream=config.stash[_file].stream)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.config.stash[_file].begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.failed:
        file = item.config.stash[_file]
        lines = file.text.splitlines()[-MAX_LINES:]
        report.sections.append((f"Server log, its last lines ({file.path})", "\n".join(lines)))
    return report


@pytest.fixture
def server_log(request: pytest.FixtureRequest) -> LogFile:
    """The log of the server in this process; `.text` is what it wrote since this test began."""
    return request.config.stash[_file]
