"""What a run has measured, as it is kept (JSON), and the goals it is held against."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CEILING = 3  # the load must be able to do that many times the result, else it measured itself
LONGEST_PAGE, LARGEST_GROWTH = 50.0, 1.5  # milliseconds; and times as long with most cases as with fewest


@dataclass(frozen=True)
class Result:
    """Answers a second, and how long the median and the slowest hundredth took (milliseconds)."""

    per_second: float
    p50: float
    p99: float
    failed: int


@dataclass(frozen=True)
class Updates:
    """Updates by so many connections to so many server processes, and what pgbench does by as many, in turns."""

    connections: int
    workers: int
    result: Result  # the median of each figure
    pgbench: float  # a second
    ratio: float  # the median of those of each turn


@dataclass(frozen=True)
class Figure:
    """A single number."""

    value: float
    unit: str


@dataclass(frozen=True)
class Page:
    """How long a page takes (milliseconds): the median, and the best, which a busy machine changes least; how many were found, as it says, or what was answered instead."""

    ms: float
    best: float
    found: str


@dataclass
class Report:
    """All of it; what was not measured is not there."""

    cases: list[int]
    seconds: float
    ceiling: float = 0  # answers a second that the load takes from a server that does nothing
    updates: list[Updates] = field(default_factory=list)
    rates: dict[str, Result] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    pages: dict[str, dict[int, Page]] = field(default_factory=dict)


@dataclass(frozen=True)
class Goal:
    """A figure that must be reached, and how a report says what it is; None: not measured, or not believed."""

    name: str
    must: float
    unit: str
    at_least: bool
    measured: Callable[[Report], float | None]

    def reached(self, report: Report) -> bool | None:
        """Whether it is; None where nobody knows."""
        value = self.measured(report)
        if value is None:
            return None
        return value >= self.must if self.at_least else value <= self.must


def _ratio(connections: int, workers: int) -> Callable[[Report], float | None]:
    def measured(report: Report) -> float | None:
        for each in report.updates:
            if (each.connections, each.workers) == (connections, workers):
                return each.ratio if report.ceiling >= CEILING * each.result.per_second else None
        return None

    return measured


def _figure(name: str) -> Callable[[Report], float | None]:
    return lambda report: report.figures[name].value if name in report.figures else None


def growth(pages: dict[int, Page]) -> float | None:
    """How many times as long it takes with most cases as with fewest."""
    counts = sorted(pages)
    return pages[counts[-1]].best / pages[counts[0]].best if len(counts) > 1 else None


def _growth(name: str) -> Callable[[Report], float | None]:
    return lambda report: growth(report.pages.get(name, {}))


def _longest(name: str) -> Callable[[Report], float | None]:
    def measured(report: Report) -> float | None:
        pages = report.pages.get(name, {})
        return pages[max(pages)].best if pages else None

    return measured


IDLE = "idle memory of server and PostgreSQL"
HOT = "updates that touch no index (HOT)"
WAL = "log of PostgreSQL for an update, the search's included"
FOUND = "until a change is found, under load, at worst"
ORDER = "updates of pgbench with the order of commits, of those without it"
TOLD = "until a change is told to who waits for it"
BESIDE = "a small workspace's list beside a storm in a big one, of alone"
AT = "a case with 10,000 versions, as it was at first"
WITH_WEBHOOKS = "an update with three webhooks, of one without"
CALLED = "until a change was told, at a hundred a second, slowest hundredth"
FORMS_MADE = "forms made, each with an invitation"
ANSWERS_SAVED, HANDED_IN = "answers of forms saved, one by one", "a form handed in"
SENT, HAD = "a file sent, of a bare obstore loop", "a file had, of a bare obstore loop"
SENT_AS_SAFE = "a file sent, of an obstore loop that hashes and waits for the disk"
WITHOUT_INDEX = "filtered list, a field without index"
NOT_GROWING = (
    "the list",
    "the list, by title",
    "the list, of one status",
    "the list, of an owner whom nobody is",
    "search by a reference",
    "search by part of one",
    "search by a mistyped word",
    "search by a common word",
    "search by two words",
)


def goals() -> Iterator[Goal]:
    """What Dossier promises of its speed, on two processors."""
    for connections, workers, must in (
        (1, 1, 0.44),
        (4, 1, 0.32),
        (16, 1, 0.55),
        (16, 2, 0.62),
        (64, 1, 0.9),
        (64, 2, 0.9),
    ):
        name = f"updates / pgbench, {connections} connections, {workers} workers"
        yield Goal(name, must, "", True, _ratio(connections, workers))
    yield Goal(IDLE, 150, "MB", False, _figure(IDLE))
    yield Goal(HOT, 80, "%", True, _figure(HOT))
    yield Goal(ORDER, 0.95, "times", True, _figure(ORDER))
    yield Goal(FOUND, 2000, "ms", False, _figure(FOUND))
    yield Goal(AT, 20, "ms", False, _figure(AT))
    yield Goal(BESIDE, 2, "times", False, _figure(BESIDE))
    yield Goal(WITH_WEBHOOKS, 1.3, "times", False, _figure(WITH_WEBHOOKS))
    yield Goal(CALLED, 1000, "ms", False, _figure(CALLED))
    for name in (SENT, SENT_AS_SAFE, HAD):
        yield Goal(name, 0.6, "times", True, _figure(name))
    for name in NOT_GROWING:
        yield Goal(f"{name}: growth", LARGEST_GROWTH, "times", False, _growth(name))
        yield Goal(f"{name}: with most cases", LONGEST_PAGE, "ms", False, _longest(name))
    yield Goal(f"{WITHOUT_INDEX}: with most cases", 300, "ms", False, _longest(WITHOUT_INDEX))
