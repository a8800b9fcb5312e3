"""Text as people compare it: folded, and the nearest known word to a mistyped one."""

import difflib
import unicodedata
from collections.abc import Iterable
from itertools import islice

import idna

from dossier.foundation.messages import Message


def fold(text: str) -> str:
    """NFC + casefold: how e-mail addresses and names are compared everywhere (contract section 4)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def email_identity(address: str) -> str:
    """Two addresses are the same when this is: local part in NFC and lower case, domain by UTS 46 non-transitional.

    Never by case folding: `straße@` is not `strasse@` (contract section 5).
    """
    local, _, domain = address.strip().rpartition("@")
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    try:
        name = idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        name = domain.lower()
    return f"{local}@{name}"


_LEEWAY = 5  # characters; a text that is hardly longer is not cut


def shortened(text: str, length: int) -> str:
    """The text, cut between words where it is longer."""
    return text if len(text) <= length + _LEEWAY else text[: length - 3].rsplit(" ", 1)[0] + "..."


def gettext_noop(sentence: str) -> str:
    """The sentence as it is: marks one that is translated where it is shown."""
    return sentence


def did_you_mean(word: str, known: Iterable[str]) -> "Message | str":
    """A hint that goes on after a sentence; "" when nothing is close."""
    guess = nearest(word, known)
    return Message(" Did you mean “{guess}”?", {"guess": guess}) if guess else ""


MAX_COMPARED = 500  # words; each takes about ten microseconds


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to a mistyped one, among the first few hundred; None when nothing is close."""
    matches = difflib.get_close_matches(
        word[:120], [each[:120] for each in islice(known, MAX_COMPARED)], n=1, cutoff=0.6
    )
    return matches[0] if matches else None
