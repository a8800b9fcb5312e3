"""Supervised work has as many lives as it takes."""

import asyncio
import io
from importlib import import_module
from pkgutil import walk_packages

import pytest

from dossier.foundation import supervision
from dossier.foundation.identifiers import new_id
from dossier.foundation.logs import Unbreakable
from dossier.foundation.pubsub import MAX_OPEN, ChangeFeed
from dossier.foundation.supervision import Task, supervised


def test_work_that_fails_or_ends_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """[R1] Whatever the error is, also one that nobody foresaw; who looks sees that it failed."""
    monkeypatch.setattr(supervision, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(supervision, "MAX_WAIT", 0.02)
    monkeypatch.setattr(supervision, "TRUSTED", 0.05)
    lives = 0

    async def work() -> None:
        nonlocal lives
        lives += 1
        if lives == 1:
            raise ZeroDivisionError
        if lives > 2:
            await asyncio.sleep(60)

    async def watch() -> list[bool]:
        tasks: list[Task] = []
        async with supervised("x", work, tasks) as task:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            failed = not task.well
            while lives < 3:  # noqa: ASYNC110 - a count is waited for
                await asyncio.sleep(0.01)
            too_early = task.well
            await asyncio.sleep(0.06)
            well, listed = task.well, list(tasks)
            assert task.running
            task.running.cancel()  # not even a supervisor that dies goes unseen
            await asyncio.wait({task.running})
            return [failed, too_early, well, task.lives == 3, listed == [task], task.well]

    assert asyncio.run(watch()) == [True, False, True, True, True, False]


def test_a_log_that_cannot_be_written_stops_nothing() -> None:
    """[R1] A full disk or a closed pipe under the log: the line is lost, and no more."""

    class Full(io.StringIO):
        def write(self, _text: str) -> int:
            raise OSError(28, "No space left on device")

    closed = io.StringIO()
    closed.close()
    for stream in (Full(), Unbreakable(closed)):
        Unbreakable(stream).write("a line\n")  # type: ignore[arg-type]
        Unbreakable(stream).flush()  # type: ignore[arg-type]


def test_the_twenty_newest_pages_hear_of_changes() -> None:
    """[R11] The twenty-first ends the first, and nobody else."""
    feed, workspace, who = ChangeFeed(), new_id(), new_id()
    open_pages = [feed.subscribe("case", (workspace,), who) for _ in range(MAX_OPEN + 1)]
    watchers = [each.__enter__() for each in open_pages]
    assert [each.ended for each in watchers] == [True] + [False] * MAX_OPEN
    for each in open_pages:
        each.__exit__(None, None, None)


def test_bulk_work_and_the_search_have_lanes_of_their_own() -> None:
    """[R14] What takes minutes is worked on beside what somebody waits for, and is asked for in that lane."""
    from dossier.app import JOBS
    from dossier.foundation.jobs import BULK, DRAWING, EXPORTS, INDEXING, LANES

    by_lane = {lane: {job.name for job in JOBS if job.lane == lane} for lane in LANES}
    assert by_lane[BULK] == {
        "cases.backfill_index",
        "cases.backfill_missing",
        "cases.read_past_contacts",
        "cases.change_many",
        "forms.change_many",
        "cases.tell_of_contacts",
        "cases.tell_of_files",
        "files.check",
        "files.sweep",
        "forms.do_batch",
        "forms.do_due_batches",
    }
    words = ("refresh_words", "sweep_words", "refresh_all_words")
    assert by_lane[INDEXING] == {f"{kind}.{work}" for kind in ("cases", "contacts", "forms") for work in words}
    assert by_lane[EXPORTS] == {"cases.export", "contacts.export", "forms.export"}
    assert by_lane[DRAWING] == {"files.draw", "files.read"}
    assert sum(map(len, by_lane.values())) == len(JOBS)
    assert min(lane.at_once for lane in LANES if lane != DRAWING) > 1


def test_every_job_that_somebody_asks_for_is_done() -> None:
    """Wherever in the code a kind of work is declared, the table of the server says what does it; and it has each that comes by itself."""
    import dossier
    from dossier.app import JOBS
    from dossier.foundation.jobs import Job

    modules = [
        import_module(each.name)
        for each in walk_packages(dossier.__path__, "dossier.")
        if ".migrations." not in each.name
    ]
    declared = {value for module in modules for value in vars(module).values() if isinstance(value, Job)}
    assert len(declared) > 4
    assert declared <= set(JOBS)
    assert {job.name: job.cron for job in JOBS if job.cron} == {
        "audit.forget_entries": "27 3 * * *",
        "automations.clock": "* * * * *",
        "automations.sweep": "23 3 * * *",
        "cases.backfill_missing": "* * * * *",
        "cases.do_due_steps": "* * * * *",
        "cases.fold_counts": "* * * * *",
        "forms.do_due_batches": "* * * * *",
        "forms.do_due_forms": "* * * * *",
        "forms.forget_entries": "41 3 * * *",
        "cases.forget_answers": "17 * * * *",
        "cases.give_up_changes": "* * * * *",
        "forms.give_up_changes": "* * * * *",
        "cases.read_past_contacts": "* * * * *",
        "cases.refresh_all_words": "*/5 * * * *",
        "cases.sweep_exports": "*/5 * * * *",
        "contacts.refresh_all_words": "*/5 * * * *",
        "contacts.sweep_exports": "*/5 * * * *",
        "forms.refresh_all_words": "*/5 * * * *",
        "forms.sweep_exports": "*/5 * * * *",
        "files.check": "* * * * *",
        "files.delete_left": "*/30 * * * *",
        "files.end_unfinished": "*/10 * * * *",
        "files.erase_unheld": "11 * * * *",
        "files.sweep": "41 4 * * *",
        "members.forget_sign_ins": "47 * * * *",
        "notices.forget": "41 3 * * *",
        "messages.send_due": "* * * * *",
        "messages.fetch": "* * * * *",
        "webhooks.look_after": "*/10 * * * *",
        "webhooks.forget_deliveries": "53 3 * * *",
        "notices.mail_soon": "* * * * *",
        "notices.mail_daily": "5 * * * *",
        "notices.tell_of_dues": "*/10 * * * *",
        "webhooks.mark_order": "17 * * * *",
        "webhooks.rotate_keys": "41 2 * * *",
    }
