"""How many cases a corpus needs for criteria, and which of it to draw."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.corpus.strata import Stratum
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Metric
from harness.profile.criteria import Criteria, Criterion
from harness.score.paired import effective
from harness.score.planning import Planner, Size
from harness.score.rates import SPEAKS_OF

TARGET = re.compile(r"\s*([a-z_-]+)\s*<=?\s*([0-9.]+)\s*(%?)\s*")
PLANNED = {metric: said[0] for metric, said in SPEAKS_OF.items() if len(said) == 1}


@dataclass(frozen=True, slots=True)
class Need:
    """What one criterion needs, None when nobody could test so many; `has` is what the corpus is good for, None without
    one."""

    criterion: Criterion
    size: Size | None
    has: Size | None

    @property
    def short(self) -> int:
        """How many cases the corpus lacks."""
        return max(0, self.size.cases - self.has.cases) if self.size and self.has else 0


def target(text: str) -> tuple[Metric, float]:
    """Metric and bound in `bad_sites_under_block<=0.05` or `<=5%`. Raises UsageError for a metric whose cases cannot be
    counted before a run."""
    found = TARGET.fullmatch(text)
    names = " or ".join(PLANNED)
    try:
        if not found:
            raise ValueError
        metric, bound = Metric(found[1].replace("-", "_")), float(found[2]) / (100 if found[3] else 1)
    except ValueError:
        raise UsageError(f"{text!r} is not like {names}, then <=0.05", key="--target") from None
    if metric not in PLANNED:
        raise UsageError(
            f"{metric} counts what the product blocked or not, which nobody knows before; use {names}", key="--target"
        )
    if not 0 <= bound < 1:
        raise UsageError(f"{text!r}: the bound must be at least 0 and below 1", key="--target")
    return metric, bound


def criteria_for(metric: Metric, bound: float, confidence: float, cases: Iterable[Case]) -> Criteria:
    """A criterion on each category of the cases that the metric speaks of, or on any where there are no cases."""
    categories = sorted({case.category for case in cases if case.expectation is PLANNED[metric]})
    rule = "guard-band" if bound else "zero-tolerance"
    common = {
        "metric": metric,
        "clause": "none",
        "bound": bound,
        "rule": rule,
        "confidence": confidence,
        "minimum_n": 1,
        "maximum_unscored": 1.0,
        "source": "given on the command line",
    }
    every = {"id": "each-category", "title": "each category", **common}
    named = [{"id": f"category-{at}", "title": key, "categories": [key], **common} for at, key in enumerate(categories)]
    treated = {"block": "under-blocked", "allow": "over-blocked"}
    return Criteria.model_validate(
        {
            "schema": "pas-harness/criteria/2",
            "name": "target",
            "title": "Target",
            "version": "1",
            "authority": "whoever plans",
            "notice": "none",
            "warned": treated,
            "degraded": treated,
            "categories": {key: key for key in categories},
            "criterion": named or [every],
        }
    )


def needs(
    criteria: Criteria, cases: Sequence[Case] | None, expect: float, power: float, design_effect: float | None
) -> list[Need]:
    """One for each criterion whose cases can be counted before a run. Without a `design_effect` it is that of the
    cases, 1 without any."""
    found = []
    for criterion in criteria.criterion:
        if criterion.metric not in PLANNED:
            continue
        own = [case for case in cases or () if _counts(criterion, case)]
        worth = effective(own)[1] if own else 0.0
        effect = design_effect or (len(own) / worth if own else 1.0)
        planner = Planner(criteria, criterion, expect)
        has = planner.able(len(own), math.floor(len(own) / effect + 1e-9)) if cases is not None else None
        found.append(Need(criterion, planner.smallest(power, effect), has))
    return found


def quotas(found: Sequence[Need], strata: dict[Stratum, list[Case]]) -> dict[Stratum, int]:
    """How many cases to draw of each stratum, by expectation and category: what the most demanding criterion needs, of
    several categories in proportion; all there are where they are too few or cannot be enough, none where no criterion
    asks."""
    numbers: Counter[Stratum] = Counter()
    for need in found:
        own = {key: cases for key, cases in strata.items() if _counts(need.criterion, cases[0])}
        whole = sum(map(len, own.values()))
        for key, cases in own.items():
            asked = need.size.cases * len(cases) if need.size else whole * len(cases)
            numbers[key] = max(numbers[key], min(len(cases), -(-asked // whole)))
    return dict(numbers)


def _counts(criterion: Criterion, case: Case) -> bool:
    asked = not criterion.categories or case.category in criterion.categories
    return asked and case.expectation is PLANNED.get(criterion.metric)
