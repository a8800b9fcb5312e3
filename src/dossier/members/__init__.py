"""Who works here."""

from dossier.members.actions import actor_for_member, erase, owner, remove
from dossier.members.store.people import colleagues, columns_of_owner, everybody, tokens_of

__all__ = ["actor_for_member", "colleagues", "columns_of_owner", "erase", "everybody", "owner", "remove", "tokens_of"]
