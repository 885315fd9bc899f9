"""The shipped criteria decide published results as published, and each of their figures says where it comes from."""

import math
import re

import pytest

from harness.model.words import Decision, Design, Interval, Metric
from harness.profile import shipped
from harness.profile.criteria import Criteria, Criterion, load
from harness.score.decide import Decided, decide, overall, untested
from harness.score.intervals import Sample, bounds
from harness.score.points import earned, mean
from harness.score.rates import Counted

SHIPPED = shipped.names(shipped.CRITERIA, "*.toml")
PUBLISHED = ("avcomparatives-2025", "enex-2009", "kjm-2011", "sip-bench-3", "uksic-appropriate-filtering")


def counted(k: int, n: int) -> Counted:
    """k of n independent cases went wrong; none was left unscored."""
    return Counted(Sample(k, n), unscored=0, left_out=0, worst=k / n)


def decided(criteria: Criteria, results: dict[str, tuple[int, int]]) -> dict[str, Decided]:
    """Every criterion by id; `results` has (k, n) for some, the others have no case. Each age band has a setting."""
    tallies = {key: counted(k, n) for key, (k, n) in results.items()}
    bands = {item.age_band for item in criteria.criterion}
    found = [item for band in sorted(bands) for item in decide(criteria, tallies, f"for {band}", band)]
    return {item.id: item for item in found}


def decisions(criteria: Criteria, results: dict[str, tuple[int, int]]) -> set[Decision]:
    """All that are made."""
    return {item.decision for item in decided(criteria, results).values()}


def constantly(criteria: Criteria, wrong: set[Metric]) -> set[Decision]:
    """What a product gets that is always wrong by these metrics and never by the others, on cases enough."""
    results = {item.id: (item.minimum_n if item.metric in wrong else 0, item.minimum_n) for item in criteria.criterion}
    return decisions(criteria, results)


def test_published_schemes_are_shipped() -> None:
    assert set(PUBLISHED) < set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_bound_has_its_source(name: str) -> None:
    """A year of publication, or the plain statement that the bound is ours; the two are told apart in the text."""
    for item in load(name).criterion:
        assert re.search(r"\b(Bound|Requirement)\b", item.source), item.id
        assert re.search(r"\b(19|20)\d\d\b", item.source) or "scheme parameter" in item.source, item.id


@pytest.mark.parametrize("name", SHIPPED)
def test_least_number_of_cases_is_the_one_its_source_derives(name: str) -> None:
    for item in load(name).criterion:
        if derived := re.search(r"\((0\.\d+)\^(\d+) = (0\.\d+)\)", item.source):
            right, power, chance = derived.groups()
            assert float(right) == pytest.approx(1 - (item.bound or 0.01)), item.id
            assert int(power) == item.minimum_n == math.ceil(math.log(0.05) / math.log(float(right))), item.id
            assert f"{float(right) ** int(power):.{len(chance) - 2}f}" == chance, item.id
        else:
            assert f" {item.minimum_n:,} " in item.source, item.id


@pytest.mark.parametrize("name", SHIPPED)
def test_nothing_to_score_never_passes(name: str) -> None:
    criteria = load(name)
    assert decisions(criteria, {}) == {Decision.INCONCLUSIVE}
    assert {item.id for item in untested(criteria, [])} == {item.id for item in criteria.criterion if item.age_band}


@pytest.mark.parametrize("name", SHIPPED)
def test_faultless_product_passes_with_just_enough_cases(name: str) -> None:
    criteria = load(name)
    assert constantly(criteria, wrong=set()) == {Decision.PASS}
    one_less = {item.id: (0, item.minimum_n - 1) for item in criteria.criterion}
    assert decisions(criteria, one_less) == {Decision.INCONCLUSIVE}


@pytest.mark.parametrize("name", SHIPPED)
def test_product_that_lets_everything_through_fails(name: str) -> None:
    assert overall(constantly(load(name), {Metric.BAD_SITES_UNDER_BLOCK})) is Decision.FAIL


@pytest.mark.parametrize("name", sorted(set(SHIPPED) - {"kjm-2011"}))
def test_product_that_blocks_everything_fails(name: str) -> None:
    assert overall(constantly(load(name), {Metric.OK_SITES_OVER_BLOCK})) is Decision.FAIL


def test_over_blocking_is_left_to_a_person_where_no_bound_is_published() -> None:
    [clause] = [item for item in load("kjm-2011").clause if item.id == "over-blocking"]
    assert clause.assessed == "by-hand"


def block_rate(bound: float) -> Criterion:
    """The criterion of AV-Comparatives with the bound of that year."""
    return load("avcomparatives-2025").criterion[0].model_copy(update={"bound": bound})


@pytest.mark.parametrize(
    ("missed", "bound", "decision", "blocked"),
    [
        # Kaspersky Safe Kids for Windows in the Parental Control Review 2025: 96.8 % of 1,000, certified.
        (32, 0.05, Decision.PASS, ("95.5", "97.8")),
        # The same in the Parental Control Review 2021, when 98 % were asked for: 98.2 % of 1,000, certified.
        (18, 0.02, Decision.CONDITIONAL_PASS, ("97.2", "98.9")),
        (32, 0.02, Decision.FAIL, ("95.5", "97.8")),
        (50, 0.05, Decision.CONDITIONAL_PASS, ("93.5", "96.3")),
        (51, 0.05, Decision.CONDITIONAL_FAIL, ("93.3", "96.2")),
    ],
)
def test_avcomparatives_block_rate(missed: int, bound: float, decision: Decision, blocked: tuple[str, str]) -> None:
    criteria = load("avcomparatives-2025").model_copy(update={"criterion": (block_rate(bound),)})
    found = decided(criteria, {"block-adult": (missed, 1000)})["block-adult"]
    assert found.decision is decision
    assert (f"{1 - found.upper:.1%}"[:-1], f"{1 - found.lower:.1%}"[:-1]) == blocked


