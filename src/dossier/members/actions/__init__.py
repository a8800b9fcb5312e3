"""What can be done to members, and how they come in."""

from dossier.members.actions.people import acting, change_role, create, give_studio, owner, remove
from dossier.members.actions.sign_in import (
    end_session,
    forget,
    invite,
    link_for,
    link_of_colleague,
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
    "forget",
    "give_studio",
    "invite",
    "link_for",
    "link_of_colleague",
    "owner",
    "remove",
    "set_password",
    "sign_in",
    "switch_workspace",
    "use_link",
    "visitor",
]
