"""Agreement of raters on labels: which cases count, and what it is of."""

import pytest

from harness.model.words import Expectation
from harness.score.raters import NO_KAPPA, Label, raters

ADULT: Label = ("adult", Expectation.BLOCK)
NEWS: Label = ("news", Expectation.ALLOW)
HATE: Label = ("hate", Expectation.BLOCK)
DIGITS: dict[str, Label] = {digit: (f"kind-{digit}", Expectation.BLOCK) for digit in "12345"}


def rated(*seen: str, kinds: dict[str, Label]) -> dict[str, dict[str, Label]]:
    """One text a case, one letter a rater; a dot for none."""
    return {
        f"case-{at}": {f"rater-{who}": kinds[letter] for who, letter in enumerate(text) if letter != "."}
        for at, text in enumerate(seen)
    }


LETTERS = {"a": ADULT, "n": NEWS, "h": HATE}


def test_two_raters_by_hand() -> None:
    """Of ten cases 8 alike; chance is .5 * .5 + .4 * .4 + .1 * .1 = .42: kappa is (.8 - .42) / .58."""
    seen = rated(*["aa"] * 4, "ah", "ha", *["nn"] * 4, "a.", kinds=LETTERS)
    overall, adult, hate, news = raters(seen, 0.95, seed=1)
    assert (overall.category, overall.k, overall.n, overall.kappa_n) == ("overall", 8, 10, 10)
    assert overall.kappa is not None
    assert overall.kappa_lower is not None
    assert overall.kappa_upper is not None
    assert overall.kappa_lower < overall.kappa < overall.kappa_upper
    assert overall.kappa == pytest.approx((0.8 - 0.42) / 0.58)
    assert overall.method.startswith("Cohen")
    assert [(part.category, part.k) for part in (adult, hate)] == [("adult", 8), ("hate", 8)]
    assert [adult.kappa, hate.kappa] == pytest.approx([0.6, -1 / 9])
    assert (news.category, news.k, news.kappa, news.alpha) == ("news", 10, 1, 1)


def test_the_expectation_is_part_of_a_label() -> None:
    kinds = {"b": ("satire", Expectation.BLOCK), "a": ("satire", Expectation.ALLOW)}
    overall, satire = raters(rated("ab", "aa", "bb", kinds=kinds), 0.95, seed=1)
    assert (overall.k, satire.k) == (2, 3)
    assert (satire.kappa, satire.alpha, satire.method) == (None, None, NO_KAPPA)


def test_each_category_as_published() -> None:
    """Fleiss, Psychological Bulletin 76 (1971), table 1, and its kappas by category as R's irr 0.84 has them
    (`kappam.fleiss(diagnoses, detail = TRUE)`)."""
    patients = (
        "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445"
        " 333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
    )
    overall, *parts = raters(rated(*patients.split(), kinds=DIGITS), 0.95, seed=1)
    assert [part.kappa and round(part.kappa, 3) for part in parts] == [0.245, 0.245, 0.520, 0.471, 0.566]
    assert overall.kappa is not None
    assert (round(overall.kappa, 3), overall.kappa_n, overall.kappa_lower) == (0.430, 30, None)


def test_cases_with_another_number_of_ratings_count_for_alpha_alone() -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C: four observers, twelve units."""
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    found, *_ = raters(rated(*map("".join, zip(*observers, strict=True)), kinds=DIGITS), 0.95, seed=1)
    assert found.alpha is not None
    assert (found.n, found.kappa_n, round(found.alpha, 3)) == (11, 8, 0.743)
    assert found.method.startswith("Fleiss")


def test_nobody_rated_anything_twice() -> None:
    (found,) = raters(rated("a.", ".n", kinds=LETTERS), 0.95, seed=1)
    assert (found.n, found.kappa, found.alpha, found.method) == (0, None, None, NO_KAPPA)
