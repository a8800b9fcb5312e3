"""Who works here."""

from dossier.members.actions import actor_for_member, erase, is_member, looker, owner, remove
from dossier.members.store.people import columns_of_owner, everybody, list_members, owner_of, seen_by_owner, tokens_of

__all__ = [
    "actor_for_member",
    "columns_of_owner",
    "erase",
    "everybody",
    "is_member",
    "list_members",
    "looker",
    "owner",
    "owner_of",
    "remove",
    "seen_by_owner",
    "tokens_of",
]
