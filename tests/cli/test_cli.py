"""The commands as a person meets them: help, one-line errors, listings, and exit codes."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from harness.cli.main import COMMANDS, cli
from harness.evidence.folder import RunFolder
from harness.profile import shipped
from tests import live
from tests.live import Ended, allow, block

SNAPSHOTS = Path(__file__).parent / "snapshots"
HEAD = "case_id,url,category,expectation,fixture\n"
GOOD = "one,http://one.test/,adult,block,\ntwo,http://two.test/,news,allow,\n"


def every_command(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield from every_command(command, *path, name) if isinstance(command, click.Group) else [(*path, name)]


@pytest.mark.parametrize("path", [*every_command(cli)], ids=lambda path: "-".join(("harness", *path)))
def test_help(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*path, "--help"], prog_name="harness", terminal_width=110)
    assert shown.exit_code == 0
    snapshot = SNAPSHOTS / f"{'-'.join(('harness', *path))}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(shown.output, "utf-8")
    assert shown.output == snapshot.read_text("utf-8"), "if this is meant, run again with UPDATE_SNAPSHOTS=1"


def test_the_group_and_its_commands_say_the_same_of_each_other() -> None:
    context = click.Context(cli)
    for name, (_, text) in COMMANDS.items():
        command = cli.get_command(context, name)
        assert command is not None
        assert text.endswith(".")
        assert command.name == name


def test_no_snapshot_is_left_over() -> None:
    wanted = {f"{'-'.join(('harness', *path))}.txt" for path in every_command(cli)}
    assert {path.name for path in SNAPSHOTS.iterdir()} == wanted


class Desk:
    """A folder with good input, parts of which a test spoils."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "run"
        self.corpus = live.write_corpus(folder / "corpus", [])
        self.cases = self.corpus / "cases.csv"
        self.cases.write_text(HEAD + GOOD, "utf-8")
        self.criteria = live.write_criteria(folder / "criteria.toml")

    def plan(self, *more: str | Path, product: str | Path = "zoo-perfect", corpus: str | Path = "") -> Ended:
        options = ("--corpus", corpus or self.corpus, "--criteria", self.criteria, "--out", self.out)
        return live.command("plan", product, *options, *more)

    def refused(self, ended: Ended, *words: str) -> None:
        """It ended with 4, one line that says all this, and nothing written."""
        assert ended.code == 4, ended
        assert ended.out == ""
        (line,) = ended.err.splitlines()
        assert line.startswith("error: ")
        for word in words:
            assert word in line
        assert not self.out.exists()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


def test_good_input_is_planned(desk: Desk) -> None:
    ended = desk.plan()
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == f"2 cases planned; carry it out with: harness run {desk.out}\n"


def test_where_a_run_goes_by_default(desk: Desk) -> None:
    ended = live.command("plan", "zoo-perfect", "--corpus", desk.corpus, "--criteria", desk.criteria)
    assert ended.code == 0
    (made,) = (desk.folder / "runs").iterdir()
    assert re.fullmatch(r"zoo-perfect-corpus-\d{8}T\d{6}Z", made.name)


ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "unknown category": ("three,http://three.test/,fashion,allow,", ("cases.csv:4: category:", "'fashion'")),
    "duplicate id": ("two,http://three.test/,news,allow,", ("cases.csv:4: case_id:", "'two'", "line 3")),
    "duplicate URL": ("three,http://one.test/,adult,block,", ("cases.csv:4: url:", "'http://one.test/'", "line 2")),
    "same URL in other words": ("three,HTTP://ONE.TEST:80,adult,block,", ("cases.csv:4: url:", "line 2")),
    "conflicting labels": (
        "three,http://one.test/,news,allow,",
        ("cases.csv:4: expectation:", "adult/block", "news/allow", "line 2"),
    ),
    "malformed URL": ("three,http://,news,allow,", ("cases.csv:4: url:", "'http://'")),
    "no web address": ("three,ftp://three.test/,news,allow,", ("cases.csv:4: url:", "not http or https")),
    "wrong expectation": ("three,http://three.test/,news,maybe,", ("cases.csv:4: expectation:", "'maybe'")),
    "missing fixture": ("three,http://three.test/,news,allow,gone.html", ("cases.csv:4: fixture:", "'gone.html'")),
    "fixture outside": ("three,http://three.test/,news,allow,../criteria.toml", ("cases.csv:4: fixture:", "outside")),
    "too many fields": ("three,http://three.test/,news,allow,,,,", ("cases.csv:4:", "8 fields")),
    "broken quotes": ('three,"http://three.test/,news,allow,', ("cases.csv:4:", "CSV")),
}


