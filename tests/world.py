"""The world that tests of the API live in: a real server, and a workspace with a token for each test.

Other tests' workspaces in the same database are the noise that a forgotten WHERE would return.
"""

import os
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache

from dossier.foundation.actor import Actor, system
from dossier.foundation.database import Database, Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.pages.language import LANGUAGES
from dossier.foundation.reachable import Allowed
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, opened
from dossier.foundation.testing import postgres
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import RunningServer, serving
from dossier.foundation.workshop import asking
from dossier.members import actions as members
from dossier.server.application import create
from dossier.server.services import database_on
from dossier.tokens import actions as tokens
from dossier.tokens.model import CoveredWorkspace
from dossier.workspaces import actions as workspaces
from dossier.workspaces.model import Workspace
from tests.cli.served import SHARED
from tests.storage import seaweed
from tests.wire.contract import held
from tests.workshop import forks

OPERATOR = system("cli", name="Tests")
RECEIVERS = Allowed.read("127.0.0.1/32")  # of what is sent in tests
CERTIFICATES = ssl.create_default_context()  # read once: that takes longer than most requests


@dataclass
class World:
    """A running server, its database, its clock, and every statement it sent."""

    server: RunningServer
    services: Services
    clock: MovableClock
    statements: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.services.database

    def do(self, work: Callable[[Transaction], Any], actor: Actor = OPERATOR) -> Any:
        """Do an action in a transaction, as the operator unless told otherwise."""
        return self.server.run(self.database.write(actor, work))

    def workspace(self, **more: str) -> Workspace:
        slug = f"w-{new_id().hex[-12:]}"
        return self.do(lambda tx: workspaces.create(tx, slug, f"Workspace {slug}", **more))

    def token(self, *covered: Workspace, **more: Any) -> str:
        named = [CoveredWorkspace(each.id, each.slug) for each in covered]
        _, text = self.do(lambda tx: tokens.create(tx, "Test", named, **more))
        return text

    def member(self, workspace: Workspace, email: str, role: str = "handler", **more: str) -> Any:
        return self.do(lambda tx: members.create(tx, email, workspace.id, role, **more))

    def browser(self, member: Any) -> "Browser":
        """A browser in which that member has signed in by a link."""
        secret = self.do(lambda tx: members.link_for(tx, member.email))
        browser = Browser(base_url=self.server.url, follow_redirects=True)
        browser.post(f"/sign-in/link/{secret}", follow_redirects=False)  # where it leads is a page, and costs as much
        return browser

    def client(self, token: str | None = None) -> "Api":
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return Api(base_url=self.server.url, headers=headers, event_hooks={"response": [held]})


class Client(httpx.Client):
    """A client that is made in no time, and waits as long as a busy machine may take (seconds)."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"verify": CERTIFICATES, "timeout": 120} | more)


class Api(Client):
    """A client that holds every answer against the contract."""

    def json(self, method: str, path: str, expected: int = 200, **more: Any) -> Any:
        """The JSON of an answer that has the expected status."""
        response = self.request(method, path, **more)
        assert response.status_code == expected, response.text
        return response.json() if response.content else None


class Browser(Client):
    """Sends forms as our pages do, with the token that all pages of a session carry."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._tokens: dict[str | None, str] = {}

    def send_form(self, path: str, **fields: Any) -> httpx.Response:
        return self.post(path, data=fields | {"form_token": self.form_token()})

    def send_file(
        self, path: str, content: bytes = b"Dear all", name: str = "letter.txt", **more: Any
    ) -> httpx.Response:
        """A form with a file, which stands behind its `fields`."""
        fields = more.pop("fields", {"form_token": self.form_token()})
        parts = [(key, (None, value)) for key, value in fields.items()]
        return self.post(path, files=[*parts, ("file", (name, content))], **more)

    def form_token(self) -> str:
        session = self.cookies.get("dossier")
        if session not in self._tokens:
            found = re.search(r'name="form_token" value="(\w+)"', self.get("/workspace/settings/profile").text)
            assert found, "nobody is signed in"
            self._tokens[session] = found[1]
        return self._tokens[session]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """Hashes of the same kind that take no time, in this process; `tests/cli/test_keys.py` looks at what a server writes."""
    sign_in: Any = import_module("dossier.members.actions.sign_in")  # a function of that name hides it
    sign_in._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    sign_in._nobodys_hash = sign_in._of_nobody()


@pytest.fixture(scope="session", autouse=True)
def _quick_workshop() -> None:
    """What opens files is a fork, in this process; the tests of `tests/workshop` begin it from nothing."""
    asking._begun = forks.begun


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> None:
    """A template that one of the run's processes compiled is compiled."""
    render: Any = import_module("dossier.web.render")  # a function of that name hides it
    for language in LANGUAGES:
        kept = FileSystemBytecodeCache(os.environ[SHARED], f"{language}-%s.template")
        render._environment(language).bytecode_cache = kept


@pytest.fixture(scope="session")
def world(database_url: str) -> Iterator[World]:
    clock, statements = MovableClock(), []
    database = database_on(postgres.serving(database_url), 10, clock=clock, observe=statements.append)
    with storing() as storage:
        services = Services(database, storage=storage, works_on_jobs=False, development=True, outbound=RECEIVERS)
        with serving(create(services)) as server:
            yield World(server, services, clock, statements)


@contextmanager
def storing() -> Iterator[InThreads]:
    """A storage in a folder that is gone afterwards, or on the S3 server of the run."""
    with TemporaryDirectory(prefix="dossier-files-") as folder:
        if endpoint := os.environ.get(seaweed.ENDPOINT):
            yield InThreads(partial(seaweed.part_of_its_own, endpoint, Path(folder)))
        else:
            yield InThreads(partial(opened, None, Path(folder)))


@contextmanager
def working_world(database_url: str) -> Iterator[World]:
    """The same with a server that works on jobs, as every real one does; among its statements are theirs."""
    clock, statements = MovableClock(), []
    database = database_on(postgres.serving(database_url), 10, clock=clock, observe=statements.append)
    with storing() as storage:
        services = Services(database, storage=storage, development=True, outbound=RECEIVERS)
        with serving(create(services)) as server:
            yield World(server, services, clock, statements)


@pytest.fixture
def workspace(world: World) -> Workspace:
    return world.workspace()


@pytest.fixture
def api(world: World, workspace: Workspace) -> Iterator[Api]:
    with world.client(world.token(workspace)) as client:
        yield client


@pytest.fixture
def make_template(api: Api) -> Callable[..., dict[str, Any]]:
    """Publish a template with these members; a title is given if none is."""

    def make(**document: Any) -> dict[str, Any]:
        return api.json("POST", "/v1/case_templates", 201, json={"title": "Claim"} | document)

    return make


@pytest.fixture
def make_case(api: Api) -> Callable[..., dict[str, Any]]:
    """Make a case with these members."""

    def make(**body: Any) -> dict[str, Any]:
        return api.json("POST", "/v1/cases", json={"title": "A case"} | body)

    return make


def values(case: dict[str, Any]) -> dict[str, Any]:
    """Field key → value of a case as it is answered."""
    return {field["key"]: field["value"] for field in case["schema"]}


def errors(response: httpx.Response) -> dict[str, str]:
    """Where → code of every problem in a refusal."""
    return {
        each.get("source", {}).get("pointer", each.get("source", {}).get("parameter", "")): each["code"]
        for each in response.json()["errors"]
    }
