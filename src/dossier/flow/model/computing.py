"""Values that follow from others: recomputed in the change itself, by the entry that changed what they follow from."""

from dossier.flow.model.following import F
from dossier.records.model import ChangeSet


def recomputed(change: ChangeSet[F]) -> ChangeSet[F]:
    """The change with the computed fields of the thing as they are by its data now; the same one where none is touched."""
    template = change.after.template
    if template is None or not template.computing.steps or not change.changed or not _touched(change):
        return change
    values = template.computing.values(change.after.data)
    return change.along({f"data.{key}": value for key, value in values.items()})


def _touched(change: ChangeSet[F]) -> bool:
    paths = change.changed_paths()
    return change.before is None or "template_version" in paths or any(path.startswith("data.") for path in paths)
