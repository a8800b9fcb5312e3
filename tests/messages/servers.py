"""A real mail server (aiosmtpd) and an SMS provider on loopback, which behave as badly as a test asks."""

import asyncio
import datetime as dt
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TAKEN = "250 2.0.0 OK"


@dataclass
class Mailbox:
    """What came in, and what is answered: to a recipient, to the content; `seconds` before that; `drops`: the line instead."""

    came: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    lines: int = 0
    answer: str = TAKEN
    of_recipient: Callable[[str], str] = lambda _address: TAKEN
    seconds: float = 0
    drops: bool = False

    async def handle_EHLO(  # noqa: N802 - as the library calls it
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.lines += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.of_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.drops:
            assert server.transport
            server.transport.abort()
            return TAKEN
        await asyncio.sleep(self.seconds)
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            found = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(found, EmailMessage)
            self.came.append(found)
            self.to.append(list(envelope.rcpt_tos))
        return self.answer


def _authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    is_known = (data.login, data.password) == (b"dossier", b"se:cret")
    return AuthResult(success=is_known, handled=False)


@contextmanager
def mail_server(
    box: Mailbox, encryption: str = "none", certificate: Path | None = None, port: int = 0
) -> Iterator[int]:
    """Listens while the block runs; its port. With a `certificate` (a file with its key), by TLS from the first byte or by STARTTLS."""
    context, more = None, dict[str, Any]()
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    if encryption == "starttls":
        more = {
            "tls_context": context,
            "require_starttls": True,
            "authenticator": _authenticated,
            "auth_required": True,
        }
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncio.Server:
        make = lambda: SMTP(box, hostname="localhost", loop=loop, **more)  # noqa: E731
        return await loop.create_server(make, "127.0.0.1", port, ssl=context if encryption == "tls" else None)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def certificate_in(folder: Path) -> Path:
    """A file with a certificate for localhost and its key; whoever believes it believes itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@dataclass
class Provider:
    """An SMS provider: what came, with which token, and what it answers; `clamours`: an answer without end."""

    came: list[dict[str, str]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    status: int = 202
    clamours: bool = False
    elsewhere: str = ""


@contextmanager
def sms_provider(provider: Provider) -> Iterator[int]:
    """Listens while the block runs; its port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_OPTIONS(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            provider.came.append(json.loads(body))
            provider.tokens.append(self.headers["Authorization"])
            self._answer()

        def _answer(self) -> None:
            self.send_response(provider.status)
            if provider.elsewhere:
                self.send_header("Location", provider.elsewhere)
            self.send_header("Content-Length", str(10**12 if provider.clamours else 0))
            self.end_headers()
            try:
                while provider.clamours:
                    self.wfile.write(b"LOOK AT ME! " * 10_000)
            except OSError:
                return

        def log_message(self, *_said: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
