"""Our own PostgreSQL inside the data folder: real, local, without TCP, and nothing to install."""

from dossier.foundation.postgres.cluster import SERVING, Cluster, NotReady, PostgresError, lies_in
from dossier.foundation.postgres.sharing import Busy, reachable, served

__all__ = ["SERVING", "Busy", "Cluster", "NotReady", "PostgresError", "lies_in", "reachable", "served"]
