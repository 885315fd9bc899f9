"""How many wrong labels a decision stands, against every way in which labels could be wrong."""

import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.words import Decision, Expectation, Metric, Outcome, Verdict
from harness.profile.criteria import Criteria, Criterion
from harness.score.decide import Decided, decide
from harness.score.outcome import Scored, score
from harness.score.rates import SPEAKS_OF, by_criterion
from harness.score.sensitivity import Sensitivity, sensitivity
from tests import builders
from tests.builders import criteria, criterion

BLOCK, ALLOW = Expectation.BLOCK, Expectation.ALLOW
BANDS = {"moderate": ""}


def items(*right: bool, expectation: Expectation = BLOCK, category: str = "adult", **changes: Any) -> list[Scored]:
    """Cases to block, each in its own cluster, that went right or wrong."""
    made = []
    for at, well in enumerate(right):
        verdict = Verdict.BLOCKED if well is (expectation is BLOCK) else Verdict.ALLOWED
        case = builders.case(f"{category}-{expectation}-{at}", expectation=expectation, category=category, **changes)
        made.append(score(case, "moderate", builders.judgement(verdict), criteria()))
    return made


def decided(rules: Criteria, cases: list[Scored]) -> tuple[Decided, ...]:
    return decide(rules, by_criterion(rules, cases).get("moderate", {}), "moderate")


def found(rules: Criteria, cases: list[Scored]) -> Sensitivity:
    """Of the first criterion."""
    return sensitivity(rules, cases, decided(rules, cases), BANDS)[0]


@pytest.mark.parametrize(
    ("k", "n", "decision", "holds"),
    [
        (0, 59, Decision.PASS, 0),  # the fewest that pass without a miss
        (0, 64, Decision.PASS, 5),
        (0, 300, Decision.PASS, 241),
        (4, 200, Decision.PASS, 19),  # 181 are the fewest that pass with four
        (5, 180, Decision.CONDITIONAL_PASS, 1),  # and 153 with three
        (0, 58, Decision.CONDITIONAL_PASS, 57),
        (15, 200, Decision.CONDITIONAL_FAIL, 5),  # without six misses 9 of 194 are within; 15 of 187 would fail
        (16, 200, Decision.FAIL, 0),  # P(at least 15 of 199 | .05) = .074
        (20, 200, Decision.FAIL, 4),
    ],
)
def test_known_answers(k: int, n: int, decision: Decision, holds: int) -> None:
    """At 95 % one-sided confidence and a bound of 5 %, by exact binomial tails."""
    rules = criteria(criterion(bound=0.05, minimum_n=1, design="independent"))
    cases = items(*[False] * k, *[True] * (n - k))
    answer = found(rules, cases)
    assert (decided(rules, cases)[0].decision, answer.labels, answer.holds_with) == (decision, n, holds)


RULES = st.builds(
    criterion,
    rule=st.sampled_from(["guard-band", "simple-acceptance"]),
    bound=st.sampled_from([0.2, 0.35, 0.5]),
    confidence=st.sampled_from([0.6, 0.8]),
    minimum_n=st.sampled_from([1, 4]),
    minimum_clusters=st.sampled_from([1, 3]),
    maximum_unscored=st.sampled_from([0.0, 0.3, 1.0]),
    categories=st.sampled_from([(), ("adult",)]),
    interval=st.sampled_from(["clopper-pearson", "wilson"]),
)


def corrected(case: Scored, metric: Metric) -> Scored | None:
    """The case with its label put right: gone, or with the other expectation where the metric counts both."""
    if len(SPEAKS_OF[metric]) == 1:
        return None
    other = ALLOW if case.case.expectation is BLOCK else BLOCK
    return score(replace(case.case, expectation=other), case.setting, case.judgement, criteria())


def by_brute_force(rules: Criteria, cases: list[Scored]) -> int:
    """The most wrong labels among those of the first criterion with which its decision stands, trying every set."""
    rule, before = rules.criterion[0], decided(rules, cases)[0].decision
    own = [
        at
        for at, case in enumerate(cases)
        if (not rule.categories or case.case.category in rule.categories) and case.outcome is not Outcome.UNSCORED
    ]
    if len(SPEAKS_OF[rule.metric]) == 1:
        own = [at for at in own if cases[at].case.expectation in SPEAKS_OF[rule.metric]]
    else:  # it counts what the product blocked
        own = [at for at in own if cases[at].judgement.verdict is Verdict.BLOCKED]
    for size in range(1, len(own) + 1):
        for wrong in itertools.combinations(own, size):
            put = [corrected(case, rule.metric) if at in wrong else case for at, case in enumerate(cases)]
            if decided(rules, [case for case in put if case])[0].decision is not before:
                return size - 1
    return len(own)


