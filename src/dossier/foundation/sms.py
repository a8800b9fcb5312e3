"""Short texts to telephones: by a provider that takes a POST, or on the console of who develops."""

import asyncio
import sys
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

import httpx2

from dossier.foundation.messages import Message
from dossier.foundation.outbound import client
from dossier.foundation.outgoing import NotTaken, Sms
from dossier.foundation.reachable import Allowed

_PORTS = {"https": 443, "http": 80}
_HOW = "must be https://:token@sms.example.org/messages, or console:"
_LATER = (401, 403, 407, 408, 425, 429)
"""Answers, besides 5xx, that say nothing about the text: later it may be taken."""


@dataclass(frozen=True, slots=True)
class SmsProvider:
    """An address that takes `{to, text, id}` with a bearer token."""

    url: str
    token: str = ""
    seconds: float = 20.0
    kind: Literal["sms"] = field(default="sms", init=False)

    async def send(self, to: str, text: str, id: str) -> Message:
        """Hand over a text; NotTaken."""
        answer = await self._ask("POST", {"to": to, "text": text, "id": id})
        if answer.is_success:
            return Message("The SMS provider took it: {code}", {"code": str(answer.status_code)})
        values = {"code": str(answer.status_code)}
        if answer.status_code >= 500 or answer.status_code in _LATER:
            alone = answer.status_code not in (401, 403, 407)
            raise NotTaken(Message("The SMS provider does not take it now: {code}", values), alone=alone)
        raise NotTaken(Message("The SMS provider refuses it: {code}", values), for_good=True)

    async def says(self) -> str:
        """That something answers there; NotTaken."""
        answer = await self._ask("OPTIONS")
        return f"{urlsplit(self.url).hostname} answers ({answer.status_code})"

    async def _ask(self, method: str, content: dict[str, str] | None = None) -> httpx2.Response:
        parts = urlsplit(self.url)
        named = f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}"
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with (
                asyncio.timeout(self.seconds),
                client(Allowed(frozenset({named}))) as http,
                http.stream(method, self.url, json=content, headers=headers, timeout=self.seconds) as answer,
            ):
                return answer  # what it says besides is not looked at, and may be endless
        except (httpx2.HTTPError, OSError) as error:
            sentence = "The SMS provider did not answer in time."
            if not isinstance(error, httpx2.TimeoutException | TimeoutError):
                sentence = "There is no connection to the SMS provider, or it was lost."
            raise NotTaken(Message(sentence), alone=False) from None


@dataclass(frozen=True, slots=True)
class Console:
    """Writes texts on the console: for who develops."""

    kind: Literal["console"] = field(default="console", init=False)

    async def send(self, to: str, text: str, id: str) -> Message:
        """Write it."""
        sys.stdout.write(f"SMS to {to} ({id}): {text}\n")
        sys.stdout.flush()
        return Message("It was written on the console.")

    async def says(self) -> str:
        """Where they go."""
        return "texts are written on the console"


def read_provider(url: str) -> Sms:
    """What an address that an operator gives means; ValueError says how it must be."""
    if url == "console:":
        return Console()
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or parts.fragment:
        raise ValueError(_HOW)
    token = unquote(parts.password or parts.username or "")
    return SmsProvider(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), token)
