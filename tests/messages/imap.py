"""A mailbox on loopback that speaks as much IMAP as is asked of it, by TLS."""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Folder:
    """Mails by their numbers, and which of them are read; `lets_in`: whether the password is right."""

    mails: dict[int, bytes] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    lets_in: bool = True


@contextmanager
def imap_server(folder: Folder, certificate: Path) -> Iterator[int]:
    """Listens while the block runs; its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, folder), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket, context: ssl.SSLContext, folder: Folder) -> None:
    with suppress(OSError):
        while True:
            line, _ = listening.accept()
            with suppress(OSError), context.wrap_socket(line, server_side=True) as safe:
                safe.settimeout(30)
                _talk(safe, folder)


def _talk(line: ssl.SSLSocket, folder: Folder) -> None:
    asked = line.makefile("rb")
    line.sendall(b"* OK here\r\n")
    while said := asked.readline():
        tag, _, command = said.strip().partition(b" ")
        for each in _answers(command.decode(), folder):
            line.sendall(each)
        good = folder.lets_in or not command.startswith(b"LOGIN")
        line.sendall(tag + (b" OK done\r\n" if good else b" NO [AUTHENTICATIONFAILED] no\r\n"))


def _answers(command: str, folder: Folder) -> Iterator[bytes]:
    number = int(found[1]) if (found := re.match(r"UID (?:FETCH|STORE) (\d+)", command)) else 0
    if command.startswith("CAPABILITY"):
        yield b"* CAPABILITY IMAP4rev1\r\n"
    elif command.startswith("SELECT"):
        yield b"* %d EXISTS\r\n" % len(folder.mails)
    elif command == "UID SEARCH UNSEEN":
        yield b"* SEARCH " + b" ".join(b"%d" % each for each in folder.mails if each not in folder.read) + b"\r\n"
    elif "RFC822.SIZE" in command:
        yield b"* 1 FETCH (UID %d RFC822.SIZE %d)\r\n" % (number, len(folder.mails[number]))
    elif "BODY.PEEK" in command:
        content = folder.mails[number]
        yield b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (number, len(content)) + content + b")\r\n"
    elif "STORE" in command:
        folder.read.add(number)
    elif command.startswith("LOGOUT"):
        yield b"* BYE\r\n"
