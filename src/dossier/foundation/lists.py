"""A page of a list: which one, in which order, and the envelope it comes in."""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from dossier.foundation import exact

_LAST_OFFSET = 2**62  # what PostgreSQL's bigint OFFSET can take


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list, in which order."""

    number: int = 1
    size: int = 10
    sort: Literal["created_at", "updated_at"] = "created_at"
    descending: bool = True
    after: tuple[datetime, UUID] | None = None  # where to go on: behind the row with this time and id

    @property
    def offset(self) -> int:
        return 0 if self.after else min((self.number - 1) * self.size, _LAST_OFFSET)

    def envelope(self, total: int, rows: list[Any]) -> dict[str, Any]:
        """`{"meta", "data"}` of contract section 4."""
        meta = {
            "total_count": total,
            "total_pages": -(-total // self.size),
            "page_size": self.size,
            "current_page": self.number,
        }
        return {"meta": meta, "data": rows}

    def behind(self, alias: str) -> tuple[str, dict[str, Any]]:
        """SQL that holds for rows after the cursor, and its values; true without one."""
        if self.after is None:
            return "true", {}
        sign = "<" if self.descending else ">"
        at, id = self.after
        return f"({alias}.{self.sort}, {alias}.id) {sign} (%(after_at)s, %(after_id)s)", {
            "after_at": at,
            "after_id": id,
        }


def cursor(at: datetime, id: UUID) -> str:
    """Where a list goes on after a row, as text for an address."""
    return base64.urlsafe_b64encode(f"{at.isoformat()} {id}".encode()).decode().rstrip("=")


def uncursor(text: str) -> tuple[datetime, UUID]:
    """The time and the id in a cursor; ValueError when it is none."""
    at, _, id = base64.urlsafe_b64decode(text[:200] + "=" * (-len(text[:200]) % 4)).decode().partition(" ")
    return exact.moment(at), UUID(id)
