"""What can be done to members, and how they come in."""

from dossier.members.actions.people import (
    actor_for_member,
    change_role,
    create,
    erase,
    give_studio,
    looker,
    owner,
    remove,
)
from dossier.members.actions.sign_in import (
    authenticate_session,
    end_session,
    forget,
    invite,
    link_for,
    link_of_colleague,
    note_confirmed,
    raise_if_wrong_password,
    set_password,
    sign_in,
    switch_workspace,
    use_link,
)

__all__ = [
    "actor_for_member",
    "authenticate_session",
    "change_role",
    "create",
    "end_session",
    "erase",
    "forget",
    "give_studio",
    "invite",
    "link_for",
    "link_of_colleague",
    "looker",
    "note_confirmed",
    "owner",
    "raise_if_wrong_password",
    "remove",
    "set_password",
    "sign_in",
    "switch_workspace",
    "use_link",
]
