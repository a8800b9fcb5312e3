"""Which addresses lie outside this machine and its network, and what inside may be reached all the same."""

import ipaddress
from dataclasses import dataclass, field, replace

_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that has been given to anybody (RFC 4291)."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20")))
"""For protocols and documents (IANA's registries of special addresses), where a cloud keeps its secrets too (192.0.0.192); Python knows
more of them the newer it is."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be reached although it lies inside: hosts with their port, as they are asked for, and networks by their addresses.

    `leaves_more`: whether those who use the server may each add what calls of theirs may reach.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = field(default=())
    leaves_more: bool = False

    @classmethod
    def read(cls, text: str) -> "Allowed":
        """From `host:port` and networks (`10.1.0.0/16`), with commas between them; ValueError says what is neither."""
        hosts, networks = set(), []
        for each in filter(None, (part.strip() for part in text.split(","))):
            if "/" in each:
                networks.append(_network(each))
            else:
                hosts.add(_host_and_port(each))
        return cls(frozenset(hosts), tuple(networks))

    def with_more(self, text: str) -> "Allowed":
        """The same, and what somebody added, if that is left to them."""
        if not text or not self.leaves_more:
            return self
        more = Allowed.read(text)
        return replace(self, hosts=self.hosts | more.hosts, networks=(*self.networks, *more.networks))

    def names(self, host: str, port: int) -> bool:
        """Whether this very host and port are named; an IPv6 address stands in brackets or not."""
        return f"{host.lower().strip('[]')}:{port}" in self.hosts

    def covers(self, address: Address) -> bool:
        """Whether an address lies in one of the networks, also one that IPv6 carries."""
        carried = _carried(address) if isinstance(address, ipaddress.IPv6Address) else None
        return any(each in network for network in self.networks for each in (address, carried) if each)

    def lets(self, host: str, port: int, address: Address) -> bool:
        """Whether a host may be reached at an address that its name leads to."""
        return self.names(host, port) or is_public(address) or self.covers(address)


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        message = f"must be host:port or a network such as 10.1.0.0/16, not “{text}”"
        raise ValueError(message) from None


def _host_and_port(text: str) -> str:
    host, _, port = text.lower().rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        message = f"must be host:port or a network such as 10.1.0.0/16, not “{text}”"
        raise ValueError(message)
    return f"{host.strip('[]')}:{int(port)}"


def is_public(address: Address) -> bool:
    """Whether an address lies outside: also the IPv4 one that an IPv6 address carries (RFC 6052, RFC 3056, RFC 4380)."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        if carried is None and address not in _UNICAST:  # site-local, IPv4-compatible, a network's own NAT64 (RFC 8215)
            return False
        return _is_global(address) and (carried is None or is_public(carried))
    return _is_global(address)


def _is_global(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in each for each in _SPECIAL)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    return address.ipv4_mapped or (address.teredo[1] if address.teredo else None)
