"""Causes of failures: each is named where other cases of the run bear it out, and not where they do not."""

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.model.case import Case
from harness.model.words import Expectation, Outcome, Validity, Verdict
from harness.report import causes as words
from harness.report.causes import Causes, causes
from harness.report.features import Kind
from harness.score.outcome import Scored, score
from tests import builders

BLOCK, ALLOW = Expectation.BLOCK, Expectation.ALLOW
CRITERIA = builders.criteria()


def scored(
    url: str, right: bool = True, expectation: Expectation = BLOCK, mechanism: str = "redirect", **changes: Any
) -> Scored:
    """A case at that address, its id the address."""
    case = Case(url, url, changes.pop("category", "adult"), expectation, **changes)
    blocked = right is (expectation is BLOCK)
    said = builders.judgement(Verdict.BLOCKED if blocked else Verdict.ALLOWED, mechanism=mechanism if blocked else "")
    return score(case, "moderate", said, CRITERIA)


def right_ones(n: int, expectation: Expectation = BLOCK) -> list[Scored]:
    return [scored(f"http://fine-{number}.test/", expectation=expectation) for number in range(n)]


def found(items: Iterable[Scored], fetched: Iterable[str] = ()) -> dict[str, tuple[str, str]]:
    """Kind and key of the cause of each failing case, by its address; pages in `fetched` had reached the product."""
    made = causes([*items], lambda item: item.case.url in {*fetched})
    return {item.case.url: (group.cause.kind, group.cause.key) for group in made.groups for item in group.cases}


def test_the_same_address_right_over_http_and_wrong_over_https() -> None:
    twins = [scored("http://a.test/x"), scored("https://a.test/x", right=False), scored("http://b.test/", right=False)]
    assert found([*twins, *right_ones(20)]) == {
        "https://a.test/x": (Kind.HTTPS, "same address"),
        "http://b.test/": (words.NONE, ""),
    }


def test_twins_that_are_wrong_over_both_do_not_show_https() -> None:
    twins = [scored("http://a.test/x", right=False), scored("https://a.test/x", right=False)]
    assert {kind for kind, _ in found([*twins, *right_ones(30)]).values()} == {words.HOST}


def test_a_host_whose_pages_to_block_all_get_through() -> None:
    wrong = [scored(f"http://a.test/{number}", right=False) for number in range(3)]
    assert set(found([*wrong, *right_ones(30)]).values()) == {(words.HOST, "a.test")}
    (group,) = causes([*wrong, *right_ones(30)], lambda item: False).groups
    # 1 of C(33, 3) ways to lie.
    assert group.cause.told == (
        "All 3 scored pages to block on the host were allowed alike, whatever their path. Were the 3 wrong ones of 33"
        " spread at random, the 3 to block here would all be among them with p = 0.0002."
    )


def test_few_pages_of_a_host_show_nothing_where_most_go_wrong() -> None:
    wrong = [scored(f"http://{host}.test/{number}", right=False) for host in "abcdefgh" for number in range(2)]
    assert set(found([*wrong, *right_ones(4)]).values()) == {(words.NONE, "")}


def test_good_and_bad_pages_of_a_host_blocked_alike() -> None:
    host = [scored("http://a.test/bad"), scored("http://a.test/good", right=False, expectation=ALLOW)]
    assert found([*host, *right_ones(30, ALLOW)]) == {"http://a.test/good": (words.HOST, "a.test")}
    bad = scored("http://a.test/bad", right=False)
    assert found([bad, host[1], *right_ones(30), *right_ones(30, ALLOW)])[host[1].case.url] == (words.ADDRESS, "")


def test_blocked_in_two_ways_is_not_alike() -> None:
    host = [
        scored("http://a.test/bad", mechanism="reset"),
        scored("http://a.test/good", right=False, expectation=ALLOW),
    ]
    assert found([*host, *right_ones(30, ALLOW)]) == {"http://a.test/good": (words.ADDRESS, "")}


@pytest.mark.parametrize("expectation", Expectation)
def test_other_pages_of_the_host_are_right(expectation: Expectation) -> None:
    host = [
        scored("http://a.test/one", right=False, expectation=expectation),
        scored("http://a.test/two", expectation=expectation),
    ]
    assert found([*host, *right_ones(9, expectation)]) == {"http://a.test/one": (words.PATH, "")}


def test_fetched_and_then_withheld_is_content_only_for_a_product_that_withholds_others_unfetched() -> None:
    good = scored("http://a.test/good", right=False, expectation=ALLOW)
    bad = scored("http://b.test/")
    rest = right_ones(9, ALLOW)
    assert found([good, bad, *rest], fetched=[good.case.url]) == {good.case.url: (words.CONTENT, "")}
    assert found([good, bad, *rest], fetched=[good.case.url, bad.case.url]) == {good.case.url: (words.NONE, "")}


