"""Public links: where a preset is, and how often one was begun by."""

from datetime import date
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction


async def workspace_of(reading: ReadSession, preset_id: UUID) -> UUID | None:
    """The workspace of a preset, whoever asks: its public link says nothing else."""
    row = await reading.whole().first(
        "SELECT p.workspace_id FROM workspaces w JOIN form_presets p ON p.workspace_id = w.id AND p.id = %(id)s",
        id=preset_id,
    )
    return row["workspace_id"] if row else None


async def count(transaction: Transaction, workspace_id: UUID, preset_id: UUID, day: date, network: str) -> int:
    """One more of a network; "" is all of them; how many there are with it."""
    row = await transaction.one(
        """
        INSERT INTO form_visits (workspace_id, preset_id, day, network, count)
        VALUES (%(workspace)s, %(preset)s, %(day)s, %(network)s, 1)
        ON CONFLICT (workspace_id, preset_id, day, network) DO UPDATE SET count = form_visits.count + 1 RETURNING count
        """,
        workspace=workspace_id,
        preset=preset_id,
        day=day,
        network=network,
    )
    return int(row["count"])


async def forget(transaction: Transaction, workspace_id: UUID, before: date) -> None:
    """What was counted on days before that."""
    await transaction.send(
        "DELETE FROM form_visits WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND day < %(before)s",
        workspace=workspace_id,
        before=before,
    )
