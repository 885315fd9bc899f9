"""The pictures of a comparison as numbers: heat map, scatter and trend. Drawing is the templates'."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from harness.model.words import Metric
from harness.profile.criteria import Criteria, Criterion
from harness.report.comparison_rows import OVER, UNDER, Row
from harness.report.figures import WHISKER, Axis, axis
from harness.score.rates import OVERALL, Rate

LEVELS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4)  # shades end here; the last is all above
# Where a label may stand beside its mark, in pixels from it: across, down, and which of its ends it hangs from.
DOWN = (-7, 15, -22, 30, -37, 45)
PLACES = tuple((right, down, anchor) for down in DOWN for right, anchor in ((9, "start"), (-9, "end")))
NOMINAL = (640, 400)  # pixels that a scatter is laid out for
LETTER, LINE = 7, 14  # pixels


@dataclass(frozen=True, slots=True)
class Cell:
    """A rate with the shade of its share, 0 for none wrong; `beyond` the bound of a criterion on just this category.
    `rate` is None where the run has no shared case."""

    rate: Rate | None
    level: int
    beyond: bool


@dataclass(frozen=True, slots=True)
class Band:
    """A category: its share wrong in each run, in the order of the rows given."""

    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Heat:
    """One block of a heat map, the most often wrong first."""

    slug: str
    title: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A run in the scatter, with the place of its label in pixels from it."""

    row: Row
    right: int
    down: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """Under-blocking across, over-blocking up. A bound is None where the criteria set none that speaks of all pages."""

    x: Axis
    y: Axis
    bound_under: float | None
    bound_over: float | None
    marks: tuple[Mark, ...]


def heats(rows: Sequence[Row], criteria: Criteria, titles: Mapping[str, str]) -> list[Heat]:
    """Categories to block, categories to allow, and look-alikes by the topic they resemble."""
    found = []
    for slug, title, metric in (
        ("under", "Pages to be blocked that were not", UNDER),
        ("over", "Pages to be allowed that were not", OVER),
    ):
        of = [{item.category: item for item in row.entry.rates if item.metric is metric} for row in rows]
        bounds = {
            item.categories[0]: item.bound
            for item in criteria.criterion
            if item.metric is metric and len(item.categories) == 1 and not item.age_band
        }
        found.append(Heat(slug, title, _bands(of, bounds, titles)))
    alike = [{item.category: item for item in row.entry.lookalikes} for row in rows]
    found.append(Heat("lookalikes", "Look-alikes: harmless pages close to a topic", _bands(alike, {}, titles)))
    return [heat for heat in found if any(cell.rate and cell.rate.n for band in heat.bands for cell in band.cells)]


def scatter(rows: Sequence[Row], criteria: Criteria) -> Scatter | None:
    """All runs whose rates are both known, None without any."""
    drawn = [row for row in rows if row.under.n and row.over.n]
    if not drawn:
        return None
    bounds = [_bound(drawn, criteria, metric) for metric in (UNDER, OVER)]
    x = reach([row.under for row in drawn], bounds[0])
    y = reach([row.over for row in drawn], bounds[1])
    return Scatter(x, y, bounds[0], bounds[1], tuple(_labelled(drawn, x, y)))


def level(share: float) -> int:
    """The shade of a share."""
    return next((number for number, top in enumerate(LEVELS) if share <= top), len(LEVELS))


def reach(rates: Iterable[Rate], bound: float | None = None) -> Axis:
    """The axis that holds all the rates with their intervals, long ones cut, and the bound with room beyond it."""
    known = [max(min(item.upper, WHISKER), item.estimate or 0.0) for item in rates if item.n]
    return axis([*known, *([] if bound is None else [bound * 1.25])])


def _bands(
    of: Sequence[Mapping[str, Rate]], bounds: Mapping[str, float], titles: Mapping[str, str]
) -> tuple[Band, ...]:
    names = sorted({name for item in of for name in item})
    bands = {name: tuple(_cell(item.get(name), bounds.get(name)) for item in of) for name in names if name != OVERALL}
    order = sorted(bands, key=lambda name: (-sum(_share(cell.rate) for cell in bands[name]), name))
    total = tuple(_cell(item.get(OVERALL), None) for item in of) if OVERALL in names and len(bands) > 1 else ()
    made = [Band(titles.get(name, name), bands[name]) for name in order]
    return (*([Band("All", total, total=True)] if total else ()), *made)


def _cell(rate: Rate | None, bound: float | None) -> Cell:
    share = _share(rate)
    return Cell(rate, level(share), bound is not None and share > bound)


def _share(rate: Rate | None) -> float:
    return (rate.estimate or 0.0) if rate else 0.0


def _bound(rows: Sequence[Row], criteria: Criteria, metric: Metric) -> float | None:
    """The share of all pages beyond which some criterion must be exceeded: its bound where one speaks of all of them,
    otherwise the widest of those that cover every category. None where pages are left that no criterion bounds."""
    items = [item for item in criteria.criterion if item.metric is metric and not item.age_band]
    if whole := [item.bound for item in items if not item.categories]:
        return min(whole)
    asked = {item.category for row in rows for item in row.entry.rates if item.metric is metric} - {OVERALL}
    return max((item.bound for item in items), default=None) if asked <= _covered(items) else None


def _covered(items: Iterable[Criterion]) -> set[str]:
    return {category for item in items for category in item.categories}


def _labelled(rows: Sequence[Row], x: Axis, y: Axis) -> list[Mark]:
    """Each with the first place for its label that covers the fewest others."""
    spots = {
        row.number: (
            x.x(row.under.estimate or 0) * NOMINAL[0] / 100,
            (100 - y.x(row.over.estimate or 0)) * NOMINAL[1] / 100,
        )
        for row in rows
    }
    taken = [(left - 6, top - 6, left + 6, top + 6) for left, top in spots.values()]
    found = []
    for row in rows:
        boxes = [_box(row, spots[row.number], place) for place in PLACES]
        best = min(range(len(PLACES)), key=lambda at: (_clash(boxes[at], taken), at))
        taken.append(boxes[best])
        found.append(Mark(row, *PLACES[best]))
    return found


def _box(row: Row, spot: tuple[float, float], place: tuple[int, int, str]) -> tuple[float, float, float, float]:
    width = LETTER * len(row.name)
    left = spot[0] + place[0] - (width if place[2] == "end" else 0)
    base = spot[1] + place[1]
    return (left, base - LINE, left + width, base)


def _clash(box: tuple[float, float, float, float], taken: Sequence[tuple[float, float, float, float]]) -> float:
    """How much of a box lies on others or outside the picture, in square pixels."""
    covered = sum(_common(box, other) for other in taken)
    inside = _common(box, (0, 0, *NOMINAL))
    return covered + 4 * ((box[2] - box[0]) * (box[3] - box[1]) - inside)


def _common(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)
