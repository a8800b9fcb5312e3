"""Ends a process whose event loop does not turn any more, with its stack in the log; its supervisor starts it again.

Two clocks, and neither goes on while the process is stopped or the machine sleeps: a thread counts its own ticks, which
finds a loop that waits for something; the kernel counts the processor time of the process, which finds one that computes
inside of a library and lets no other thread run. Both end in a signal, whose handler needs no interpreter: it writes the
stacks (names of files and functions, no values) and lets the signal end the process.
"""

import asyncio
import faulthandler
import os
import signal
import sys
import threading

SIGNAL = signal.SIGVTALRM
TICK = 1.0  # seconds


class Watchdog:
    """Watches the running event loop of the main thread; `seconds` 0 watches nothing."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tick = min(TICK, seconds / 4)
        self._turns = 0
        self._stopped = threading.Event()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> "Watchdog":
        """From now on; call it in the loop."""
        if self._seconds:
            faulthandler.register(SIGNAL, file=sys.__stderr__ or 2, all_threads=True, chain=True)
            self._turn(asyncio.get_running_loop())
            threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    def stop(self) -> None:
        """No more: the loop is about to end."""
        self._stopped.set()
        if self._timer:
            self._timer.cancel()
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turns += 1
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds)
        self._timer = loop.call_later(self._tick, self._turn, loop)

    def _watch(self) -> None:
        seen, ticks = 0, 0
        while not self._stopped.wait(self._tick):
            seen, ticks = self._turns, ticks + 1 if seen == self._turns else 0
            if ticks * self._tick >= self._seconds:
                os.kill(os.getpid(), SIGNAL)
