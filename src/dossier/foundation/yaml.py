"""YAML read as the JSON it stands for: a date stays the text that was written, a number keeps its digits."""

from decimal import Decimal
from typing import Any

import yaml


class _Exact(yaml.SafeLoader):
    """Knows no type that JSON does not have."""


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


_Exact.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Exact.add_constructor("tag:yaml.org,2002:float", _decimal)


def decode(text: str) -> Any:
    """The JSON value that a YAML text stands for; yaml.YAMLError when it stands for none."""
    return yaml.load(text, Loader=_Exact)  # noqa: S506 - it is a SafeLoader
