"""Messages are sent by jobs, once what asked for them is kept."""

from uuid import UUID

from dossier.foundation.jobs import Jobs
from dossier.foundation.services import Services
from dossier.messages import actions
from dossier.messages.actions import FETCH, SEND, SEND_DUE


async def send(services: Services, workspace: str) -> None:
    """What waits in a workspace."""
    await actions.send_waiting(services, UUID(workspace))


async def send_due(services: Services) -> None:
    """Whatever is due."""
    await actions.send_due(services)


JOBS: Jobs = {SEND: send, SEND_DUE: send_due, FETCH: actions.fetch}
