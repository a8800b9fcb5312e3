"""One file a migration; its SQL lies beside the runner."""
