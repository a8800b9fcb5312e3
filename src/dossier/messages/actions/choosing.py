"""Choosing whom the e-mails of a workspace are from: an address of a domain that the operator leaves to it."""

from collections.abc import Collection
from uuid import UUID

from dossier import workspaces
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.members.model import email_problems


async def choose_sender(transaction: Transaction, workspace_id: UUID, address: str, domains: Collection[str]) -> None:
    """Have e-mails of a workspace come from an address in one of these domains; nothing: from the server's own. 400."""
    transaction.actor.require("workspace.change")
    address = address.strip()
    if address:
        Invalid.if_any(email_problems(address, "/sender"))
        if address.rpartition("@")[2].lower() not in domains:
            sentence = "E-mails can be from these domains: {domains}. The operator of the server says which (DOSSIER_MAIL_SENDER_DOMAINS)."
            raise Invalid.because(sentence, pointer="/sender", domains=tuple(sorted(domains)))
    await workspaces.set_mail_from(transaction, workspace_id, address)
