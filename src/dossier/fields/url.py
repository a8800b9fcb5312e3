"""Addresses of the web, checked by pydantic."""

import re
from datetime import date
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import HttpUrl, TypeAdapter, ValidationError

from dossier.fields.faces import Input, Language, Line
from dossier.fields.field import TOO_LONG, Field, shown, text_of
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop

MAX_URL = 2_000  # characters
_BARE = re.compile(r"[\w-]+(\.[\w-]+)+([/?#:]\S*)?")


class Url(Field):
    """An address of the web, http or https, kept as it was written; whether it exists is not asked."""

    called: ClassVar[str] = gettext_noop("Web address")

    type: Literal["url"]

    def check(self, value: Any, today: date) -> str:
        text = text_of(value).strip()
        if len(text) > MAX_URL:
            raise InvalidValue(TOO_LONG, count=MAX_URL, length=len(text))
        try:
            found = _http_url().validate_python(text) if _is_plain(text) else None
        except ValidationError:
            found = None
        if found is None:
            raise InvalidValue(
                "“{field}” must be a web address such as https://example.org/page, not “{value}”.", value=shown(text)
            )
        if found.username or found.password:
            raise InvalidValue("“{field}” must be a web address without a user name or password in it.")
        return text

    def input(self, language: Language) -> Input:
        return Line("url")

    def cell_input(self, language: Language) -> Input:
        return Line()

    def read(self, text: str) -> str:
        """As it was typed; `example.org` is https://example.org."""
        return f"https://{text}" if _BARE.fullmatch(text) else text

    def link(self, value: Any) -> str | None:
        return value if isinstance(value, str) and value.lower().startswith(("http://", "https://")) else None


@cache
def _http_url() -> TypeAdapter[HttpUrl]:
    return TypeAdapter(HttpUrl)


def _is_plain(text: str) -> bool:
    """Without what a browser would silently read as something else: blanks, control characters, backslashes, a host left out."""
    return not re.search(r"[\s\\\x00-\x1f\x7f]|///", text)
