"""A workspace whose messages go where a test looks."""

import pytest

from dossier.foundation.outgoing import Outgoing
from dossier.foundation.testing.outgoing import FakeMail, FakeSms
from dossier.workspaces.model import Workspace
from tests.messages.support import Post
from tests.world import Api, World


@pytest.fixture
def mail() -> FakeMail:
    return FakeMail()


@pytest.fixture
def sms() -> FakeSms:
    return FakeSms()


@pytest.fixture
def post(world: World, workspace: Workspace, api: Api, mail: FakeMail, sms: FakeSms) -> Post:
    return Post(world, workspace, api, Outgoing(mail, sms))


@pytest.fixture
def house(world: World, workspace: Workspace, api: Api) -> Post:
    """Without a mail server."""
    return Post(world, workspace, api, Outgoing())
