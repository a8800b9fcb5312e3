"""A connection to PostgreSQL with what is known of it: what it shows, when it was last used, and how it sends."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any

from psycopg import AsyncConnection, AsyncPipeline
from psycopg.rows import DictRow

from dossier.foundation.pipelines import Pipeline


class Connection(AsyncConnection[DictRow]):
    """One of a pool's."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.wall = Wall(self)
        self.last_used = 0.0

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[AsyncPipeline]:
        """The pipeline of a transaction; there is none within."""
        self._check_connection_ok()
        pipeline = self._pipeline = Pipeline(self)
        try:
            async with pipeline:
                yield pipeline
        finally:
            self._pipeline = None

    def together(self) -> AbstractContextManager[None]:
        """What is sent in the block leaves with what comes next, within a transaction."""
        return self._pipeline.together() if isinstance(self._pipeline, Pipeline) else nullcontext()


class Wall:
    """Which workspaces PostgreSQL itself shows on a connection, by row-level security: the second wall beside `%(scope)s`.

    It stays until another scope asks on the same connection. A transaction that is undone takes back what it showed.
    """

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._shown: str | None = None  # None: not known

    async def let_see(self, workspaces: str) -> None:
        """Show the rows of these workspaces only, a uuid[] or `*`, from the next statement on."""
        if workspaces != self._shown:
            self.forget()
            with self._connection.together():
                await self._connection.execute(_SHOW, [workspaces])
            self._shown = workspaces

    def forget(self) -> None:
        """What is shown is not known any more."""
        self._shown = None

    @contextmanager
    def until_undone(self) -> Iterator[None]:
        """What the block shows is not known when it fails, at its very end too; nor what is prepared.

        What PostgreSQL refused leaves out what was sent after it, and psycopg takes those of them for prepared that were to be.
        """
        try:
            yield
        except BaseException:
            self.forget()
            self._connection._prepared.clear()  # noqa: SLF001 - there is no other way; what is prepared on the server goes too
            raise


_SHOW = "SELECT set_config('dossier.scope', %s, false)"
