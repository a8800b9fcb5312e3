"""Text as people compare it: folded, and the nearest known word to a mistyped one."""

import difflib
import unicodedata
from collections.abc import Iterable


def fold(text: str) -> str:
    """NFC + casefold: how e-mail addresses and names are compared everywhere (contract section 4)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to a mistyped one, or None when nothing is close."""
    matches = difflib.get_close_matches(word[:120], list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None
