"""The soak would notice what it looks for, and its measurements are what they say."""

import random
from pathlib import Path

import psutil
import pytest

from bench.soak import __main__ as soak
from bench.soak import faults, judge
from bench.soak.faults import Scene
from bench.soak.inputs import inputs
from bench.soak.memory import PARTS, Sample, means, part, show
from bench.soak.rounds import Deck, Round, Struck
from bench.soak.watch import Watch
from harness.corpus.load import load
from harness.evidence.folder import RunFolder
from harness.evidence.journal import segments
from harness.model.case import Case
from tests.report import runs

CASES = runs.cases(3, 3)


def judged(path: Path, fates: dict[str, str] | None = None, cases: list[Case] = CASES) -> judge.Found:
    return judge.judged(runs.run(path, cases, fates), lambda folder: "")


def test_a_run_as_it_should_be_has_no_problems(tmp_path: Path) -> None:
    found = judged(tmp_path)
    assert (found.cases, found.right, found.attempts, found.faults, found.clean) == (6, 6, 12, 0, True)
    assert found.problems == ()


@pytest.mark.parametrize(("case_id", "fate"), [("adult-01", "arrives"), ("news-01", "blocked"), ("news-01", "altered")])
def test_a_verdict_other_than_the_known_one_is_found(case_id: str, fate: str, tmp_path: Path) -> None:
    found = judged(tmp_path, {case_id: fate})
    assert not found.clean
    assert [problem.split()[:3] for problem in found.problems] == [["false", "verdict:", case_id]]


def test_a_case_that_failed_is_unscored_and_no_problem(tmp_path: Path) -> None:
    found = judged(tmp_path, {"adult-01": "faulty"})
    assert (found.right, found.faults, found.clean, found.problems) == (5, 3, False, ())
    assert sum(found.unscored.values()) == 1


def test_attempts_missing_and_doubled_are_found(tmp_path: Path) -> None:
    missing = judged(tmp_path / "missing", {"adult-01": ""})
    assert "attempt missing: adult-01" in missing.problems
    doubled = judged(tmp_path / "doubled", cases=[*CASES, CASES[0]])
    assert "attempt doubled: adult-00/control/1, 2 times" in doubled.problems


def test_evidence_that_does_not_verify_is_found(tmp_path: Path) -> None:
    folder = runs.run(tmp_path, CASES)
    folder.seal_file.write_text("{}", "utf-8")
    (problem,) = judge.judged(folder).problems
    assert problem.startswith("does not verify")


def test_a_watch_counts_what_was_added_and_faults_apart(tmp_path: Path) -> None:
    folder = runs.run(tmp_path, CASES, {"adult-01": "faulty"})
    (segment,) = segments(folder.journal)
    lines = segment.read_bytes().splitlines(keepends=True)
    watch = Watch(folder)
    segment.write_bytes(b"".join(lines[:4]) + lines[4][:20])
    watch.look()
    assert watch.attempts == watch.measured == 1
    segment.write_bytes(b"".join(lines))
    watch.look()
    watch.look()
    assert (watch.attempts, watch.measured) == (14, 11)


def test_every_kind_is_drawn_as_often_as_another_and_what_struck_nothing_comes_back() -> None:
    deck = Deck(("a", "b", "c"), random.Random(1))
    assert sorted(deck.draw() for _ in range(9)) == ["a"] * 3 + ["b"] * 3 + ["c"] * 3
    deck.put_back("b")
    assert deck.draw() == "b"


@pytest.mark.parametrize("kind", [name for name in faults.KINDS if "harness" not in name and "disk" not in name])
def test_what_is_not_there_is_not_struck(kind: str, tmp_path: Path) -> None:
    """But for the clock, which is always there, and for what strikes nothing."""
    scene = Scene(psutil.Process(), None, tmp_path / "clock")  # type: ignore[arg-type]
    if any(faults.found(scene, lambda words: True)):
        pytest.skip("this process has children")
    release = faults.KINDS[kind](scene, random.Random(1))
    assert (release is None) is not (kind.startswith(("clock", "nothing")))
    if release:
        release()


def test_the_clock_is_put_off_and_back(tmp_path: Path) -> None:
    scene = Scene(psutil.Process(), None, tmp_path / "clock")  # type: ignore[arg-type]
    release = faults.KINDS["clock an hour back"](scene, random.Random(1))
    assert scene.clock.read_text() == "-3600\n"
    assert release
    release()
    assert scene.clock.read_text() == "+0\n"


def test_the_corpus_has_known_answers_and_a_host_for_each_case(tmp_path: Path) -> None:
    request = inputs(tmp_path, "squid", 40)
    cases = load(request.corpus).cases
    listed = (tmp_path / "lists" / "all" / "domains").read_text("utf-8").split()
    hosts = {case.url.split("/")[2]: case.expectation for case in cases}
    assert len(hosts) == len(cases) == 40
    assert sorted(host for host, expectation in hosts.items() if expectation == "block") == sorted(listed)
    assert {case.url.partition(":")[0] for case in cases} == {"http", "https"}


def test_memory_is_averaged_over_equal_steps_of_attempts() -> None:
    taken = [Sample(float(at), at, {"harness": float(at)}, 2) for at in (0, 1, 5, 6, 10)]
    assert [(item.attempts, item.mib["harness"]) for item in means(taken, 2)] == [(5, 3.0), (10, 8.0)]


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["/venv/bin/python", "-m", "harness.internet.server"], "replayed Internet"),
        (["/x/chrome-headless-shell", "--type=renderer"], "browser"),
        (["/x/playwright/driver/node", "run-driver"], "Playwright"),
        (["squid", "-N"], "product"),
    ],
)
def test_processes_are_told_apart(words: list[str], what: str) -> None:
    assert part(words) == what


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    struck = [Struck("disk full", 12.0, [5]), Struck("disk full", 30.0, [5]), Struck("product killed", 3.0)]
    tally = soak.Tally([Round(RunFolder(tmp_path), struck, 3, 0, 2, 1.5)])
    tally.found.append(judged(tmp_path, {"adult-01": "faulty"}))
    soak.show(tally)
    said = capsys.readouterr().out
    assert "| disk full | 2 | 0 | 5: 2 | 21, 30 |" in said
    assert "| product killed | 1 | 1 |  | 3, 3 |" in said
    assert "6 cases in the others, 14 attempts, 3 of them faults; 3 sessions" in said
    show([Sample(12.0, 1000, dict(zip(PARTS, (1.0, 2.0, 3.0, 4.0, 5.0), strict=True)), 9)])
    assert "| 1,000 | 12 | 1 | 2 | 3 | 4 | 5 | 9 |" in capsys.readouterr().out
