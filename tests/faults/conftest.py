"""Prints what came of each fault at the end of a run, also where the tests ran in processes of their own."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.harness import TABLE, Row

_told: dict[str, Row] = {}


@pytest.fixture(autouse=True)
def told(record_property: Any) -> Iterator[None]:
    """What a test did goes with its report."""
    TABLE.clear()
    yield
    for fault, row in TABLE.items():
        record_property("fault", [fault, row.seconds, row.acknowledged, row.note])


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for name, value in report.user_properties if report.when == "teardown" else ():
        if name == "fault":
            _told[value[0]] = Row(*value[1:])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _told:
        terminalreporter.section("faults")
        terminalreporter.write_line(f"{'fault':<28} {'rounds':>6}  {'data':<28} {'service':<10} seconds until well")
        for fault, row in _told.items():
            terminalreporter.write_line(row.shown(fault))
