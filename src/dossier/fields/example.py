"""From a pattern to a text that fits it: people understand `AB-123456`, not `^[A-Z]{2}-[0-9]{6}$`."""

import re
from collections.abc import Iterator

_PIECE = re.compile(
    r"(?P<set>\[[^\]\\^]+\])|\\(?P<digit>d)|\\(?P<escaped>[^A-Za-z0-9])|(?P<plain>[A-Za-z0-9 /_:,;#%&@=<>~-])"
)
_COUNT = re.compile(r"\{([0-9]{1,2})(?:,[0-9]*)?\}|[?*+]")
_ALPHABETS = (("A-Z", "ABCDEFGH"), ("a-z", "abcdefgh"), ("0-9", "1234567890"))
MAX_EXAMPLE = 40  # characters


def example(pattern: str) -> str | None:
    """A text that the pattern of a text field asks for; None where it is not a plain row of characters and sets of them."""
    try:
        text = "".join(_pieces(pattern.removeprefix("^").removesuffix("$")))
    except ValueError:
        return None
    return text if 0 < len(text) <= MAX_EXAMPLE else None


def _pieces(rest: str) -> Iterator[str]:
    while rest:
        piece = _PIECE.match(rest)
        if piece is None:
            raise ValueError(rest)
        rest = rest[piece.end() :]
        count = _COUNT.match(rest)
        rest = rest[count.end() :] if count else rest
        yield _repeated(_letters(piece), count)


def _letters(piece: re.Match[str]) -> str:
    if piece["digit"]:
        return "1234567890"
    if piece["set"]:
        return next((letters for name, letters in _ALPHABETS if name in piece["set"]), piece["set"][1])
    return piece["escaped"] or piece["plain"]


def _repeated(letters: str, count: re.Match[str] | None) -> str:
    times = 1 if count is None or count.group() == "+" else int(count[1]) if count[1] else 0
    return "".join(letters[place % len(letters)] for place in range(times))
