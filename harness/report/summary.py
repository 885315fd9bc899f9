"""The first page: what the test found, for people who read no statistics, in any language there are texts for."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from harness.model.addendum import Finding
from harness.model.words import Decision, Expectation, Metric, Outcome
from harness.report import plain
from harness.report.derive import Derived
from harness.report.texts import Texts
from harness.score.decide import Decided, overall
from harness.score.outcome import Scored
from harness.score.rates import OVERALL, Rate

REASONS = 5
FEWEST = 20  # pages below which a hundred dots would show more than was seen
KINDS = ((Expectation.BLOCK, Metric.BAD_SITES_UNDER_BLOCK), (Expectation.ALLOW, Metric.OK_SITES_OVER_BLOCK))


@dataclass(frozen=True, slots=True)
class Share:
    """Pages of one expectation at a setting; `wrong` of a hundred dots are drawn as handled wrongly, None when too few
    pages were scored to draw any. `told` are sentences."""

    kind: str
    wrong: int | None
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AtSetting:
    name: str
    title: str
    decision: Decision
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A name of corpus or criteria; `own` says that it is in the page's language."""

    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """A criterion or requirement that decided, or why the run is void; `told` is in the page's language where `own`."""

    subject: Named
    told: str
    own: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """`missed` is a case handled wrongly, `weakest` tells the category that let most through; None without any."""

    say: Texts
    at: tuple[AtSetting, ...]
    grounds: tuple[Ground, ...]
    more: int
    changed: str
    weakest: Named | None
    missed: Scored | None
    sure: str
    unsettled: str


def summary(derived: Derived, say: Texts) -> Summary:
    """The first page in the language of `say`."""
    grounds = [] if derived.decision is Decision.PASS else list(_grounds(derived, say))
    unsettled = sum(bool(item.open) for item in derived.clauses)
    scored = len(derived.scored) - derived.scored.counted("outcome")[Outcome.UNSCORED,]
    weakest = _weakest(derived)
    return Summary(
        say=say,
        at=tuple(_setting(derived, setting, say) for setting in derived.spec.settings),
        grounds=tuple(grounds[:REASONS]),
        more=max(0, len(grounds) - REASONS),
        changed="" if derived.machine is derived.decision else say("changed", decision=_word(derived.machine, say)),
        weakest=_weakest_told(derived, weakest, say),
        missed=_missed(derived, weakest),
        sure=say("sure", scored=scored, planned=len(derived.scored), confidence=_confidence(derived)),
        unsettled=say("unsettled", n=unsettled) if unsettled else "",
    )


def share(kind: Expectation, rate: Rate, say: Texts) -> Share:
    """A rate as so many of a hundred. Bounds are rounded outwards, and neither none nor all is said of some."""
    key = str(kind)
    left = (say("unscored", n=rate.unscored),) if rate.unscored else ()
    if not rate.n or rate.estimate is None:
        return Share(key, None, (say("none-scored"), *left))
    wrong = round(100 * rate.estimate)
    if rate.k in (0, rate.n):
        size = "all" if rate.k else "none"
    else:
        size = "few" if wrong == 0 else "nearly" if wrong == 100 else "some"
        wrong = min(max(wrong, 1), 99)
    lower, upper = math.floor(100 * rate.lower + 1e-9), math.ceil(100 * rate.upper - 1e-9)
    told = say(f"{key}-{size}", k=rate.k, n=rate.n, h=wrong)
    return Share(key, wrong if rate.n >= FEWEST else None, (told, say("range", lo=lower, hi=upper), *left))


def _setting(derived: Derived, setting: str, say: Texts) -> AtSetting:
    of = {item.metric: item for item in derived.rates if item.setting == setting and item.category == OVERALL}
    level = derived.spec.product.get("settings", {}).get("level", {}).get(setting, {})
    decision = overall(derived.decisions(setting))
    return AtSetting(
        name=setting,
        title=str(level.get("title", "")),
        decision=Decision.VOID if derived.voids else decision,
        shares=tuple(share(kind, of[metric], say) for kind, metric in KINDS if metric in of),
    )


