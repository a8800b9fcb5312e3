"""Nothing reaches this machine or its network through us, however its address is written."""

import asyncio
import ipaddress

import httpx2
import pytest

from dossier.foundation.outbound import Transport, is_public
from dossier.foundation.testing.server import RunningServer
from tests.world import World


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fd00::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::1", "ff02::1"],
)  # fmt: skip
def test_private_address(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_address(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def asked(server: RunningServer, host: str, *allowed: str) -> int:
    port = server.url.rpartition(":")[2]

    async def ask() -> int:
        async with httpx2.AsyncClient(transport=Transport([f"{each}:{port}" for each in allowed])) as client:
            return (await client.get(f"http://{host}:{port}/readyz")).status_code

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_this_machine_is_not_reached(world: World, host: str) -> None:
    with pytest.raises(httpx2.ConnectError):
        asked(world.server, host)


def test_allow_list(world: World) -> None:
    assert asked(world.server, "127.0.0.1", "127.0.0.1") == 200
