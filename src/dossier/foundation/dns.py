"""Looking up what a domain says of itself in DNS."""

import dns.asyncresolver
import dns.exception
import dns.resolver

SECONDS = 3.0  # that an answer may take


class NoAnswer(Exception):
    """DNS did not answer: what the domain says is not known."""


async def texts_of(name: str) -> list[str]:
    """The TXT records of a name, none where it has none; NoAnswer."""
    resolver = dns.asyncresolver.Resolver()
    try:
        found = await resolver.resolve(name, "TXT", lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise NoAnswer(type(error).__name__) from None
    return [b"".join(each.strings).decode("utf-8", "replace") for each in found]
