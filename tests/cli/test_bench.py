"""What a benchmark keeps: figures that are read again, pictures that are drawn right, goals that say whether they are reached."""

import asyncio
import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dossier.bench import bed, pages, webhooks
from dossier.bench.report import (
    FOUND,
    HAD,
    IDLE,
    ORDER,
    SENT,
    SENT_AS_SAFE,
    TOLD,
    Figure,
    Page,
    Report,
    Result,
    Updates,
    goals,
)
from dossier.bench.run import Part, run
from tests.cli import warm
from tests.many import left_to_ci

SVG = "{http://www.w3.org/2000/svg}"


def measured() -> Report:
    report = Report([10_000, 1_000_000], 3, ceiling=9000)
    report.updates.append(Updates(16, 1, Result(1000, 14.2, 30.1, 0), 2000, 0.5))
    report.updates.append(Updates(64, 1, Result(4000, 14.2, 30.1, 0), 4000, 1.0))  # more than the load can tell
    report.figures[IDLE] = Figure(131.2, "MB")
    report.pages["the list"] = {10_000: Page(12.3, 10.1, "10,000"), 1_000_000: Page(31.0, 20.2, "1,000,000")}
    return report


def test_goals_say_whether_they_are_reached_and_nothing_of_what_is_not_known() -> None:
    """Not measured, and measured by a load that was itself too slow, are no verdict."""
    reached = {goal.name: goal.reached(measured()) for goal in goals()}
    assert reached["updates / pgbench, 16 connections, 1 workers"] is False
    assert reached["updates / pgbench, 64 connections, 1 workers"] is None
    assert (reached[IDLE], reached[FOUND]) == (True, None)
    assert reached["the list: growth"] is False
    assert reached["the list: with most cases"] is True


def test_what_is_kept_is_read_again_and_drawn(tmp_path: Path) -> None:
    pages.keep(measured(), tmp_path)
    assert pages.decoded((tmp_path / pages.FIGURES).read_text()) == measured()
    picture = ET.parse(tmp_path / "the-list.svg").getroot()  # noqa: S314 - our own
    few, many = picture.findall(f"{SVG}circle")
    assert float(few.attrib["cx"]) < float(many.attrib["cx"])
    assert float(few.attrib["cy"]) > float(many.attrib["cy"])
    assert "20 ms with 1,000,000 cases" in picture.attrib["aria-label"]
    about = (tmp_path / pages.ABOUT).read_text()
    assert "| the list: growth | ≤ 1.5 times | 2.00 times (not reached) |" in about
    assert "the-list.svg" in about


@pytest.mark.parametrize(
    ("asked", "said"), [(["--cases", "10000,many"], "--cases are numbers"), (["--only", "lunch"], "no part “lunch”")]
)
def test_what_cannot_be_measured_is_refused(asked: list[str], said: str) -> None:
    refused = warm.run("bench", *asked)
    assert (refused.returncode, said in refused.stderr) == (2, True)


@left_to_ci("measures for a minute")
@pytest.mark.long
def test_a_run_measures_what_is_asked_for() -> None:
    report = run([10_000], 1, {Part.SHAPES, Part.CHANGES, Part.ORDER, Part.EXPORTS, Part.FILES}, lambda _: None)
    assert report.figures[FOUND].value > 0
    assert report.figures[ORDER].value > 0.5
    assert report.figures[TOLD].value < 2000
    assert report.figures["CSV of 10,000 cases"].value > 0
    assert report.figures["XLSX of 10,000 cases"].value > 0
    assert report.figures[SENT].value > 0
    assert report.figures[SENT_AS_SAFE].value > 0
    assert report.figures[HAD].value > 0
    assert not report.pages


@pytest.mark.long
def test_pgbench_is_given_longer_when_its_connections_do_nothing_but_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """As 64 of them in a second on a busy machine: then it says no rate."""
    asked = []

    def run(command: list[str], *_: Any) -> SimpleNamespace:
        asked.append(int(command[command.index("-T") + 1]))
        return SimpleNamespace(
            stdout="tps = 812.5 (without initial connection time)" if asked[-1] > 3 else "processed: 0"
        )

    monkeypatch.setattr(bed.binaries, "run", run)
    large = SimpleNamespace(token="pnbx_x", id=1)
    lain: Any = SimpleNamespace(seeded=SimpleNamespace(large=large), cluster=SimpleNamespace(environment={}))
    assert bed.Bed._pgbench(lain, 64, 1) == 812.5
    assert asked == [1, 2, 4]


def test_no_change_with_webhooks_has_the_mark_of_one_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or one that came late is taken for a later one, which was told before it was sent."""
    begun: list[range] = []

    async def paced(_bed: Any, _port: int, seconds: float, first: int) -> dict[int, Any]:
        begun.append(range(first, first + round(seconds * webhooks.A_SECOND)))
        return {}

    async def nothing(*_: Any) -> Any:
        return []

    monkeypatch.setattr(webhooks, "_paced", paced)
    for name in ("_subscribe", "_ask", "_told"):
        monkeypatch.setattr(webhooks, name, nothing)
    monkeypatch.setattr(webhooks, "_switched", lambda *_: b"")
    asyncio.run(webhooks._measure(SimpleNamespace(), 0, 30, lambda _said: None))  # type: ignore[arg-type]
    begun.sort(key=lambda each: each.start)
    assert all(before.stop <= after.start for before, after in itertools.pairwise(begun))
    assert len(begun) == 1 + 2 * webhooks.TURNS
