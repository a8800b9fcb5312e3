"""The process: reads an order (JSON) from its input, gives up what it does not need, does the work, says line by line what came of it."""

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from dossier.foundation.workshop.confined import Limits, confine

WORK = {
    "look": "looking",
    "draw": "drawing",
    "read": "reading",
    "office": "office",
    "set_out": "setting_out",
    "join": "joining",
    "strip": "stripping",
    "paper": "papers",
    "sheet": "sheets",
}
"""Kinds of work, and the module whose `work` does it: an order imports what it needs and no more."""

Work = Callable[[dict[str, Any]], Iterator[dict[str, Any]]]


def main() -> None:
    order = json.loads(sys.stdin.buffer.read())
    confine(Limits(**order.pop("limits")))
    work: Work = import_module(f"dossier.foundation.workshop.{WORK[order.pop('work')]}").work
    for answer in work(order):
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
