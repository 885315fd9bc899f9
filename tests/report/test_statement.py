"""What the laboratory states stands in the report; without it, or with gaps, the report says that it is a draft."""

import re
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness.evidence import addenda, seal
from harness.evidence.folder import RunFolder
from harness.model.addendum import Invalidation, Statement
from harness.model.errors import EvidenceError, UsageError
from harness.report import check, html, outputs
from harness.report.derive import derive
from harness.report.statement import Stated, stated
from tests import builders
from tests.report import runs
from tests.report.stated import laboratory, state, statement

MARKS = ("Draft: not issued by a laboratory", "Draft, not sealed", "Draft: incomplete")
HOSTILE = "</style><script>alert(1)</script>{{ 7*7 }}\u200b<img src=http://evil.test/>"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return runs.run(tmp_path / "run", runs.cases(12, 12))


def seen(folder: RunFolder) -> Stated:
    return stated(folder, derive(folder))


def shown(folder: RunFolder) -> str:
    return html.report(folder, derive(folder))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text.partition("</style>")[2]))


def title(text: str) -> str:
    return text.partition("<title>")[2].partition("</title>")[0]


def invalidate(folder: RunFolder) -> None:
    who = {"author": "Ann", "reason": "seen", "date": builders.NOW}
    addenda.append(folder, Invalidation(case_id="adult-00", setting="", blind=True, **who))


def test_a_run_that_no_laboratory_speaks_for_is_a_draft(folder: RunFolder) -> None:
    text = shown(folder)
    assert seen(folder).mark == MARKS[0]
    assert "No laboratory has stated who tested what for whom" in words(text)
    assert MARKS[0] in words(text)
    assert title(text).startswith("DRAFT: ")
    assert '@top-right { content: "DRAFT "; }' in text
    assert "Not for signature: this is a draft" in words(text)
    assert 'class="lines"' not in text


def test_a_run_that_is_not_sealed_is_a_draft(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), sealed=False)
    assert seen(folder).mark == MARKS[1]
    before = sorted(folder.path.rglob("*"))
    with pytest.raises(EvidenceError, match="the run is not sealed"):
        state(folder)
    assert sorted({*folder.path.rglob("*")} - {folder.path / ".lock"}) == before


def test_what_is_stated_whole_can_be_signed(folder: RunFolder) -> None:
    assert state(folder)
    text = shown(folder)
    assert (seen(folder).mark, seen(folder).gaps) == ("", ())
    assert title(text) == "Test report ETL-2026-0042: Acme Filter: Pass"
    assert '@top-left { content: "Test report ETL-2026-0042"; } @top-right { content: ""; }' in text
    assert "draft" not in words(text).lower()
    for said in (
        "Example test laboratory",
        "Example Filters Ltd",
        "Chris Example, Head of laboratory",
        "2 January 2026",
        "End of test report ETL-2026-0042.",
        "7.8.2.1 p Results from others section 8",
        "The results relate only to",
    ):
        assert said in words(text)
    assert text.count('class="lines"') == 1


def test_the_same_again_adds_nothing(folder: RunFolder) -> None:
    assert [state(folder), state(folder), state(folder, number="T-2", amendment="A mistake")] == [True, False, True]
    assert state(folder)
    assert len(derive(folder).statements) == 3


def test_gaps_are_named_by_clause_and_mark_a_draft(folder: RunFolder) -> None:
    state(folder, title="", authorised_by="Nobody", item={"condition": ""})
    assert seen(folder).mark == MARKS[2]
    assert [gap.clause for gap in seen(folder).gaps] == ["7.8.2.1 a", "7.8.2.1 g", "7.8.2.1 o"]
    text = words(shown(folder))
    assert "7.8.2.1 g Item tested, told from any other, and its condition: item.condition is missing" in text
    assert "7.8.2.1 a Title not stated" in text
    assert "Not for signature: this is a draft; section 8 says why" in text


def test_an_amended_report_says_which_it_replaces(folder: RunFolder) -> None:
    state(folder, title="")  # a draft, which was never issued
    state(folder)
    assert seen(folder).replaces == ""
    state(folder, number="T-2", amendment="The customer's name was wrong.")
    assert (seen(folder).replaces, seen(folder).mark) == ("ETL-2026-0042", "")
    text = words(shown(folder))
    assert "It replaces report ETL-2026-0042 . Why: The customer&#39;s name was wrong." in text
    assert [row[0::2] for row in seen(folder).earlier.rows] == [
        ("ETL-2026-0042", "complete"),
        ("ETL-2026-0042", "incomplete: 1 gap"),
    ]


