"""Verdicts as columns are the verdicts one by one: the same cases, the same figures."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.case import SEALED
from harness.model.observation import CaseEvidence
from harness.model.words import Expectation, Outcome, Verdict
from harness.profile.criteria import Shown
from harness.report import columns, result
from harness.report.columns import VERDICTS, Builder, Columns
from harness.score.outcome import Scored
from harness.score.parts import parts
from harness.score.rates import rates
from harness.score.table import Listed
from tests import builders
from tests.report import runs

KINDS = [builders.scored(expectation, verdict) for expectation in Expectation for verdict in Verdict]
TEXTS = st.sampled_from(["", "en", "=1+1", 'a,"b"', "\u202e", "\0"]) | st.text(
    st.characters(exclude_categories=["Cs"]), max_size=5
)


@st.composite
def scored(draw: st.DrawFn) -> list[Scored]:
    made = []
    for number in range(draw(st.integers(0, 12))):
        item = draw(st.sampled_from(KINDS))
        case = replace(
            item.case,
            case_id=f"case-{number:02}",
            url=draw(st.sampled_from(["http://a.test/", "https://b.test/%20", f"http://1.{SEALED}/"])),
            fixture=draw(TEXTS),
            language=draw(TEXTS),
            category=draw(TEXTS),
            cluster=draw(st.sampled_from(["", "a.test", "b.test"])),
            weight=draw(st.sampled_from([1.0, 0.1, 3.5])),
            confidence=draw(st.sampled_from([None, 0.0, 0.9])),
            disputed=draw(st.booleans()),
            popularity=draw(st.sampled_from([0, 2**40])),
        )
        machine = replace(item.judgement, verdict=Verdict.WARNED, rule_id="warned.by-rule")
        made.append(replace(item, case=case, machine=machine if draw(st.booleans()) else None))
    return made


def made(items: list[Scored]) -> Columns:
    builder = Builder()
    for item in items:
        builder.add(item, CaseEvidence())
    return builder.made()


@settings(max_examples=25, deadline=None)
@given(scored())
def test_cases_come_back_as_they_were(items: list[Scored]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "BATCH", 4)
        table, plain = made(items), Listed(items)
        assert list(table) == items == table[:]
        assert [table[at] for at in range(-len(items), 0)] == items
    assert rates(table, Shown()) == rates(plain, Shown())
    assert parts(table, Shown()) == parts(plain, Shown())
    names = ("setting", "category", "language", "machine_rule", "outcome")
    assert table.counted(*names) == plain.counted(*names)
    for name in ("weight", "confidence", "disputed"):
        np.testing.assert_array_equal(table.numbers(name), plain.numbers(name))
    pairs = Counter(zip(table.sites.tolist(), plain.sites.tolist(), strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


def test_what_is_written_reads_back_as_columns(tmp_path: Path) -> None:
    """The Parquet holds all that figures are made of."""
    fates = {"adult-01": "arrives", "adult-02": "faulty", "news-01": "blocked"}
    derived = runs.derived(tmp_path / "run", runs.cases(5, 4), fates, settings=("moderate", "most"))
    (piece,) = result.tables(derived)["verdicts.parquet"]()
    empty = pa.array([""] * len(piece), pa.large_string())
    read = {name: piece.column(name).cast(kind).combine_chunks() for name, kind in VERDICTS.items()}
    again = Columns({**read, "witness": empty, "fixture": empty.dictionary_encode()})
    assert [replace(item, judgement=replace(item.judgement, witness="")) for item in derived.scored] == list(again)
    assert rates(again, Shown()) == list(derived.rates)


def test_a_run_of_no_case_has_tables_without_rows() -> None:
    (piece,) = made([]).pieces(VERDICTS, 10)
    assert (piece.num_rows, piece.column_names) == (0, list(VERDICTS))


def test_what_is_no_address_is_in_no_table() -> None:
    item = builders.scored(Expectation.BLOCK, Verdict.BLOCKED)
    table = made([replace(item, case=replace(item.case, url="nowhere"))])
    assert table[0].outcome is Outcome.CORRECT
    with pytest.raises(ValueError, match="malformed URL 'nowhere'"):
        list(table.pieces(VERDICTS, 10))
