"""Our own PostgreSQL inside the data folder: real, local, without TCP, and nothing to install."""

from dossier.foundation.postgres.cluster import SERVING, Cluster, NotReady, PostgresError, lies_in
from dossier.foundation.postgres.sharing import DataFolderInUse, connect_or_start, running_cluster

__all__ = [
    "SERVING",
    "Cluster",
    "DataFolderInUse",
    "NotReady",
    "PostgresError",
    "connect_or_start",
    "lies_in",
    "running_cluster",
]
