"""`make mutants`: a seeded sample of mutants, each held against the tests that reach it. What no test notices is printed; less than `LEAST` noticed ends with 1.

Our own, because of what the others do: mutmut forks a process that has run the tests, and pools and servers do not survive that; cosmic-ray removes no
statements, and neither of them changes SQL. First the suite runs once, on a copy whose statements say that they were reached. Then each mutant has an
interpreter of its own, and the tests that reach its statement, then those that reach its file: those of its domain and of the wire first, and files of quick tests.
"""

import compileall
import contextlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from dossier.foundation.testing import postgres
from tests.conftest import PREPARED, SERVER
from tests.mutants import reached
from tests.mutants.changes import SOURCE, Mutant, sample

ROOT = SOURCE.parent
LEAST = 0.85  # of the mutants that must be noticed
AT_ONCE = int(os.environ.get("AT_ONCE") or os.cpu_count() or 2)
NOT_ASKED = ("architecture", "cli", "clients", "faults", "journeys", "migrations", "mutants")  # folders of tests
SLOW = "not schemathesis and not javas"  # tests that are not asked
OPTIONS = ("-p", "no:cacheprovider", "-p", "tests.mutants.reached", "--assert=plain", "--tb=no")
PYTEST = (sys.executable, "-m", "pytest", *OPTIONS)
PATIENCE = 10  # times what the tests took without a mutant, and two minutes: a mutant that never ends is noticed by whoever waits