@st.composite
def samples(draw: st.DrawFn, *, alike: bool, both: bool = False) -> list[Scored]:
    made = []
    for at, well in enumerate(draw(st.lists(st.booleans(), min_size=1, max_size=7))):
        expectation = draw(st.sampled_from([BLOCK, ALLOW])) if both else BLOCK
        (item,) = items(well, expectation=expectation, category=draw(st.sampled_from(["adult", "hate"])))
        more: dict[str, Any] = {"case_id": f"case-{at}"}
        if not alike:
            more["cluster"] = f"site-{draw(st.integers(0, 3))}"
            more["weight"] = draw(st.sampled_from([0.5, 1.0, 3.0]))
        item = replace(item, case=replace(item.case, **more))
        if draw(st.integers(0, 9)) == 0:
            item = replace(item, outcome=Outcome.UNSCORED, reason="indeterminate.inconsistent")
        made.append(item)
    return made


@settings(max_examples=60, deadline=None)
@given(RULES, samples(alike=True))
def test_exact_for_cases_that_stand_alone(rule: Criterion, cases: list[Scored]) -> None:
    rules = criteria(rule)
    answer = found(rules, cases)
    if decided(rules, cases)[0].decision is Decision.INCONCLUSIVE:
        assert (answer.holds_with, answer.told) == (None, "")
    else:
        assert answer.holds_with == by_brute_force(rules, cases)


@settings(max_examples=60, deadline=None)
@given(RULES, samples(alike=False))
def test_never_too_many_for_clusters_weights_and_several_categories(rule: Criterion, cases: list[Scored]) -> None:
    rules = criteria(rule.model_copy(update={"categories": rule.categories and ("adult", "hate")}))
    answer = found(rules, cases)
    if answer.holds_with is not None:
        assert answer.holds_with <= by_brute_force(rules, cases)


def test_a_label_less_can_make_the_sample_worth_more() -> None:
    """Without one page of a site that has most of the weight, eight pages without a miss are enough."""
    rules = criteria(criterion(bound=0.35, confidence=0.6, minimum_n=1))
    cases = [
        replace(item, case=replace(item.case, cluster=site, weight=weight))
        for item, site, weight in zip(items(*[True] * 8), "31411311", (1, 2, 2, 1, 2, 1, 1, 1), strict=True)
    ]
    assert decided(rules, cases)[0].decision is Decision.CONDITIONAL_PASS
    assert found(rules, cases).holds_with == by_brute_force(rules, cases) == 0


@settings(max_examples=60, deadline=None)
@given(RULES, samples(alike=True, both=True))
def test_labels_change_sides_where_both_count(rule: Criterion, cases: list[Scored]) -> None:
    metric = Metric.BLOCKED_SITES_OVER_BLOCK
    rules = criteria(rule.model_copy(update={"metric": metric, "categories": (), "maximum_unscored": 1.0}))
    answer = found(rules, cases)
    if answer.holds_with is not None:
        assert answer.holds_with == by_brute_force(rules, cases)


@settings(max_examples=40, deadline=None)
@given(RULES, samples(alike=True), st.lists(st.booleans(), min_size=1, max_size=9))
def test_a_family_is_decided_anew(rule: Criterion, cases: list[Scored], others: list[bool]) -> None:
    joint = {"id": "f", "correction": "holm", "protects": "both", "source": "made up for a test"}
    one = rule.model_copy(update={"rule": "guard-band", "family": "f", "categories": ("adult",)})
    two = one.model_copy(update={"id": "other", "categories": ("drugs",)})
    rules = criteria(one, two, family=[joint])
    both = [*cases, *items(*others, category="drugs")]
    answer = found(rules, both)
    if answer.holds_with is not None:
        assert answer.holds_with == by_brute_force(rules, both)


def test_what_is_known_of_the_labels_is_said() -> None:
    rules = criteria(criterion(bound=0.05, minimum_n=29))
    cases = items(*[True] * 64)
    sure = [replace(item, case=replace(item.case, confidence=0.9)) for item in cases[:20]]
    answer = found(rules, [*sure, *cases[20:]])
    assert (answer.expected, answer.known) == (2.0, 20)
    assert answer.told == (
        "The decision holds unless more than 5 of the 64 labels it rests on are wrong; about 2.0 of the 20 whose"
        " confidence is known are expected to be."
    )
    split = [replace(item, case=replace(item.case, confidence=0.5, disputed=True)) for item in cases[:7]]
    answer = found(rules, [*split, *cases[7:]])
    assert len(answer.disputed) == 7
    assert answer.told.endswith(
        "; raters disagree on adult-block-0, adult-block-1, adult-block-2, adult-block-3, adult-block-4 and 2 more,"
        " which nobody has settled."
    )
    assert found(rules, cases[:59]).told == "One wrong label among the 59 it rests on could change the decision."


def test_nothing_is_said_of_what_is_not_decided() -> None:
    rules = criteria(criterion(bound=0.05, minimum_n=29), criterion(id="young", age_band="0-12"))
    early = [replace(item, outcome=Outcome.UNSCORED, reason="left-out") for item in items(*[True] * 5)]
    cases = items(*[True] * 300)
    stopped = [*cases, *[replace(item, case=replace(item.case, case_id=f"x{at}")) for at, item in enumerate(early)]]
    assert decided(rules, stopped)[0].decision is Decision.PASS
    assert found(rules, stopped).holds_with is None
    assert found(rules, items(True)).holds_with is None
    assert [item.id for item in sensitivity(rules, cases, decided(rules, cases), BANDS)] == ["block-adult"]
