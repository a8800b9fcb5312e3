"""Who waits for changes can be told to stop, whatever happens at the same moment."""

import asyncio

import pytest

from dossier.foundation.identifiers import new_id
from dossier.foundation.pubsub import ChangeFeed


def test_who_is_told_to_stop_while_something_changes_stops() -> None:
    """An upload's last piece hung for good: what watched it was ended as its own topic came in, and watched on."""

    async def ended() -> None:
        with ChangeFeed().subscribe("upload", (new_id(),), None) as subscription:
            waiting = asyncio.create_task(subscription.wait(60))
            await asyncio.sleep(0.01)
            subscription.wake({new_id()})
            waiting.cancel()
            await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ended())