@dataclass
class Reached:
    """What the suite said without a mutant: seconds of each test, and which tests reach a statement."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    by: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, test: str, seconds: float, names: Iterable[str], *, is_failed: bool) -> None:
        """What fails already, for a moment or on marked source, is asked nothing."""
        if is_failed:
            self.failed.append(test)
            return
        self.seconds[test] = seconds
        for name in names:
            self.by[name].add(test)

    def likeliest(self, mutant: Mutant) -> Iterator[list[str]]:
        """Tests of its statement; then the others of its file: what one has remembered is used by another. Of a file without functions, all."""
        around = {each.name for each in _places(mutant.path)}
        holding = (each for each in _places(mutant.path) if each.first <= mutant.line <= each.last)
        inner = max(holding, default=None, key=lambda each: each.first)
        first = self.by.get(inner.name, set()) if inner else set()
        rest = set().union(*(self.by.get(each, ()) for each in around)) or set(self.seconds)
        domain = mutant.path.relative_to(SOURCE / "dossier").parts[0]
        yield self._in_order(first, domain)
        yield self._in_order(rest - first, domain)

    def _in_order(self, tests: set[str], domain: str) -> list[str]:
        """File by file: those of the domain first, then of the wire, and in each those whose tests are quick."""
        files = defaultdict(list)
        for each in sorted(tests):
            files[each.split("::")[0]].append(each)

        def turn(file: str) -> tuple[bool, bool, float]:
            folder = file.split("/")[1]
            return (
                folder != domain,
                folder != "wire",
                sum(map(self.seconds.__getitem__, files[file])) / len(files[file]),
            )

        return [test for file in sorted(files, key=turn) for test in files[file]]


def _places(path: Path) -> Iterator[reached.Place]:
    return reached.places(path, _name(path))


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the source that one mutant at a time lives in. It is compiled once; what is changed is not, so that nothing old is taken for it."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> "Copy":
        shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        compileall.compile_dir(folder, quiet=2)
        return cls(folder)

    @contextlib.contextmanager
    def with_text(self, path: Path, text: str) -> Iterator[None]:
        file = self.folder / path.relative_to(SOURCE)
        Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)
        file.write_text(text)
        try:
            yield
        finally:
            shutil.copy2(path, file)

    def verdict(self, mutant: Mutant, found: Reached) -> str:
        """`survived`, or how it was noticed."""
        with self.with_text(mutant.path, mutant.mutated):
            for tests in found.likeliest(mutant):
                said = self._ask(tests, sum(map(found.seconds.__getitem__, tests)))
                if said != "survived":
                    return said
        return "survived"

    def _ask(self, tests: list[str], seconds: float) -> str:
        if not tests:
            return "survived"
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(tests, file)
            file.flush()
            files = dict.fromkeys(each.split("::")[0] for each in tests)
            command = [*PYTEST, "-x", "-p", "no:xdist", f"--timeout={reached.SECONDS}", *files]
            try:
                run = _run(self.folder, command, {reached.TESTS: file.name}, 120 + PATIENCE * seconds)
            except subprocess.TimeoutExpired:
                return "timed out"
        return _understood(run)


def _understood(run: "subprocess.CompletedProcess[str]") -> str:
    if run.returncode == 0:
        return "survived"
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", run.stdout, re.MULTILINE)
    return f"noticed by {failed[1]}" if failed else "could not be imported"


def _run(source: Path, command: list[str], more: dict[str, str], seconds: float) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"} | more
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def _folders() -> list[str]:
    folders = sorted(each.parent.name for each in (ROOT / "tests").glob("*/__init__.py"))
    return [f"tests/{each}" for each in folders if each not in NOT_ASKED]


def reaching(chosen: list[Mutant], parent: Path) -> Reached:
    """The suite without a mutant, whose statements in the files of the sample say which test reaches them. SystemExit when it fails."""
    copy, folder = Copy.at(parent / "marked"), parent / "reached"
    folder.mkdir()
    with contextlib.ExitStack() as stack:
        for path in {each.path for each in chosen}:
            stack.enter_context(copy.with_text(path, reached.marked(path, _name(path))))
        run = _run(
            copy.folder, [*PYTEST, "-n", str(AT_ONCE), "-k", SLOW, *_folders()], {reached.FOLDER: str(folder)}, 3600
        )
    found = Reached()
    for file in folder.iterdir():
        for line in file.read_text().splitlines():
            *reaches, is_failed = json.loads(line)
            found.add(*reaches, is_failed=is_failed)
    if len(found.seconds) < 100 * len(found.failed) or not found.seconds:
        sys.exit(f"Without any mutant the suite fails:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return found


def main(count: int, seed: int) -> int:
    """Hold a sample against the suite: 0 when enough of it is noticed."""
    chosen, began = sample(count, seed), time.monotonic()
    with tempfile.TemporaryDirectory() as parent, postgres.cluster() as server, ThreadPoolExecutor(AT_ONCE) as pool:
        os.environ |= {SERVER: server, PREPARED: "1"}
        found = reaching(chosen, Path(parent))
        print(
            f"{time.monotonic() - began:5.0f} s  {len(found.seconds)} tests without a mutant; not asked, for they fail: {found.failed}",
            flush=True,
        )
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(Copy.at(Path(parent, str(number))))
        verdicts = list(pool.map(_held(copies, found), chosen))
    print(f"\n{time.monotonic() - began:.0f} seconds in all")
    return _told(chosen, verdicts)


def _held(copies: "SimpleQueue[Copy]", found: Reached) -> Callable[[Mutant], str]:
    def hold(mutant: Mutant) -> str:
        copy, began = copies.get(), time.monotonic()
        try:
            verdict = copy.verdict(mutant, found)
        finally:
            copies.put(copy)
        print(f"{time.monotonic() - began:5.0f} s  {mutant}\n         {verdict}", flush=True)
        return verdict

    return hold


def _told(chosen: list[Mutant], verdicts: list[str]) -> int:
    survived = [mutant for mutant, verdict in zip(chosen, verdicts, strict=True) if verdict.startswith("survived")]
    how = Counter(" ".join(each.split()[:2]) for each in verdicts)
    print("\nNo test notices:", *survived, sep="\n  ")
    noticed = 1 - len(survived) / len(chosen)
    print(f"\n{noticed:.0%} of {len(chosen)} are noticed ({dict(how)})")
    return 0 if noticed >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("MUTANTS", "60")), int(os.environ.get("SEED", "1"))))
