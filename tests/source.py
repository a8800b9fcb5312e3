"""Our own source, for tests that read it: a file is parsed once by a process."""

import ast
import gc
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "dossier"


@cache
def modules() -> tuple[Path, ...]:
    """All of Dossier's files of Python."""
    return tuple(sorted(SOURCE.rglob("*.py")))


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a file, as `ast.walk` gives them: its module first. They are shared: nobody changes them."""
    gc.disable()  # nothing of it is garbage
    try:
        return tuple(ast.walk(ast.parse(path.read_text())))
    finally:
        gc.enable()


def tree(path: Path) -> ast.Module:
    """A file as it was parsed."""
    module = nodes(path)[0]
    assert isinstance(module, ast.Module)
    return module
