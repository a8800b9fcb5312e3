"""What Prometheus may read: how long requests take, how many statements were sent."""

from prometheus_client import Counter, Histogram

REQUEST_SECONDS = Histogram(
    "dossier_request_seconds", "Time from a request to its whole answer.", ("method", "route", "status")
)
STATEMENTS = Counter("dossier_sql_statements", "SQL statements sent, without BEGIN and COMMIT.")


def count_statement(_query: str) -> None:
    """One more; what `Database.observe` calls."""
    STATEMENTS.inc()
