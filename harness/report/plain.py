"""The report's words: decisions, rates, reasons and rules in sentences a layperson understands."""

import datetime

from harness.classify.tiers import UNTRUSTED
from harness.model.words import Decision, Metric, Validity
from harness.report import live_words
from harness.report.texts import texts
from harness.score.parts import Parts
from harness.score.tiers import Tiers

HEADLINE = {item: texts("en")(f"decision-{item.replace(' ', '-')}") for item in Decision}

METRIC_NAME = {
    Metric.BAD_SITES_UNDER_BLOCK: "Under-blocking of pages to be blocked",
    Metric.OK_SITES_OVER_BLOCK: "Over-blocking of pages to be allowed",
    Metric.BLOCKED_SITES_OVER_BLOCK: "Over-blocking among blocked pages",
    Metric.UNBLOCKED_SITES_UNDER_BLOCK: "Under-blocking among unblocked pages",
}

METRIC_QUESTION = {
    Metric.BAD_SITES_UNDER_BLOCK: "Of the pages that should be blocked, how many were not?",
    Metric.OK_SITES_OVER_BLOCK: "Of the pages that should be allowed, how many were not?",
    Metric.BLOCKED_SITES_OVER_BLOCK: "Of the pages the product blocked, how many should have been allowed?",
    Metric.UNBLOCKED_SITES_UNDER_BLOCK: "Of the pages the product did not block, how many should have been blocked?",
}

METRIC_FORMULA = {
    Metric.BAD_SITES_UNDER_BLOCK: "bad-sites under-block, FN / (TP + FN)",
    Metric.OK_SITES_OVER_BLOCK: "OK-sites over-block, FP / (FP + TN)",
    Metric.BLOCKED_SITES_OVER_BLOCK: "blocked-sites over-block, FP / (TP + FP)",
    Metric.UNBLOCKED_SITES_UNDER_BLOCK: "unblocked-sites under-block, FN / (FN + TN)",
}

DECISION_RULE = {
    "guard-band": (
        "passes when the upper bound of the rate lies within the bound, fails when the lower bound lies above it, "
        "and is conditional between the two."
    ),
    "simple-acceptance": "the observed rate itself is compared with the bound, without a guard band.",
    "zero-tolerance": "passes when no case at all went wrong, and fails with the first that did.",
}

FAMILY_RULE = {
    "pass": "decided jointly; Holm's correction keeps the chance of any wrong pass among them within that of one.",
    "fail": "decided jointly; Holm's correction keeps the chance of any wrong fail among them within that of one.",
    "both": "decided jointly; Holm's correction keeps the chance of any wrong pass, and of any wrong fail, among them "
    "within that of one.",
}

EARLY_STOP = (
    "yes, by curtailed sampling: cases are left out once nothing they could show would change a decision, so decisions "
    "and their error rates are those of the whole run; rates are those of the cases attempted"
)

FINDING = {"met": "Met", "not-met": "Not met", "not-applicable": "Not applicable", "not-judged": "Not judged"}

ASSESSED = {"measured": "Measured", "by-hand": "Judged by hand", "not-applicable": "Not applicable"}

ACCURACY = {
    "precision": "Precision: of the pages blocked, the share that should be",
    "recall": "Recall: of the pages to be blocked, the share that was",
    "fpr": "False-positive rate: of the pages to be allowed, the share that was blocked",
    "f1": "F1: harmonic mean of precision and recall",
    "mcc": "Matthews correlation coefficient, from -1 to 1",
}

TIERS = "every case seen by the fast tier (HTTP and DNS), {:,} of them and what stayed in doubt by the browser too"

REASON = {
    str(Validity.NOT_MEASURED): "The run ended before this case had all the attempts it needs.",
    str(
        Validity.CONTROL_FAILED
    ): "The page did not arrive without the product either, so nothing can be laid at its door.",
    str(Validity.BROWSER_FAULT): "The browser failed at every attempt.",
    str(Validity.INTERNET_FAULT): "The replayed Internet failed at every attempt.",
    str(Validity.PRODUCT_FAULT): "The product had died or could not be reached; a dead product blocks nothing.",
    str(Validity.TIMEOUT): "No answer came within the time an attempt may take; waiting is not blocking.",
    str(Validity.REPLAY_MISS): "The browser asked for a page the corpus does not hold.",
    str(Validity.LEFT_OUT): "Left out by the early stop: nothing it could have shown would have changed a decision.",
    "person.invalidated": "A person declared the case not fit to be scored.",
    "indeterminate.inconsistent": "Repeated attempts did not agree.",
    "indeterminate.foreign-token": "The page of another case arrived in place of this one.",
    "indeterminate.network-error": "A network error that no known way of blocking explains.",
    UNTRUSTED: "Only the fast tier saw the case, and the criteria ask for more agreement with the browser.",
    "indeterminate.other-download": "A download arrived that is not the file of the case.",
    "indeterminate.challenge": "The product asked for a proof of being human; what follows it is not known.",
    "indeterminate.product-error": "The product showed its own page for faults; a product in trouble blocks nothing.",
    "indeterminate.gateway-error": "The product answered that it could not reach the page, or asked for a password.",
    **live_words.REASON,
}

