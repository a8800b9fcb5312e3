"""One PostgreSQL for the whole run, a migrated database for each test process."""

import gc
import os
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from dossier.foundation.testing import postgres
from dossier.foundation.testing.leaving import also_when_killed
from tests.cli.served import SHARED, until
from tests.storage import seaweed

pytest.register_assert_rewrite("tests.world")
pytest_plugins = ["tests.log_lines", "tests.order"]

SERVER = "DOSSIER_TEST_DATABASE_URL"
"""Names a PostgreSQL to test on instead of the embedded one; its user may make databases."""

ON_S3 = "DOSSIER_TEST_ON_S3"
"""Set when files are to be kept on an S3 server of the run's own, instead of in a folder."""

PREPARED = "DOSSIER_TEST_DATABASE_PREPARED"
"""Set when that PostgreSQL has a migrated database to copy already."""

# Made-up values; no deadline, for the machine may have much else to do.
settings.register_profile("suite", max_examples=120 if os.environ.get("DOSSIER_MANY") else 12, deadline=None)
settings.load_profile("suite")

_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    is_worker = hasattr(config, "workerinput")
    if is_worker or not config.getoption("numprocesses", None):  # who only hands out tests imports nothing of ours
        config.pluginmanager.import_plugin("tests.world")
    if is_worker:
        return
    os.environ[SHARED] = _running.enter_context(TemporaryDirectory(prefix="dossier-shared-", dir=postgres.in_memory()))
    _running.enter_context(also_when_killed('rm -rf "$1"', os.environ[SHARED]))
    Path(os.environ[SHARED]).chmod(0o711)  # PostgreSQL's account passes through when tests run as root
    if ON_S3 in os.environ:
        os.environ[seaweed.ENDPOINT] = _running.enter_context(seaweed.running()).endpoint
    _preparing.start()


def _prepare() -> None:
    """Make what tests copy, and tell where: meanwhile their processes import and collect."""
    try:
        if SERVER not in os.environ:
            server = _running.enter_context(postgres.cluster())
        else:
            server = os.environ[SERVER]
            if PREPARED not in os.environ:
                postgres.prepare(server)
        told = Path(os.environ[SHARED]) / "server"
        told.with_suffix(".new").write_text(server)
        told.with_suffix(".new").rename(told)
    except BaseException:
        interrupt_main()
        raise


_preparing = threading.Thread(target=_prepare)


def database_server() -> str:
    """How to connect to the PostgreSQL of the run, once it has a database to copy."""
    told = Path(os.environ[SHARED]) / "server"
    until(told.exists)
    return told.read_text()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Any:
    """What is imported and collected stays: looking through it for garbage takes time, then and in every test.

    What comes later is looked through a fifth as often as in a server (`server/workers.py`): little of it lasts.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _preparing.join()
        _running.close()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """This process' database."""
    with postgres.database(database_server()) as url:
        yield url


@pytest.fixture
def fresh_database_url() -> Iterator[str]:
    """A database for one test alone."""
    with postgres.database(database_server()) as url:
        yield url
