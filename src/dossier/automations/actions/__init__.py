"""What rules do: after the change, when their time comes; why they did; and what they would do."""

from dossier.automations.actions.explaining import explain
from dossier.automations.actions.retrying import retry
from dossier.automations.actions.running import RUN, RUN_CALLING, run
from dossier.automations.actions.stepping import CALL, call_step
from dossier.automations.actions.timing import CLOCK, MESSAGE, fire_due, fire_for_message
from dossier.automations.actions.trying import attempt

__all__ = [
    "CALL",
    "CLOCK",
    "MESSAGE",
    "RUN",
    "RUN_CALLING",
    "attempt",
    "call_step",
    "explain",
    "fire_due",
    "fire_for_message",
    "retry",
    "run",
]
