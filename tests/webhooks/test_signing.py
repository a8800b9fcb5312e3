"""Calls of ours are verified by what others wrote: the package of Standard Webhooks, and joserfc with keys fetched from our JWKS."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet, RSAKey
from standardwebhooks import Webhook, WebhookVerificationError

from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.clock import system_clock
from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions import keys
from dossier.webhooks.model.keys import LIFE, SHOWN_AFTER, SHOWN_BEFORE, SigningKey, published, signing, wants_another
from dossier.webhooks.model.signing import Signer, headers, new_secret
from tests.world import World

BODY = b'{"type":"case.created","title":"\xc3\xa9"}'
ADDRESS = "https://receiver.example.org/hooks?a=1"


def sent(*secret: str, signer: Signer | None = None, **more: Any) -> dict[str, str]:
    return dict(headers(secret, signer, ADDRESS, more.pop("id", new_id()), BODY, more.pop("now", system_clock())))


def test_the_package_of_standard_webhooks_verifies_what_we_sign() -> None:
    secret = new_secret()
    assert (secret[:6], len(base64.b64decode(secret[6:]))) == ("whsec_", 32)
    assert Webhook(secret).verify(BODY, sent(secret)) == {"type": "case.created", "title": "é"}


def test_during_a_rotation_receivers_with_either_secret_verify() -> None:
    older, newer = new_secret(), new_secret()
    both = sent(newer, older)
    assert len(both["webhook-signature"].split(" ")) == 2
    assert Webhook(older).verify(BODY, both)
    assert Webhook(newer).verify(BODY, both)


@pytest.mark.parametrize("change", ["secret", "body", "id", "old"])
def test_what_was_changed_on_the_way_is_refused(change: str) -> None:
    secret = new_secret()
    ours = sent(secret, now=system_clock() - timedelta(hours=1 if change == "old" else 0))
    if change == "id":
        ours["webhook-id"] = str(new_id())
    verifier = Webhook(new_secret() if change == "secret" else secret)
    with pytest.raises(WebhookVerificationError):
        verifier.verify(BODY + b" " if change == "body" else BODY, ours)


def test_digest_is_the_sha_512_of_the_body() -> None:
    expected = "SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode()
    assert sent(new_secret())["digest"] == expected


def test_the_signature_of_connect_is_verified_with_keys_fetched_over_http(world: World) -> None:
    async def signer() -> Signer:
        services = world.services
        kept = await keys.signer(type(services)(services.database, services.cipher, "https://dossier.example.org"))
        assert kept
        return kept

    id, now = new_id(), system_clock()
    ours = sent(new_secret(), signer=world.server.run(signer()), id=id, now=now)
    answer = world.client().get("/.well-known/jwks.json")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=3600")
    fetched = KeySet.import_key_set(answer.json())
    token = jwt.decode(ours["x-pnbx-signature"], fetched, algorithms=["RS256"])
    (key,) = answer.json()["keys"]
    assert token.header == {"alg": "RS256", "typ": "JWT", "kid": key["kid"]}
    assert key.keys() == {"kty", "n", "e", "kid", "alg", "use"}, "nothing private"
    assert RSAKey.import_key(key).thumbprint() == key["kid"]
    assert len(base64.urlsafe_b64decode(key["n"] + "==")) * 8 == 3072
    at = int(now.timestamp())
    assert token.claims == {
        "iss": "https://dossier.example.org/",
        "aud": ADDRESS,
        "method": "POST",
        "digest": ours["digest"],
        "jti": str(id),
        "iat": at,
        "exp": at + 1000,
    }
    with pytest.raises(BadSignatureError):
        head, _, signature = ours["x-pnbx-signature"].split(".")
        forged = base64.urlsafe_b64encode(b'{"aud":"https://elsewhere.example"}').decode().rstrip("=")
        jwt.decode(f"{head}.{forged}.{signature}", fetched, algorithms=["RS256"])


def test_without_an_address_of_ours_there_is_nobody_to_name_as_issuer(world: World) -> None:
    assert world.services.base_url == ""
    assert world.server.run(keys.signer(world.services)) is None
    assert "x-pnbx-signature" not in sent(new_secret())


START = datetime(2026, 3, 1, tzinfo=UTC)


def made(days: float, kid: str) -> SigningKey:
    return SigningKey(kid, b"", {}, START + timedelta(days=days))


def test_a_new_key_is_shown_a_day_before_it_signs_and_the_old_one_a_week_after() -> None:
    first, second = made(0, "first"), made(90, "second")
    changed = second.created_at
    moment = timedelta(seconds=1)

    def seen(now: datetime) -> tuple[str, list[str]]:
        known = [each for each in (second, first) if each.created_at <= now]
        return signing(known, now).kid, [each.kid for each in published(known, now)]

    assert seen(START) == ("first", ["first"])
    assert seen(changed) == ("first", ["second", "first"])
    assert seen(changed + SHOWN_BEFORE - moment) == ("first", ["second", "first"])
    assert seen(changed + SHOWN_BEFORE) == ("second", ["second", "first"])
    assert seen(changed + SHOWN_BEFORE + SHOWN_AFTER - moment) == ("second", ["second", "first"])
    assert seen(changed + SHOWN_BEFORE + SHOWN_AFTER) == ("second", ["second"])
    assert (wants_another([first], START + LIFE - moment), wants_another([first], START + LIFE)) == (False, True)


def test_keys_change_by_themselves_and_lie_under_the_servers_secret(world: World) -> None:
    async def kids() -> list[str]:
        return [each["kid"] for each in (await keys.shown(world.services))["keys"]]

    async def rotated() -> list[str]:
        await keys.rotate(world.services)
        return await kids()

    first, *_ = world.server.run(rotated())  # other tests move the clock
    assert world.server.run(rotated())[0] == first
    world.clock.forward(seconds=LIFE.total_seconds())
    second, *older = world.server.run(rotated())
    assert older == [first]
    world.clock.forward(seconds=(SHOWN_BEFORE + SHOWN_AFTER).total_seconds())
    assert world.server.run(rotated()) == [second]


def test_a_change_of_the_servers_key_takes_signing_keys_along(world: World) -> None:
    world.server.run(keys.shown(world.services))
    ours, text = world.services.cipher._text, "another-key-of-the-server-of-more-than-32-characters"
    newer, back = Cipher(f"{text} {ours}"), Cipher(f"{ours} {text}")

    async def private() -> list[bytes]:
        return [each.private for each in await keys._kept(world.database)]

    with pytest.raises(Unreadable):
        Cipher(text).decrypt(world.server.run(private())[0])
    assert world.do(lambda tx: keys.encrypt_anew(tx, newer)) == len(world.server.run(private()))
    assert all(newer.is_newest(each) for each in world.server.run(private()))
    assert world.do(lambda tx: keys.encrypt_anew(tx, newer)) == 0
    world.do(lambda tx: keys.encrypt_anew(tx, back))
