"""How what follows a template goes on by itself: its steps, transitions and rules, and who is to do what. It knows no kind of thing."""

from dossier.flow.actions.assigning import assign, named_assignee, next_assignee
from dossier.flow.actions.owning import give_away
from dossier.flow.store import next_turn

__all__ = ["assign", "give_away", "named_assignee", "next_assignee", "next_turn"]