def test_avcomparatives_2025_as_published() -> None:
    """Kaspersky Safe Kids for Windows, Parental Control Review 2025: 96.8 % of 1,000 and 0 of 200, certified."""
    criteria = load("avcomparatives-2025")
    assert decisions(criteria, {"block-adult": (32, 1000), "allow-children": (0, 200)}) == {Decision.PASS}
    assert decisions(criteria, {"block-adult": (32, 1000), "allow-children": (1, 200)}) == {
        Decision.PASS,
        Decision.FAIL,
    }


def test_no_false_alarm_of_200_bounds_the_rate() -> None:
    """1 - 0.05^(1/200) = 1.487 %, the exact bound for none of n; with the rule of three, 3/200, as a rough check."""
    _, upper = bounds(Sample(0, 200), Interval.CLOPPER_PEARSON, Design.INDEPENDENT, 0.05)
    assert upper == pytest.approx(1 - 0.05 ** (1 / 200), abs=1e-11)
    assert f"{upper:.2%}" == "1.49%"


@pytest.mark.parametrize(
    ("missed", "decision"),
    [(160, Decision.PASS), (200, Decision.CONDITIONAL_PASS), (201, Decision.CONDITIONAL_FAIL), (240, Decision.FAIL)],
)
def test_kjm_block_rate_of_80_percent(missed: int, decision: Decision) -> None:
    assert decided(load("kjm-2011"), {"block-unsuitable": (missed, 1000)})["block-unsuitable"].decision is decision


@pytest.mark.parametrize(
    ("criterion", "k", "n", "decision"),
    [
        # Every filter of the pilot blocked all of list 1; one miss would have broken the requirement. The
        # lengths of the lists are not known: n is ours.
        ("block-list-1", 0, 1000, Decision.PASS),
        ("block-list-1", 1, 1000, Decision.FAIL),
        # The best and the worst filter missed 15.35 % and 21.2 % of list 2.
        ("block-list-2", 307, 2000, Decision.PASS),
        ("block-list-2", 424, 2000, Decision.CONDITIONAL_PASS),
        # All blocked less than 3.4 % of list 3. In the closed test of 2008 they blocked from 1.3 % to 7.8 % of it.
        ("allow-list-3", 66, 2000, Decision.CONDITIONAL_PASS),
        ("allow-list-3", 26, 2000, Decision.PASS),
        ("allow-list-3", 156, 2000, Decision.FAIL),
    ],
)
def test_filters_of_the_enex_pilot(criterion: str, k: int, n: int, decision: Decision) -> None:
    assert decided(load("enex-2009"), {criterion: (k, n)})[criterion].decision is decision


def test_a_miss_on_a_list_of_illegal_content_fails_at_any_setting() -> None:
    criteria = load("uksic-appropriate-filtering")
    for key in ("block-iwf-list", "block-terrorism-list"):
        for setting in ("least", "most"):
            [found] = [item for item in decide(criteria, {key: counted(1, 10_000)}, setting) if item.id == key]
            assert found.decision is Decision.FAIL


def test_sip_bench_decides_only_at_settings_for_its_age_classes() -> None:
    criteria = load("sip-bench-3")
    assert {item.age_band for item in criteria.criterion} == {"0-12", "13-17"}
    assert decide(criteria, {}, "most") == ()
    assert {item.clause for item in decide(criteria, {}, "kids", "0-12")} == {"effectiveness-12"}


@pytest.mark.parametrize(
    ("adult", "other", "effectiveness"),
    [
        # Tool fiches at sipbench.eu (toolfiche.cfm/key.N), and the same sheet of SIP-Bench II. Left out: Parentsaround
        # mobile 2014 (key.286) prints 1.4 for 0.0 and 0.7, and 1.8 for 0.0 and 0.9, which no mean gives.
        (3.6, 0.0, 1.8),  # Norton Online Family 2.9.5.39, 2014, key.272, up to 12 years
        (3.2, 0.0, 1.6),  # and from 13 years on
        (3.0, 0.0, 1.5),  # Net Nanny 6.5.13.2, 2013, key.218, both ages
        (2.2, 0.0, 1.1),  # Optenet PC 10.09.70, 2014, key.273, up to 12 years
        (2.4, 0.0, 1.2),  # and from 13 years on
        (1.8, 0.0, 0.9),  # Mobicip 1.3.0.12, SIP-Bench II, up to 12 years
        (1.6, 0.0, 0.8),  # and from 13 years on
    ],
)
def test_sip_bench_overall_of_each_consistent_fiche(adult: float, other: float, effectiveness: float) -> None:
    assert mean((adult, other)) == effectiveness


def test_sip_bench_means_are_of_adult_and_other_content() -> None:
    means = {item.age_band: item.mean_of for item in load("sip-bench-3").score if item.mean_of}
    assert means == {"0-12": ("adult-12", "other-12"), "13-17": ("adult-13", "other-13")}


def test_sip_bench_bounds_are_what_earns_three_points() -> None:
    criteria = load("sip-bench-3")
    for score in criteria.score:
        steps = {Metric.BAD_SITES_UNDER_BLOCK: score.under, Metric.OK_SITES_OVER_BLOCK: score.over}
        for item in criteria.criterion:
            if (found := steps.get(item.metric)) and item.age_band == score.age_band:
                assert (earned(item.bound, found), earned(item.bound + 0.001, found)) == (3, 2)
