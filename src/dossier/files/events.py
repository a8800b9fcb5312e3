"""Facts about files: whatever shows them follows these."""

from dataclasses import dataclass
from uuid import UUID

from dossier.files.model import File
from dossier.foundation.events import Fact
from dossier.foundation.scanner import Verdict


@dataclass(frozen=True, slots=True)
class FilePut(Fact):
    """A locked file was put on a case, or (None) taken off the one that it was on. The case refuses it, or holds it from then on."""

    file: File
    case_id: UUID | None


@dataclass(frozen=True, slots=True)
class FileRenamed(Fact):
    """A locked file is called otherwise from now on; what shows it says so in its history."""

    before: File
    file: File


@dataclass(frozen=True, slots=True)
class FileChecked(Fact):
    """A virus scanner said what it thinks of a kept file, or was given up: what shows the file has it in its history."""

    workspace_id: UUID
    file_id: UUID
    before: Verdict
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class FileRead(Fact):
    """The words in a file are known, or gone with its content: what shows it is found by them from now on, or no more."""

    workspace_id: UUID
    file_id: UUID
