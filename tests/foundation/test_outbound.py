"""Nothing reaches this machine or its network through us, however its address is written."""

import asyncio
import ipaddress
import os
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpcore2
import httpx2
import pytest

from dossier.foundation import outbound
from dossier.foundation.outbound import ForbiddenAddress, Transport, client, leads_inside
from dossier.foundation.reachable import Allowed, is_public
from dossier.foundation.testing.server import RunningServer
from tests.world import World

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "100.64.0.1",
    "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "::1", "::", "fe80::1", "fd00::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::1", "2001::1", "fec0::1", "::127.0.0.1",
    "192.0.0.192", "192.0.0.9", "192.88.99.1", "2001:20::1", "3fff::1",
]  # fmt: skip
"""This machine, private networks, clouds' metadata (AWS, Google, Azure, Alibaba, ECS, Oracle), multicast, reserved, and IPv4 that IPv6 carries."""

WRITTEN = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.0.0.01", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "10.0.0.1", "192.168.0.1",
]  # fmt: skip
"""The same and others, as a careless or a sly person writes them in an address."""


@pytest.mark.parametrize("address", PRIVATE)
def test_private_address(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_address(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.fixture
def listening() -> Iterator[tuple[int, list[Any]]]:
    """A port of this machine, on every address of it, and who came to it."""
    came: list[Any] = []
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:

        def accept() -> None:
            while True:
                try:
                    connection, who = server.accept()
                except OSError:
                    return
                came.append(who)
                connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], came


async def fetch(url: str, allowed: Allowed | None = None) -> httpx2.Response:
    async with client(allowed or Allowed()) as speaking:
        return await speaking.post(url, content=b"x", timeout=5)


@pytest.mark.parametrize("host", WRITTEN)
def test_no_way_of_writing_it_reaches_this_machine(listening: tuple[int, list[Any]], host: str) -> None:
    port, came = listening
    with pytest.raises((httpx2.ConnectError, httpx2.InvalidURL)):
        asyncio.run(fetch(f"http://{host}:{port}/"))
    assert came == []


def test_more_than_sixty_targets_are_forbidden() -> None:
    assert len({*PRIVATE, *WRITTEN}) >= 60


async def answering(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    """Names lead to these addresses, to another one each time they are looked up."""
    left = list(answers)

    async def look_up(_host: str, port: int, **_more: Any) -> list[Any]:
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(None, None, None, "", (address, port))]

    monkeypatch.setattr(outbound.anyio, "getaddrinfo", look_up)


@pytest.mark.parametrize("address", PRIVATE[:8])
def test_a_name_that_leads_inside_is_not_followed(
    monkeypatch: pytest.MonkeyPatch, listening: tuple[int, list[Any]], address: str
) -> None:
    port, came = listening
    asyncio.run(answering(monkeypatch, address))
    with pytest.raises(httpx2.ConnectError):
        asyncio.run(fetch(f"http://metadata.example.org:{port}/"))
    assert came == []


def test_a_name_that_changes_its_answer_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, listening: tuple[int, list[Any]]
) -> None:
    """DNS rebinding: the connection goes to the address that was looked at, whatever the name says a moment later."""
    port, came = listening
    asyncio.run(answering(monkeypatch, "93.184.216.34", "127.0.0.1"))
    went = nobody_there(monkeypatch)
    with pytest.raises(httpx2.ConnectError):
        asyncio.run(fetch(f"http://rebinding.example.org:{port}/"))
    with pytest.raises(httpx2.ConnectError):
        asyncio.run(fetch(f"http://rebinding.example.org:{port}/"))
    assert (went, came) == (["93.184.216.34"], [])


