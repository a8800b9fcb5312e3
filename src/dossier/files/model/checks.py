"""What follows from what a virus scanner said of a file, or has not said yet."""

from dossier.files.model.file import File, erased
from dossier.foundation.errors import AppError, Conflict, Gone, Problem, Unprocessable
from dossier.foundation.text import gettext_noop

SOON = 60  # seconds after which it is worth asking again for what is being checked
_BEING_CHECKED = gettext_noop("The file is still being checked for viruses; try again in a moment.")
_INFECTED = gettext_noop("A virus was found in the file, and its content was deleted.")
_NOT_CHECKED = gettext_noop(
    "The file could not be checked for viruses; its content is given when an administrator has released it."
)


def withheld(file: File, *, serves_unchecked: bool) -> AppError | None:
    """Why the content of a file is not given, in whatever form: 409 `being_checked` or `not_checked`, 410 `infected` or `erased`; None when it is given."""
    if file.verdict == "infected":
        return Gone((Problem(_INFECTED, "infected"),))
    if file.erased_at:
        return erased()
    if file.verdict == "pending":
        return Conflict((Problem(_BEING_CHECKED, "being_checked"),), {"Retry-After": str(SOON)})
    if file.verdict == "not_possible" and not (file.released or serves_unchecked):
        return Conflict((Problem(_NOT_CHECKED, "not_checked"),))
    return None


def infected_refused() -> Unprocessable:
    """422: what is sent has a virus."""
    return Unprocessable((Problem("A virus was found in the file; nothing was kept.", "infected"),))


def not_releasable() -> Conflict:
    """409: only what a scanner could not look at is released."""
    sentence = "Only a file that could not be checked for viruses can be released."
    return Conflict((Problem(sentence, "not_releasable"),))
