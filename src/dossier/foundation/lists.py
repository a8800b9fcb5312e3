"""A page of a list: which one, in which order, and the envelope it comes in."""

from dataclasses import dataclass
from typing import Any, Literal

_LAST_OFFSET = 2**62  # what PostgreSQL's bigint OFFSET can take


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list, in which order."""

    number: int = 1
    size: int = 10
    sort: Literal["created_at", "updated_at"] = "created_at"
    descending: bool = True

    @property
    def offset(self) -> int:
        return min((self.number - 1) * self.size, _LAST_OFFSET)

    def envelope(self, total: int, rows: list[Any]) -> dict[str, Any]:
        """`{"meta", "data"}` of contract section 4."""
        meta = {
            "total_count": total,
            "total_pages": -(-total // self.size),
            "page_size": self.size,
            "current_page": self.number,
        }
        return {"meta": meta, "data": rows}
