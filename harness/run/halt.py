"""A person's wish that a session ends before its time."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Iterator


class Interrupted(Exception):
    """The session has ended before its time, with everything recorded that was under way."""


class Halt:
    """Asked once while attempts are under way, a session ends when they have ended and are recorded, which `told` is
    told of; asked again, or at any other time, it is cancelled."""

    def __init__(self, told: Callable[[str], None] = lambda text: None) -> None:
        self.asked = False
        self._told = told
        self._under_way = False
        self._now: Callable[[], object] = lambda: None

    @contextlib.contextmanager
    def by_interrupt(self) -> Iterator[None]:
        """While in it, SIGINT asks the running task; the third one ends it in whatever state it is."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task

        def now() -> None:
            loop.remove_signal_handler(signal.SIGINT)
            task.cancel()

        self._now = now
        loop.add_signal_handler(signal.SIGINT, self.ask)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    @contextlib.contextmanager
    def under_way(self) -> Iterator[None]:
        """While in it, attempts are under way. Raises Interrupted at its end when that was asked for."""
        self._under_way = True
        try:
            yield
        finally:
            self._under_way = False
        if self.asked:
            raise Interrupted

    def ask(self) -> None:
        """End the session, or, when it was asked to already, end it now."""
        again, self.asked = self.asked, True
        if again or not self._under_way:
            self._now()
        else:
            self._told("ending what is under way; Ctrl-C again stops at once")
