"""A real identity provider on loopback: discovery, codes bound to PKCE, signed tokens, rotating nothing but what it is told."""

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dossier.foundation.testing.server import serving

CLIENT_ID, CLIENT_SECRET = "dossier", "a secret of the client"


@dataclass
class IdentityProvider:
    """Whoever comes is signed in as `person`; `lies` are told in the token instead of the truth."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    async def discovery(self, _request: Request) -> Response:
        addresses = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        found = {name: f"{self.issuer}/{path}" for name, path in addresses.items()}
        return JSONResponse(found | {"issuer": self.lies.get("discovered_issuer", self.issuer)})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (
            CLIENT_ID,
            "code",
            "S256",
        )
        assert "openid" in asked["scope"]
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request) -> Response:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(sent.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        right = asked and asked["code_challenge"] == challenge.rstrip(b"=").decode()
        if not right or request.headers["authorization"] != f"Basic {basic}" or sent["redirect_uri"] != asked["redirect_uri"]:  # type: ignore[index]  # fmt: skip
            return JSONResponse({"error": "invalid_grant"}, 400)
        assert asked
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "exp": now + 60, "iat": now, "nonce": asked["nonce"]}
        signed = jwt.encode(
            {"alg": "RS256", "kid": "one"}, claims | self.person | self.lies, self.signs_with or self.key
        )
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": signed})

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@contextmanager
def providing() -> Iterator[IdentityProvider]:
    """A provider that listens while the block runs."""
    provider = IdentityProvider()
    with serving(provider.app()) as server:
        provider.issuer = server.url
        yield provider
