"""Heat map, scatter and trend as numbers: shades, bounds, places of labels, and the order of time."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.model.words import Metric
from harness.profile.criteria import Criteria
from harness.report import comparison_figures as figures
from harness.report.compare import Comparison, comparison
from harness.report.comparison_rows import Row, rows
from harness.report.comparison_trends import trends
from tests import builders
from tests.report import runs

UNDER, OVER = Metric.BAD_SITES_UNDER_BLOCK, Metric.OK_SITES_OVER_BLOCK


def compared(folder: Path, *fates: dict[str, str], **changes: dict[int, Any]) -> Comparison:
    planned = [*runs.cases(20, 20)[:-10], *(replace(case, category="sport") for case in runs.cases(20, 20)[-10:])]
    for number, fate in enumerate(fates, 1):
        mine = {key: values[number] for key, values in changes.items() if number in values}
        runs.run(folder / f"{number}", planned, fate, seed=number, **mine)
    return comparison([str(folder / f"{number}") for number in range(1, len(fates) + 1)], (), 0.95)


def ordered(found: Comparison) -> tuple[Row, ...]:
    return rows(found, found.lineups[0])


@pytest.mark.parametrize(
    ("share", "shade"),
    [(0.0, 0), (0.0001, 1), (0.02, 1), (0.021, 2), (0.1, 3), (0.2, 4), (0.4, 5), (0.41, 6), (1.0, 6)],
)
def test_shades(share: float, shade: int) -> None:
    assert figures.level(share) == shade


def test_a_heat_map_has_every_category_worst_first_and_marks_what_is_beyond(tmp_path: Path) -> None:
    found = compared(
        tmp_path, {"adult-00": "arrives", "news-12": "blocked"}, {"adult-01": "arrives", "adult-02": "arrives"}
    )
    profile = builders.criteria(builders.criterion(bound=0.07, categories=["adult"]))
    under, over, alike = figures.heats(ordered(found), profile, {"adult": "Adult content"})
    assert [(band.label, [cell.beyond for cell in band.cells]) for band in under.bands] == [
        ("Adult content", [False, True])
    ]
    assert [(band.label, band.total) for band in over.bands] == [("All", True), ("sport", False), ("news", False)]
    assert [cell.rate.n for cell in over.bands[1].cells if cell.rate] == [10, 10]
    assert [band.label for band in alike.bands] == ["Adult content"]


@pytest.mark.parametrize(
    ("criteria", "bounds"),
    [
        (builders.criteria(runs.BLOCK, runs.ALLOW), (0.5, 0.5)),
        (builders.criteria(builders.criterion(bound=0.1, categories=["adult"])), (0.1, None)),
        (builders.criteria(builders.criterion(bound=0.1, categories=["hate"])), (None, None)),
        (builders.criteria(builders.criterion(bound=0.1, age_band="0-12")), (None, None)),
        (
            builders.criteria(
                builders.criterion(id="a", metric=OVER, bound=0.1, categories=["news"]),
                builders.criterion(id="b", metric=OVER, bound=0.2, categories=["sport", "history"]),
            ),
            (None, 0.2),
        ),
    ],
)
def test_the_region_is_what_criteria_say_of_all_pages(
    tmp_path: Path, criteria: Criteria, bounds: tuple[Any, Any]
) -> None:
    drawn = figures.scatter(ordered(compared(tmp_path, {}, {"adult-00": "arrives"})), criteria)
    assert drawn
    assert (drawn.bound_under, drawn.bound_over) == bounds
    assert all(bound is None or bound < axis.top for bound, axis in ((bounds[0], drawn.x), (bounds[1], drawn.y)))


def test_labels_lie_in_the_picture_and_apart(tmp_path: Path) -> None:
    fates = {f"adult-{number:02}": "arrives" for number in range(20)}
    found = compared(tmp_path, fates, fates, {}, {}, {"news-00": "blocked"})
    drawn = figures.scatter(ordered(found), builders.criteria())
    assert drawn
    boxes = []
    for mark in drawn.marks:
        x = drawn.x.x(mark.row.under.estimate or 0) * figures.NOMINAL[0] / 100
        y = (100 - drawn.y.x(mark.row.over.estimate or 0)) * figures.NOMINAL[1] / 100
        width = figures.LETTER * len(mark.row.name)
        left = x + mark.right - (width if mark.anchor == "end" else 0)
        boxes.append((left, y + mark.down - figures.LINE, left + width, y + mark.down))
    for number, box in enumerate(boxes):
        assert box[0] >= 0
        assert box[2] <= figures.NOMINAL[0]
        assert 0 <= box[1] < box[3] <= figures.NOMINAL[1]
        for other in boxes[:number]:
            assert min(box[2], other[2]) <= max(box[0], other[0]) or min(box[3], other[3]) <= max(box[1], other[1])


def test_a_trend_follows_time_not_the_order_asked_for(tmp_path: Path) -> None:
    misses = {f"adult-{number:02}": "arrives" for number in range(14)}
    dates = {1: "2026-03-01T00:00:00Z", 2: "2026-01-01T00:00:00Z", 3: "2026-02-01T00:00:00Z"}
    found = compared(
        *(tmp_path, {}, misses, {}),
        created=dates,
        params={1: {"lists": "new"}},
        product={3: {**runs.PRODUCT, "name": "other"}},
    )
    (trend,) = trends(found, found.lineups[0], ordered(found))
    assert [step.row.number for step in trend.steps] == [2, 1]
    first, last = trend.steps
    assert (first.since, first.altered) == ((), ())
    assert [(item.metric, item.finding) for item in last.since] == [(UNDER, "better"), (OVER, "no difference shown")]
    assert (last.since[0].difference, last.since[0].wrong_baseline, last.since[0].wrong_other) == (-0.7, 14, 0)
    assert last.since[0].lower < -0.7 < last.since[0].upper < 0
    assert last.altered == ("parameters",)
