"""Signing in at an identity provider: with what it signed, for who is a member, and with nothing else."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from dossier.app import REACTIONS, Options, create
from dossier.foundation.database import Database
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import serving
from dossier.members.actions.oidc import Provider
from tests.members.provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, providing
from tests.world import Browser, World


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentityProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def world(database_url: str, identity: IdentityProvider) -> Iterator[World]:
    database = Database(database_url, clock=(clock := MovableClock()), reactions=REACTIONS)
    provider = Provider(identity.issuer, CLIENT_ID, CLIENT_SECRET, "Company login")
    with serving(create(database, Options(works_on_jobs=False, provider=provider))) as server:
        yield World(server, database, clock)


@pytest.fixture(autouse=True)
def honest(identity: IdentityProvider) -> None:
    identity.lies, identity.signs_with, identity.person = {}, None, {}


def came_in(world: World) -> httpx.Response:
    browser = Browser(base_url=world.server.url, follow_redirects=True)
    return browser.get("/sign-in/provider?next=/workspace/settings/profile")


def test_who_is_a_member_comes_in(world: World, identity: IdentityProvider) -> None:
    workspace = world.workspace()
    member = world.member(workspace, f"Ada-{workspace.slug}@example.org")
    assert "Company login" in httpx.get(f"{world.server.url}/sign-in").text
    identity.person = {"sub": "1", "email": member.email.lower(), "email_verified": True}
    answer = came_in(world)
    assert answer.url.path == "/workspace/settings/profile"
    assert member.email in answer.text
    identity.person = {"sub": "1", "email": "other@example.org"}
    assert member.email in came_in(world).text, "known by the subject from then on"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-program"},
        {"nonce": "another"},
        {"exp": 1},
        {"discovered_issuer": "https://elsewhere.example"},
    ],
    ids=str,
)
def test_a_lie_does_not_come_in(world: World, identity: IdentityProvider, lie: dict[str, Any]) -> None:
    workspace = world.workspace()
    member = world.member(workspace, f"l-{workspace.slug}@example.org")
    identity.person = {"sub": workspace.slug, "email": member.email, "email_verified": True}
    identity.lies = lie
    answer = came_in(world)
    assert (answer.status_code, member.email in answer.text) == (400, False)


def test_a_foreign_signature_does_not_come_in(world: World, identity: IdentityProvider) -> None:
    workspace = world.workspace()
    member = world.member(workspace, f"f-{workspace.slug}@example.org")
    identity.person = {"sub": workspace.slug, "email": member.email, "email_verified": True}
    identity.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert came_in(world).status_code == 400


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_was_not_verified_is_nobody(world: World, identity: IdentityProvider, verified: Any) -> None:
    workspace = world.workspace()
    member = world.member(workspace, f"v-{workspace.slug}@example.org")
    identity.person = {"sub": workspace.slug, "email": member.email, "email_verified": verified}
    assert came_in(world).status_code == 403


def test_strangers_are_told_to_ask(world: World, identity: IdentityProvider) -> None:
    identity.person = {"sub": "stranger", "email": "stranger@example.org", "email_verified": True}
    answer = came_in(world)
    assert (answer.status_code, "an administrator can invite you" in answer.text) == (403, True)


def test_an_answer_that_nobody_asked_for_is_refused(world: World) -> None:
    browser = Browser(base_url=world.server.url, follow_redirects=True)
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 400
    browser.get("/sign-in/provider", follow_redirects=False)
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 400, "the state of another"
