"""A mail of its subject and body: HTML and plain text from one source, so that both say the same."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dossier.texts.brand import Brand, page
from dossier.texts.text import Text

MAX_SUBJECT = 400  # characters
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail as it is sent; `missing`: the names that had no value, in order, each once."""

    subject: str
    text: str
    html: str
    missing: tuple[str, ...] = ()


def compose(subject: Text, body: Text, values: Mapping[str, Any], language: str, brand: Brand) -> Composed:
    """The mail with these values. A value is text wherever it stands: it brings no Markdown, no HTML and no link with it.

    InvalidText where it cannot be made. Takes 1 ms; at worst, for a text made to be slow, a second: ask `composed_aside`
    in what answers requests.
    """
    from dossier.texts.markdown import read  # noqa: PLC0415 - what it imports is needed by few processes

    head = subject.render(values)
    parts = [read(each, values) for each in (body, brand.signature, brand.footer) if each]
    said, foot = (parts[:-1], parts[-1]) if brand.footer else (parts, None)
    line = one_line(head.text)
    return Composed(
        line,
        "\n\n".join(each for each in (*(part.text for part in said), foot and "-- \n" + foot.text) if each) + "\n",
        page(language, line, "".join(part.html for part in said), foot.html if foot else "", brand),
        tuple(dict.fromkeys((*head.missing, *(name for part in parts for name in part.missing)))),
    )


async def compose_aside(subject: Text, body: Text, values: Mapping[str, Any], language: str, brand: Brand) -> Composed:
    """The same in a thread, so that a text made to be slow holds up nobody who is answered meanwhile."""
    return await asyncio.to_thread(compose, subject, body, values, language, brand)


def one_line(text: str) -> str:
    """A subject: without line breaks and what else is not seen, and not longer than mail has it."""
    return _INVISIBLE.sub(" ", text).strip()[:MAX_SUBJECT]
