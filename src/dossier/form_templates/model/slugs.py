"""Short names of form templates, made from titles where nobody says one."""

import re
import unicodedata

MAX_SLUG = 100


def slug_of(title: str) -> str:
    """A short name for a title: `accident-report` for “Accident report”; `form` where nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[: MAX_SLUG - 4].strip("-") or "form"
