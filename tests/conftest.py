"""One PostgreSQL for the whole run, a migrated database for each test process."""

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from dossier.foundation.testing import postgres

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
    if PREPARED in os.environ:
        return
    if SERVER in os.environ:
        postgres.prepare(os.environ[SERVER])
    else:
        os.environ[SERVER] = _running.enter_context(postgres.cluster())


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
