"""Values that follow from others: recomputed in the change itself, by the entry that changed what they follow from."""

from dossier.cases.model.change import Work


def recomputed(work: Work) -> Work:
    """The work with the computed fields of the case as they are by its data now; the same work where none is touched."""
    template = work.case.template
    if template is None or not template.computing.steps or not work.changed or not _touched(work):
        return work
    values = template.computing.values(work.case.data)
    return work.along({f"data.{key}": value for key, value in values.items()})


def _touched(work: Work) -> bool:
    paths = work.changed_paths()
    return work.before is None or "template_version" in paths or any(path.startswith("data.") for path in paths)
