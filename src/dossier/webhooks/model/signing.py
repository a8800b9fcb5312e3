"""How a delivery proves where it comes from: Standard Webhooks (a shared secret), and a JWT over a digest (a public key)."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import RSAKey

SECRET_PREFIX = "whsec_"  # noqa: S105 - as Standard Webhooks marks them
SECRET_BYTES = 32
BOTH_SIGN = timedelta(hours=24)
"""How long the secret before signs beside a new one."""
TOKEN_SECONDS = 1000  # that `x-pnbx-signature` holds
USER_AGENT = "Dossier-Webhooks/1"


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, id: UUID, timestamp: int, body: bytes) -> str:
    """What one secret says of a body: `v1,` and an HMAC-SHA-256 in base64, over id, seconds since 1970 and the body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    mac = hmac.digest(key, f"{id}.{timestamp}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(mac).decode()


def digest(body: bytes) -> str:
    """The `Digest` header: `SHA-512=` and the hash of the body in base64 (RFC 3230)."""
    return "SHA-512=" + base64.b64encode(hashlib.sha512(body).digest()).decode()


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs calls of this server: an RSA key, and the base address that receivers know it by, without a slash at the end."""

    key: RSAKey = field(repr=False)
    base_url: str

    def token(self, address: str, id: UUID, digest: str, now: datetime) -> str:
        """`x-pnbx-signature`: a JWT for that very address. There is no `nbf`: receivers whose clock is slow would refuse it."""
        at = int(now.timestamp())
        claims = {"iss": self.base_url + "/", "aud": address, "method": "POST", "digest": digest, "jti": str(id)}
        header = {"alg": "RS256", "typ": "JWT", "kid": self.key.thumbprint()}
        return jwt.encode(header, claims | {"iat": at, "exp": at + TOKEN_SECONDS}, self.key, algorithms=["RS256"])


def headers(
    secret: Sequence[str], signer: Signer | None, address: str, id: UUID, body: bytes, now: datetime
) -> Mapping[str, str]:
    """The headers of one try: signed anew each time, by every secret that signs, and by the server's key if it has an address."""
    at, of_body = int(now.timestamp()), digest(body)
    ours = {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": str(id),
        "webhook-timestamp": str(at),
        "digest": of_body,
    }
    if secret:
        ours["webhook-signature"] = " ".join(signature(each, id, at, body) for each in secret)
    return ours | ({"x-pnbx-signature": signer.token(address, id, of_body, now)} if signer else {})
