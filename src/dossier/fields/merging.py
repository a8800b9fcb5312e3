"""Two people at one field: what each of them changed is kept, as long as they changed different parts."""

from typing import Any

from dossier.fields.field import Field
from dossier.foundation.json import same


def merged(field: Field, seen: Any, mine: Any, theirs: Any) -> Any:
    """What `mine` and `theirs` make of what was `seen`, all as JSON has them; `Clash` where both changed one part."""
    if same(seen, theirs) or same(mine, theirs):
        return mine
    if same(seen, mine):
        return theirs
    return field.merge(seen, mine, theirs) or None
