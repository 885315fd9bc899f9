"""Why cases failed, as far as the run itself shows: failing cases in groups of one mechanism and one cause.

A cause is named only where other cases of the run tell it apart: the same address over http, other pages of the host,
pages withheld without having been fetched, or a share of failures that chance does not explain.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scipy import stats

from harness.model import url as urls
from harness.model.words import Expectation, Outcome, Verdict
from harness.report import features, plain
from harness.report.features import ALPHA, Tried
from harness.score.outcome import Scored

MANY = 5  # so many cases, all of them wrong, are no accident
FAILED = {Outcome.UNDER_BLOCKED: Expectation.BLOCK, Outcome.OVER_BLOCKED: Expectation.ALLOW}
REWRITTEN = ("text-removed", "text-altered")
EVERYTHING, CONTENT, HOST, PATH, ADDRESS = "everything", "page content", "host", "path", "address"
NONE, UNSCORED = "no common cause found", "not scored"

Fetched = Callable[[Scored], bool]  # whether the page had reached the product before it was stopped


@dataclass(frozen=True, slots=True)
class Cause:
    """`kind` is one of those above or a feature's, `key` the host or feature it is about, "" for none; `told` is the
    evidence in a sentence or two."""

    kind: str
    key: str
    told: str


@dataclass(frozen=True, slots=True)
class Group:
    """Cases at one setting that failed alike, in the order of their ids."""

    setting: str
    outcome: Outcome
    mechanism: str
    cause: Cause
    cases: tuple[Scored, ...]


@dataclass(frozen=True, slots=True)
class Causes:
    """Groups, largest first and unscored ones last; and every feature that was tried, the most telling first within
    setting and outcome."""

    groups: tuple[Group, ...]
    tried: tuple[Tried, ...]


def causes(scored: Sequence[Scored], fetched: Fetched) -> Causes:
    """Every failing and every unscored case is in one group; cases that an early stop left out are in none."""
    found: dict[tuple[str, Outcome, str, Cause], list[Scored]] = defaultdict(list)
    tried: list[Tried] = []
    for setting in sorted({item.setting for item in scored}):
        at = sorted((item for item in scored if item.setting == setting), key=lambda item: item.case.case_id)
        for outcome in FAILED:
            pool = _Pool(at, outcome, fetched)
            tried += pool.tried
            for item in at:
                if item.outcome is outcome:
                    found[setting, outcome, item.judgement.mechanism, pool.cause(item)].append(item)
        for item in at:
            if item.outcome is Outcome.UNSCORED and not item.left_out:
                cause = Cause(UNSCORED, item.reason, plain.reason(item.reason))
                found[setting, item.outcome, item.judgement.mechanism, cause].append(item)
    groups = [Group(*name, tuple(items)) for name, items in found.items()]
    return Causes(tuple(sorted(groups, key=_rank)), tuple(tried))


def _rank(group: Group) -> tuple[object, ...]:
    cause = group.cause
    unscored = group.outcome is Outcome.UNSCORED
    return unscored, -len(group.cases), group.setting, group.outcome, cause.kind, cause.key, group.mechanism


class _Pool:
    """The scored cases of one expectation at a setting, with what is known around them. Of sealed cases no address is
    known, so they are not among them."""

    def __init__(self, at: Sequence[Scored], outcome: Outcome, fetched: Fetched) -> None:
        known = [item for item in at if item.outcome is not Outcome.UNSCORED and not item.case.sealed]
        cases = [item for item in known if item.case.expectation is FAILED[outcome]]
        self._outcome, self._fetched = outcome, fetched
        self._n, self._wrong = len(cases), sum(item.outcome is outcome for item in cases)
        have = features.features([item.case for item in cases])
        self.tried = features.tried(cases, have, outcome)
        self._features = {item.case.case_id: set(each) for item, each in zip(cases, have, strict=True)}
        right = [item for item in cases if item.outcome is Outcome.CORRECT]
        self._right_hosts = {_url(item).hostname for item in right}
        self._right_over_http = {_url(item).key for item in right if _url(item).scheme == "http"}
        self._own, self._all = _by_host(cases), _by_host(known)
        over = outcome is Outcome.OVER_BLOCKED
        self._unfetched = over and any(
            item.judgement.verdict is Verdict.BLOCKED and not fetched(item) for item in known
        )
        self._alike = {host: self._host(host) for host in self._own}

    @property
    def _should(self) -> str:
        return f"to {FAILED[self._outcome]}"

    def cause(self, item: Scored) -> Cause:
        """The first that the evidence bears out, the most direct evidence first."""
        if item.case.sealed:
            return Cause(NONE, "sealed", "Sealed cases: nothing is written down of their addresses to compare them by.")
        if self._n == self._wrong >= MANY:
            told = f"All {self._n:,} scored pages {self._should} went wrong, so nothing sets any of them apart."
            return Cause(EVERYTHING, "", told)
        host = self._alike[_url(item).hostname]
        if self._outcome is Outcome.OVER_BLOCKED:
            found = self._content(item) or self._twin(item) or host or self._feature(item)
        else:
            found = self._twin(item) or self._feature(item) or host
        found = found or self._path(item) or self._address(item)
        told = f"{self._wrong:,} of {self._n:,} scored pages {self._should} went wrong; nothing sets these apart."
        return found or Cause(NONE, "", told)

    def _content(self, item: Scored) -> Cause | None:
        if item.judgement.mechanism in REWRITTEN:
            return Cause(CONTENT, "", "The pages arrived with their text changed: the product reads and judges it.")
        if self._unfetched and self._fetched(item):
            told = (
                "The product fetched these pages before it withheld them, and withholds others unfetched: it goes by"
                " what the page says (phrases, labels, headers), not by the address."
            )
            return Cause(CONTENT, "", told)
        return None

    def _twin(self, item: Scored) -> Cause | None:
        if _url(item).scheme == "https" and _url(item).key in self._right_over_http:
            told = "The same addresses are handled rightly over http and wrongly over https."
            return Cause(features.Kind.HTTPS, "same address", told)
        return None

    def _host(self, host: str) -> Cause | None:
        """Pages of the host all handled alike, more than chance would have it: those to be blocked when they got
        through; good and bad ones when the good were blocked."""
        own = self._own[host]
        under = self._outcome is Outcome.UNDER_BLOCKED
        pages = own if under else self._all[host]
        said = {(item.judgement.verdict, item.judgement.mechanism) for item in pages}
        if len(pages) < 2 or len(said) > 1 or own[0].outcome is not self._outcome:
            return None
        chance = float(stats.hypergeom.pmf(len(own), self._n, self._wrong, len(own)))
        if chance > ALPHA:
            return None
        ((verdict, _),) = said
        what = f"scored pages {self._should}" if under else "scored pages, good and bad,"
        told = (
            f"All {len(pages)} {what} on the host were {verdict} alike, whatever their path. Were the {self._wrong:,}"
            f" wrong ones of {self._n:,} spread at random, the {len(own)} {self._should} here would all be among them"
            f" with {p_value(chance)}."
        )
        return Cause(HOST, host, told)

    def _feature(self, item: Scored) -> Cause | None:
        have = self._features[item.case.case_id]
        for one in self.tried:
            if one.shown and (one.kind, one.key) in have:
                told = (
                    f"{one.wrong:,} of {one.n:,} scored pages {self._should} that have this went wrong, and"
                    f" {one.wrong_rest:,} of {one.n_rest:,} that have not: {p_value(one.p_adjusted)}. Those that"
                    f" went wrong are of {one.sites:,} sites."
                )
                return Cause(one.kind, one.key, told)
        return None

    def _path(self, item: Scored) -> Cause | None:
        if _url(item).hostname not in self._right_hosts:
            return None
        told = (
            f"Other pages {self._should} on the same hosts are handled rightly, so the host alone does not decide: it"
            " depends on the path, the query or the page."
        )
        return Cause(PATH, "", told)

    def _address(self, item: Scored) -> Cause | None:
        if self._outcome is not Outcome.OVER_BLOCKED or self._fetched(item):
            return None
        told = (
            "The product stopped these without fetching them, so it goes by the address; the run has no other pages to"
            " tell host from path by."
        )
        return Cause(ADDRESS, "", told)


def p_value(value: float) -> str:
    return "p < 0.0001" if value < 0.0001 else f"p = {value:.4f}"


def _by_host(items: Sequence[Scored]) -> dict[str, list[Scored]]:
    found: dict[str, list[Scored]] = defaultdict(list)
    for item in items:
        found[_url(item).hostname].append(item)
    return found


def _url(item: Scored) -> urls.Url:
    return urls.parse(item.case.url)