def test_an_amended_report_without_reason_or_number_is_a_draft(folder: RunFolder) -> None:
    state(folder)
    state(folder, external="another")
    assert [gap.clause for gap in seen(folder).gaps] == ["7.8.8", "7.8.8"]


def test_what_people_add_later_makes_it_a_draft_until_it_is_stated_anew(folder: RunFolder) -> None:
    state(folder)
    invalidate(folder)
    assert (seen(folder).mark, [gap.clause for gap in seen(folder).gaps]) == (MARKS[2], ["7.8.8"])
    assert not state(folder)
    state(folder, number="T-2", amendment="A case was unfit.")
    assert (seen(folder).mark, seen(folder).replaces) == ("", "ETL-2026-0042")


def test_a_statement_changes_no_result(folder: RunFolder) -> None:
    before = derive(folder)
    state(folder)
    after = derive(folder)
    assert (after.decision, after.decided, after.addenda) == (before.decision, before.decided, ())
    assert "Nothing: no verdict was adjudicated" in words(shown(folder))


@pytest.mark.parametrize("complete", [True, False])
def test_a_void_run_is_never_signed(tmp_path: Path, complete: bool) -> None:
    stop = {"complete": False, "reason": "the product died"}
    folder = runs.run(tmp_path / "run", runs.cases(12, 12), stop=stop)
    state(folder, title="Test report" if complete else "")
    text = shown(folder)
    assert title(text).endswith(": Void")
    assert f'@top-right {{ content: "{"" if complete else "DRAFT "}VOID"; }}' in text
    assert "Not for signature: the run is void." in words(text)
    assert 'class="lines"' not in text


def test_the_customers_choice_of_corpus_is_said(folder: RunFolder) -> None:
    state(folder, sampling={"chosen_by": "customer"})
    assert "the customer chose the corpus, and they hold for it as it was received" in words(shown(folder))


def test_hostile_words_stay_words(folder: RunFolder) -> None:
    said = statement(laboratory(name=HOSTILE, address=HOSTILE), title=HOSTILE, customer={"name": HOSTILE})
    with pytest.raises(UsageError, match="number"):
        addenda.state(folder, statement_with(said, number='1"; } * { display: none'))
    addenda.state(folder, said)
    text = shown(folder)
    assert "<script" not in text
    assert "\u200b" not in text
    assert "src=http" not in text.replace("&lt;img src=http", "")
    assert text.count("</style>") == 1
    assert "{{ 7*7 }}" in text


def statement_with(said: Statement, **changes: Any) -> Statement:
    return Statement(laboratory=said.laboratory, assignment={**said.assignment, **changes}, date=said.date)


def test_it_is_evidence_and_the_report_follows_from_it(folder: RunFolder) -> None:
    state(folder)
    outputs.write(folder, derive(folder))
    assert check.problems(folder) == []
    (segment,) = (folder.path / "addenda").glob("0*.jsonl")
    segment.write_bytes(segment.read_bytes().replace(b"Example Filters", b"Example Filterz"))
    assert "addenda" in check.problems(folder)[0]


def test_what_is_no_statement_is_an_error_not_a_crash(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    said = statement_with(statement(), colour="red")
    with pytest.raises(UsageError, match="no statement of a laboratory: colour"):
        addenda.append(folder, said)
    monkeypatch.setattr(addenda, "misplaced", lambda *parts: "")
    addenda.append(folder, said)
    monkeypatch.undo()
    with pytest.raises(EvidenceError, match="no statement of a laboratory: colour"):
        seen(folder)
    assert any("no statement of a laboratory: colour" in problem for problem in check.problems(folder))


def test_all_is_said_by_whoever_signed_the_run(folder: RunFolder) -> None:
    lab = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    seal.sign(folder, lab)
    with pytest.raises(UsageError, match="sign what you add"):
        state(folder)
    assert addenda.state(folder, statement(), lab)
    assert addenda.verify(folder, lab.public_key()) == []
