"""Signing in at an identity provider: OpenID Connect by discovery, authorization code with PKCE (RFC 7636)."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from dossier import audit
from dossier.foundation import json
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Forbidden, Invalid
from dossier.foundation.services import Provider
from dossier.members.actions.sign_in import NOBODY, NewSession, begin_session, note
from dossier.members.store import identities, people
from dossier.web.workspace.current_user import CurrentUser

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
SCOPE = "openid email profile"
ATTEMPT_SECONDS = 600  # seconds to sign in at the provider
CLOCKS_DIFFER = 60  # seconds
_LARGEST = 1024 * 1024  # bytes of a provider's answer


async def begin(provider: Provider, cipher: Cipher, redirect_uri: str, wanted: str) -> tuple[str, str]:
    """Where to send the browser, and the encrypted attempt that it keeps meanwhile."""
    async with client_of(provider, redirect_uri) as client:
        found = await _discovered(client, provider)
        attempt = {"verifier": secrets.token_urlsafe(48), "nonce": secrets.token_urlsafe(16), "wanted": wanted}
        address, attempt["state"] = client.create_authorization_url(
            found["authorization_endpoint"], code_verifier=attempt["verifier"], nonce=attempt["nonce"]
        )
    return address, cipher.encrypt(json.encode(attempt).decode()).decode()


def _is_secure(provider: Provider) -> bool:
    parts = urlsplit(provider.issuer)
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def client_of(provider: Provider, redirect_uri: str, token_auth: str = "client_secret_basic") -> Any:  # noqa: S107 - a method's name
    """What speaks with the provider, and with nobody else of this network."""
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415 - most servers need none of it

    from dossier.foundation.outbound import SECONDS, Transport  # noqa: PLC0415

    parts = urlsplit(provider.issuer)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return AsyncOAuth2Client(
        provider.client_id,
        provider.client_secret,
        scope=SCOPE,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method=token_auth if provider.client_secret else "none",
        transport=Transport([f"{parts.hostname}:{port}"]),
        timeout=SECONDS,
        follow_redirects=False,
    )


class FirstTime(Exception):  # an answer to the page, not a fault
    """The provider's person is a member with a password or a factor here, and is to prove it once: `kept` says what is then linked."""

    def __init__(self, kept: str) -> None:
        super().__init__()
        self.kept = kept


async def finish(
    database: Database,
    provider: Provider,
    cipher: Cipher,
    redirect_uri: str,
    sent: Mapping[str, str],
    kept: str,
    agent: str,
) -> tuple[NewSession, str]:
    """The new session, and where its owner wanted to go; 400 for what is no answer to our question, 403 for strangers."""
    attempt = _attempt(cipher, kept)
    if not secrets.compare_digest(sent.get("state", "").encode(), attempt["state"].encode()):
        raise Invalid.because("This sign-in was begun in another window, or is too old. Try again.", "stale")
    if "code" not in sent:
        raise Forbidden.because(
            "{provider} did not let you in. Try again, or ask its administrator.", provider=provider.name
        )
    claims = await _claims(provider, redirect_uri, sent["code"], attempt)

    async def work(transaction: Transaction) -> NewSession:
        member = await _member(transaction, provider, claims, cipher)
        await note(transaction, "member.signed_in", member)
        return await begin_session(transaction, member, agent=agent, trusted=True)

    return await database.write(NOBODY, work), attempt["wanted"]


def _attempt(cipher: Cipher, kept: str) -> dict[str, str]:
    try:
        attempt: dict[str, str] = json.decode_stored(cipher.decrypt(kept.encode(), ATTEMPT_SECONDS).encode())
    except Unreadable:
        raise Invalid.because("This sign-in took too long. Try again.", "stale") from None
    return attempt