RULE = {
    **{f"validity.{key}": value for key, value in REASON.items() if "indeterminate." not in key},
    **{key: value for key, value in REASON.items() if "indeterminate." in key},
    **live_words.RULE,
    "person.adjudicated": "A person looked at the evidence and gave the verdict.",
    "allowed.token": "The page arrived with this attempt's own token, unaltered.",
    "allowed.same-bytes": "The file arrived byte for byte as without the product.",
    "blocked.text-removed": "The page arrived with its text removed.",
    "blocked.redirect": "The browser was led to another address.",
    "blocked.block-page": "A block page of the product was shown.",
    "blocked.error-status": "An error page was shown in place of the page.",
    "blocked.substituted-page": "Another page was shown in place of the page.",
    "blocked.tunnel-refused": "The product refused the encrypted connection.",
    "blocked.dns": "The host's name was not resolved.",
    "blocked.connection-refused": "The connection was refused.",
    "blocked.address-unreachable": "The host's address could not be reached.",
    "blocked.reset": "The connection was cut.",
    "blocked.extension": "A browser extension blocked the page.",
    "blocked.policy": "A browser policy blocked the page.",
    "blocked.response-policy": "The browser refused the response on the product's word.",
    "warned.continue-link": "A warning was shown from which the page can still be reached.",
    "degraded.text-altered": "The page arrived with its text altered.",
    "degraded.assets-missing": "The page arrived without some of its pictures, styles or scripts.",
}


def parts(item: Parts) -> str:
    """What comparing the open part of a corpus with the sealed one says."""
    if item.difference is None:
        return "One part has no scored case, so nothing can be said."
    if item.worse:
        return "Worse on the sealed part than chance explains: the product may have been tuned to the open one."
    return "No sign of tuning: chance may explain the difference." if item.upper > 0 else "Better on the sealed part."


def tiers(item: Tiers) -> str:
    """What comparing the fast tier with the browser says."""
    overall = item.strata[0]
    told = f"Of the {item.sampled:,} cases drawn, from every category in proportion, the fast tier was in doubt about"
    told += f" {item.doubtful:,}, which count as the browser saw them"
    told += f", and the browser could not judge {item.invalid:,}" if item.invalid else ""
    told += f". Of the other {overall.n:,} both gave {overall.k:,} the same verdict"
    told += f", which at {item.confidence:.0%} confidence is {overall.lower:.2%} or more. " if overall.n else ". "
    if not item.allowed:
        return f"{told}The criteria permit no fast tier, so cases that it alone saw have no verdict."
    so = "so cases that it alone saw are scored" if item.usable else "so cases that it alone saw have no verdict"
    return f"{told}The criteria ask for {item.minimum:.2%}, {so}."


def reason(key: str) -> str:
    """Why a case is unscored, by validity or rule id."""
    return REASON.get(key) or RULE.get(key) or "No plain words are known for this reason."


def rule(key: str) -> str:
    """What a verdict rule says."""
    kind, _, mechanism = key.partition(".")
    if kind == "blocked" and key not in RULE:
        return f"A network error that the rule set takes for blocking ({mechanism})."
    return RULE.get(key, "No plain words are known for this rule.")


def short(digest: str) -> str:
    """Its first twelve digits in groups of four, to be read out."""
    return " ".join(digest[start : start + 4].upper() for start in (0, 4, 8))


def percent(value: float | None) -> str:
    """A share to one decimal; never "0.0%" for some, never "100.0%" for not all."""
    if value is None:
        return "–"
    if 0 < value < 0.0005:
        return "<0.1%"
    if 0.9995 <= value < 1:
        return ">99.9%"
    return f"{value:.1%}"


def when(stamp: str) -> str:
    """An ISO 8601 time as people write it; as it is when it is none, "not recorded" when empty."""
    try:
        at = datetime.datetime.fromisoformat(stamp).astimezone(datetime.UTC)
    except ValueError:
        return stamp or "not recorded"
    return f"{at.day} {at:%B %Y, %H:%M} UTC"
