"""How long a text message is as the network counts it: it goes, and is paid for, in parts."""

from typing import NamedTuple

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The alphabet of 3GPP TS 23.038; what stands in its extension takes two places."""
_EXTENDED = frozenset("^{}\\[~]|€\f")
_ROOM = {False: (160, 153), True: (70, 67)}  # characters of a message that is one part, and of each part of several


class Length(NamedTuple):
    """How many parts a text goes in, and whether a character in it makes every part less than half as long."""

    parts: int
    unicode: bool


def parts_of(text: str) -> Length:
    """In how many parts a text goes."""
    is_unicode = not (_BASIC | _EXTENDED).issuperset(text)
    length = len(text.encode("utf-16-be")) // 2 if is_unicode else len(text) + sum(each in _EXTENDED for each in text)
    one, each_of_several = _ROOM[is_unicode]
    return Length(1 if length <= one else -(-length // each_of_several), is_unicode)
