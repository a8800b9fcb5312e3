"""YAML read as the JSON it stands for: a date stays the text that was written, a number keeps its digits."""

from decimal import Decimal
from typing import Any

import yaml


class _Exact(yaml.SafeLoader):
    """Knows no type that JSON does not have, and no alias: a few of them can stand for more than fits into memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(None, None, "aliases are not taken; write the part out", mark)
        return super().compose_node(parent, index)


class _Plain(yaml.SafeDumper):
    """Writes what JSON has."""


_Plain.add_representer(Decimal, lambda dumper, number: dumper.represent_scalar("tag:yaml.org,2002:float", str(number)))


def _decimal(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


_Exact.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Exact.add_constructor("tag:yaml.org,2002:float", _decimal)


def decode(text: str) -> Any:
    """The JSON value that a YAML text stands for; yaml.YAMLError when it stands for none."""
    try:
        return yaml.load(text, Loader=_Exact)  # noqa: S506 - it is a SafeLoader
    except RecursionError:
        message = "it is nested too deeply"
        raise yaml.YAMLError(message) from None


def encode(value: Any) -> str:
    """A JSON value as YAML, in the order of its members."""
    text: str = yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return text
