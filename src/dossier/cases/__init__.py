"""One piece of work about someone, from draft to closed."""

from dossier.cases.actions import DATA, KEEPING, fail_step, finish_step, set_step
from dossier.cases.actions.history import in_version
from dossier.cases.actions.steps import start_by_rule
from dossier.cases.actions.tasks import make_task
from dossier.cases.actions.wording import Wording, Writing, case_url, mail
from dossier.cases.store.reading import by_reference
from dossier.cases.store.turns import next_turn

__all__ = [
    "DATA",
    "KEEPING",
    "Wording",
    "Writing",
    "by_reference",
    "case_url",
    "fail_step",
    "finish_step",
    "in_version",
    "mail",
    "make_task",
    "next_turn",
    "set_step",
    "start_by_rule",
]
