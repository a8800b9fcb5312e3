"""Which program is calling, and what it may touch."""
