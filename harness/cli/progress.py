"""Progress of a run on standard error: a bar on a terminal, a line now and then elsewhere, JSON lines for programs, or
nothing."""

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import click
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from harness.cli.tally import Tally
from harness.model.words import Verdict
from harness.report.neutral import prose, visible

WAYS = ("auto", "bar", "lines", "json", "none")
SCHEMA = "pas-harness/progress/1"
LINE_SECONDS, EVENT_SECONDS = 10.0, 1.0
NONE: Mapping[Verdict, int] = {}
Clock = Callable[[], float]


class Quiet:
    """Says nothing; the others say more. What it knows is in `tally`."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.clock = clock
        self.tally = Tally("", 0, 0, NONE)

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = NONE) -> None:
        """A setting begins; `done` of `total` cases are there already."""
        self.tally = Tally(setting, total, done, verdicts)

    def case(self, verdict: Verdict | None = None) -> None:
        """One more case is done."""
        self.tally.case(verdict, self.clock())

    def fault(self, text: str) -> None:
        """An attempt failed."""
        self.tally.fault(text)

    def note(self, text: str) -> None:
        """Something a person should know."""

    def interrupted(self, command: str) -> None:
        """The run has ended before its time; the command finishes it. Said also by those who say nothing."""
        click.echo(f"\ninterrupted; finish it with: {command}", err=True)


class Lines(Quiet):
    """A line at most every ten seconds, and at the end of a setting."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        super().__init__(clock)
        self._said = clock()

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = NONE) -> None:
        super().setting(setting, total, done, verdicts)
        self._line()

    def case(self, verdict: Verdict | None = None) -> None:
        super().case(verdict)
        if self.clock() - self._said >= LINE_SECONDS or self.tally.done == self.tally.total:
            self._line()

    def note(self, text: str) -> None:
        click.echo(visible(prose(text)), err=True)

    def _line(self) -> None:
        self._said, at = self.clock(), self.tally
        found = f"; {at.found}" if at.found else ""
        click.echo(f"setting {at.setting}: {at.done} of {at.total} cases, {at.speed}{found}", err=True)


class Events(Quiet):
    """JSON objects, one a line; of cases at most one a second."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        super().__init__(clock)
        self._said = clock()
        self._say("start", schema=SCHEMA)

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = NONE) -> None:
        super().setting(setting, total, done, verdicts)
        self._count("setting")

    def case(self, verdict: Verdict | None = None) -> None:
        super().case(verdict)
        if self.clock() - self._said >= EVENT_SECONDS or self.tally.done == self.tally.total:
            self._count("cases")

    def fault(self, text: str) -> None:
        super().fault(text)
        self._say("fault", setting=self.tally.setting, text=text)

    def note(self, text: str) -> None:
        self._say("note", text=text)

    def interrupted(self, command: str) -> None:
        self._say("interrupted", command=command)

    def _count(self, event: str) -> None:
        self._said, at = self.clock(), self.tally
        left = None if at.left is None else round(at.left, 1)
        self._say(
            event,
            setting=at.setting,
            done=at.done,
            total=at.total,
            rate=round(at.rate, 2),
            left=left,
            verdicts={verdict: at.verdicts[verdict] for verdict in Verdict},
            faults=at.faults,
        )

    def _say(self, event: str, **values: Any) -> None:
        click.echo(json.dumps({"event": event, **values}), err=True)


class _Drawn(Progress):
    """A bar with a line of words below it."""

    below = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        yield Text(self.below, style="dim", no_wrap=True, overflow="ellipsis")


class Bar(Quiet):
    """A bar that goes on, with verdicts and faults below it."""

    def __init__(self, drawn: _Drawn) -> None:
        super().__init__()
        self._drawn = drawn
        self._task = drawn.add_task("starting", total=None, speed="")

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = NONE) -> None:
        super().setting(setting, total, done, verdicts)
        self._drawn.reset(self._task, description=f"setting {setting}", total=total, completed=done)
        self._draw()

    def case(self, verdict: Verdict | None = None) -> None:
        super().case(verdict)
        self._draw()

    def fault(self, text: str) -> None:
        super().fault(text)
        self._draw()

    def note(self, text: str) -> None:
        self._drawn.console.print(visible(prose(text)), markup=False, highlight=False)

    def _draw(self) -> None:
        self._drawn.below = self.tally.found
        self._drawn.update(self._task, completed=self.tally.done, speed=self.tally.speed)


@contextlib.contextmanager
def shown(way: str) -> Iterator[Quiet]:
    """Progress in one of WAYS; "auto" is a bar on a terminal, lines elsewhere."""
    if way == "auto":
        way = "bar" if sys.stderr.isatty() else "lines"
    if way != "bar":
        yield {"lines": Lines, "json": Events, "none": Quiet}[way]()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]}"))
    with _Drawn(*columns, console=Console(stderr=True)) as drawn:
        yield Bar(drawn)
