"""Looking up whether other mail servers will believe the sender of our e-mails."""

import asyncio

from dossier.foundation.dns import NoAnswer, texts_of
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.services import Services
from dossier.messages.model import domain_of
from dossier.messages.model.sender import NOT_KNOWN, SELECTORS, Record, dkim, dmarc, spf


async def believed(services: Services, sender: str, selector: str = "") -> list[Record]:
    """What the sender's domain says in DNS: SPF, DKIM under a `selector` (without one, where it often is), DMARC."""
    domain, look_up = domain_of(sender), services.texts_of or texts_of
    selectors = (selector,) if selector else SELECTORS
    names = (domain, f"_dmarc.{domain}", *(f"{each}._domainkey.{domain}" for each in selectors))
    try:
        own, of_dmarc, *keys = await asyncio.gather(*map(look_up, names))
    except NoAnswer:
        return [Record("SPF", "warning", Sentence(NOT_KNOWN))]
    return [spf(own), dkim(dict(zip(selectors, keys, strict=True))), dmarc(of_dmarc)]
