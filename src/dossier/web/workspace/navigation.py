"""Where every page of the workspace leads: entries beside each other, and those below the settings."""

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.web.workspace.current_user import CurrentUser


@dataclass(frozen=True, slots=True)
class Entry:
    """A place: what it is called (a sentence of the catalogues), its icon, its address, and who is led there."""

    label: str
    icon: str
    address: str
    under: str = ""  # where the addresses of its pages begin, if not with its own
    needs: str = "member"  # as the page's own: a permission by its name
    more: str = ""  # address of what hangs under it in the rail, such as saved views

    def is_for(self, user: CurrentUser) -> bool:
        """Whether they may go there."""
        return self.needs == "member" or user.may(self.needs)

    def leads_to(self, path: str) -> bool:
        """Whether the page at that address is one of its pages."""
        return path.startswith(self.under or self.address)


@dataclass(frozen=True, slots=True)
class Navigation:
    """All entries."""

    main: Sequence[Entry] = ()
    settings: Sequence[Entry] = ()
