"""What dies in mid-run costs time and never a verdict, and evidence that was touched is found out."""

import asyncio
import contextlib
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from harness.evidence.folder import RunFolder
from harness.model.spec import Limits
from harness.model.words import Decision, Outcome
from harness.profile.product import load
from harness.report.derive import derive
from tests import live

PRODUCT = "reference" if load("squidguard").missing_programs() else "squidguard"
NAMES = "dnsmasq"
LISTED, UNLISTED = 10, 10
JOBS = 2
ENOUGH = 10  # attempts in the journal before something happens
PATIENCE = 120.0  # seconds within which a thing has happened, on a machine however busy
MAIN = [sys.executable, "-c", "from harness.cli.main import main; main()"]

pytestmark = [pytest.mark.browser, pytest.mark.product(PRODUCT)]


@pytest.fixture
def tmp() -> Iterator[Path]:
    with live.scratch() as folder:
        yield folder


def inputs(folder: Path) -> dict[str, Path]:
    """Corpus, criteria and block lists for which the product's right answers are known."""
    (folder / "lists" / "adult").mkdir(parents=True)
    (folder / "lists" / "adult" / "domains").write_text("".join(f"bad-{n}.test\n" for n in range(LISTED)), "utf-8")
    scheme = ("http", "https")
    cases = [live.block(f"bad-{n}", f"{scheme[n % 2]}://bad-{n}.test/") for n in range(LISTED)]
    cases += [live.allow(f"good-{n}", f"{scheme[n % 2]}://good-{n}.test/") for n in range(UNLISTED)]
    return {
        "lists": folder / "lists",
        "corpus": live.write_corpus(folder / "corpus", cases),
        "criteria": live.write_criteria(folder / "criteria.toml", bound=0.35, minimum_n=8, maximum_unscored=0.2),
    }


def of_product(process: psutil.Process) -> bool:
    words = process.cmdline()
    return bool(words) and (Path(words[0]).name in ("squid", NAMES) or "harness.products.reference.proxy" in words)


def of_browser(process: psutil.Process) -> bool:
    words = process.cmdline()
    return any(word.startswith("--remote-debugging-port") for word in words) and "--type=" not in " ".join(words)


def of_renderer(process: psutil.Process) -> bool:
    return "--type=renderer" in process.cmdline()


def of_graphics(process: psutil.Process) -> bool:
    return "--type=gpu-process" in process.cmdline()


def of_internet(process: psutil.Process) -> bool:
    return "harness.internet.server" in process.cmdline()


