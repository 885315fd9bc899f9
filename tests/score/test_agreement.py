"""Kappa against published tables and statsmodels; what is undefined is said."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa

from harness.model.words import Outcome, Verdict
from harness.score.agreement import agreement, cohen, fleiss
from harness.score.outcome import Scored
from tests import builders

GIVEN = tuple(verdict for verdict in Verdict if verdict is not Verdict.INDETERMINATE)
VERDICTS = st.sampled_from(GIVEN)
B, A, W, X = Verdict.BLOCKED, Verdict.ALLOWED, Verdict.WARNED, Verdict.INDETERMINATE


def counts(table: list[list[int]]) -> Counter[tuple[Verdict, Verdict]]:
    return Counter({(GIVEN[i], GIVEN[j]): count for i, row in enumerate(table) for j, count in enumerate(row)})


def rows(*seen: tuple[Verdict, ...], **changes: Any) -> list[list[Scored]]:
    return [
        [
            Scored(
                builders.case(f"case-{number}", **changes), "moderate", builders.judgement(verdict), Outcome.CORRECT, ""
            )
            for verdict in verdicts
        ]
        for number, verdicts in enumerate(seen)
    ]


def test_cohens_own_example() -> None:
    """Educational and Psychological Measurement 20 (1960), table 1 (n = 200): kappa .492."""
    assert round(cohen(counts([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))[0], 3) == 0.492


def test_an_example_with_its_error() -> None:
    """The SAS manual's simple kappa of raters A and B: 0.4842, ASE 0.1380."""
    found = cohen(counts([[0, 4, 1], [0, 8, 0], [0, 1, 5]]))
    assert [round(value, 4) for value in found] == [0.4842, 0.1380]


def test_fleiss_own_example() -> None:
    """Psychological Bulletin 76 (1971), table 1: 30 patients, 6 raters, 5 diagnoses, kappa .430; patients as digits,
    one for each rater."""
    patients = (
        "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445"
        " 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
    )
    classes = dict(zip("12345", Verdict, strict=True))
    assert round(fleiss([[classes[digit] for digit in patient] for patient in patients.split()]), 3) == 0.430


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # statsmodels' test statistic, not asked for
@given(st.lists(st.tuples(VERDICTS, VERDICTS), min_size=2, max_size=60))
def test_two_raters_as_statsmodels_has_it(seen: list[tuple[Verdict, Verdict]]) -> None:
    assume(all(len(set(side)) > 1 for side in zip(*seen, strict=True)))  # else statsmodels divides by zero
    used = [verdict for verdict in GIVEN if any(verdict in pair for pair in seen)]
    wanted = cohens_kappa([[seen.count((one, other)) for other in used] for one in used])
    kappa, error = cohen(Counter(seen))
    assert kappa == pytest.approx(wanted.kappa, abs=1e-9)
    assert error**2 == pytest.approx(wanted.var_kappa, abs=1e-9)
    (found, *_) = agreement(rows(*seen), 0.95)
    assert found.kappa == pytest.approx(kappa)
    if found.lower is not None:
        assert (found.lower, found.upper) == pytest.approx((max(wanted.kappa_low, -1), min(wanted.kappa_upp, 1)))


@given(st.lists(st.tuples(VERDICTS, VERDICTS, VERDICTS, VERDICTS), min_size=1, max_size=40))
def test_many_raters_as_statsmodels_has_it(seen: list[tuple[Verdict, ...]]) -> None:
    assume(len({verdict for row in seen for verdict in row}) > 1)
    assert fleiss(seen) == pytest.approx(fleiss_kappa([[row.count(value) for value in GIVEN] for row in seen]))


def test_cases_without_a_verdict_do_not_count() -> None:
    (found, part) = agreement(rows((B, B), (A, A), (A, B), (X, B), (A, X), (X, X)), 0.95)
    assert (found.category, part.category) == ("overall", "adult")
    assert (found.k, found.n, found.share) == (2, 3, 2 / 3)
    assert agreement(rows((X, B)), 0.95) == []


def test_one_class_only_has_no_kappa() -> None:
    (found, _) = agreement(rows((B, B), (B, B)), 0.95)
    assert (found.k, found.n, found.kappa, found.lower) == (2, 2, None, None)
    assert "not defined" in found.note


def test_complete_agreement_has_no_interval() -> None:
    (found, _) = agreement(rows((B, B), (A, A), (A, A)), 0.95)
    assert (found.kappa, found.lower, found.upper) == (1, None, None)
    assert "no interval" in found.note


def test_more_than_two_runs() -> None:
    (found, _) = agreement(rows((B, B, B), (A, A, W), (A, A, A)), 0.95)
    assert (found.k, found.n, found.lower) == (2, 3, None)
    assert found.method.startswith("Fleiss")
    assert found.kappa == pytest.approx(fleiss([(B, B, B), (A, A, W), (A, A, A)]))


def test_clusters_widen_the_interval_and_leave_kappa() -> None:
    seen = [(B, B), (A, A), (A, B), (B, B), (A, A), (B, A), (A, A), (B, B)]
    (alone, _), (together, _) = agreement(rows(*seen), 0.95), agreement(rows(*seen, cluster="big.example"), 0.95)
    assert together.kappa == alone.kappa
    assert together.lower is not None
    assert alone.lower is not None
    assert together.lower < alone.lower
    assert together.method.endswith("(Kish)")
