"""The plugin as a project's own pytest runs it: what is a test, what it says, and that it does nothing unasked."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model.addendum import ClauseJudgement, Finding
from harness.model.words import Arm
from harness.pytest_plugin import collect  # loaded once, as what it needs does not bear being loaded again
from tests import builders, live
from tests.report import runs

assert collect
pytest_plugins = ["pytester"]
PLANNED = runs.cases(12, 8)
STOPPED = {"complete": False, "reason": "the product died"}
ALL = {f"adult-{number:02}": "arrives" for number in range(12)}


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """What became of each test, by its name."""
    found = {}
    for line in result.outlines:
        if seen := re.fullmatch(r"(PASSED|FAILED|ERROR|XFAIL|XPASS) harness::(\S+)(?: - .*)?", line):
            found[seen[2]] = seen[1]
    return found


def scored(pytester: pytest.Pytester, run: Path, *more: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess("-rA", f"--harness-run={run}", *more)


def test_nothing_is_loaded_or_changed_unasked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_own(): pass")
    result = pytester.runpytest_inprocess("--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*= harness =*")
    heavy = ("pandas", "scipy", "mitmproxy", "click", "pydantic", "harness.cli", "harness.run", "harness.report")
    code = f"import sys, harness.pytest_plugin; print([name for name in {heavy!r} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"


@pytest.mark.parametrize(
    ("fates", "changes", "block", "allow"),
    [
        ({}, {}, "PASSED", "PASSED"),
        ({"adult-00": "arrives"}, {}, "PASSED", "PASSED"),
        (ALL, {}, "FAILED", "PASSED"),
        (dict.fromkeys(ALL, "challenged"), {}, "ERROR", "PASSED"),
        ({}, {"stop": STOPPED}, "ERROR", "ERROR"),
        (ALL, {"stop": STOPPED}, "ERROR", "ERROR"),
    ],
)
def test_each_criterion_is_a_test(
    pytester: pytest.Pytester, tmp_path: Path, fates: dict[str, str], changes: Any, block: str, allow: str
) -> None:
    run = runs.run(tmp_path / "run", PLANNED, fates, **changes).path
    result = scored(pytester, run)
    assert outcomes(result) == {
        "run": "ERROR" if changes else "PASSED",
        "criterion::moderate::block-adult": block,
        "criterion::moderate::allow": allow,
    }
    assert result.ret == (0 if {block, allow} == {"PASSED"} else 1)


def test_every_setting_and_case_is_a_test_when_asked(pytester: pytest.Pytester, tmp_path: Path) -> None:
    fates = {"adult-00": "arrives", "news-00": "blocked", "adult-01": "challenged"}
    run = runs.run(tmp_path / "run", PLANNED, fates, settings=("moderate", "most"), stop_early=True).path
    result = scored(pytester, run, "--harness-cases")
    found = outcomes(result)
    assert len(found) == 1 + 2 * (2 + len(PLANNED))
    for setting in ("moderate", "most"):
        wrong = {key: found[f"case::{setting}::{key}"] for key in fates}
        assert wrong == {"adult-00": "FAILED", "news-00": "FAILED", "adult-01": "ERROR"}
    result.stdout.fnmatch_lines(
        [
            "adult-00 at moderate: http://adult-00.test/ (adult, to block): under-blocked: The page arrived *",
            "alone: harness probe zoo-perfect --corpus test --case adult-00 --setting moderate",
        ]
    )


def test_cases_left_out_by_an_early_stop_are_skipped_with_the_reason(pytester: pytest.Pytester, tmp_path: Path) -> None:
    run = runs.run(tmp_path / "run", PLANNED, {"adult-00": ""}, stop_early=True).path
    result = scored(pytester, run, "--harness-cases", "-k", "adult-00")
    result.assert_outcomes(skipped=1, deselected=len(PLANNED) + 2)
    result.stdout.fnmatch_lines(["SKIPPED *left out by the early stop*"])


@pytest.mark.parametrize(
    ("finding", "outcome"),
    [
        (None, {"skipped": 1}),
        (Finding.MET, {"passed": 1}),
        (Finding.NOT_MET, {"failed": 1}),
        (Finding.NOT_APPLICABLE, {"skipped": 1}),
    ],
)
def test_clauses_that_people_judge(
    pytester: pytest.Pytester, tmp_path: Path, finding: Finding | None, outcome: dict[str, int]
) -> None:
    tree = [
        {"id": "4", "title": "Blocking", "assessed": "measured"},
        {"id": "9", "title": "Maintenance", "assessed": "by-hand", "note": "Updates."},
    ]
    criteria = builders.criteria(runs.BLOCK, runs.ALLOW, clause=tree).model_dump(mode="json", by_alias=True)
    folder = runs.run(tmp_path / "run", PLANNED, criteria=criteria)
    if finding:
        said: Any = {"author": "Ann", "reason": "Looked at it", "blind": False, "date": builders.NOW}
        addenda.append(folder, ClauseJudgement(clause="9", finding=finding, **said))
    result = scored(pytester, folder.path, "-m", "clause")
    result.assert_outcomes(**outcome, deselected=3)
    result.stdout.fnmatch_lines(["*clause 9, Maintenance: *"] if finding is not Finding.MET else ["PASSED *clause::9"])


def test_markers_and_keywords_choose(pytester: pytest.Pytester, tmp_path: Path) -> None:
    run = runs.run(tmp_path / "run", PLANNED, settings=("moderate", "most")).path

    def chosen(*more: str) -> set[str]:
        return set(outcomes(scored(pytester, run, "--strict-markers", "--harness-cases", *more)))

    assert chosen("-m", "criterion and setting_most") == {"criterion::most::block-adult", "criterion::most::allow"}
    assert chosen("-m", "case and category_news and setting_moderate") == {
        f"case::moderate::news-{number:02}" for number in range(8)
    }
    assert chosen("-k", "block-adult and moderate") == {"criterion::moderate::block-adult"}
    assert chosen("-m", "run") == {"run"}


def test_what_was_right_before_fails_by_name(pytester: pytest.Pytester, tmp_path: Path) -> None:
    old = runs.run(tmp_path / "old", PLANNED, {"adult-00": "arrives", "adult-01": "faulty"}).path
    fates = {"adult-00": "arrives", "adult-01": "arrives", "adult-02": "arrives", "news-03": "faulty"}
    new = runs.run(tmp_path / "new", PLANNED, fates, seed=2).path
    result = scored(pytester, new, f"--harness-baseline={old}", "-m", "baseline")
    found = outcomes(result)
    assert {f"baseline::moderate::adult-0{number}" for number in (0, 1)}.isdisjoint(found)
    assert len(found) == len(PLANNED) - 2
    assert {name: said for name, said in found.items() if said != "PASSED"} == {
        "baseline::moderate::adult-02": "FAILED",
        "baseline::moderate::news-03": "ERROR",
    }


XFAIL = '[[xfail]]\nid = "{}"\nreason = "we know"\nexpires = {}\n'


def test_what_is_expected_to_fail(pytester: pytest.Pytester, tmp_path: Path) -> None:
    run = runs.run(tmp_path / "run", PLANNED, {**ALL, "adult-03": "faulty"}).path
    names = ("case::moderate::adult-00", "case::moderate::adult-03", "case::moderate::news-00")
    expected = pytester.makefile(
        ".toml",
        "".join(XFAIL.format(name, "2999-01-01") for name in (*names, "case::moderate::gone"))
        + "".join(XFAIL.format(f"case::moderate::{name}", "2020-01-01") for name in ("adult-01", "news-01")),
    )
    result = scored(pytester, run, "--harness-cases", f"--harness-xfail={expected}", "-k", "00 or 01 or 03")
    found = outcomes(result)
    assert [found[name] for name in names] == ["XFAIL", "ERROR", "FAILED"]  # a result that is missing is not expected
    assert [found[f"case::moderate::{name}"] for name in ("adult-01", "news-01")] == ["FAILED", "FAILED"]
    result.stdout.fnmatch_lines(
        [
            "*expected to fail until 2020-01-01 (we know)*",
            "--harness-xfail names no test of this run: case::moderate::gone",
            "*[[]XPASS(strict)[]] we know*",
        ]
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--harness-corpus=url-shapes",), "--harness-corpus needs --harness-product or --harness-run"),
        (("--harness-cases",), "--harness-cases needs --harness-product or --harness-run"),
        (("--harness-product=zoo-perfect",), "--harness-product needs --harness-corpus"),
        (
            ("--harness-product=gone", "--harness-corpus=labels", "--harness-criteria=pas74-kitemark"),
            "no product named",
        ),
        (("--harness-run=gone",), "gone: not a run folder"),
        (("--harness-run={run}", "--harness-limit=3"), "--harness-limit does not go with --harness-run"),
        (("--harness-run={run}", "--harness-baseline=gone"), "gone: not a run folder"),
        (("--harness-run={run}", "--harness-baseline={void}"), "void, and no baseline"),
        (("--harness-run={run}", "--harness-xfail=gone.toml"), "gone.toml: file not found"),
        (("--harness-run={open}",), "open: --harness-run: the run is not sealed"),
    ],
)
def test_wrong_usage_is_said(pytester: pytest.Pytester, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    made = {
        "run": runs.run(tmp_path / "run", PLANNED[:3]),
        "void": runs.run(tmp_path / "void", PLANNED[:3], stop=STOPPED, seed=2),
        "open": runs.run(tmp_path / "open", PLANNED[:3], stop={}),
    }
    places = {name: folder.path for name, folder in made.items()}
    result = pytester.runpytest_inprocess(*(text.format(**places) for text in arguments))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert words in "".join((*result.errlines, *result.outlines))


def test_ids_follow_from_the_plan_and_collecting_makes_no_run(pytester: pytest.Pytester, tmp_path: Path) -> None:
    corpus = live.write_corpus(
        tmp_path / "corpus", [live.block("a", "http://a.test/"), live.allow("b", "http://b.test/")]
    )
    criteria = live.write_criteria(tmp_path / "criteria.toml")
    asked = (f"--harness-corpus={corpus}", f"--harness-criteria={criteria}", "--harness-cases", "--collect-only", "-q")
    for product in ("zoo-perfect", "zoo-allow-all"):
        result = pytester.runpytest_inprocess(f"--harness-product={product}", *asked)
        assert [line for line in result.outlines if line.startswith("harness::")] == [
            "harness::run",
            "harness::criterion::moderate::bad_sites_under_block",
            "harness::criterion::moderate::ok_sites_over_block",
            "harness::case::moderate::a",
            "harness::case::moderate::b",
        ]
    assert not (pytester.path / "runs").exists()


@pytest.mark.browser
def test_all_workers_share_one_run(pytester: pytest.Pytester, tmp_path: Path) -> None:
    cases = [live.block(f"bad-{n}", f"http://bad-{n}.test/") for n in range(2)]
    cases += [live.allow(f"good-{n}", f"https://good-{n}.test/") for n in range(2)]
    corpus = live.write_corpus(tmp_path / "corpus", cases)
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.9, minimum_n=1)
    asked = (f"--harness-corpus={corpus}", f"--harness-criteria={criteria}", f"--harness-out={tmp_path / 'run'}")
    result = pytester.runpytest_inprocess(
        "-rA", "-n2", "--harness-product=zoo-allow-all", "--harness-cases", "--junitxml=junit.xml", *asked
    )
    found = outcomes(result)
    assert {name: found.pop(name) for name in [*found] if "case" not in name} == {
        "run": "PASSED",
        "criterion::moderate::bad_sites_under_block": "FAILED",
        "criterion::moderate::ok_sites_over_block": "PASSED",
    }
    assert set(found.items()) == {
        *((f"case::moderate::bad-{n}", "FAILED") for n in range(2)),
        *((f"case::moderate::good-{n}", "PASSED") for n in range(2)),
    }
    folder = RunFolder(tmp_path / "run")
    seen = live.attempts(folder)
    assert len(seen) == 2 * len(cases)
    assert {item["arm"] for item in seen} == {str(arm) for arm in Arm}
    assert len([*folder.journal.iterdir()]) == 1
    assert live.command("verify", folder.path).code == 0
    assert 'classname="harness.criterion.moderate" name="bad_sites_under_block"' in (
        pytester.path / "junit.xml"
    ).read_text("utf-8")
