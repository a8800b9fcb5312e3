"""A picture as those see it who have its public address: without what it says of place and device. The original stays for members and programs."""

from dataclasses import replace

from dossier.files.actions.opening import fetch
from dossier.files.actions.previewing import drop_lost, keep_made, put_made
from dossier.files.actions.reading import raise_if_withheld
from dossier.files.model import File
from dossier.files.model.preview import SAYS_WHERE, Preview, says_where_still, took_too_long
from dossier.files.store import previews
from dossier.foundation.actor import Scope
from dossier.foundation.services import Services
from dossier.foundation.storage import Missing
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, Overdue, ask

_LIMITS = Limits(processor=20, seconds=20, file=600_000_000)
_WHOLE = 0  # the page and the size under which such a copy is kept


async def public_content(services: Services, file: File) -> File:
    """The file as its content is shown publicly; 409 where place and device cannot be taken out, and as content is refused; 504."""
    if file.type not in SAYS_WHERE:
        return file
    raise_if_withheld(services, file)
    copy = await _kept(services, file) or await _made(services, file)
    return replace(file, object=copy.object, size=copy.length, sha256=copy.sha256)


async def _kept(services: Services, file: File) -> Preview | None:
    async with services.database.reading(Scope((file.workspace_id,))) as reading:
        found = await previews.find(reading, file, _WHOLE, _WHOLE)
    if found is None:
        return None
    try:
        await services.storage.do(services.storage.storage.size, found.object)
    except Missing:
        await drop_lost(services, file, found)
        return None
    return found


async def _made(services: Services, file: File) -> Preview:
    """It counts for the quota, and is kept also where that has no room: what is public is not made anew for each who looks."""
    async with placed(services.storage) as home:
        source, to = home / "source", home / "copy"
        await fetch(services, file, source)
        order = {"work": "strip", "file": str(source), "type": file.type, "to": str(to)}
        try:
            await ask(order, _LIMITS, home)
        except Overdue:
            raise took_too_long() from None
        except Died:
            raise says_where_still() from None
        made = await put_made(services, file, to, _WHOLE, _WHOLE)
        await keep_made(services, file, [made], any_quota=True)
    return await _kept(services, file) or made
