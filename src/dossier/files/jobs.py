"""Work on files done later: what goes by itself, pictures."""

from uuid import UUID

from dossier.files.actions import check_pending, delete_left, draw_first, end_unfinished, erase_unheld, read, sweep
from dossier.files.actions.changing import LEFT
from dossier.files.actions.previewing import DRAW
from dossier.files.actions.texts import READ
from dossier.foundation.jobs import BULK, Job, Jobs
from dossier.foundation.services import Services


async def erase_what_nothing_holds(services: Services) -> None:
    """Files that were sent and that nothing ever named."""
    while await erase_unheld(services):
        continue


async def end_what_does_not_go_on(services: Services) -> None:
    """Uploads that were begun and not finished."""
    while await end_unfinished(services):
        continue


async def delete_what_is_left(services: Services) -> None:
    """Content whose file is gone, when its days are over."""
    await delete_left(services)


async def check_what_waits(services: Services) -> None:
    """Files that the virus scanner has no answer for yet."""
    await check_pending(services)


async def delete_strays(services: Services) -> None:
    """Content that belongs to no file."""
    await sweep(services)


async def draw(services: Services, workspace: str, file: str) -> None:
    """Pictures of the first pages of what was sent."""
    await draw_first(services, UUID(workspace), UUID(file))


async def read_words(services: Services, workspace: str, file: str) -> None:
    """The words in what was sent."""
    await read(services, UUID(workspace), UUID(file))


JOBS: Jobs = {
    Job("files.erase_unheld", cron="11 * * * *"): erase_what_nothing_holds,
    Job("files.end_unfinished", cron="*/10 * * * *"): end_what_does_not_go_on,
    Job("files.check", BULK, cron="* * * * *"): check_what_waits,
    LEFT: delete_what_is_left,
    DRAW: draw,
    READ: read_words,
    Job("files.sweep", BULK, cron="41 4 * * *"): delete_strays,
}
