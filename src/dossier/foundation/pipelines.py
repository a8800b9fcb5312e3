"""What a transaction sends leaves in as few pieces as it can, and its answers are read when one is wanted.

psycopg's own pipeline looks for answers whenever something is sent, and sends each statement and each wish for answers by
itself: four looks and three writes for a statement whose rows are read, where one write does. Each write wakes PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import AsyncPipeline
from psycopg.abc import PQGen


class Pipeline(AsyncPipeline):
    """psycopg's, with another way of sending."""

    _held = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is sent in the block leaves with what comes next: another statement, the wish for an answer, or the end."""
        before, self._held = self._held, True
        try:
            yield
        finally:
            self._held = before

    def _communicate_gen(self) -> PQGen[None]:
        self._put()
        while (
            not self._held and self.pgconn.flush()
        ):  # the line is full: PostgreSQL may wait that its answers are taken
            yield from super()._communicate_gen()

    def _fetch_gen(self, *, flush: bool) -> PQGen[None]:
        self._put()
        yield from super()._fetch_gen(flush=flush)

    def _exit_gen(self) -> PQGen[None]:
        """The end asks for every answer that is left; psycopg's asks for them once more."""
        self._held = False
        try:
            self._enqueue_sync()
            yield from self._communicate_gen()
        finally:
            yield from self._fetch_gen(flush=False)

    def _put(self) -> None:
        """Into libpq's buffer."""
        while self.command_queue:
            self.command_queue.popleft()()
