"""Messages that are kept to be said later, in the language of whoever reads them then."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from dossier.foundation.messages import Message, Named, Value, shortened


def stored(messages: Sequence[Message]) -> str:
    """Messages as a text to keep."""
    return json.dumps([_to_json(each) for each in messages], ensure_ascii=False)


def restored(text: str | None) -> list[Message]:
    """The messages of a text that was kept; what was kept as a sentence is one."""
    if not text:
        return []
    return [_from_json(each) for each in json.loads(text)] if text.startswith("[{") else [Message(text)]  # type: ignore[misc]


def _to_json(value: Value) -> Any:
    match value:
        case Message():
            values = {name: _to_json(each) for name, each in value.values.items()}
            return {"say": value.id, "with": values} | ({"people": value.people} if value.people else {})
        case Named():
            return {"key": value.key, "name": _to_json(value.name)}
        case tuple():
            return [_to_json(each) for each in value]
        case date():
            return {"day": value.isoformat()}
        case Decimal():
            return {"number": str(value)}
    return shortened(str(value)) if isinstance(value, UUID | str) else value


def _from_json(stored: Any) -> Value:
    match stored:
        case {"say": id, "with": values}:
            return Message(id, {name: _from_json(each) for name, each in values.items()}, stored.get("people"))
        case {"key": key, "name": name}:
            return Named(key, _from_json(name))  # type: ignore[arg-type]
        case {"day": day}:
            return date.fromisoformat(day)
        case {"number": number}:
            return Decimal(number)
        case list():
            return tuple(_from_json(each) for each in stored)
    return stored  # type: ignore[no-any-return]
