"""The pictures' numbers."""

from pathlib import Path

import pytest

from harness.report.figures import PAD, ROWS, axis, figures
from tests import builders
from tests.report import runs


@pytest.mark.parametrize(("needed", "top"), [([], 0.2), ([0.05], 0.2), ([0.21], 0.3), ([0.55, 0.1], 0.6), ([1.0], 1.0)])
def test_axis_holds_what_is_needed(needed: list[float], top: float) -> None:
    made = axis(needed)
    assert made.top == top
    assert made.ticks[0] == 0
    assert made.ticks[-1] == top
    assert (made.x(0), made.x(top), made.x(2 * top)) == (PAD, 100 - PAD, 100 - PAD)


def test_every_case_stands_in_one_picture(tmp_path: Path) -> None:
    derived = runs.derived(tmp_path / "run", runs.cases(12, 12))
    drawn = {
        figure.slug: figure for figure in figures(derived.scored, "moderate", derived.criteria, {"adult": "Adult"})
    }
    assert list(drawn) == ["under", "over", "lookalikes"]
    assert [(row.label, row.rate.n) for row in drawn["under"].rows] == [("Adult", 12)]
    assert [(row.label, row.rate.n) for row in drawn["over"].rows] == [("news", 6)]
    assert [(row.label, row.rate.n) for row in drawn["lookalikes"].rows] == [("Adult", 6)]


def test_the_bound_of_a_category_stands_on_its_row(tmp_path: Path) -> None:
    profile = builders.criteria(builders.criterion(categories=["adult"], bound=0.25)).model_dump(
        mode="json", by_alias=True
    )
    derived = runs.derived(tmp_path / "run", runs.cases(12, 0), criteria=profile)
    (drawn,) = figures(derived.scored, "moderate", derived.criteria, {})
    assert [row.bound for row in drawn.rows] == [0.25]


def test_the_most_often_wrong_stand_first_under_their_sum(tmp_path: Path) -> None:
    planned = [builders.case(f"{category}-{n}", category=category) for category in ("adult", "hate") for n in range(4)]
    derived = runs.derived(tmp_path / "run", planned, {"hate-0": "arrives"})
    (drawn,) = figures(derived.scored, "moderate", derived.criteria, {})
    assert [(row.label, row.rate.k, row.total) for row in drawn.rows] == [
        ("All pages to be blocked", 1, True),
        ("hate", 1, False),
        ("adult", 0, False),
    ]


def test_languages_are_drawn_when_they_differ_and_something_went_wrong(tmp_path: Path) -> None:
    spoken = ["en"] * 6 + ["cy"] * 5 + ["fr", "de"]
    planned = [builders.case(f"case-{n}", language=language) for n, language in enumerate(spoken)]
    derived = runs.derived(tmp_path / "run", planned, {"case-0": "arrives"})
    _, drawn = figures(derived.scored, "moderate", derived.criteria, {})
    assert [(row.label, row.rate.n) for row in drawn.rows] == [("en", 6), ("cy", 5), ("others (de, fr)", 2)]
    derived = runs.derived(tmp_path / "right", planned)
    assert len(figures(derived.scored, "moderate", derived.criteria, {})) == 1


def test_no_picture_grows_without_end(tmp_path: Path) -> None:
    planned = [builders.case(f"case-{n}", category=f"c{n}") for n in range(ROWS + 9)]
    derived = runs.derived(tmp_path / "run", planned)
    (drawn,) = figures(derived.scored, "moderate", derived.criteria, {})
    assert len(drawn.rows) == ROWS + 2
    assert sum(row.rate.n for row in drawn.rows if not row.total) == len(planned)
