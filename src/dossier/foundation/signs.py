"""Each server process says in the database how it is, for those who look from outside of it, and keeps the metrics true."""

import asyncio
import os
import platform
from contextlib import suppress

import psutil

from dossier.foundation import health, jobs
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Jsonb, Transaction
from dossier.foundation.health import Check
from dossier.foundation.metrics import show_checks
from dossier.foundation.services import Services

EVERY, SOON_SECONDS = 5.0, 1.0  # seconds between two signs, and after one that says that something is wrong here
KNOWN_TEXT = "the key of this database"
FORGOTTEN = 60  # seconds after its last sign, when another process still lives


async def signing(services: Services) -> None:
    """One life: say it again and again; at a stop of one's own say goodbye, so that a killed process is known as one."""
    try:
        await services.database.write(jobs.SYSTEM, lambda tx: _arrive(tx, services))
        while True:
            is_well = await _sign(services)
            await asyncio.sleep(EVERY if is_well else SOON_SECONDS)
    except asyncio.CancelledError:
        with suppress(Exception):
            async with asyncio.timeout(1):
                await services.database.write(jobs.SYSTEM, lambda tx: _leave(tx, services))
        raise


async def _sign(services: Services) -> bool:
    """Say it; whether all is well in this process."""
    found, own = await health.look(services)
    show_checks({each.name: (each.well, each.figure) for each in found}, health.NAMES)
    if found[0].well:
        await services.database.write(jobs.SYSTEM, lambda tx: _write(tx, services, own))
    return all(each.well for each in own)


async def keep_check(transaction: Transaction, cipher: Cipher) -> None:
    """From now on the database is used with the newest key."""
    await transaction.send("UPDATE key_checks SET value = %(value)s, since = now()", value=cipher.encrypt(KNOWN_TEXT))


async def _arrive(transaction: Transaction, services: Services) -> None:
    """The first process that a database has decides which key it is used with; those that were killed here are forgotten."""
    await transaction.send(
        "INSERT INTO key_checks (value, since) VALUES (%(value)s, now()) ON CONFLICT DO NOTHING",
        value=services.cipher.encrypt(KNOWN_TEXT),
    )
    rows = await transaction.all("SELECT id, process FROM server_signs")
    gone = [row["id"] for row in rows if _is_gone(row["process"])]
    await transaction.send("DELETE FROM server_signs WHERE id = ANY(%(gone)s::uuid[])", gone=gone)


def _is_gone(process: str) -> bool:
    host, _, pid = process.rpartition(":")
    return host == platform.node() and (int(pid) == os.getpid() or not psutil.pid_exists(int(pid)))


async def _write(transaction: Transaction, services: Services, own: list[Check]) -> None:
    await transaction.send("DELETE FROM server_signs WHERE at < now() - make_interval(secs => %(old)s)", old=FORGOTTEN)
    await transaction.send(
        """
        INSERT INTO server_signs (id, process, at, checks) VALUES (%(id)s, %(process)s, clock_timestamp(), %(checks)s)
        ON CONFLICT (id) DO UPDATE SET at = excluded.at, checks = excluded.checks
        """,
        id=services.process.id,
        process=f"{platform.node()}:{os.getpid()}",
        checks=Jsonb([[each.name, each.verdict, each.says, each.figure] for each in own]),
    )


async def _leave(transaction: Transaction, services: Services) -> None:
    await transaction.send("DELETE FROM server_signs WHERE id = %(id)s", id=services.process.id)