def nobody_there(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where it is tried to connect, in vain."""
    went: list[str] = []

    async def connect(_self: Any, host: str, *_more: Any) -> Any:
        went.append(host)
        raise httpcore2.ConnectError("nobody there")

    monkeypatch.setattr(httpcore2.AnyIOBackend, "connect_tcp", connect)
    return went


def test_of_several_addresses_those_outside_are_tried_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """[18] Where the first was not there, nothing was sent; and no more than some: a name may have a thousand."""
    many = ["10.0.0.1", "2001:4860::1", "127.0.0.1", *(f"93.184.216.{n}" for n in range(1, 30))]

    async def look_up(*_arguments: Any, **_options: Any) -> list[Any]:
        return [(None, None, None, "", (each, 443)) for each in many]

    monkeypatch.setattr(outbound.anyio, "getaddrinfo", look_up)
    went = nobody_there(monkeypatch)
    with pytest.raises(httpx2.ConnectError):
        asyncio.run(fetch("http://several.example.org/"))
    assert went == ["2001:4860::1", "93.184.216.1", "93.184.216.2", "93.184.216.3"]


def test_a_redirect_is_not_followed(world: World) -> None:
    """Neither inside nor elsewhere: it is the answer."""

    async def ask() -> int:
        async with client(Allowed.read(world.server.url.partition("//")[2])) as speaking:
            return (await speaking.get(f"{world.server.url}/")).status_code

    assert asyncio.run(ask()) in (302, 303, 307)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"])
def test_no_proxy_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch, listening: tuple[int, list[Any]], name: str
) -> None:
    port, came = listening
    monkeypatch.setitem(os.environ, name, f"http://127.0.0.1:{port}")
    with pytest.raises(httpx2.ConnectError):
        asyncio.run(fetch("http://10.255.255.1:9/"))
    assert came == []


def test_a_socket_of_this_machine_is_none_of_its_business() -> None:
    async def connect() -> None:
        await outbound._Guarded(Allowed()).connect_unix_socket("/run/clamav/clamd.ctl")

    with pytest.raises(ForbiddenAddress):
        asyncio.run(connect())


def asked(server: RunningServer, host: str, *allowed: str) -> int:
    port = server.url.rpartition(":")[2]

    async def ask() -> int:
        named = [f"{each}:{port}" for each in allowed]
        async with httpx2.AsyncClient(transport=Transport(named)) as speaking:
            return (await speaking.get(f"http://{host}:{port}/readyz")).status_code

    return asyncio.run(ask())


def test_allow_list(world: World) -> None:
    assert asked(world.server, "127.0.0.1", "127.0.0.1") == 200


def test_what_the_operator_allows_is_a_host_with_its_port_or_a_network(world: World) -> None:
    port = int(world.server.url.rpartition(":")[2])

    def reached(allowed: str, host: str = "127.0.0.1") -> bool:
        try:
            return asyncio.run(fetch(f"http://{host}:{port}/", Allowed.read(allowed))).status_code > 0
        except httpx2.ConnectError:
            return False

    assert reached("127.0.0.0/8")
    assert reached("127.0.0.0/8", "localhost")
    assert reached(f"10.0.0.0/8, 127.0.0.1:{port}")
    assert reached(f"LocalHost:{port}", "localhost")
    assert not reached(f"127.0.0.1:{port + 1}")
    assert not reached(f"127.0.0.1:{port}", "127.0.0.2")
    assert not reached("10.0.0.0/8")
    assert not reached("")


@pytest.mark.parametrize(
    "text", ["10.0.0.1/8", "example.org", "example.org:0", "example.org:70000", ":80", "a/b", "1.2.3.4/33"]
)
def test_what_cannot_be_allowed_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="host:port or a network"):
        Allowed.read(text)


def test_a_network_covers_what_ipv6_carries_too() -> None:
    allowed = Allowed.read("10.1.0.0/16, fd00:1::/32")
    assert all(allowed.covers(ipaddress.ip_address(each)) for each in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::9"))
    assert not any(allowed.covers(ipaddress.ip_address(each)) for each in ("10.2.0.1", "::ffff:10.2.0.1", "fd00:2::9"))


def test_where_a_name_leads_is_known_before_it_is_kept() -> None:
    def inside(host: str, allowed: str = "") -> bool:
        return asyncio.run(leads_inside(host, 443, Allowed.read(allowed)))

    assert inside("localhost")
    assert inside("2130706433")
    assert not inside("localhost", "127.0.0.0/8, ::1/128")
    assert not inside("localhost", "localhost:443")
    assert not inside("no-such-host.invalid")
