"""Which process gets which tests, and when: long ones first, and each process the next when it is done with its last.

A file stays together, for its tests may share a server. Files of `APART` share nothing and take seconds a test: any process takes one.
"""

import os
from collections import Counter
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.many import MANY

APART = ("tests/cases/test_doors.py", "tests/cli/", "tests/wire/test_concurrency.py")
LONGEST = ("tests/wire/test_fuzzing.py", "tests/journeys/test_whole_form.py", "tests/journeys/test_handler.py")
READING = (  # our source, which a process parses once (`tests/source.py`)
    "tests/architecture/",
    "tests/foundation/test_exact.py",
    "tests/foundation/test_languages.py",
    "tests/foundation/test_messages.py",
    "tests/members/test_permissions.py",
)
TOGETHER = ("tests/cli/test_serve.py",)  # all but this one of them


EVERY = int(os.environ.get("DOSSIER_TEST_EVERY", "1"))
"""Of each file one test of so many runs: a cross-section, for `make test-fast`."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """What is short comes last, and fills the gaps; so do files of few tests, for all processes to end at once."""
    items[:] = _chosen(config, items)
    in_file = Counter(_scope(each.nodeid) for each in items)
    items.sort(key=lambda each: (_turn(each), -in_file[_scope(each.nodeid)]))


def _chosen(config: pytest.Config, items: list[Any]) -> list[Any]:
    """Without what is left to CI, unless all is asked for; of what is not long the cross-section, if that is asked for."""
    if any("::" in each for each in config.args):  # somebody asks for this one
        return items
    seen: Counter[str] = Counter()
    chosen, left_out = [], []
    for each in items:
        file = each.nodeid.split("::", maxsplit=1)[0]
        is_long = each.get_closest_marker("long") is not None
        is_wanted = (MANY or each.get_closest_marker("left_to_ci") is None) and (is_long or seen[file] % EVERY == 0)
        seen[file] += not is_long
        (chosen if is_wanted else left_out).append(each)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
    return chosen


def _turn(item: Any) -> int:
    is_long = item.get_closest_marker("long") or item.nodeid.startswith("tests/journeys/")
    return 0 if item.nodeid.startswith(LONGEST) else 1 if is_long else 2


def _scope(nodeid: str) -> str:
    """What stays in one process, by name."""
    file = nodeid.split("::", maxsplit=1)[0]
    if file.startswith(READING):
        return "reading"
    is_apart = file.startswith(APART) and file not in TOGETHER
    return nodeid if is_apart else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    config.option.loadscopereorder = False  # by their number
    return Scheduler(config, log)


class Scheduler(LoadScopeScheduling):
    """In the order that they were collected in."""

    def _split_scope(self, nodeid: str) -> str:
        return _scope(nodeid)
