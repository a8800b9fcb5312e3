"""Content is read out of the storage in few places: whoever gives it away asks first whether it is given."""

import ast

from tests.source import SOURCE, modules, nodes

READS = {
    "files/actions/reading.py": "gives it, and asks what a virus scanner said",
    "files/actions/checking.py": "hands it to the scanner",
    "files/actions/previewing.py": "gives pictures of it, and has asked",
    "cli/contents.py": "copies it for backups, and to other places",
    "cli/files.py": "compares it with what was kept",
    "foundation/storage/working.py": "is the storage",
}


def test_nobody_else_reads_content() -> None:
    found = {
        file.relative_to(SOURCE).as_posix()
        for file in modules()
        for node in nodes(file)
        if isinstance(node, ast.Call) and _reads_content(node.func)
    }
    assert found == READS.keys()


def _reads_content(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr == "read" and "storage" in ast.unparse(function.value)
