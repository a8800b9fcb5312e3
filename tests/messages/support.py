"""Having messages sent, and the jobs that send them done at once."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx

from dossier import messages
from dossier.foundation.actor import Scope, system
from dossier.foundation.outgoing import Outgoing
from dossier.messages import actions
from dossier.messages.model import Message, NewMessage
from dossier.workspaces.model import Workspace
from tests.world import Api, World

ANN = "ann@example.org"


@dataclass
class Post:
    """A workspace whose messages are sent by what a test gives (`outgoing`), when the test says so."""

    world: World
    workspace: Workspace
    api: Api
    outgoing: Outgoing

    def put(self, *to: str, **more: Any) -> Message:
        """A message that waits."""
        given = {"channel": "email", "subject": "The papers", "text": "Dear Ann"} | more
        new = NewMessage(self.workspace.id, to=to or (ANN,), **given)
        put: Message = self.world.do(lambda tx: messages.put(tx, new), self.actor)
        return put

    def work(self) -> None:
        """What the job does soon after."""
        services = replace(self.world.services, outgoing=self.outgoing)
        self.world.server.run(actions.send_waiting(services, self.workspace.id), 120)

    def read(self, id: UUID | str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.json("GET", f"/v1/messages/{id}")
        return found

    def act(self, id: UUID | str, verb: str, **more: Any) -> httpx.Response:
        return self.api.post(f"/v1/messages/{id}/{verb}", **more)

    @property
    def actor(self) -> Any:
        return system("automation", Scope((self.workspace.id,)))

    def blocked(self, address: str) -> bool:
        """Whether nobody is written to there any more."""
        may = self.world.do(lambda tx: messages.may_write_to(tx, self.workspace.id, address), self.actor)
        return not may
