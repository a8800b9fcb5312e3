"""The benchmark: everything in one run on one machine, so that only ratios are believed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum

from dossier.bench import measures
from dossier.bench.bed import Bed, laid
from dossier.bench.contents import contents
from dossier.bench.exports import exports
from dossier.bench.forms import forms
from dossier.bench.growth import growth
from dossier.bench.measures import Progress
from dossier.bench.order import order
from dossier.bench.report import Report
from dossier.bench.webhooks import webhooks


class Part(StrEnum):
    """What is measured, in this order."""

    MEMORY = "memory"
    UPDATES = "updates"
    READS = "reads"
    SHAPES = "shapes"
    CHANGES = "changes"
    ORDER = "order"
    BESIDE = "beside"
    WEBHOOKS = "webhooks"
    EXPORTS = "exports"
    FILES = "files"
    FORMS = "forms"
    GROWTH = "growth"


_MEASURES: Mapping[Part, Callable[[Bed, Report, Progress], None]] = {
    Part.MEMORY: measures.memory,
    Part.UPDATES: measures.updates,
    Part.READS: measures.reads,
    Part.SHAPES: measures.shapes,
    Part.CHANGES: measures.changes,
    Part.ORDER: order,
    Part.BESIDE: measures.beside,
    Part.WEBHOOKS: webhooks,
    Part.EXPORTS: exports,
    Part.FILES: contents,
    Part.FORMS: forms,
    Part.GROWTH: growth,
}


def run(cases: Sequence[int], seconds: float, parts: Collection[Part], progress: Progress) -> Report:
    """Measure these parts on a temporary database of its own; `seconds` for each measure, `cases` for the growth."""
    report = Report(sorted(cases), seconds)
    progress("Making a template and cases")
    with laid() as bed:
        for part, measure in _MEASURES.items():
            if part in parts:
                measure(bed, report, progress)
    return report
