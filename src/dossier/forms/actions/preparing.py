"""What is done for a new form before its transaction: addresses are looked up, a password is hashed, files are kept."""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from argon2 import PasswordHasher

from dossier import files, form_templates
from dossier.files.model import clean_name
from dossier.forms.model.new import NewForm, parts_of
from dossier.foundation.actor import Actor
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, Problem, TooLarge, pointer
from dossier.foundation.services import Services

MOST_PASSWORD = 200  # characters
_BLANK = re.compile(r"\s+")
_DATA_URL = re.compile(r"\s*data:[^,]{0,200};base64,")
_PIECE = 1024 * 1024  # characters


@dataclass
class Enclosed:
    """Files that came inside the options of a form: kept, and named by no row yet."""

    by_option: dict[str, files.Received] = field(default_factory=dict)

    async def keep(self, transaction: Transaction, services: Services, asked: NewForm) -> NewForm:
        """The same form, whose options name the files that are kept from now on."""
        options = dict(asked.options)
        for key, received in self.by_option.items():
            file = await files.keep_arrived(transaction, received, services.file_limits)
            options[key] = {"id": str(file.id)}
        return replace(asked, options=options)

    async def take_back(self, services: Services) -> None:
        """Nothing names them."""
        for received in self.by_option.values():
            await files.take_back(services, received)


async def address_problems(services: Services, webhooks: Mapping[str, Sequence[str]]) -> list[Problem]:
    """What is wrong with where addresses lead: https only, but to hosts that the operator named, and nowhere inside."""
    from dossier.foundation.outbound import leads_inside, leads_out  # noqa: PLC0415 - few requests need it

    problems: list[Problem] = []
    for url in list(webhooks)[:10]:
        found = parts_of(url)
        host = found.hostname if found else None
        if found is None or not host:
            continue
        port, at = found.port or (443 if found.scheme == "https" else 80), pointer("webhooks", url[:200])
        if found.scheme == "http" and await leads_out(host, port, services.outbound):
            sentence = "Calls go to https only; http is for hosts that the operator named (DOSSIER_OUTBOUND_ALLOW)."
            problems.append(Problem(sentence, "https_only", at))
        elif await leads_inside(host, port, services.outbound):
            sentence = "“{host}” leads into this server's own network; only its operator can allow that (DOSSIER_OUTBOUND_ALLOW)."
            problems.append(Problem(sentence, "forbidden_address", at, host=host))
    return problems


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


async def hashed(password: str) -> str:
    """What is kept of a password."""
    return await asyncio.to_thread(_hasher().hash, password)


async def prepared(services: Services, asked: NewForm, password: str | None) -> NewForm:
    """The form with what of it takes time, or the network."""
    wrong = [*asked.wrong, *await address_problems(services, asked.webhooks)]
    if password is not None and not 0 < len(password) <= MOST_PASSWORD:
        sentence = "“{field}” must have 1 to {count} characters."
        wrong.append(Problem(sentence, "invalid_value", "/password", field="password", count=MOST_PASSWORD))
        password = None
    hash = await hashed(password) if password else None
    return replace(asked, wrong=tuple(wrong), password_hash=hash)


@asynccontextmanager
async def enclosing(services: Services, actor: Actor, asked: NewForm) -> AsyncIterator[tuple[NewForm, Enclosed]]:
    """While the block runs, the files inside the options are kept; they go again where it fails."""
    enclosed, rest = Enclosed(), asked
    try:
        rest = await _take(services, actor, asked, enclosed)
        yield rest, enclosed
    except AppError:
        await enclosed.take_back(services)
        raise


async def _take(services: Services, actor: Actor, asked: NewForm, enclosed: Enclosed) -> NewForm:
    inline = {key: each for key, each in asked.options.items() if _is_inline(each)}
    if not inline:
        return asked
    named = str(asked.preset_id) if asked.preset_id else asked.slug or ""
    async with services.database.reading(actor.scope) as reading:
        presets = await form_templates.presets(reading, named, asked.workspaces)
        known = (
            await form_templates.version(reading, presets[0].workspace_id, presets[0].template_id, presets[0].version)
            if len(presets) == 1
            else None
        )
    problems, options = list(asked.wrong), dict(asked.options)
    for key, each in inline.items():
        option = known.option_by_key.get(key) if known else None
        if option is None or option.type != "file":
            continue
        try:
            text = _text(key, each)
            told = (clean_name(str(each.get("name") or key)) or key, str(each.get("type") or ""))
            pieces, size = _decoded(text, _at(key, each), services.file_limits.inline), len(text) * 3 // 4
            enclosed.by_option[key] = await files.arrived_in_pieces(
                services, actor, presets[0].workspace_id, told, pieces, size, None
            )
            options[key] = None
        except Invalid as refused:
            problems += [one.at(_at(key, each)) for one in refused.problems]
    return replace(asked, options=options, wrong=tuple(problems))


def _is_inline(value: Any) -> bool:
    return isinstance(value, Mapping) and ("base64" in value or "data" in value)


def _at(key: str, value: Mapping[str, Any]) -> str:
    return pointer("options", key, "base64" if "base64" in value else "data")


def _text(key: str, value: Mapping[str, Any]) -> str:
    text = value.get("base64", value.get("data"))
    if not isinstance(text, str):
        raise Invalid.because("“{field}” must be text.", "invalid_type", field=_at(key, value).rpartition("/")[2])
    return text


def _decoded(text: str, at: str, most: int) -> Iterator[bytes]:
    """The bytes that base64 says, piece by piece: of either alphabet, padded or not, after a `data:…;base64,`, with blanks; 400, 413."""
    size = 0
    try:
        for piece in _pieces(text):
            content = base64.b64decode(piece, validate=True)
            size += len(content)
            if size > most:
                sentence = "A file inside JSON has {count} MB at most; send it as multipart to /attachments."
                raise TooLarge.because(sentence, "too_large", pointer=at, count=most // 10**6)
            yield content
    except (binascii.Error, ValueError):
        raise Invalid.because("“{field}” is not base64.", "invalid_value", field=at.rpartition("/")[2]) from None


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces that can be decoded each by itself, so that it does not lie there several times; ValueError for what is no base64."""
    introduction = _DATA_URL.match(text)
    held, begin = "", introduction.end() if introduction else 0
    for at in range(begin, len(text), _PIECE):
        held += _BLANK.sub("", text[at : at + _PIECE]).replace("-", "+").replace("_", "/")
        whole = max(0, len(held) - 4) // 4 * 4  # padding stands in the last four alone
        if "=" in held[:whole]:
            raise ValueError(text[:20])
        yield held[:whole]
        held = held[whole:]
    plain = held.rstrip("=")
    yield plain + "=" * (-len(plain) % 4)
