"""What Prometheus may read: how long requests take, how many statements were sent."""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    start_http_server,
)
from prometheus_client.registry import REGISTRY
from prometheus_client.values import ValueClass

REQUEST_SECONDS = Histogram(
    "dossier_request_seconds", "Time from a request to its whole answer.", ("method", "route", "status")
)
CHECKS = Gauge(
    "dossier_check", "1 when a part of the server is well, 0 when not.", ("name",), multiprocess_mode="mostrecent"
)
FIGURES = Gauge(
    "dossier_check_figure",
    "What a check measured: seconds, bytes, or how many.",
    ("name",),
    multiprocess_mode="mostrecent",
)
STATEMENTS = Counter("dossier_sql_statements", "SQL statements sent.")


@cache
def request_seconds(method: str, route: str, status: int) -> Histogram:
    """The histogram of one kind of request."""
    return REQUEST_SECONDS.labels(method, route, str(status))


def count_statement(_query: str) -> None:
    """One more; what `Database.observe` calls."""
    STATEMENTS.inc()


def show_checks(found: Mapping[str, tuple[bool, float | None]], expected: Sequence[str]) -> None:
    """Whether each is well and what it measured; those that are expected and could not be looked at are no number."""
    for name in {*expected, *found}:
        well, figure = found.get(name, (math.nan, None))
        CHECKS.labels(name).set(well)
        FIGURES.labels(name).set(math.nan if figure is None else figure)


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
