"""What failing cases have in common more often than chance explains: scheme, shape of the URL, language, topic."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import pandas as pd
from scipy import stats

from harness.corpus import shapes
from harness.model import url as urls
from harness.model.case import Case
from harness.model.words import Outcome
from harness.score import holm
from harness.score.outcome import Scored

ALPHA = 0.05
TIMES = 2  # how much greater the odds of going wrong must be at least, as among many cases any difference shows
METHOD = (
    "Fisher's exact test, one-sided, adjusted by Holm's method over all features tried at the setting. It takes cases"
    " for independent, so it says where to look, and decides nothing"
)


class Kind(StrEnum):
    HTTPS = "https"
    SHAPE = "shape of the URL"
    LANGUAGE = "language"
    LOOKALIKE = "look-alike"
    CATEGORY = "category"


KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Tried:
    """One feature: `wrong` of `n` cases that have it went wrong, `wrong_rest` of `n_rest` that have not; the wrong ones
    come from so many `sites`. It is `shown` when chance does not explain it, the odds of going wrong are at least
    `TIMES` those of the rest, and more than one site goes wrong."""

    setting: str
    outcome: Outcome
    kind: Kind
    key: str
    wrong: int
    n: int
    wrong_rest: int
    n_rest: int
    sites: int
    p: float
    p_adjusted: float
    shown: bool


Feature = tuple[Kind, str]


def features(cases: Sequence[Case]) -> list[tuple[Feature, ...]]:
    """What each case has, in their order; nothing of sealed ones but what is written down of them."""
    shaped: list[list[Feature]] = [[] for _ in cases]
    if cases:
        frame = _frame(cases)
        for name, has in shapes.SHAPES:
            for row, it_has in zip(shaped, has(frame), strict=True):
                if it_has:
                    row.append((Kind.SHAPE, name))
    return [(*_plain(case), *([] if case.sealed else row)) for case, row in zip(cases, shaped, strict=True)]


def tried(pool: Sequence[Scored], have: Sequence[Sequence[Feature]], outcome: Outcome) -> list[Tried]:
    """Every feature that some of the pool's scored cases have and others have not, the most telling first."""
    having: dict[Feature, list[Scored]] = defaultdict(list)
    for item, each in zip(pool, have, strict=True):
        for feature in each:
            having[feature].append(item)
    total = sum(item.outcome is outcome for item in pool)
    found = [
        _tried(feature, items, outcome, total, len(pool))
        for feature, items in having.items()
        if total and 1 < len(items) < len(pool)
    ]
    adjusted = holm.adjusted([item.p for item in found])
    found = [
        replace(item, p_adjusted=p, shown=p <= ALPHA and item.sites > 1 and _much(item))
        for item, p in zip(found, adjusted, strict=True)
    ]
    return sorted(found, key=lambda item: (item.p_adjusted, item.p, KINDS.index(item.kind), item.key))


def _tried(feature: Feature, items: Sequence[Scored], outcome: Outcome, total: int, n: int) -> Tried:
    wrong = [item for item in items if item.outcome is outcome]
    k, k_rest, rest = len(wrong), total - len(wrong), n - len(items)
    table = [[k, len(items) - k], [k_rest, rest - k_rest]]
    return Tried(
        setting=items[0].setting,
        outcome=outcome,
        kind=feature[0],
        key=feature[1],
        wrong=k,
        n=len(items),
        wrong_rest=k_rest,
        n_rest=rest,
        sites=len({item.case.cluster or item.case.case_id for item in wrong}),
        p=float(stats.fisher_exact(table, alternative="greater").pvalue),
        p_adjusted=1.0,
        shown=False,
    )


def _much(item: Tried) -> bool:
    right, right_rest = item.n - item.wrong, item.n_rest - item.wrong_rest
    return item.wrong * right_rest >= TIMES * item.wrong_rest * right


def _plain(case: Case) -> Iterator[Feature]:
    if case.url.startswith("https:"):
        yield Kind.HTTPS, "https"
    if case.language:
        yield Kind.LANGUAGE, case.language
    if case.lookalike_of:
        yield Kind.LOOKALIKE, case.lookalike_of
    yield Kind.CATEGORY, case.category


def _frame(cases: Sequence[Case]) -> pd.DataFrame:
    """The columns that shapes are told from, as in a corpus's own table."""
    read = [(case.url, urls.parse(case.url)) for case in cases]
    rows = [(text, url.href, url.hostname, url.port, url.target, urls.site(url.hostname)) for text, url in read]
    return pd.DataFrame(rows, columns=["url", "href", "host", "port", "target", "site"])
