"""One PostgreSQL for the whole run, a migrated database for each test process."""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from dossier.foundation.testing import postgres
from tests.cli.served import SHARED

pytest_plugins = ["tests.log_lines", "tests.order", "tests.world"]

SERVER = "DOSSIER_TEST_DATABASE_URL"
"""Names a PostgreSQL to test on instead of the embedded one; its user may make databases."""

PREPARED = "DOSSIER_TEST_DATABASE_PREPARED"
"""Set when that PostgreSQL has a migrated database to copy already."""

# Made-up values; no deadline, for the machine may have much else to do.
settings.register_profile("suite", max_examples=120 if os.environ.get("DOSSIER_MANY") else 20, deadline=None)
settings.load_profile("suite")

_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    os.environ[SHARED] = _running.enter_context(TemporaryDirectory(prefix="dossier-shared-", dir=postgres.in_memory()))
    Path(os.environ[SHARED]).chmod(0o711)  # PostgreSQL's account passes through when tests run as root
    if PREPARED in os.environ:
        return
    if SERVER in os.environ:
        postgres.prepare(os.environ[SERVER])
    else:
        os.environ[SERVER] = _running.enter_context(postgres.cluster())


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Any:
    """What is imported and collected stays: looking through it for garbage takes time, then and in every test."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _running.close()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """This process' database."""
    with postgres.database(os.environ[SERVER]) as url:
        yield url


@pytest.fixture
def fresh_database_url() -> Iterator[str]:
    """A database for one test alone."""
    with postgres.database(os.environ[SERVER]) as url:
        yield url
