"""Findings at the desk: what is open, what they must come with, and that they get into the journal or not at all."""

from pathlib import Path

import pytest

from harness.assess.desk import Desk
from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model.addendum import Adjudication, ClauseJudgement, Finding
from harness.model.errors import EvidenceError, UsageError
from harness.model.words import Decision, Outcome
from harness.report import assessing, check, outputs
from harness.report.derive import derive
from tests import builders
from tests.report import runs

CLAUSES = [
    {"id": "4", "title": "Blocking", "assessed": "measured"},
    {"id": "6", "title": "Security", "assessed": "by-hand", "note": "Whether a child can go round it."},
    {"id": "7", "title": "Installation", "assessed": "by-hand", "note": "Whether a parent can do it.", "persons": 2},
]
LAX = builders.criterion(bound=0.5, minimum_n=5, maximum_unscored=0.5)
SHOT = ("shot.png", b"\x89PNG not much of a picture")


def run(path: Path) -> RunFolder:
    profile = builders.criteria(LAX, runs.ALLOW, clause=CLAUSES).model_dump(mode="json", by_alias=True)
    fates = {"adult-00": "challenged", "adult-01": "faulty", "adult-02": "challenged"}
    return runs.run(path, runs.cases(12, 12), fates, criteria=profile, shots={"adult-00": runs.JPEG})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(run(tmp_path / "run"), None, lambda: builders.NOW)
    made.sit("Ann Other", blind=True)
    return made


def test_what_is_open(desk: Desk) -> None:
    found = desk.agenda
    assert [item.clause.id for item in found.clauses] == ["6", "7"]
    assert [doubt.item.case.case_id for doubt in found.doubts] == ["adult-00", "adult-02"]  # a fault is not judged
    assert found.open == 4
    first = assessing.next_open(found)
    assert first is found.clauses[0]


def test_a_finding_with_its_file_is_evidence(desk: Desk) -> None:
    desk.judge("6", "met", "The settings ask\nfor a password.", [SHOT])
    (entry,) = addenda.read(desk.folder)
    assert isinstance(entry, ClauseJudgement)
    assert (entry.finding, entry.author, entry.blind) == (Finding.MET, "Ann Other", True)
    assert entry.reason == "The settings ask for a password."
    (file,) = entry.evidence
    assert addenda.attachments(desk.folder).get(file.digest) == SHOT[1]
    assert (file.name, file.size) == ("shot.png", len(SHOT[1]))
    assert desk.agenda.open == 3
    outputs.write(desk.folder, desk.derived)
    assert check.problems(desk.folder) == []


def test_two_persons_must_agree(desk: Desk) -> None:
    desk.judge("7", "met", "It went well.", [SHOT])
    assert desk.clause("7").open == "Ann Other alone has judged it, and two must"
    desk.sit("ann  OTHER", blind=True)
    desk.judge("7", "met", "It went well again.", [SHOT])
    assert desk.clause("7").open == "ann OTHER alone has judged it, and two must"
    desk.sit("B. Second", blind=False)
    desk.judge("7", "not-met", "It asked for a licence.", [SHOT])
    assert desk.clause("7").open == "ann OTHER and B. Second do not agree"
    assert desk.clause("7").judged is None
    assert desk.derived.decision is Decision.PASS
    desk.judge("7", "met", "That was another product.", [SHOT])
    assert desk.clause("7").open == ""
    assert desk.clause("7").decision is Decision.PASS


def test_who_takes_a_finding_back_leaves_the_clause_open(desk: Desk) -> None:
    desk.judge("6", "not-met", "No password.", [SHOT])
    before = desk.derived.decision
    desk.judge("6", "not-judged", "It was the wrong build.", [])
    assert desk.clause("6").open == "nobody has judged it"
    assert (before, desk.derived.decision) == (Decision.FAIL, Decision.PASS)


def test_a_verdict_on_a_case_of_the_queue(desk: Desk) -> None:
    desk.adjudicate("adult-00", "moderate", "allowed", "The page is plainly there.")
    (entry,) = addenda.read(desk.folder)
    assert isinstance(entry, Adjudication)
    assert entry.machine_rule == "indeterminate.challenge"
    (item,) = [item for item in desk.derived.scored if item.case.case_id == "adult-00"]
    assert item.outcome is Outcome.UNDER_BLOCKED
    assert desk.agenda.open == 3
    assert desk.doubt("adult-00", "moderate").said == "allowed"


@pytest.mark.parametrize(
    ("finding", "reason", "files", "words"),
    [
        ("met", "Seen.", [], "needs a file"),
        ("not-met", "Seen.", [], "needs a file"),
        ("met", "  \n", [SHOT], "say why"),
        ("", "Seen.", [SHOT], "choose one"),
        ("fine", "Seen.", [SHOT], "'fine' is none of met"),
        ("met", "Seen.", [("empty.txt", b"")], "empty"),
        ("met", "Seen.", [("a\nb", b"x")], "no name of a file"),
        ("met", "Seen \u202e.", [SHOT], "control characters"),
        ("met", "Seen.", [SHOT] * 21, "21 files; at most 20"),
        ("met", "Seen.", [("big.mp4", b"x" * (assessing.LARGEST + 1))], "at most 20,000,000"),
    ],
    ids=["no file", "no file either", "no reason", "nothing", "no finding", "empty", "name", "bidi", "many", "large"],
)
def test_what_is_missing_is_refused_and_leaves_nothing(
    desk: Desk, finding: str, reason: str, files: list[tuple[str, bytes]], words: str
) -> None:
    before = sorted(desk.folder.path.rglob("*"))
    with pytest.raises(UsageError, match=words):
        desk.judge("6", finding, reason, files)
    assert sorted(desk.folder.path.rglob("*")) == before


def test_nobody_judges_nameless_or_what_is_not_asked(desk: Desk) -> None:
    with pytest.raises(UsageError, match="'4' is judged by hand"):
        desk.judge("4", "met", "Seen.", [SHOT])
    with pytest.raises(UsageError, match="not in the review queue"):
        desk.adjudicate("adult-01", "moderate", "blocked", "The product was dead.")
    with pytest.raises(UsageError, match="without an author"):
        desk.sit("  ", blind=False)
    with pytest.raises(UsageError, match="who you are first"):
        desk.judge("6", "met", "Seen.", [SHOT])


def test_an_unsealed_run_has_no_desk(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(2, 2), sealed=False)
    with pytest.raises(EvidenceError, match="not sealed"):
        Desk(folder, None, lambda: builders.NOW)


@pytest.mark.parametrize("deed", ["changed", "lost", "added"])
def test_verify_finds_what_was_done_to_a_file(desk: Desk, deed: str) -> None:
    desk.judge("6", "met", "Seen.", [SHOT])
    kept = addenda.attachments(desk.folder)
    (digest,) = kept.digests()
    if deed == "changed":
        kept.path(digest).write_bytes(b"another picture")
    elif deed == "lost":
        kept.path(digest).unlink()
    else:
        kept.put(b"put there")
    (problem,) = addenda.verify(desk.folder)
    assert {"changed": "changed since", "lost": "missing", "added": "no entry names it"}[deed] in problem
    assert derive(desk.folder).decision is Decision.PASS
