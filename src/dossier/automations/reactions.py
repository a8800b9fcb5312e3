"""A changed case is settled before it is kept."""

from dossier.automations.model import settle
from dossier.cases.events import CaseChanged
from dossier.cases.model import Work
from dossier.foundation.database import Transaction


async def settle_case(_transaction: Transaction, changed: CaseChanged) -> Work:
    """Carry the change on: what it makes happen is kept with it."""
    return settle(changed.subject)
