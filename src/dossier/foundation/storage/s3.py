"""Content on a server that speaks S3, through obstore's sync API: its async one aborts processes when they end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog

from dossier.foundation.storage.kinds import CHUNK, Kept, Missing, storage_away

log = structlog.get_logger()

T = TypeVar("T")

PART = 8 * 1024 * 1024  # bytes; of a larger file so many are sent at once, and four of them beside each other
_AT_ONCE = 4
_ASKED = 2 * 1024 * 1024  # bytes in one answer: what one reader has in memory
_CONNECT, _ANSWER = timedelta(seconds=5), timedelta(seconds=60)  # of one part, not of a file
_TRIES = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(milliseconds=200), "max_backoff": timedelta(seconds=4), "base": 2},
}


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is, and who may use it. `encryption`: AES256, aws:kms or aws:kms:dsse, with `encryption_key` if not the bucket's own."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    path_style: bool = True
    encryption: str | None = None
    encryption_key: str | None = None
    key_id: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class S3:
    """An object for each key. `unfinished` is a folder of this machine."""

    bucket: Bucket
    unfinished: Path

    def __post_init__(self) -> None:
        self.unfinished.mkdir(mode=0o700, parents=True, exist_ok=True)
        object.__setattr__(self, "_store", _store(self.bucket))

    @property
    def place(self) -> str:
        end = f" at {self.bucket.endpoint}" if self.bucket.endpoint else ""
        return f"s3://{'/'.join(filter(None, (self.bucket.name, self.bucket.prefix)))}{end}"

    def put(self, key: str, file: Path) -> None:
        """S3 itself refuses a small one where something is. A large one goes in parts, for which it cannot: its key is looked at before."""
        import obstore  # noqa: PLC0415 - nobody needs it who keeps files in a folder

        if file.stat().st_size <= PART:
            self._asked(lambda store: obstore.put(store, key, file.read_bytes(), mode="create"))
        else:
            self._raise_if_there(key)
            self._asked(lambda store: obstore.put(store, key, file, chunk_size=PART, max_concurrency=_AT_ONCE))
        file.unlink()

    def _raise_if_there(self, key: str) -> None:
        try:
            self.size(key)
        except Missing:
            return
        raise FileExistsError(key)

    def size(self, key: str) -> int:
        import obstore  # noqa: PLC0415

        return self._asked(lambda store: obstore.head(store, key))["size"]

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """A request for each piece: who reads slowly holds no connection, and one that breaks is asked for again."""
        import obstore  # noqa: PLC0415

        for at in range(start, end, _ASKED):
            until = min(at + _ASKED, end)
            some = memoryview(self._asked(partial(obstore.get_range, path=key, start=at, end=until)))
            yield from (bytes(some[each : each + CHUNK]) for each in range(0, len(some), CHUNK))

    def delete(self, key: str) -> None:
        import obstore  # noqa: PLC0415

        try:
            self._asked(lambda store: obstore.delete(store, key))
        except Missing:
            return

    def list(self) -> Iterator[Kept]:
        import obstore  # noqa: PLC0415

        pages = self._asked(lambda store: iter(obstore.list(store, chunk_size=1000)))
        while page := self._asked(lambda _: next(pages, None)):
            yield from (Kept(each["path"], each["size"], each["last_modified"]) for each in page)

    def _asked(self, ask: Callable[[Any], T]) -> T:
        """What S3 answers; Missing, FileExistsError, and 503 for whatever else it says: the log has it."""
        from obstore.exceptions import AlreadyExistsError, BaseError  # noqa: PLC0415

        try:
            return ask(self._store)  # type: ignore[attr-defined]
        except AlreadyExistsError as error:
            raise FileExistsError from error
        except FileNotFoundError as error:
            raise Missing from error
        except (BaseError, OSError, ValueError) as error:
            log.error("storage", says=str(error).splitlines()[0][:300])  # noqa: TRY400 - a stack of another program says nothing
            raise storage_away() from error


def _store(bucket: Bucket) -> Any:
    from obstore.store import S3Store  # noqa: PLC0415

    options = {
        "endpoint": bucket.endpoint,
        "access_key_id": bucket.key_id,
        "secret_access_key": bucket.secret,
        "server_side_encryption": bucket.encryption,
        "sse_kms_key_id": bucket.encryption_key,
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        virtual_hosted_style_request=not bucket.path_style,
        client_options={
            "timeout": _ANSWER,
            "connect_timeout": _CONNECT,
            "allow_http": (bucket.endpoint or "").startswith("http://"),
        },
        retry_config=_TRIES,  # type: ignore[arg-type]
        **{name: value for name, value in options.items() if value},  # type: ignore[arg-type]
    )
