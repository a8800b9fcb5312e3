"""How the values of a text are written: as they are, or so that each stays text in HTML, Markdown, JSON or an address."""

import html
import json
import secrets
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from liquid.output import LimitedStringIO

from dossier.texts.names import Link

MAX_OUTPUT = 200_000  # bytes of a text with its values


class Plain(LimitedStringIO):
    """What is written of a text, with the values as they are."""

    def __init__(self) -> None:
        super().__init__(MAX_OUTPUT)

    def put(self, value: Any) -> int:
        """A value, between what the text itself says."""
        return self.write(shown(value))


class Escaped(Plain):
    """The same as HTML: no value has a tag or ends an attribute."""

    def put(self, value: Any) -> int:
        return self.write(html.escape(shown(value)))


class Json(Plain):
    """The same as JSON: no value ends the string that it stands in."""

    def put(self, value: Any) -> int:
        return self.write(json.dumps(shown(value), ensure_ascii=False)[1:-1])


class Address(Plain):
    """The same as an address of the web: each value is a part of a path or a query; one that the text begins with is the beginning itself."""

    def put(self, value: Any) -> int:
        return self.write(quote(shown(value), safe="") if self.size else shown(value))


class Marked(Plain):
    """The same for Markdown: each value is a mark of letters, which means nothing there, until the Markdown was read."""

    def __init__(self) -> None:
        super().__init__()
        self.mark = f"q{secrets.token_hex(8)}q"
        self.values: list[str] = []

    def put(self, value: Any) -> int:
        text = value if isinstance(value, Link) else shown(value)
        self.size += len(text.encode())
        self.values.append(text)
        return self.write(f"{self.mark}{len(self.values) - 1}q")


def shown(value: Any) -> str:
    """A value as a text shows it; of several each, with commas."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float | Decimal) else ""
