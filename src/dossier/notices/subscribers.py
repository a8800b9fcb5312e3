"""What members are told of: cases that they are given."""

from uuid import UUID

from dossier.cases.events import CaseChanged, CaseCreated
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.notices.actions import tell

_GIVEN = gettext_noop("This case is yours now.")


async def tell_owner(transaction: Transaction, fact: CaseCreated | CaseChanged) -> None:
    """Who owns a case from now on is told."""
    case, before = fact.case, fact.before if isinstance(fact, CaseChanged) else None
    if case.owner and (before is None or before.owner is None or before.owner["id"] != case.owner["id"]):
        await tell(transaction, case.workspace_id, [UUID(case.owner["id"])], "assigned", Message(_GIVEN), case.id)
