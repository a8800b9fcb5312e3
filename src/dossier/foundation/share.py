"""What one sender may have kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """What the files of one sender may be together, those on their way and those that nothing holds yet among them: bytes and number."""

    bytes: int
    files: int
