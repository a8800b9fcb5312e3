"""What Prometheus may read: how long requests take, how many statements were sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess, start_http_server
from prometheus_client.registry import REGISTRY
from prometheus_client.values import ValueClass

REQUEST_SECONDS = Histogram(
    "dossier_request_seconds", "Time from a request to its whole answer.", ("method", "route", "status")
)
STATEMENTS = Counter("dossier_sql_statements", "SQL statements sent.")


@cache
def request_seconds(method: str, route: str, status: int) -> Histogram:
    """The histogram of one kind of request."""
    return REQUEST_SECONDS.labels(method, route, str(status))


def count_statement(_query: str) -> None:
    """One more; what `Database.observe` calls."""
    STATEMENTS.inc()


def exposition() -> bytes:
    """The metrics in Prometheus' text format."""
    return generate_latest(_registry())


@contextmanager
def listen(port: int) -> Iterator[None]:
    """Serve /metrics on a port of its own while the block runs."""
    server, thread = start_http_server(port, registry=_registry())
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def _registry() -> CollectorRegistry:
    """Where the metrics of all processes of this server add up, or of the only one."""
    if ValueClass.__name__ != "MmapedValue":  # the library's word for "several processes"
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
