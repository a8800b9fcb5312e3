"""Our own PostgreSQL inside the data folder: real, local, without TCP, and nothing to install."""

from dossier.foundation.postgres.cluster import Cluster, PostgresError
from dossier.foundation.postgres.sharing import Busy, reachable, served

__all__ = ["Busy", "Cluster", "PostgresError", "reachable", "served"]