def matching(processes: list[psutil.Process], wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
    found = []
    for process in processes:
        try:
            if wanted(process):
                found.append(process)
        except psutil.Error:
            continue
    return found


def surviving(processes: set[psutil.Process]) -> list[psutil.Process]:
    """Those that do not end by themselves in good time; a zombie is dead."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        alive = matching(list(processes), lambda item: item.is_running() and item.status() != psutil.STATUS_ZOMBIE)
        if not alive:
            return []
        psutil.wait_procs(alive, timeout=0.2)
    return alive


def faults(folder: RunFolder) -> list[dict[str, Any]]:
    return [record.data for record in folder.reader() if record.kind == "fault"]


async def struck(folder: RunFolder, wanted: Callable[[psutil.Process], bool]) -> set[psutil.Process]:
    """Carry the run out, and kill one kind of process in its middle; returns every process seen to be started."""
    seen: set[psutil.Process] = set()
    run = asyncio.create_task(live.session(folder))
    killed = False
    while not run.done():
        seen.update(here := live.descendants())
        if not killed and len(live.attempts(folder)) >= ENOUGH:
            victims = matching(here, wanted)
            assert victims, [item.cmdline() for item in here]
            for victim in victims:
                with contextlib.suppress(psutil.NoSuchProcess):  # it has just ended by itself
                    victim.kill()
                    killed = True
        await asyncio.wait({run}, timeout=0.05)
    await run
    assert killed
    return seen


@pytest.mark.parametrize(
    ("product", "what", "wanted"),
    [
        pytest.param(PRODUCT, "product", of_product, id="product"),
        pytest.param(NAMES, "product", of_product, marks=pytest.mark.product(NAMES), id="name-server"),
        pytest.param(PRODUCT, "browser", of_browser, id="browser"),
        pytest.param(PRODUCT, "", of_renderer, id="renderer"),
        pytest.param(PRODUCT, "", of_graphics, id="graphics"),
        pytest.param(PRODUCT, "internet", of_internet, id="internet"),
    ],
)
def test_what_is_killed_in_mid_run_is_replaced_and_costs_no_verdict(
    product: str, what: str, wanted: Callable[[psutil.Process], bool], tmp: Path
) -> None:
    given = inputs(tmp / "in")
    params = {"blocklists": str(given["lists"])}
    before = set(live.descendants())
    folder = live.planned(
        tmp / "in", product, given["corpus"], criteria=given["criteria"], params=params, limits=Limits(), jobs=JOBS
    )
    with live.temporary_in(tmp):
        started = asyncio.run(struck(folder, wanted))

    derived = derive(folder)
    # A page whose renderer has died is opened in a new tab, and Chromium replaces its graphics by itself.
    assert [fault["what"] for fault in faults(folder)] == [what] * bool(what)
    assert derived.voids == ()
    # A connection may be cut an instant before the product is seen to be dead; then attempts disagree, and none counts.
    unscored = [item.reason for item in derived.scored if item.outcome is Outcome.UNSCORED]
    assert len(unscored) <= JOBS
    assert set(unscored) <= ({"indeterminate.inconsistent"} if what == "product" else set())
    assert {item.outcome for item in derived.scored} - {Outcome.UNSCORED} == {Outcome.CORRECT}
    assert derived.decision is Decision.PASS
    assert surviving(started - before) == []
    assert [path.name for path in tmp.iterdir()] == ["in"]


class Harness:
    """The harness as a process of its own, with everything it starts."""

    def __init__(self, tmp: Path, *arguments: str | Path) -> None:
        self.log = (tmp / "harness.log").open("w+")
        self.process = psutil.Popen(
            [*MAIN, *map(str, arguments)],
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            cwd=tmp,
            env={**os.environ, "TMPDIR": str(tmp)},
        )
        self.started: set[psutil.Process] = set()

    def __enter__(self) -> "Harness":
        return self

    def __exit__(self, *_: object) -> None:
        for process in {*self.children(), self.process}:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        self.log.close()

    def children(self) -> set[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            self.started.update(self.process.children(recursive=True))
        return self.started

    def until_attempts(self, folder: RunFolder) -> None:
        until = time.monotonic() + PATIENCE
        while len(live.attempts(folder)) < ENOUGH:
            assert self.process.poll() is None, self.words
            assert time.monotonic() < until, self.words
            self.children()
            psutil.wait_procs([self.process], timeout=0.05)
        self.children()

    @property
    def words(self) -> str:
        return Path(self.log.name).read_text("utf-8")


def certify(tmp: Path) -> tuple[Harness, RunFolder]:
    given = inputs(tmp / "in")
    harness = Harness(
        tmp,
        *("certify", PRODUCT, "--corpus", given["corpus"], "--criteria", given["criteria"], "--out", tmp / "run"),
        *("--param", f"blocklists={given['lists']}", "--jobs", str(JOBS)),
    )
    return harness, RunFolder(tmp / "run")


def resumed(tmp: Path) -> None:
    """Take the run in `tmp` up again, to its end; it sweeps up after the process that was killed, too."""
    with Harness(tmp, "resume", tmp / "run") as harness:
        assert harness.process.wait(PATIENCE) == 0, harness.words
    assert list(tmp.glob("pas-harness-*")) == []


def check_whole(folder: RunFolder, sessions: int) -> None:
    """Nothing was lost, nothing done twice, and everything follows from the evidence."""
    ids = [attempt["attempt_id"] for attempt in live.attempts(folder)]
    assert sorted(ids) == sorted(set(ids))
    derived = derive(folder)
    assert len(derived.scored) == LISTED + UNLISTED
    assert {item.outcome for item in derived.scored} == {Outcome.CORRECT}
    assert json.loads(folder.result_file.read_text("utf-8"))["run"]["sessions"] == sessions
    assert live.command("verify", folder.path).code == 0
    made = (folder.result_file, folder.derived / "verdicts.parquet")
    before = [path.read_bytes() for path in made]
    assert live.command("score", folder.path).code == 0
    assert [path.read_bytes() for path in made] == before


@pytest.fixture(scope="module")
def killed_and_resumed() -> Iterator[RunFolder]:
    """A run whose harness was killed in the middle and which was then taken up again."""
    with live.scratch() as tmp:
        harness, folder = certify(tmp)
        with harness:
            harness.until_attempts(folder)
            harness.process.kill()
            harness.process.wait()
            assert surviving(harness.started) == []
        assert not folder.seal_file.exists()
        resumed(tmp)
        yield folder


def test_a_harness_that_was_killed_takes_its_run_up_again(killed_and_resumed: RunFolder) -> None:
    check_whole(killed_and_resumed, sessions=2)


def flip(lines: list[bytes]) -> None:
    assert b'"status":200' in lines[20]
    lines[20] = lines[20].replace(b'"status":200', b'"status":201', 1)


def drop(lines: list[bytes]) -> None:
    del lines[20]


def swap(lines: list[bytes]) -> None:
    lines[20], lines[21] = lines[21], lines[20]


def cut(lines: list[bytes]) -> None:
    del lines[-1]


@pytest.mark.parametrize("tamper", [flip, drop, swap, cut])
def test_a_journal_that_was_touched_does_not_verify(
    tamper: Callable[[list[bytes]], None], killed_and_resumed: RunFolder, tmp_path: Path
) -> None:
    folder = RunFolder(shutil.copytree(killed_and_resumed.path, tmp_path / "run"))
    segment = folder.journal / "000002.jsonl"
    lines = segment.read_bytes().splitlines(keepends=True)
    tamper(lines)
    segment.write_bytes(b"".join(lines))
    ended = live.command("verify", folder.path)
    assert ended.code == 3
    assert str(segment) in ended.out
    if tamper is not cut:  # of a journal that is cut, only the seal knows
        assert re.search(rf"{re.escape(str(segment))}:2[12]: the chain breaks here", ended.out)
        assert live.command("score", folder.path).code == 3


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_blob_that_was_touched_does_not_verify(damage: str, killed_and_resumed: RunFolder, tmp_path: Path) -> None:
    folder = RunFolder(shutil.copytree(killed_and_resumed.path, tmp_path / "run"))
    path = folder.blobs.path(next(folder.blobs.digests()))
    if damage == "missing":
        path.unlink()
    else:
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    ended = live.command("verify", folder.path)
    assert ended.code == 3
    assert f"{path}: blob {damage}" in ended.out