@pytest.mark.parametrize("wrong", ROWS)
def test_a_wrong_row_is_named(wrong: str, desk: Desk) -> None:
    row, words = ROWS[wrong]
    desk.cases.write_text(f"{HEAD}{GOOD}{row}\n", "utf-8")
    desk.refused(desk.plan(), str(desk.corpus), *words)
    checked = live.command("corpus", "check", desk.corpus)  # which goes on, and tells all
    assert checked.code == 4
    assert "cases.csv:4" in checked.out + checked.err


SPOILT: dict[str, tuple[Callable[[Desk], object], tuple[str, ...]]] = {
    "wrong encoding": (
        lambda desk: desk.cases.write_bytes((HEAD + GOOD).encode() + "drei,http://b\u00fccher.test/".encode("latin-1")),
        ("cases.csv:4:", "not UTF-8", "0xfc"),
    ),
    "UTF-16": (lambda desk: desk.cases.write_text(HEAD + GOOD, "utf-16"), ("cases.csv:1:", "UTF-16")),
    "no cases": (lambda desk: desk.cases.write_text(HEAD, "utf-8"), ("cases.csv:", "no cases")),
    "no column": (lambda desk: desk.cases.write_text("case_id,url\n", "utf-8"), ("cases.csv:1: category:",)),
    "no table": (lambda desk: desk.cases.unlink(), ("cases.csv:", "No such file")),
    "no manifest": (lambda desk: (desk.corpus / "corpus.toml").unlink(), ("corpus.toml:", "file not found")),
    "broken manifest": (
        lambda desk: (desk.corpus / "corpus.toml").write_text("name =\nversion = 1\n", "utf-8"),
        ("corpus.toml:", "not valid TOML", "line 1"),
    ),
    "bound out of range": (
        lambda desk: live.write_criteria(desk.criteria, bound=1.5),
        ("criteria.toml:", "criterion.0.bound:", "less than 1"),
    ),
    "unknown key": (
        lambda desk: desk.criteria.write_text("bond = 1\n" + desk.criteria.read_text("utf-8"), "utf-8"),
        ("criteria.toml:", "bond:"),
    ),
    "criterion on another category": (
        lambda desk: desk.criteria.write_text(desk.criteria.read_text("utf-8") + 'categories = ["fashion"]', "utf-8"),
        ("criteria.toml:", "category fashion is not known", "ok_sites_over_block"),
    ),
}


@pytest.mark.parametrize("wrong", SPOILT)
def test_a_wrong_file_is_named(wrong: str, desk: Desk) -> None:
    spoil, words = SPOILT[wrong]
    spoil(desk)
    desk.refused(desk.plan(), *words)


