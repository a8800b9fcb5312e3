"""Webhooks as programs see them."""

from typing import Literal

from pydantic import BaseModel


class Jwk(BaseModel):
    """A public RSA key (RFC 7517); `kid` is its thumbprint (RFC 7638)."""

    kty: Literal["RSA"]
    n: str
    e: str
    kid: str
    alg: Literal["RS256"]
    use: Literal["sig"]


class Jwks(BaseModel):
    """The keys, the newest first."""

    keys: list[Jwk]
