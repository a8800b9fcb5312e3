"""What somebody may do, by names; which names there are says who composes the program (`dossier/permissions.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dossier.foundation.errors import AppError, Forbidden
from dossier.foundation.messages import Message, Named


@dataclass(frozen=True, slots=True)
class Permission:
    """Something that may be done: its name for programs, what people call it, in English, and who has it: roles, kinds of callers.

    Without holders only the operator of the server has it.
    """

    name: str
    meaning: str
    holders: frozenset[str]


@dataclass(frozen=True, slots=True)
class Permissions:
    """Those that somebody holds (None: every one), out of those that are known."""

    held: frozenset[str] | None = frozenset()
    known: Mapping[str, Permission] = field(default_factory=dict, repr=False)

    def __contains__(self, name: str) -> bool:
        return self.held is None or name in self.held

    def lacking(self, name: str) -> AppError:
        """The refusal (403) of who does not hold it: what is missing, and who can give it."""
        permission = self.known.get(name) or Permission(name, name, frozenset())
        named = Named(name, Message(permission.meaning))
        if not permission.holders:
            return Forbidden.because(
                "This takes the permission “{permission}”, which only the operator of the server has.", permission=named
            )
        return Forbidden.because(
            "This takes the permission “{permission}”; an administrator of the workspace can give it to you, or do it.",
            permission=named,
        )


NONE, EVERY = Permissions(), Permissions(None)
