"""The command line: one file a command."""

from typing import Any

app: Any = None
