"""The design's words with closed sets of values."""

from enum import StrEnum


class Expectation(StrEnum):
    BLOCK = "block"
    ALLOW = "allow"


class Arm(StrEnum):
    CONTROL = "control"
    TEST = "test"


class Tier(StrEnum):
    """What made an attempt."""

    BROWSER = ""
    FAST = "fast"  # a prober, which asks by HTTP and DNS itself


class End(StrEnum):
    """How an attempt ended, as a fact."""

    PAGE = "page"
    NETWORK_ERROR = "network-error"
    DOWNLOAD = "download"
    TIMEOUT = "timeout"
    CRASH = "crash"
    FAULT = "fault"


class Validity(StrEnum):
    """Whether the attempts of a case can carry a verdict; every value but VALID is a reason for leaving it unscored."""

    VALID = "valid"
    NOT_MEASURED = "not-measured"
    LEFT_OUT = "left-out"
    CONTROL_FAILED = "control-failed"
    BROWSER_FAULT = "browser-fault"
    INTERNET_FAULT = "internet-fault"
    PRODUCT_FAULT = "product-fault"
    TIMEOUT = "timeout"
    REPLAY_MISS = "replay-miss"


class Verdict(StrEnum):
    BLOCKED = "blocked"
    ALLOWED = "allowed"
    WARNED = "warned"
    DEGRADED = "degraded"
    INDETERMINATE = "indeterminate"


class Outcome(StrEnum):
    CORRECT = "correct"
    OVER_BLOCKED = "over-blocked"
    UNDER_BLOCKED = "under-blocked"
    UNSCORED = "unscored"


class Metric(StrEnum):
    """The four rates of Resnick, Hansen and Richardson, CACM 47(9), 2004."""

    OK_SITES_OVER_BLOCK = "ok_sites_over_block"
    BLOCKED_SITES_OVER_BLOCK = "blocked_sites_over_block"
    BAD_SITES_UNDER_BLOCK = "bad_sites_under_block"
    UNBLOCKED_SITES_UNDER_BLOCK = "unblocked_sites_under_block"


class Interval(StrEnum):
    """How bounds of a rate are computed from k of n."""

    CLOPPER_PEARSON = "clopper-pearson"
    WILSON = "wilson"
    JEFFREYS = "jeffreys"


class Design(StrEnum):
    """What a sample's n is taken to be worth. A cluster is the cases of one registrable domain, or as the corpus
    says."""

    INDEPENDENT = "independent"  # every case counts, all weights equal
    CLUSTERS = "clusters"  # worst case: the cases of a cluster share one fate (intra-cluster correlation 1)
    ESTIMATED = "estimated"  # the design effect is estimated from the cases by Taylor linearisation


class Decision(StrEnum):
    PASS = "pass"
    CONDITIONAL_PASS = "conditional pass"
    CONDITIONAL_FAIL = "conditional fail"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    VOID = "void"

    @property
    def exit_code(self) -> int:
        """The exit code of a command that ends with this decision."""
        return _EXIT[self]


_EXIT = {
    Decision.PASS: 0,
    Decision.CONDITIONAL_PASS: 0,
    Decision.FAIL: 1,
    Decision.CONDITIONAL_FAIL: 1,
    Decision.INCONCLUSIVE: 2,
    Decision.VOID: 3,
}

BLOCK_CATEGORIES = ("adult", "violence", "hate", "drugs", "crime", "gambling")
INNOCUOUS_CATEGORIES = (
    "news",
    "health",
    "sex-education",
    "education",
    "government",
    "religion",
    "lgbt",
    "charity",
    "helpline",
    "culture",
    "children",
    "history",
    "science",
    "sport",
    "shopping",
)
