"""What a newcomer asks is answered in ARCHITECTURE.md, by files that are there."""

import re

from tests.architecture.test_tree import ROOT, SOURCE

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
FILES = re.compile(r"`([\w./-]+/[\w.-]*|[\w-]+\.(?:py|sql|html|toml|md))`")


def _exists(name: str) -> bool:
    return any((base / name).exists() for base in (ROOT, SOURCE))


def test_every_file_that_is_named_is_there() -> None:
    assert [name for name in FILES.findall(TEXT) if not _exists(name)] == []


def test_ten_questions_are_answered_by_files() -> None:
    section = TEXT.partition("## What a newcomer asks")[2].partition("\n## ")[0]
    answers = dict(re.findall(r"^- \*(.+?\?)\* (.+(?:\n  .+)*)", section, re.MULTILINE))
    assert len(answers) >= 10
    assert [question for question, answer in answers.items() if not FILES.search(answer)] == []
