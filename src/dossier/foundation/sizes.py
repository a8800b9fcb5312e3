"""How large something may be, as people type it and read it again: `10 MB`, `2,5 Mo`, `512 KiB`."""

import re
from decimal import Decimal

from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue

_TYPED = re.compile(r"(.*[0-9])\s*([kmg]?)(i?)[bo]?", re.IGNORECASE | re.DOTALL)  # octets are bytes
_POWERS = " kMG"
_MOST = 10**18 - 1  # bytes


def typed_size(text: str) -> int:
    """Bytes: a thousand to the kilobyte, 1024 to the KiB; raises InvalidValue."""
    if found := _TYPED.fullmatch(text.strip()):
        number, unit, binary = found.groups()
        bytes = exact.typed_number(number) * (1024 if binary else 1000) ** _POWERS.lower().index(unit.lower() or " ")
        if 0 <= bytes <= _MOST and bytes == int(bytes):
            return int(bytes)
    raise InvalidValue("“{field}” must be a size such as 10 MB.")


def shown_size(bytes: int | Decimal) -> str:
    """The same size in the largest unit of which it is a whole number."""
    for power in (3, 2, 1):
        if bytes and bytes % 1000**power == 0:
            return f"{exact.shown_number(bytes // 1000**power)} {_POWERS[power]}B"
    return exact.shown_number(bytes)
