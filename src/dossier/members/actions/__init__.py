"""What can be done to members, and how they come in."""

from dossier.members.actions.people import acting, change_role, create, erase, give_studio, owner, remove
from dossier.members.actions.sign_in import (
    end_session,
    forget,
    invite,
    link_for,
    link_of_colleague,
    note_confirmed,
    refuse_wrong_password,
    set_password,
    sign_in,
    switch_workspace,
    use_link,
    visitor,
)

__all__ = [
    "acting",
    "change_role",
    "create",
    "end_session",
    "erase",
    "forget",
    "give_studio",
    "invite",
    "link_for",
    "link_of_colleague",
    "note_confirmed",
    "owner",
    "refuse_wrong_password",
    "remove",
    "set_password",
    "sign_in",
    "switch_workspace",
    "use_link",
    "visitor",
]
