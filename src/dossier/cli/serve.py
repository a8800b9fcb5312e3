"""`dossier serve`: everything that runs, in one command."""

import ipaddress
import signal
import socket
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dossier.cli.connection import raise_if_old_schema, raise_if_unfit, settings
from dossier.cli.output import fail, say
from dossier.demo import Demo, make_demo
from dossier.foundation import logs
from dossier.foundation.cipher import load_or_create_key
from dossier.foundation.database import connections
from dossier.foundation.jobs import forget_workers
from dossier.foundation.postgres import SERVING, DataFolderInUse, PostgresError, running_cluster
from dossier.migrations import NewerSchema, grant, migrate
from dossier.server.settings import Settings, overridden
from dossier.server.workers import run
from dossier.web import addresses

FOR_COMMANDS = 20  # connections beside those of the server


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.", show_default="8000")] = None,
    workers: Annotated[int | None, typer.Option(help="Server processes.", show_default="1")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty embedded database with an example.")] = False,
) -> None:
    """Start the server, and its own PostgreSQL unless DATABASE_URL names one. Ctrl-C stops both."""
    chosen = overridden(settings(), host=host, port=port, workers=workers, data_dir=data_dir)
    logs.configure(chosen.log_format, logs.LEVELS[chosen.log_level])
    if demo:
        _raise_if_demo(chosen)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda _signal, _frame: sys.exit(0))  # so that PostgreSQL is stopped on the way out
    with ExitStack() as stack:
        listening = stack.enter_context(_listening(chosen))
        address = _address(chosen, listening)
        try:
            url, made = _database(stack, chosen, address if demo else "")
        except (DataFolderInUse, PostgresError, NewerSchema) as error:
            raise fail(str(error)) from None
        port = listening.getsockname()[1]
        complete = replace(chosen, port=port, database_url=url, secret_key=chosen.secret_key or _key(chosen))
        run(complete, listening, lambda: _greet(chosen, address, made))


def _key(chosen: Settings) -> str:
    try:
        return load_or_create_key(chosen.data_dir)
    except OSError as error:
        hint = f"{chosen.data_dir} cannot be written ({error.strerror})"
        raise fail(f"There is no key to encrypt second factors with: set DOSSIER_SECRET_KEY, for {hint}.") from None


def _raise_if_demo(chosen: Settings) -> None:
    if chosen.database_url:
        raise fail("--demo is for the embedded database only; unset DATABASE_URL.", 2)
    if not _is_loopback(chosen.host):
        raise fail("--demo is for this machine only; leave --host at 127.0.0.1.", 2)


def _listening(chosen: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((chosen.host, chosen.port))
    except OSError as error:
        listening.close()
        hint = " Choose another with PORT=…" if error.errno in (48, 98) else ""  # EADDRINUSE on macOS and Linux
        raise fail(f"Cannot listen on {chosen.host}:{chosen.port}: {error.strerror}.{hint}") from None
    listening.set_inheritable(True)
    return listening


def _database(stack: ExitStack, chosen: Settings, demo: str) -> tuple[str, Demo | None]:
    """The database that is served, and the example in it, whose links lead to the address that `demo` is."""
    wanted = chosen.workers * connections(chosen.max_connections)
    if chosen.database_url:
        raise_if_old_schema(chosen.database_url)
        raise_if_unfit(chosen.database_url, wanted)
        return chosen.database_url, None
    cluster = stack.enter_context(running_cluster(chosen.data_dir, say, f"max_connections = {wanted + FOR_COMMANDS}\n"))
    migrate(cluster.conninfo, say)
    grant(cluster.conninfo, SERVING)
    forget_workers(cluster.conninfo)
    if not demo:
        return cluster.serving_conninfo, None
    return cluster.serving_conninfo, make_demo(cluster.conninfo, demo, chosen.secret_key or _key(chosen))


def _address(chosen: Settings, listening: socket.socket) -> str:
    host = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    return f"http://{host}:{listening.getsockname()[1]}"


def _greet(chosen: Settings, address: str, made: Demo | None) -> None:
    say(f"Dossier listens on {address} (reference: {address}/docs). Ctrl-C stops it.")
    if made:
        say(f"\nThe workspace “demo” has a template, three cases and a form. Try:\n\n{_curl(chosen, address, made)}\n")
        say(f"Its administrator signs in to the app with this one-time link:\n\n{_link(chosen, address, made)}\n")
    elif _is_loopback(chosen.host):
        say("A token: dossier token create --workspace SLUG --name NAME   (dossier workspace list shows the slugs)")


def _curl(chosen: Settings, address: str, made: Demo) -> str:
    token = _kept(chosen, "demo-token", made.token)
    return (
        f"curl -s -X POST {address}/v1/cases/{made.case_id}/data \\\n"
        f'  -H "Authorization: Bearer {token}" -H "Content-Type: application/json" \\\n'
        f"  -d '{made.example}'"
    )


def _link(chosen: Settings, address: str, made: Demo) -> str:
    return _kept(chosen, "demo-link", address + addresses.SIGN_IN / "link" / made.link)


def _kept(chosen: Settings, name: str, secret: str) -> str:
    """A secret for a terminal; elsewhere a file that only the operator reads, and how to show it."""
    if sys.stderr.isatty():
        return secret
    file = chosen.data_dir.absolute() / name
    file.touch(0o600)
    file.write_text(secret)
    return f"$(cat '{file}')"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
