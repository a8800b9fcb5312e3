"""What is done with the steps of cases: started, sent, planned, reminded of, given to somebody; and what came of it."""

from dossier.steps.actions.steps import fail_step, finish_step, set_step, start_by_rule
from dossier.steps.actions.tasks import make_task
from dossier.steps.store import LAST_OUTSIDE, OUTSIDE_KINDS

__all__ = [
    "LAST_OUTSIDE",
    "OUTSIDE_KINDS",
    "fail_step",
    "finish_step",
    "make_task",
    "set_step",
    "start_by_rule",
]
