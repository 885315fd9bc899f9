"""What is counted over columns is what is counted case by case."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.words import Expectation, Metric, Outcome, Validity, Verdict
from harness.profile.criteria import Shown
from harness.score import table as tables
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Tally, rate, tallies
from harness.score.table import Listed, table
from tests import builders

KINDS = [builders.scored(expectation, verdict) for expectation in Expectation for verdict in Verdict]


@st.composite
def cases(draw: st.DrawFn) -> list[Scored]:
    """Cases of every kind, with weights that no sum of is exact, some in clusters, some left out."""
    made = []
    for number in range(draw(st.integers(0, 25))):
        item = draw(st.sampled_from(KINDS))
        case = replace(
            item.case,
            case_id=f"case-{number:02}",
            category=draw(st.sampled_from(["adult", "news", "a,b"])),
            cluster=draw(st.sampled_from(["", "one.test", "two.test"])),
            weight=draw(st.sampled_from([1.0, 0.1, 1 / 3, 7e5])),
        )
        spared = item.outcome is Outcome.UNSCORED and draw(st.booleans())
        reason = str(Validity.LEFT_OUT) if spared else item.reason
        made.append(replace(item, case=case, setting=draw(st.sampled_from(["moderate", "most"])), reason=reason))
    return made


@settings(max_examples=40, deadline=None)
@given(cases())
def test_tallies_are_those_of_one_case_after_the_other(items: list[Scored]) -> None:
    added: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for item in items:
        added[item.setting, OVERALL].add(item)
        added[item.setting, item.case.category].add(item)
    found = tallies(items)
    assert {key: replace(one, weights={}) for key, one in added.items()} == found
    for (setting, category), one in added.items():
        for metric in Metric:
            other = found[setting, category]
            assert rate(other, metric, category, setting, Shown()) == rate(one, metric, category, setting, Shown())
            ends, others = (
                [(end.k, end.n, sorted(end.clusters)) for end in side.of(metric).ends] for side in (one, other)
            )
            assert ends == others


@settings(max_examples=40, deadline=None)
@given(cases())
def test_combinations_are_counted_whether_few_are_possible_or_many(items: list[Scored]) -> None:
    expected = Counter((item.setting, item.case.category, item.outcome, item.reason) for item in items)
    names = ("setting", "category", "outcome", "reason")
    assert table(items).counted(*names) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "MOST", 2)
        assert table(items).counted(*names) == expected


@settings(max_examples=40, deadline=None)
@given(cases())
def test_rows_are_found_and_split_in_their_order(items: list[Scored]) -> None:
    found = table(items)
    rows = found.where(setting="most", expectation="block")
    assert found.take(rows) == [
        item for item in items if item.setting == "most" and item.case.expectation is Expectation.BLOCK
    ]
    parts = dict(found.split(np.arange(len(items)), "category"))
    assert {key: found.take(part) for key, part in parts.items()} == {
        key: [item for item in items if item.case.category == key] for key in {item.case.category for item in items}
    }
    assert found[:] == list(found) == items


def test_a_table_stays_itself_and_nothing_can_be_added_to_what_it_counted() -> None:
    made = Listed([builders.scored(Expectation.BLOCK, Verdict.ALLOWED)])
    assert table(made) is made
    counted = tallies(made)["moderate", OVERALL]
    assert counted.fn == 1
    with pytest.raises(ValueError, match="at once"):
        counted.add(made[0])
