"""What tests must not leave behind, also when they are killed: a database, a folder in memory."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def also_when_killed(command: str, *values: str) -> Iterator[None]:
    """If this process ends before the block does, a shell does `command`, with the values as $1, $2 …: it waits until nobody holds its input any more."""
    with subprocess.Popen(
        ["/bin/sh", "-c", f"read _; {command}", "sh", *values], stdin=subprocess.PIPE, start_new_session=True
    ) as waiting:
        try:
            yield
        finally:
            waiting.kill()
