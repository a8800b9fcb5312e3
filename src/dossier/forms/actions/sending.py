"""Files that are sent to a form: kept as files of the workspace, named by nothing before an answer names them."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from dossier.files.actions import Received, keep
from dossier.files.model import File
from dossier.forms.model import Form
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.services import FileLimits


def sender(actor: Actor, form: Form) -> Actor:
    """Whoever holds the link, as the files that they send know them: by the form, so that no other form may name them. A member is who they are."""
    return replace(actor, id=form.id) if actor.type == "contact" else actor


async def keep_files(
    transaction: Transaction, arrived: Sequence[tuple[str, Received]], limits: FileLimits
) -> list[tuple[str, UUID]]:
    """The name of its input and the id of each file, from now on; 422."""
    transaction.actor.require("files.upload")
    kept: list[tuple[str, File]] = [(name, await keep(transaction, each, limits)) for name, each in arrived]
    return [(name, file.id) for name, file in kept]