def _grounds(derived: Derived, say: Texts) -> Iterable[Ground]:
    """The worst criteria and requirements, at each setting; in a void run nothing was decided."""
    if derived.voids:
        return
    several = len(derived.spec.settings) > 1
    for item in derived.decided:
        if item.decision is derived.decision:
            told, own = _told(item, say)
            named = _criterion(item, derived, say)
            where = f" ({say('setting', setting=item.setting)})" if several and item.setting else ""
            yield Ground(Named(named.text + where, named.own), told, own)
    for required in derived.required:
        if required.decision is derived.decision:
            where = f" ({say('setting', setting=required.setting)})" if several else ""
            named = _named(f"requirement-{derived.criteria.name}-{required.id}", required.title, say)
            yield Ground(Named(named.text + where, named.own), required.reason, say.language == "en")
    for found in derived.clauses if derived.decision is Decision.FAIL else ():
        if found.judged and found.judged.finding is Finding.NOT_MET:
            english = Named(f"Clause {found.clause.id}, {found.clause.title}", say.language == "en")
            yield Ground(english, f"{found.judged.author} found it not met: {found.judged.reason}", english.own)


def _told(item: Decided, say: Texts) -> tuple[str, bool]:
    """The figures in the page's language; what else there is to say of a decision is said in English."""
    if item.n and item.decision is not Decision.INCONCLUSIVE:
        values = {"rate": plain.percent(item.estimate), "bound": plain.percent(item.bound)}
        return say("wrong", k=item.k, n=item.n, **values), True
    return item.reason, say.language == "en"


def _criterion(item: Decided, derived: Derived, say: Texts) -> Named:
    return _named(f"criterion-{derived.criteria.name}-{item.id}", item.title, say)


def _named(key: str, english: str, say: Texts) -> Named:
    own = say.has(key) and (say.language != "en" or not english)
    return Named(say(key), True) if own else Named(english or key.partition("-")[2], say.language == "en")


def _weakest(derived: Derived) -> Rate | None:
    """The category to be blocked, at a setting, with the highest rate of misses; None where none was missed."""
    missed = [
        item
        for item in derived.rates
        if item.metric is Metric.BAD_SITES_UNDER_BLOCK and item.category != OVERALL and item.k
    ]
    return max(missed, key=lambda item: (item.estimate or 0, item.k, item.category), default=None)


def _weakest_told(derived: Derived, item: Rate | None, say: Texts) -> Named | None:
    """None where nothing was scored, or the run is void."""
    if derived.voids or not any(rate.n for rate in derived.rates if rate.metric is Metric.BAD_SITES_UNDER_BLOCK):
        return None
    if item is None:
        return Named(say("weakest-none"), True)
    titles = {**derived.criteria.categories, **derived.spec.corpus["categories"]}
    title = str(titles.get(item.category, ""))
    named = _named(f"category-{item.category}", "" if title == item.category else title, say)
    where = f"{say('setting', setting=item.setting)}. " if len(derived.spec.settings) > 1 else ""
    return Named(where + say("weakest", category=named.text, k=item.k, n=item.n), named.own)


def _missed(derived: Derived, weakest: Rate | None) -> Scored | None:
    """A page that came through in the weakest category, or else one blocked by mistake."""
    if weakest:
        rows = derived.scored.where(setting=weakest.setting, category=weakest.category, outcome=Outcome.UNDER_BLOCKED)
    else:
        rows = derived.scored.where(outcome=Outcome.OVER_BLOCKED)
    return next(iter(derived.scored.take(rows[:1])), None)


def _word(decision: Decision, say: Texts) -> str:
    return say(f"decision-{decision.replace(' ', '-')}")


def _confidence(derived: Derived) -> str:
    return f"{derived.criteria.interval.confidence:.0%}"
