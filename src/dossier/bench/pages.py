"""Keeps what was measured: figures as JSON, a picture of each page's time against the number of cases, and a page about them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import log10
from pathlib import Path

import msgspec

from dossier.bench.report import Page, Report, goals, growth

FIGURES, ABOUT = "figures.json", "README.md"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 360, 200, 44, 170, 36, 340
_STYLE = """
text { font: 11px system-ui, sans-serif; fill: #57606a } .title { font-size: 13px; fill: #1f2328 }
.grid { stroke: #d0d7de } .line { fill: none; stroke: #0969da; stroke-width: 2 } .point { fill: #0969da }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 } .title { fill: #f0f6fc } .grid { stroke: #3d444d } .line { stroke: #4493f8 } .point { fill: #4493f8 }
}
"""


def encoded(report: Report) -> str:
    """The report as JSON."""
    return msgspec.json.format(msgspec.json.encode(report)).decode()


def decoded(text: str) -> Report:
    """The report again."""
    return msgspec.json.decode(text, type=Report)


def keep(report: Report, folder: Path) -> None:
    """Write the figures, the pictures and the page into a folder; others that lie there stay."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FIGURES).write_text(encoded(report) + "\n")
    for name, sizes in report.pages.items():
        (folder / _file(name)).write_text(picture(name, sizes))
    (folder / ABOUT).write_text("\n".join(_about(report)) + "\n")


def _file(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") + ".svg"


# ---- a picture ----


def picture(name: str, sizes: Mapping[int, Page]) -> str:
    """A line of the best times (ms, from zero) against the number of cases (logarithmic), as SVG; it follows the reader's light or dark."""
    top = _rounded(max(each.best for each in sizes.values()))
    points = [(_across(count, sizes), _up(page.best, top), count, page) for count, page in sorted(sizes.items())]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{_said(name, sizes)}">',
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="8" y="18">{name}, ms</text>',
        *_grid(top),
        f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _, _ in points)}"/>',
    ]
    for x, y, count, page in points:
        parts.append(f'<circle class="point" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
        parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{_short(page.best)}</text>')
        parts.append(f'<text x="{x:.1f}" y="{BOTTOM + 18}" text-anchor="middle">{count:,}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _said(name: str, sizes: Mapping[int, Page]) -> str:
    return f"{name}: " + ", ".join(f"{_short(page.best)} ms with {count:,} cases" for count, page in sizes.items())


def _grid(top: float) -> Iterator[str]:
    for part in (0, 0.5, 1):
        y = _up(part * top, top)
        yield f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{part * top:g}</text>'


def _across(count: int, counts: Mapping[int, Page]) -> float:
    """Far enough from the edges for what stands under a point."""
    least, most = log10(min(counts)), log10(max(counts))
    share = (log10(count) - least) / (most - least) if most > least else 0.5
    return LEFT + 30 + share * (RIGHT - LEFT - 60)


def _up(ms: float, top: float) -> float:
    return BOTTOM - ms / top * (BOTTOM - TOP - 14)


def _rounded(ms: float) -> float:
    """The next number of one digit that is even, or five: 2, 4, 5, 6, 8, 10, 20 …"""
    unit = 10 ** int(log10(ms)) if ms >= 1 else 0.1
    return next(step * unit for step in (1, 2, 4, 5, 6, 8, 10) if step * unit >= ms)


def _short(ms: float) -> str:
    return f"{ms:.1f}" if ms < 10 else f"{ms:,.0f}"


# ---- the page ----


def _about(report: Report) -> Iterator[str]:
    sizes = ",".join(map(str, report.cases))
    yield from (
        "# How fast it is",
        "",
        f"Measured by `dossier bench --cases {sizes} --seconds {report.seconds:g} --keep FOLDER`, which wrote this page; the figures are in [{FIGURES}]({FIGURES}).",
        "Only ratios are compared between machines: updates are measured in turns with `pgbench`, which does the same update in plain SQL on the same database.",
        "",
    )
    yield from _table(("goal", "must", "is"), _goals(report))
    yield from _table(("updates", "a second", "p50 ms", "p99 ms", "pgbench", "ratio"), _updates(report))
    yield from _table(("16 connections", "a second", "p50 ms", "p99 ms"), _rates(report))
    yield from _table(("", ""), ((name, f"{each.value:,.1f} {each.unit}") for name, each in report.figures.items()))
    columns = [f"{count:,} cases: ms, found" for count in report.cases]
    yield from _table(("a page (the best of 25)", *columns, "growth"), _pages(report))
    yield from (
        f'<img src="{_file(name)}" width="360" alt="{_said(name, each)}">' for name, each in report.pages.items()
    )


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    if lines:
        yield from (f"| {' | '.join(head)} |", "|---" * len(head) + "|", *lines, "")


def _goals(report: Report) -> Iterator[Sequence[str]]:
    for goal in goals():
        value = goal.measured(report)
        if value is not None:
            sign = "≥" if goal.at_least else "≤"
            verdict = "" if goal.reached(report) else " (not reached)"
            yield goal.name, f"{sign} {goal.must:g} {goal.unit}", f"{value:,.2f} {goal.unit}{verdict}"


def _updates(report: Report) -> Iterator[Sequence[str]]:
    for each in report.updates:
        result = each.result
        yield (
            f"{each.connections} connections, {each.workers} workers",
            f"{result.per_second:,.0f}",
            f"{result.p50:.1f}",
            f"{result.p99:.1f}",
            f"{each.pgbench:,.0f}",
            f"{each.ratio:.2f}",
        )


def _rates(report: Report) -> Iterator[Sequence[str]]:
    for name, result in report.rates.items():
        yield name, f"{result.per_second:,.0f}", f"{result.p50:.1f}", f"{result.p99:.1f}"


def _pages(report: Report) -> Iterator[Sequence[str]]:
    for name, sizes in report.pages.items():
        cells = [f"{_short(each.best)}, {each.found or '–'}" for each in sizes.values()]
        grown = growth(sizes)

        yield name, *cells, f"×{grown:.2f}" if grown else ""