def test_wrong_options_are_named(desk: Desk) -> None:
    desk.refused(desk.plan(product="no-such-product"), "product", "'no-such-product'", "zoo-perfect")
    desk.refused(desk.plan(corpus="no-such-corpus"), "corpus", "'no-such-corpus'", "kitemark-practice")
    desk.refused(desk.plan("--criteria", "no-such-criteria"), "'no-such-criteria'", "pas74-kitemark")
    desk.refused(desk.plan("--setting", "strictest"), "--setting:", "'strictest'", "moderate")
    desk.refused(desk.plan("--param", "colour=red"), "--param colour:", "'colour'", "none")
    desk.refused(desk.plan("--param", "colour"), "--param:", "'colour' is not K=V")
    desk.refused(desk.plan("--param", "=red"), "--param:", "'=red' is not K=V")
    desk.refused(desk.plan("--param", "blocklists=/nowhere", product="reference"), "--param blocklists:", "/nowhere")
    desk.refused(desk.plan("--param", "phrases=some", product="reference"), "--param phrases:", "on, off")
    desk.refused(desk.plan("--case", "one", "--case", "nine"), "--case:", "nine")
    desk.refused(live.command("criteria", "check", "no-such-criteria"), "'no-such-criteria'")


@pytest.mark.parametrize(
    "more", [("--jobs", "0"), ("--limit", "0"), ("--timeout", "0"), ("--seed", "x"), ("--no-such-option",)]
)
def test_options_out_of_range_are_wrong_usage(more: tuple[str, ...], desk: Desk) -> None:
    ended = desk.plan(*more)
    assert ended.code == 4
    assert more[0] in ended.err
    assert not desk.out.exists()


def test_a_product_that_is_not_installed_comes_with_advice(desk: Desk) -> None:
    profile = shutil.copytree(shipped.PRODUCTS / "squidguard", desk.folder / "lacking")
    text = (profile / "profile.toml").read_text("utf-8")
    (profile / "profile.toml").write_text(
        text.replace('programs = ["squid", "squidGuard"]', 'programs = ["no-such-program"]'), "utf-8"
    )
    words = ("not installed", "no-such-program not found", "apt-get install squid-openssl squidguard")
    desk.refused(desk.plan(product=profile), *words)
    desk.refused(live.command("product", "check", profile), *words)


def test_a_browser_that_is_not_there_is_said_before_anything_is_written(desk: Desk) -> None:
    options = ("--corpus", desk.corpus, "--criteria", desk.criteria, "--out", desk.out, "--browser", "/no/browser")
    desk.refused(live.command("certify", "zoo-perfect", *options), "'/no/browser'", "--browser")