def test_a_page_with_its_text_changed_was_read() -> None:
    case = Case("a", "http://a.test/", "news", ALLOW)
    said = builders.judgement(Verdict.DEGRADED, mechanism="text-altered")
    assert found([score(case, "moderate", said, CRITERIA), *right_ones(3, ALLOW)]) == {
        "http://a.test/": (words.CONTENT, "")
    }


@pytest.mark.parametrize(
    ("url", "changes", "cause"),
    [
        ("https://{}.test/", {}, (Kind.HTTPS, "https")),
        ("http://{}.test/?q", {}, (Kind.SHAPE, "Query")),
        ("http://{}.test/", {"language": "cy"}, (Kind.LANGUAGE, "cy")),
        ("http://{}.test/", {"category": "hate"}, (Kind.CATEGORY, "hate")),
    ],
)
def test_a_share_that_chance_does_not_explain(url: str, changes: dict[str, Any], cause: tuple[str, str]) -> None:
    wrong = [scored(url.format(f"w{number}"), right=False, **changes) for number in range(6)]
    assert set(found([*wrong, *right_ones(30)]).values()) == {cause}
    few = wrong[:1]
    assert set(found([*few, *right_ones(5)]).values()) == {(words.NONE, "")}


def test_a_difference_that_only_many_cases_show_names_no_cause() -> None:
    def some(scheme: str, wrong: int) -> list[Scored]:
        return [scored(f"{scheme}://{scheme}-{number}.test/", right=number >= wrong) for number in range(2000)]

    made = causes([*some("https", 260), *some("http", 200)], lambda item: False)
    (tried,) = [item for item in made.tried if item.kind is Kind.HTTPS]
    assert tried.p_adjusted < 0.05
    assert not tried.shown
    assert {group.cause.kind for group in made.groups} == {words.NONE}


def test_look_alikes() -> None:
    wrong = [
        scored(f"http://w{number}.test/", right=False, expectation=ALLOW, lookalike_of="adult") for number in range(6)
    ]
    fetched = [item.case.url for item in wrong]
    assert set(found([*wrong, *right_ones(30, ALLOW)], fetched).values()) == {(Kind.LOOKALIKE, "adult")}


def test_one_site_shows_no_language() -> None:
    wrong = [scored(f"http://{number}.a.test/", right=False, language="cy", cluster="a.test") for number in range(6)]
    made = causes([*wrong, *right_ones(30)], lambda item: False)
    assert {kind for kind, _ in found([*wrong, *right_ones(30)]).values()} == {words.NONE}
    (tried,) = [item for item in made.tried if item.kind is Kind.LANGUAGE]
    assert (tried.wrong, tried.n, tried.wrong_rest, tried.n_rest, tried.sites, tried.shown) == (6, 6, 0, 30, 1, False)
    assert tried.p_adjusted < 0.001


def test_all_wrong_is_one_group() -> None:
    wrong = [scored(f"https://{number}.test/", right=False) for number in range(5)]
    assert set(found(wrong).values()) == {(words.EVERYTHING, "")}


def test_sealed_cases_are_compared_with_nothing() -> None:
    wrong = [scored(f"https://{number * 8}.sealed.invalid/", right=False) for number in range(3)]
    assert set(found([*wrong, *right_ones(30)]).values()) == {(words.NONE, "sealed")}


def test_unscored_cases_stand_by_their_reason_and_those_left_out_nowhere() -> None:
    def unscored(name: str, validity: Validity) -> Scored:
        said = builders.judgement(Verdict.INDETERMINATE, validity=validity, rule_id=f"validity.{validity}")
        return score(builders.case(name), "moderate", said, CRITERIA)

    made = causes([unscored("a", Validity.TIMEOUT), unscored("b", Validity.LEFT_OUT)], lambda item: False)
    assert [(group.outcome, group.cause.key) for group in made.groups] == [(Outcome.UNSCORED, "timeout")]


CASES = st.builds(
    scored,
    st.builds(
        "{}://{}.test/{}".format, st.sampled_from(["http", "https"]), st.sampled_from("abc"), st.text("xy?", max_size=3)
    ),
    st.booleans(),
    st.sampled_from(Expectation),
)


@settings(max_examples=12)
@given(st.lists(CASES, max_size=30, unique_by=lambda item: item.case.url), st.randoms(use_true_random=False))
def test_every_failing_case_is_in_one_group_whatever_their_order(items: list[Scored], rng: random.Random) -> None:
    def made(cases: list[Scored]) -> Causes:
        return causes(cases, lambda item: "x" in item.case.url)

    one = made(items)
    listed = [item.case.case_id for group in one.groups for item in group.cases]
    assert sorted(listed) == sorted(item.case.case_id for item in items if item.outcome is not Outcome.CORRECT)
    rng.shuffle(items)
    assert made(items) == one
