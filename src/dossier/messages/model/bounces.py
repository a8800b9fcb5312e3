"""What mail servers say of a mail that they could not deliver: reports as RFC 3464 has them, and those of servers that do not know it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.message import Message as Mail
from email.utils import parseaddr

_OURS = re.compile(r"message-id:\s*<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>;,\"()]{1,120}@[^\s<>;,\"()]{1,200}")
_STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_FOR_GOOD = re.compile(r"5\.(?:1\.\d+|0\.0|2\.1|4\.1|7\.606)")
"""What says that nobody is there, and not that the mailbox is full, a route is missing, or the mail was taken for spam."""
_BELOW = re.compile(r"(?im)^(?:-{3,}.*|message-id:.*)$")
"""Where the mail that came back begins, in one that says so in words."""
_MOST = 50  # recipients
_LOOKED_AT = 100_000  # characters of a part


@dataclass(frozen=True, slots=True)
class Bounce:
    """`failed`: addresses that it did not reach; `gone`: those of them that nobody has; `original`: ids of the messages of ours; `says`: why, in the server's words, without addresses."""

    failed: tuple[str, ...]
    gone: tuple[str, ...]
    original: tuple[str, ...]
    status: str
    says: str


def bounce_of(mail: Mail, parts: Sequence[Mail]) -> Bounce | None:
    """What a mail says about another one's delivery, nothing failed where it is on its way still; None: it is none of that."""
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if report is not None:
        return _reported(report, parts)
    return _old_fashioned(mail, parts) if _is_of_a_server(mail) else None


def _reported(report: Mail, parts: Sequence[Mail]) -> Bounce:
    blocks = report.get_payload()
    groups = [each for each in blocks if isinstance(each, Mail)] if isinstance(blocks, list) else []
    failed = [each for each in groups[: _MOST + 1] if str(each.get("Action", "")).strip().lower() == "failed"]
    addresses = [(_recipient(each), _status_of(each)) for each in failed]
    status = next((status for _, status in addresses), "")
    says = next((str(each.get("Diagnostic-Code", "")) for each in failed), "")
    return Bounce(
        tuple(dict.fromkeys(address for address, _ in addresses if address)),
        tuple(dict.fromkeys(address for address, status in addresses if address and _FOR_GOOD.fullmatch(status))),
        tuple(dict.fromkeys(_originals(parts))),
        status,
        _without_addresses(says.partition(";")[2] or says),
    )


def _recipient(group: Mail) -> str:
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _, address = str(group.get(name, "")).partition(";")
        if kind.strip().lower() in ("rfc822", "utf-8") and "@" in address:
            return parseaddr(address.strip())[1]
    return ""


def _status_of(group: Mail) -> str:
    """The class that the server gave, or, where that says no more than “failed”, the one in its words."""
    given = _STATUS.search(str(group.get("Status", "")))
    said = _STATUS.search(str(group.get("Diagnostic-Code", "")))
    if given and given[0] != "5.0.0":
        return given[0]
    return said[0] if said else given[0] if given else ""


def _is_of_a_server(mail: Mail) -> bool:
    sender = parseaddr(str(mail.get("From", "")))[1].lower()
    returned = str(mail.get("Return-Path", "")).strip()
    by_name = sender.partition("@")[0] in ("mailer-daemon", "postmaster", "mail-daemon")
    return by_name and (returned in ("", "<>") or mail["X-Failed-Recipients"] is not None)


def _old_fashioned(mail: Mail, parts: Sequence[Mail]) -> Bounce | None:
    """Where addresses stand in a header (Exim), or in words beside a status that says for good (qmail); nothing is guessed beyond."""
    original = tuple(dict.fromkeys(_originals(parts)))
    words = _BELOW.split("\n".join(_words(part) for part in parts[:3]), maxsplit=1)[0]
    named = _ADDRESS.findall(str(mail.get("X-Failed-Recipients", ""))) or _ADDRESS.findall(words)[:_MOST]
    status = _STATUS.search(words)
    refused = re.search(r"\b55\d\b", words)
    if not original or not named or not (mail["X-Failed-Recipients"] or refused or (status and status[1] == "5")):
        return None
    found = status[0] if status else "5.1.1" if re.search(r"\b550\b", words) else ""
    gone = tuple(dict.fromkeys(named)) if _FOR_GOOD.fullmatch(found) else ()
    return Bounce(tuple(dict.fromkeys(named)), gone, original, found, _without_addresses(_sentence(words, found)))


def _originals(parts: Sequence[Mail]) -> Iterator[str]:
    """The ids of our messages that came back with it, whole, or their headers."""
    for part in parts:
        if part.get_content_type() in ("message/rfc822", "message/global") and isinstance(part.get_payload(), list):
            inner = part.get_payload(0)
            yield from _OURS.findall(f"Message-ID: {inner.get('Message-ID', '')}" if isinstance(inner, Mail) else "")
        elif part.get_content_maintype() in ("text", "message"):
            yield from _OURS.findall(_words(part))[:_MOST]


def _words(part: Mail) -> str:
    raw = part.get_payload(decode=True)
    return raw[:_LOOKED_AT].decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _sentence(words: str, status: str) -> str:
    return next((line for line in words.splitlines() if status and status in line), "")


def _without_addresses(says: str) -> str:
    return " ".join(_ADDRESS.sub("…", says).split())[:300]
