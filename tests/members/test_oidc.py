"""Signing in at an identity provider: with what it signed, for who is a member, and with nothing else."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from dossier.foundation.services import Provider, Services
from dossier.foundation.testing import postgres
from dossier.foundation.testing.clock import MovableClock
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.members.provider import CLIENT_ID, CLIENT_SECRET, IdentityProvider, providing
from tests.members.test_sign_in import PASSWORD, with_password
from tests.world import Browser, World


@pytest.fixture(scope="module")
def identity() -> Iterator[IdentityProvider]:
    with providing() as provider:
        yield provider


@pytest.fixture(scope="module")
def world(database_url: str, identity: IdentityProvider) -> Iterator[World]:
    database = database_on(postgres.serving(database_url), 10, clock=(clock := MovableClock()))
    provider = Provider(identity.issuer, CLIENT_ID, CLIENT_SECRET, "Company login")
    services = Services(database, provider=provider, works_on_jobs=False)
    with serving(create(services)) as server:
        yield World(server, services, clock)


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
def test_oidc_rejects_invalid_claims(world: World, identity: IdentityProvider, lie: dict[str, Any]) -> None:
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


def test_oidc_unknown_email_is_403(world: World, identity: IdentityProvider) -> None:
    identity.person = {"sub": "stranger", "email": "stranger@example.org", "email_verified": True}
    answer = came_in(world)
    assert (answer.status_code, "an administrator can invite you" in answer.text) == (403, True)


def test_an_answer_that_nobody_asked_for_is_refused(world: World) -> None:
    browser = Browser(base_url=world.server.url, follow_redirects=True)
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 400
    browser.get("/sign-in/provider", follow_redirects=False)
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 400, "the state of another"


def test_a_second_identity_does_not_take_the_same_member(world: World, identity: IdentityProvider) -> None:
    """[S9] An address that was given to somebody new does not open the old account."""
    workspace = world.workspace()
    member = world.member(workspace, f"second-{workspace.slug}@example.org")
    identity.person = {"sub": f"{workspace.slug}-1", "email": member.email, "email_verified": True}
    assert came_in(world).url.path == "/workspace/settings/profile"
    identity.person = {"sub": f"{workspace.slug}-2", "email": member.email, "email_verified": True}
    assert came_in(world).status_code == 403


def test_an_address_that_only_looks_alike_is_nobody(world: World, identity: IdentityProvider) -> None:
    """[S9] Letters that fold to others are other letters: long s, ligatures."""
    workspace = world.workspace()
    world.member(workspace, f"miss-fi-{workspace.slug}@example.org")
    for other in ("mi\u017f\u017f-fi", "miss-\ufb01"):
        identity.person = {
            "sub": f"{workspace.slug}-{other}",
            "email": f"{other}-{workspace.slug}@example.org",
            "email_verified": True,
        }
        assert came_in(world).status_code == 403


def test_no_letter_of_another_script_is_an_ascii_one(world: World, identity: IdentityProvider) -> None:
    """[S9] The Kelvin sign is a k in lower case, and yet another mailbox; capitals of ASCII are none."""
    workspace = world.workspace()
    member = world.member(workspace, f"mike-{workspace.slug}@example.org")
    identity.person = {"sub": "kelvin", "email": member.email.replace("mike", "mi\u212ae"), "email_verified": True}
    assert came_in(world).status_code == 403
    identity.person = {"sub": "capital", "email": member.email.replace("mike", "Mike"), "email_verified": True}
    assert came_in(world).url.path.startswith("/workspace")
    acts = [each["act"] for each in world.client(world.token(workspace)).json("GET", "/v1/audit")["data"]]
    assert "member.signed_in" in acts


@pytest.mark.parametrize(
    "lie", [{"azp": "other"}, {"aud": [CLIENT_ID, "other"]}, {"aud": [CLIENT_ID, "other"], "azp": "other"}], ids=str
)
def test_an_answer_that_another_program_asked_for_does_not_come_in(
    world: World, identity: IdentityProvider, lie: dict[str, Any]
) -> None:
    """[S9] OpenID Connect Core 3.1.3.7, steps 4 and 5."""
    workspace = world.workspace()
    member = world.member(workspace, f"azp-{workspace.slug}@example.org")
    identity.person = {"sub": workspace.slug, "email": member.email, "email_verified": True}
    identity.lies = lie
    assert came_in(world).status_code == 400


def test_the_first_link_of_who_has_a_password_is_confirmed_by_it(world: World, identity: IdentityProvider) -> None:
    """[S9] The provider is no way round a password and a factor that somebody set up here."""
    workspace = world.workspace()
    member = world.member(workspace, f"first-{workspace.slug}@example.org")
    with_password(world, member)
    identity.person = {"sub": f"first-{workspace.slug}", "email": member.email, "email_verified": True}
    browser = Browser(base_url=world.server.url, follow_redirects=True)
    asked = browser.get("/sign-in/provider?next=/workspace/settings/profile")
    assert asked.url.path == "/sign-in"
    assert "Company login is connected" in asked.text
    assert came_in(world).url.path == "/sign-in", "nothing is linked yet"
    browser.post("/sign-in", data={"email": member.email, "password": "not my password"})
    assert came_in(world).url.path == "/sign-in"
    assert browser.post("/sign-in", data={"email": member.email, "password": PASSWORD}).url.path == "/workspace/cases"
    assert came_in(world).url.path == "/workspace/settings/profile"


def test_nobody_else_gets_the_identity_that_waits(world: World, identity: IdentityProvider) -> None:
    """[S9] Another member who signs in with the same browser meanwhile is not linked."""
    workspace = world.workspace()
    member = world.member(workspace, f"waits-{workspace.slug}@example.org")
    other = world.member(workspace, f"other-{workspace.slug}@example.org")
    with_password(world, member)
    with_password(world, other)
    identity.person = {"sub": f"waits-{workspace.slug}", "email": member.email, "email_verified": True}
    browser = Browser(base_url=world.server.url, follow_redirects=True)
    browser.get("/sign-in/provider")
    browser.post("/sign-in", data={"email": other.email, "password": PASSWORD})
    assert came_in(world).url.path == "/sign-in"


def test_where_the_provider_is_required_passwords_do_not_count(
    world: World, identity: IdentityProvider, database_url: str
) -> None:
    """[S9] Neither to come in, nor set by who came by a link; through the provider everybody comes."""
    workspace = world.workspace()
    member = world.member(workspace, f"required-{workspace.slug}@example.org")
    with_password(world, member)
    provider = Provider(identity.issuer, CLIENT_ID, CLIENT_SECRET, "Company login", required=True)
    database = database_on(postgres.serving(database_url), clock=world.clock)
    services = Services(database, provider=provider, works_on_jobs=False)
    with serving(create(services)) as server:
        strict = World(server, services, world.clock)
        browser = Browser(base_url=server.url, follow_redirects=True)
        assert 'name="password"' not in browser.get("/sign-in").text
        assert browser.post("/sign-in", data={"email": member.email, "password": PASSWORD}).status_code == 403
        by_link = strict.browser(member)
        assert by_link.send_form("/workspace/settings/profile/password", new=PASSWORD).status_code == 403
        identity.person = {"sub": f"required-{workspace.slug}", "email": member.email, "email_verified": True}
        assert came_in(strict).url.path == "/workspace/settings/profile"
