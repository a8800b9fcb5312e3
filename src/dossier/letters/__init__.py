"""What is written to the people of a case, by hand or by its steps and rules: to whom, with which values, in whose language."""

from dossier.letters.actions.wording import Wording, Writing, case_url, first_recipient, line, mail
from dossier.letters.actions.writing import Letter, Recipient, composed, lacking, reached, ready, unreached, write

__all__ = [
    "Letter",
    "Recipient",
    "Wording",
    "Writing",
    "case_url",
    "composed",
    "first_recipient",
    "lacking",
    "line",
    "mail",
    "reached",
    "ready",
    "unreached",
    "write",
]
