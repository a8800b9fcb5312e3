"""What every domain stands on: database, errors, HTTP, clock. No business word lives here."""

import sys

# structlog loads rich where it can, for errors in colours, which we never print: 4 MB of every server. This is the first
# time that structlog is imported, and rich cannot be; later it can.
if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog  # noqa: F401

    del sys.modules["rich"]
