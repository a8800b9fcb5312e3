"""The only door to other servers: no address of this machine or its network, unless the operator named the host, or the network."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cache
from typing import Any

import anyio
import httpcore2
import httpx2

from dossier.foundation.reachable import Address, Allowed

SECONDS = 10.0  # that an answer may take
MOST_ADDRESSES = 4  # of a name, that are tried
LOOK_UP_SECONDS = 5.0  # that it may take to find out where a name leads


class ForbiddenAddress(httpcore2.ConnectError):
    """The name leads into this machine or its network."""


class _Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to the address that was looked at: a name that changes its answer in between gains nothing."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        found = [each for each in await _resolved(host, port) if self._allowed.lets(host, port, each)][:MOST_ADDRESSES]
        for left, address in zip(range(len(found), 0, -1), found, strict=True):
            share = timeout and timeout / left  # one of which nothing is heard leaves time for the others
            try:
                return await self._plain.connect_tcp(str(address), port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if left == 1:
                    raise
        message = "the address is not a public one"
        raise ForbiddenAddress(message)

    async def connect_unix_socket(self, *_arguments: Any, **_options: Any) -> httpcore2.AsyncNetworkStream:
        message = "no sockets of this machine"
        raise ForbiddenAddress(message)

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)


async def _resolved(host: str, port: int) -> list[Address]:
    with suppress(ValueError):  # what is no name needs no thread that looks it up
        return [ipaddress.ip_address(host.partition("%")[0])]
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        message = "there is no such host"
        raise httpcore2.ConnectError(message) from error
    return [ipaddress.ip_address(each[4][0].partition("%")[0]) for each in found]


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are believed: this machine's list, read once by a process, for that takes longer than many an answer."""
    return ssl.create_default_context()


async def leads_out(host: str, port: int, allowed: Allowed) -> bool:
    """Whether a host is none that the operator allows: not named, and with an address outside of the allowed networks, or with none."""
    if allowed.names(host, port):
        return False
    with suppress(httpcore2.ConnectError, TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            return not all(allowed.covers(each) for each in await _resolved(host, port))
    return True


async def leads_inside(host: str, port: int, allowed: Allowed) -> bool:
    """Whether a name leads nowhere but to addresses that may not be reached. One that leads nowhere at all may come to be."""
    with suppress(httpcore2.ConnectError, TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            found = await _resolved(host, port)
        return not any(allowed.lets(host, port, each) for each in found)
    return False


class Transport(httpx2.AsyncHTTPTransport):
    """For a client of httpx2 (or authlib's) that must not reach inside; `allowed`: what it may all the same. `most`: connections at once; None: any."""

    def __init__(self, allowed: Allowed | Collection[str] = (), most: int | None = 20) -> None:
        known = allowed if isinstance(allowed, Allowed) else Allowed(frozenset(allowed))
        super().__init__(verify=_authorities(), trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_authorities(),
            network_backend=_Guarded(known),
            max_connections=most,
            max_keepalive_connections=100,
            keepalive_expiry=5,
        )


def client(allowed: Allowed, most: int | None = 20) -> httpx2.AsyncClient:
    """Speaks with other servers: follows nobody elsewhere, and takes no proxy, password or certificate from the environment."""
    return httpx2.AsyncClient(transport=Transport(allowed, most), follow_redirects=False, trust_env=False)


async def connected(host: str, port: int, allowed: Allowed) -> socket.socket:
    """A socket that is connected to an address of the host that was looked at, for what speaks no HTTP; OSError, ForbiddenAddress."""
    try:
        addresses = await _resolved(host, port)
    except httpcore2.ConnectError as error:
        raise OSError(str(error)) from None
    found = [each for each in addresses if allowed.lets(host, port, each)]
    if not found:
        message = "the address is not a public one"
        raise ForbiddenAddress(message)
    for left, address in zip(range(len(found) - 1, -1, -1), found, strict=True):
        try:
            return await _connected(address, port)
        except OSError:
            if not left:
                raise
    raise AssertionError


async def _connected(address: Address, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        one.setblocking(False)
        await asyncio.get_running_loop().sock_connect(one, (str(address), port))
    except BaseException:
        one.close()
        raise
    return one