async def _claims(provider: Provider, redirect_uri: str, code: str, attempt: Mapping[str, str]) -> Mapping[str, Any]:
    """What the provider's signed token says (OpenID Connect Core, 3.1.3.7)."""
    from joserfc import jwt  # noqa: PLC0415 - see client_of
    from joserfc.jwk import KeySet  # noqa: PLC0415

    async with client_of(provider, redirect_uri) as client:
        found = await _discovered(client, provider)
        try:
            token = await client.fetch_token(found["token_endpoint"], code=code, code_verifier=attempt["verifier"])
            keys = KeySet.import_key_set((await client.request("GET", found["jwks_uri"], withhold_token=True)).json())
            claims: Mapping[str, Any] = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS)).claims
            asked = {
                "iss": {"essential": True, "value": provider.issuer},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "nonce": {"essential": True, "value": attempt["nonce"]},
            }
            jwt.JWTClaimsRegistry(leeway=CLOCKS_DIFFER, **asked).validate(dict(claims))  # type: ignore[arg-type]
        except _not_trusted() as error:
            raise Invalid.because(
                "The answer of {provider} could not be trusted. Try again.", "bad_answer", provider=provider.name
            ) from error
    audience = claims.get("aud")
    if provider.client_id not in (audience if isinstance(audience, list) else [audience]):
        raise Invalid.because("The answer of {provider} was for another program.", "bad_answer", provider=provider.name)
    if claims.get("azp", provider.client_id) != provider.client_id or (
        isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
    ):
        raise Invalid.because("The answer of {provider} was for another program.", "bad_answer", provider=provider.name)
    return claims


def _not_trusted() -> tuple[type[Exception], ...]:
    import httpx2  # noqa: PLC0415 - see client_of
    from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415

    return (httpx2.HTTPError, JoseError, AuthlibBaseError, KeyError, ValueError, TypeError)


async def _discovered(client: Any, provider: Provider) -> Mapping[str, str]:
    """The provider's own description (OpenID Connect Discovery, 4); of its own issuer, with https addresses."""
    import httpx2  # noqa: PLC0415 - see client_of

    address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        answer = await client.request("GET", address, withhold_token=True)
        found: Mapping[str, Any] = answer.json() if len(answer.content) <= _LARGEST else {}
        wanted = {name: str(found[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    except (httpx2.HTTPError, KeyError, ValueError, TypeError) as error:
        raise Invalid.because(
            "{provider} cannot be reached at the moment. Try again later.", provider=provider.name
        ) from error
    if found.get("issuer") != provider.issuer or not _is_secure(provider):
        raise Invalid.because(
            "{provider} is not what the server's settings say; tell its operator.", provider=provider.name
        )
    return wanted


async def _member(transaction: Transaction, provider: Provider, claims: Mapping[str, Any], cipher: Cipher) -> UUID:
    """Who that is here: known from before, or by an e-mail address that the provider has verified.

    FirstTime for who has a password or a factor here: the provider would else be a way round them.
    """
    subject = str(claims["sub"])
    if known := await identities.member(transaction, provider.issuer, subject):
        return known
    email = claims.get("email")
    found = await people.by_email(transaction, email) if isinstance(email, str) else None
    if (
        found is None
        or _ascii_lower(found.email) != _ascii_lower(str(email))
        or claims.get("email_verified") is not True
    ):
        detail = "You are no member here, or your address is not verified there; an administrator can invite you."
        raise Forbidden.because(detail, "no_member")
    if await identities.is_linked(transaction, provider.issuer, found.id):
        detail = "Another identity is linked to this member already; ask the server's operator."
        raise Forbidden.because(detail, "other_identity")
    if await identities.opens_otherwise(transaction, found.id) and not provider.required:
        link = {"issuer": provider.issuer, "subject": subject, "member": str(found.id)}
        raise FirstTime(cipher.encrypt(json.encode(link).decode()).decode())
    await _link(transaction, provider.issuer, subject, found.id)
    return found.id


def _ascii_lower(address: str) -> str:
    """The address with A to Z as a to z, and every other letter as it is: the Kelvin sign is no k."""
    return "".join(each.lower() if each.isascii() else each for each in address)


async def connect(database: Database, user: CurrentUser, cipher: Cipher, kept: str) -> None:
    """Link the identity that waited for its member to sign in; nothing when it was somebody else, or it took too long."""
    user.actor.require("account.change")
    try:
        link = json.decode_stored(cipher.decrypt(kept.encode(), ATTEMPT_SECONDS).encode())
    except Unreadable:
        return
    member = user.actor.id
    if member is None or link["member"] != str(member):
        return

    async def work(transaction: Transaction) -> None:
        if not await identities.is_linked(transaction, link["issuer"], member):
            await _link(transaction, link["issuer"], link["subject"], member)

    await database.write(user.actor, work)


async def _link(transaction: Transaction, issuer: str, subject: str, member_id: UUID) -> None:
    await identities.link(transaction, issuer, subject, member_id)
    await audit.record_of_member(transaction, "identity.linked", member_id)
