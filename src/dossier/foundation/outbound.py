"""The only door to other servers: no address of this machine or its network, unless the operator named the host."""

import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import anyio
import httpcore2
import httpx2

SECONDS = 10.0  # that an answer may take
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddress(httpcore2.ConnectError):
    """The name leads into this machine or its network."""


def is_public(address: Address) -> bool:
    """Whether an address lies outside: also the IPv4 one that an IPv6 address carries (RFC 6052, RFC 3056, RFC 4380)."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        return address.is_global and not address.is_multicast and (carried is None or is_public(carried))
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address.ipv4_mapped or (address.teredo[1] if address.teredo else None)


class _Guarded(httpcore2.AsyncNetworkBackend):
    """Connects to the address that was looked at: a name that changes its answer in between gains nothing."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = frozenset(allowed)
        self._plain = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as the library calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        for address in await _resolved(host, port):
            if f"{host}:{port}" in self._allowed or is_public(address):
                return await self._plain.connect_tcp(str(address), port, timeout, local_address, socket_options)
        message = "the address is not a public one"
        raise ForbiddenAddress(message)

    async def connect_unix_socket(self, *_arguments: Any, **_options: Any) -> httpcore2.AsyncNetworkStream:
        message = "no sockets of this machine"
        raise ForbiddenAddress(message)

    async def sleep(self, seconds: float) -> None:
        await self._plain.sleep(seconds)


async def _resolved(host: str, port: int) -> list[Address]:
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


class Transport(httpx2.AsyncHTTPTransport):
    """For a client of httpx2 (or authlib's) that must not reach inside; `allowed`: `host:port` that it may all the same."""

    def __init__(self, allowed: Collection[str] = ()) -> None:
        super().__init__(verify=_authorities(), trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_authorities(), network_backend=_Guarded(allowed), max_connections=20
        )
