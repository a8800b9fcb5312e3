"""Who looks at a page of the portal: whoever holds its link, and what the page looks like to them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from dossier.foundation.actor import Actor
from dossier.web.addresses import Address


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose page it is: the name of the workspace, its colour, where its logo is served."""

    name: str = ""
    accent: str = "blue"
    logo: str = ""


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Whoever came by a link. `chosen`: the language that they asked for on the page, carried on in its addresses: before the first
    act nothing is kept in the browser. `framed_by`: the sites in which the page may be shown, which are told when it is there and when it is done.
    """

    address: Address  # under which all pages of the link are
    language: str
    languages: tuple[str, ...]
    chosen: str
    form_token: str
    brand: Brand
    actor: Actor
    state: str
    embedded: bool = False
    framed_by: tuple[str, ...] = ()

    def to(self, *parts: object) -> str:
        """The address of a page of the link."""
        address = self.address
        for part in parts:
            address = address / str(part)
        return address + self._kept()

    def here_in(self, path: str, language: str) -> str:
        """A page in another language."""
        return path + self._kept(language)

    def _kept(self, language: str = "") -> str:
        kept = {"lang": language or self.chosen, "embed_v": "1" if self.embedded else ""}
        asked = {name: value for name, value in kept.items() if value}
        return f"?{urlencode(asked)}" if asked else ""
