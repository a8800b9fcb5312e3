"""Facts about cases. Their subject is the change in the making, which a reaction may carry on."""

from dossier.cases.model import Work
from dossier.foundation.events import Event


class CaseChanged(Event[Work]):
    """A case was made or changed, by whomever; not kept yet."""
