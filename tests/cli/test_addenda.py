"""What people add to a sealed run from the command line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.evidence import addenda, keys, seal
from harness.evidence.folder import RunFolder
from harness.model import addendum
from harness.model.addendum import Adjudication, ClauseJudgement, Finding, Invalidation
from harness.model.words import Verdict
from harness.report.derive import derive
from tests import builders
from tests.live import Ended, command
from tests.report import runs

WHO = ("--by", "Ann Other", "--reason", "seen by eye", "--blind")
CLAUSES = (
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "5.1", "title": "Ease of use", "assessed": "by-hand", "note": "to be looked at"},
)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    profile = builders.criteria(runs.BLOCK, runs.ALLOW, clause=CLAUSES).model_dump(mode="json", by_alias=True)
    fates = {"adult-00": "challenged", "adult-01": "arrives", "adult-02": "faulty", "adult-03": ""}
    path = tmp_path_factory.mktemp("addenda") / "run"
    return runs.run(path, runs.cases(6, 6), fates, criteria=profile, settings=("moderate", "most")).path


@pytest.fixture
def folder(pristine: Path, tmp_path: Path) -> RunFolder:
    return RunFolder(Path(shutil.copytree(pristine, tmp_path / "run")))


def refused(ended: Ended, *words: str, code: int = 4) -> None:
    """It ended with that code and one line that says all this."""
    assert (ended.code, ended.out) == (code, "")
    for word in words:
        assert word in ended.err


def test_adjudicate(folder: RunFolder) -> None:
    ended = command("adjudicate", folder.path, "adult-00", "blocked", "--setting", "most", *WHO)
    assert (ended.code, ended.err) == (0, "")
    (entry,) = addenda.read(folder)
    assert isinstance(entry, Adjudication)
    assert (entry.case_id, entry.setting, entry.verdict) == ("adult-00", "most", Verdict.BLOCKED)
    assert (entry.machine_verdict, entry.machine_rule) == (Verdict.INDETERMINATE, "indeterminate.challenge")
    assert (entry.author, entry.reason, entry.blind) == ("Ann Other", "seen by eye", True)
    assert ended.out == (
        f"recorded as said by Ann Other, without knowing the product's name, at {entry.date}: seen by eye\n"
        "case adult-00 at setting most: blocked; the machine said indeterminate (indeterminate.challenge)\n"
        f"nothing else is changed; recompute with: harness score {folder.path}\n"
    )


def test_what_the_machine_said_stays_what_it_said(folder: RunFolder) -> None:
    for verdict in ("blocked", "warned"):
        said = command("adjudicate", folder.path, "adult-01", verdict, "--setting", "most", *WHO)
        assert "the machine said allowed (allowed.token)" in said.out
    first, second = addenda.read(folder)
    assert addendum.on_case((first, second), "adult-01", "most") is second
    (item,) = [item for item in derive(folder).scored if (item.case.case_id, item.setting) == ("adult-01", "most")]
    assert item.judgement.verdict is Verdict.WARNED


def test_invalidate(folder: RunFolder) -> None:
    told = command("invalidate", folder.path, "adult-01", *WHO[:-1], "--knew-product")
    assert told.code == 0
    assert ", knowing the product's name, " in told.out
    assert "case adult-01 at every setting: not to be scored" in told.out
    command("invalidate", folder.path, "adult-01", "--setting", "most", *WHO)
    everywhere, one = addenda.read(folder)
    assert isinstance(everywhere, Invalidation)
    assert isinstance(one, Invalidation)
    assert (everywhere.setting, everywhere.blind, one.setting, one.blind) == ("", False, "most", True)


def test_judge(folder: RunFolder, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"not much of a picture")
    ended = command("judge", folder.path, "5.1", "not-met", "--evidence", shot, *WHO)
    assert (ended.code, ended.err) == (0, "")
    assert "\nclause 5.1: not-met\nattached shot.png, 21 bytes, SHA-256 " in ended.out
    (entry,) = addenda.read(folder)
    assert isinstance(entry, ClauseJudgement)
    assert (entry.clause, entry.finding) == ("5.1", Finding.NOT_MET)
    assert addenda.attachments(folder).get(entry.evidence[0].digest) == shot.read_bytes()
    assert addenda.verify(folder) == []


def test_results_are_left_alone(folder: RunFolder) -> None:
    folder.result_file.write_text("{}")
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    assert command("judge", folder.path, "5.1", "not-applicable", *WHO).code == 0
    assert {path: path.read_bytes() for path in before} == before
    assert seal.verify(folder) == []


def test_one_setting_needs_no_naming(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(1, 1))
    assert command("adjudicate", folder.path, "adult-00", "blocked", *WHO).code == 0
    (entry,) = addenda.read(folder)
    assert isinstance(entry, Adjudication)
    assert entry.setting == "moderate"


ADJUDICATE = ("adjudicate", "adult-00", "blocked", "--setting", "most")
JUDGE = ("judge", "5.1", "not-applicable")
WRONG: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "case": (("adjudicate", "adult-0", "blocked", "--setting", "most", *WHO), ("'adult-0'", "nearest is 'adult-0")),
    "case to invalidate": (("invalidate", "news-9", *WHO), ("'news-9'", "nearest is 'news-0")),
    "setting": (("adjudicate", "adult-00", "blocked", "--setting", "mst", *WHO), ("'mst'", "nearest is 'most'")),
    "setting to invalidate": (("invalidate", "adult-00", "--setting", "mst", *WHO), ("'mst'", "nearest is 'most'")),
    "no setting": (("adjudicate", "adult-00", "blocked", *WHO), ("--setting:", "moderate, most")),
    "clause": (("judge", "5.2", "not-judged", *WHO), ("'5.2'", "nearest is '5.1'")),
    "measured clause": (("judge", "4", "not-judged", *WHO), ("no clause judged by hand '4'", "nearest is '5.1'")),
    "verdict": (("adjudicate", "adult-00", "stopped", *WHO), ("'stopped'", "'degraded'")),
    "finding": (("judge", "5.1", "fine", *WHO), ("'fine'", "'not-applicable'")),
    "fault": (("adjudicate", "adult-02", "blocked", "--setting", "most", *WHO), ("validity.browser-fault",)),
    "not measured": (("adjudicate", "adult-03", "blocked", "--setting", "most", *WHO), ("validity.not-measured",)),
    "nobody": ((*JUDGE, "--by", " ", *WHO[2:]), ("author: empty",)),
    "no reason": ((*ADJUDICATE, *WHO[:2], "--reason", "", "--blind"), ("reason: empty",)),
    "control characters": ((*JUDGE, "--by", "Ann\x1b[31m", *WHO[2:]), ("author:", "control characters")),
    "lines": ((*JUDGE, *WHO[:2], "--reason", "one\ntwo", "--blind"), ("reason:", "line breaks")),
    "no --by": ((*JUDGE, *WHO[2:]), ("Missing option '--by'",)),
    "no --reason": ((*JUDGE, *WHO[:2], "--blind"), ("Missing option '--reason'",)),
    "not whether blind": ((*JUDGE, *WHO[:4]), ("Missing option '--blind'",)),
    "no key": ((*JUDGE, *WHO, "--key", "/nowhere/lab.key"), ("/nowhere/lab.key:", "cannot be read")),
}


@pytest.mark.parametrize(("given", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named(folder: RunFolder, given: tuple[str, ...], words: tuple[str, ...]) -> None:
    name, *rest = given
    refused(command(name, folder.path, *rest), *words)
    assert addenda.read(folder) == ()


@pytest.mark.parametrize("given", [ADJUDICATE, ("invalidate", "adult-00"), JUDGE], ids=lambda given: given[0])
def test_only_to_a_sealed_run(tmp_path: Path, given: tuple[str, ...]) -> None:
    name, *rest = given
    folder = runs.run(tmp_path / "run", runs.cases(1, 1), settings=("moderate", "most"), sealed=False)
    refused(command(name, folder.path, *rest, *WHO), "not sealed", code=3)
    refused(command(name, tmp_path, *rest, *WHO), "not a run folder")
    assert not (folder.path / "addenda").exists()


def test_what_was_adjudicated_to_changed_evidence_is_refused(folder: RunFolder) -> None:
    segment = next(folder.journal.iterdir())
    segment.write_bytes(segment.read_bytes().replace(b'"token_seen":true', b'"token_seen":null', 1))
    refused(command(*ADJUDICATE[:1], folder.path, *ADJUDICATE[1:], *WHO), "000001.jsonl", code=3)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    keys.create(tmp_path / "lab.key")
    return tmp_path / "lab.key"


COMMANDS: list[Callable[[Path], tuple[str | Path, ...]]] = [
    lambda path: (ADJUDICATE[0], path, *ADJUDICATE[1:]),
    lambda path: ("invalidate", path, "adult-00"),
    lambda path: (JUDGE[0], path, *JUDGE[1:]),
]


@pytest.mark.parametrize("given", COMMANDS)
def test_a_signed_run_asks_for_a_key(
    folder: RunFolder, key: Path, given: Callable[[Path], tuple[str | Path, ...]]
) -> None:
    seal.sign(folder, keys.private(key))
    refused(command(*given(folder.path), *WHO), str(folder.path), "--key FILE")
    assert command(*given(folder.path), *WHO, "--key", key).code == 0
    assert addenda.verify(folder, keys.public(keys.public_path(key))) == []
