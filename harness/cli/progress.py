"""Progress of a run for people: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

import time
from types import TracebackType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

LINE_SECONDS = 10.0


class ConsoleProgress:
    """A context manager; what it prints goes to standard error."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._console = Console(stderr=True, quiet=quiet)
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._name, self._total, self._done = "", 0, 0
        self._said = self._began = time.monotonic()
        self._at_start = 0

    def __enter__(self) -> "ConsoleProgress":
        if self._console.is_terminal and not self._quiet:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=self._console)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def setting(self, setting: str, total: int, done: int) -> None:
        """A new setting begins; `done` of `total` cases are there already."""
        self._name, self._total, self._done, self._at_start = setting, total, done, done
        self._began = time.monotonic()
        if self._bar:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(f"setting {setting}", total=total, completed=done, rate="starting")
        else:
            self._line("starting product and browser")

    def case(self) -> None:
        """One more case is finished."""
        self._done += 1
        rate = (self._done - self._at_start) / max(0.001, time.monotonic() - self._began)
        if self._bar and self._task is not None:
            self._bar.update(self._task, completed=self._done, rate=f"{rate:.1f} cases/s")
        elif time.monotonic() - self._said >= LINE_SECONDS or self._done == self._total:
            self._line(f"{rate:.1f} cases/s")

    def note(self, text: str) -> None:
        """Something a person should know."""
        if not self._quiet:
            (self._bar.console.print if self._bar else lambda line: click.echo(line, err=True))(text)

    def _line(self, text: str) -> None:
        self._said = time.monotonic()
        if not self._quiet:
            click.echo(f"setting {self._name}: {self._done} of {self._total} cases, {text}", err=True)
