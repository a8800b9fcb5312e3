"""Those who manage webhooks are told of one that takes nothing: in the audit log, and administrators each in their own way."""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

from dossier import audit, members, notices
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.permissions import ADMINISTRATORS
from dossier.webhooks.model import subscriptions as model

Act = Literal["webhook.failing", "webhook.disabled"]
Why = Literal["failing", "gone"]

_SAID: Mapping[tuple[Act, Why], str] = {
    ("webhook.failing", "failing"): gettext_noop(
        "“{host}” has taken no call of a webhook for two days. In a day nothing is sent there any more, unless it takes one."
    ),
    ("webhook.disabled", "failing"): gettext_noop(
        "To “{host}” nothing is sent any more: it has taken no call of a webhook for three days."
    ),
    ("webhook.disabled", "gone"): gettext_noop(
        "To “{host}” nothing is sent any more: it answered that it is gone (410)."
    ),
}


async def tell(transaction: Transaction, workspace_id: UUID, id: UUID, url: str, act: Act, why: Why) -> None:
    """Say what became of a webhook. Of its address only the host: there may be a secret in the rest."""
    transaction.actor.require("server.operate")
    within = transaction.acting(system(scope=Scope((workspace_id,))))
    await audit.record(within, act, id, workspace_id=workspace_id, reason=why)
    colleagues = await members.list_members(within, workspace_id)
    administrators = [each.id for each in colleagues if each.role in ADMINISTRATORS]
    said = Message(_SAID[act, why], {"host": model.parts(url).hostname or url})
    await notices.tell(within, workspace_id, administrators, "failed", said)