def test_a_run_folder_in_use_is_left_alone(desk: Desk) -> None:
    assert desk.plan().code == 0
    before = {path.name: path.read_bytes() for path in desk.out.iterdir()}
    ended = desk.plan()
    assert (ended.code, ended.out) == (4, "")
    assert f"{desk.out}: the output folder holds another run; continue it with `harness resume`" in ended.err
    assert {path.name: path.read_bytes() for path in desk.out.iterdir()} == before

    other = desk.folder / "other"
    other.mkdir()
    (other / "letter.txt").write_text("Dear reader", "utf-8")
    ended = desk.plan("--out", other)
    assert (ended.code, ended.out) == (4, "")
    assert f"{other}: the output folder holds other files" in ended.err
    assert [path.name for path in other.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("name", ["run", "resume", "score", "report", "verify"])
def test_what_is_no_run_folder_is_said_to_be_none(name: str, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        ended = live.command(name, folder)
        assert (ended.code, ended.out) == (4, "")
        assert re.fullmatch(rf"error: {folder}: not a run folder.*\n", ended.err)
        assert list(tmp_path.iterdir()) == []


def test_inputs_changed_since_the_plan_are_refused(desk: Desk) -> None:
    assert desk.plan().code == 0
    with desk.cases.open("a") as table:
        table.write("three,http://three.test/,news,allow,\n")
    ended = live.command("run", desk.out)
    assert ended.code == 4
    assert f"the corpus has changed since the run was planned: {desk.corpus}" in ended.err


def test_a_run_that_was_only_planned_is_void_and_does_not_verify(desk: Desk) -> None:
    assert desk.plan().code == 0
    ended = live.command("score", desk.out)
    assert ended.code == 3
    assert "The run is not finished; `harness resume` carries it on." in ended.out
    ended = live.command("verify", desk.out)
    assert ended.code == 3
    assert "not sealed" in ended.out


def test_listings() -> None:
    for what, folder, marker in (
        ("product", shipped.PRODUCTS, "profile.toml"),
        ("corpus", shipped.CORPORA, "corpus.toml"),
        ("criteria", shipped.CRITERIA, "*.toml"),
        ("rules", shipped.RULES, "*.toml"),
    ):
        ended = live.command(what, "list")
        assert (ended.code, ended.err) == (0, "")
        for name in shipped.names(folder, marker):
            assert re.search(rf"(?m)^{re.escape(name)} ", ended.out)


@pytest.mark.parametrize(
    ("what", "name", "words"),
    [
        ("corpus", "kitemark-practice", ("digest ", "lgbt", "gambling")),
        ("criteria", "pas74-kitemark", ("block-adult", "10.0%", "95%", "guard-band")),
        ("criteria", "sip-bench-3", ("adult-12", "0-12", "5%, 10%, 20%, 40%", "mean of")),
        ("rules", "sinkhole", ("ERR_CERT_AUTHORITY_INVALID", "no block", "sinkhole")),
    ],
)
def test_what_is_shipped_passes_its_check(what: str, name: str, words: tuple[str, ...]) -> None:
    ended = live.command(what, "check", name)
    assert (ended.code, ended.err) == (0, "")
    for word in words:
        assert word in ended.out


@pytest.mark.browser
def test_a_product_that_works_passes_its_check() -> None:
    ended = live.command("product", "check", "zoo-perfect")
    assert ended.code == 0
    assert "BAD" not in ended.out
    assert "version 1" in ended.out


@pytest.mark.browser
def test_a_product_that_does_not_filter_fails_its_check() -> None:
    ended = live.command("product", "check", "zoo-unfiltered")
    assert ended.code == 5
    (bad,) = [line for line in ended.out.splitlines() if line.startswith("BAD ")]
    assert "the product is not filtering" in bad
    assert ended.err == "error: 1 check of zoo-unfiltered failed\n"


@pytest.mark.browser
@pytest.mark.parametrize(
    ("product", "code", "words"),
    [
        ("zoo-perfect", 0, ("pass ", "12 of 12 planned cases scored", "decision: pass")),
        ("zoo-allow-all", 1, ("fail ", "6 of 6 cases went wrong", "decision: fail")),
        ("zoo-flaky", 2, ("inconclusive ", "6 of 12 planned cases scored", "decision: inconclusive")),
        ("zoo-unfiltered", 3, ("The run was stopped", "0 of 12 planned cases scored", "decision: void")),
    ],
)
def test_the_exit_code_is_the_decision(product: str, code: int, words: tuple[str, ...], tmp_path: Path) -> None:
    cases = [block(f"bad-{n}", f"http://bad-{n}.test/") for n in range(6)]
    cases += [allow(f"good-{n}", f"https://good-{n}.test/") for n in range(6)]
    options = ("--corpus", live.write_corpus(tmp_path / "corpus", cases), "--out", tmp_path / "run", "--timeout", "30")
    criteria = live.write_criteria(tmp_path / "criteria.toml", bound=0.5, minimum_n=5)
    ended = live.command("certify", product, "--criteria", criteria, *options)
    assert ended.code == code, ended
    for word in words:
        assert word in ended.out
    folder = RunFolder(tmp_path / "run")
    assert json.loads(folder.result_file.read_text("utf-8"))["decision"] == words[-1].removeprefix("decision: ")
    assert (folder.path / "report.html").is_file()
    assert (folder.path / "junit.xml").is_file()
    assert live.command("verify", folder.path).code == 0
    again = live.command("resume", folder.path)
    assert (again.code, again.out) == (code, ended.out)
    assert "the run is finished already" in again.err
