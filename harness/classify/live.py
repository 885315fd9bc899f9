"""Verdicts of live attempts by rules with stable ids, tried in order; the first that holds decides.

A captcha, a refusal by the origin, a parked domain, a login wall or a fault of a server is not a block: what cannot be
told is indeterminate and kept for a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.classify.notice import address_denies
from harness.classify.pair import Pair
from harness.classify.rules import STANDARD
from harness.model.words import End, Verdict

HINT = 2  # points of a notice that count where the control shows another page
SUBSTANCE = 1_000  # characters of text from which a page seen alone is taken for the site's own
# Mechanisms of network errors that the control does not have. An answer that stays out may be
# loss, so it too has to be confirmed.
ERRORS = {**STANDARD.errors, "ERR_CONNECTION_TIMED_OUT": "no-answer"}


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` reads `live.VERDICT.NAME`; `mechanism` is how the page was stopped, "" if it was not or nobody knows. What a
    lost packet can do too is to be confirmed by more visits."""

    id: str
    holds: Callable[[Pair], bool]
    mechanism: str = ""
    confirm: bool = False

    @property
    def verdict(self) -> Verdict:
        return Verdict(self.id.split(".")[1])


@dataclass(frozen=True, slots=True)
class Finding:
    """What is made of a visit, or of all visits of a case. `signs` are what it rests on, for whoever checks it."""

    verdict: Verdict
    rule_id: str
    mechanism: str = ""
    signs: tuple[str, ...] = ()
    confirm: bool = False


def _ended(*ends: End) -> Callable[[Pair], bool]:
    return lambda pair: pair.test.seen.end in ends


def _reads_as(kind: str) -> Callable[[Pair], bool]:
    return lambda pair: pair.test.reading.other == kind


def _error(mechanism: str) -> Rule:
    return Rule(f"live.blocked.{mechanism}", lambda pair: ERRORS.get(pair.error) == mechanism, mechanism, True)


def _certificate(pair: Pair) -> bool:
    return pair.error.startswith(("ERR_CERT_", "ERR_SSL_")) and pair.other_issuer


def _same_download(pair: Pair) -> bool:
    test, control = pair.test.seen, pair.control
    return bool(test.body_digest) and control is not None and test.body_digest == control.seen.body_digest


def _denial_elsewhere(pair: Pair) -> bool:
    return pair.other_page and pair.led_away and address_denies(pair.test.seen.final_url)


def _hint(pair: Pair) -> bool:
    return (
        pair.other_page
        and pair.control is not None
        and (pair.test.reading.points >= HINT > pair.control.reading.points)
    )


def _ordinary(pair: Pair) -> bool:
    test = pair.test
    return test.arrived and test.reading.points <= 0 and len(test.page.text) >= SUBSTANCE and not pair.led_away


def _fingerprint(pair: Pair) -> bool:
    """Many fingerprints are addresses or phrases that a page about filters may hold too."""
    return bool(pair.fingerprints) and (pair.control is not None or not _ordinary(pair))


RULES = (
    Rule("live.indeterminate.fault", _ended(End.FAULT, End.CRASH)),
    Rule("live.indeterminate.timeout", _ended(End.TIMEOUT)),
    # Nothing arrived: a block only if it arrives by the other way.
    Rule("live.indeterminate.no-control", lambda pair: bool(pair.error) and pair.control is None),
    Rule("live.blocked.bogus-address", lambda pair: bool(pair.error) and pair.bogus_address, "dns", True),
    Rule("live.blocked.certificate", _certificate, "certificate", True),
    *(_error(mechanism) for mechanism in dict.fromkeys(ERRORS.values())),
    Rule("live.indeterminate.network-error", _ended(End.NETWORK_ERROR)),
    Rule("live.allowed.same-bytes", lambda pair: _ended(End.DOWNLOAD)(pair) and _same_download(pair)),
    Rule("live.indeterminate.other-download", _ended(End.DOWNLOAD)),
    # A page that says what the control says arrived.
    Rule("live.indeterminate.contradiction", lambda pair: pair.same_page and bool(pair.fingerprints or pair.denies)),
    Rule("live.allowed.same-page", lambda pair: pair.same_page),
    Rule("live.blocked.known-page", lambda pair: pair.like_known, "block-page"),
    Rule("live.indeterminate.known-no-block", lambda pair: bool(pair.no_blocks)),
    Rule("live.blocked.fingerprint", _fingerprint, "block-page"),
    # Pages that get in the way and are no block.
    Rule("live.indeterminate.challenge", lambda pair: pair.test.seen.challenge or _reads_as("challenge")(pair)),
    Rule("live.indeterminate.login", lambda pair: pair.test.seen.status in (401, 407) or _reads_as("login")(pair)),
    Rule("live.indeterminate.server-error", lambda pair: pair.test.seen.status >= 500),
    Rule("live.indeterminate.parked", _reads_as("parked")),
    Rule("live.indeterminate.refused-by-origin", lambda pair: pair.refused_by_origin),
    # Another page than the control's, or none to compare with.
    Rule("live.blocked.notice", lambda pair: pair.control is not None and pair.denies, "block-page"),
    Rule("live.blocked.notice-alone", lambda pair: pair.control is None and pair.denies, "block-page"),
    Rule("live.blocked.redirect", _denial_elsewhere, "redirect"),
    Rule("live.blocked.hint-of-notice", _hint, "block-page"),
    Rule("live.blocked.sinkhole", lambda pair: pair.other_page and pair.bogus_address, "dns"),
    Rule("live.allowed.page-alone", lambda pair: pair.control is None and not pair.fingerprints and _ordinary(pair)),
    Rule("live.indeterminate.alone", lambda pair: pair.control is None),
    Rule("live.indeterminate.led-away", lambda pair: pair.led_away),
    Rule("live.indeterminate.other-page", lambda pair: pair.other_page),
    Rule("live.indeterminate.undecided", lambda pair: True),
)


def decide(pair: Pair) -> Finding:
    """What is made of one visit."""
    rule = next(rule for rule in RULES if rule.holds(pair))
    signs = [
        *pair.fingerprints,
        *pair.no_blocks,
        *pair.test.reading.signs,
        *filter(None, (pair.error, pair.test.reading.other)),
    ]
    if pair.like is not None:
        signs.append(f"length {pair.like.length:.2f}, terms {pair.like.terms:.2f}, structure {pair.like.structure:.2f}")
    return Finding(rule.verdict, rule.id, rule.mechanism, tuple(signs), rule.confirm)


def agreed(findings: Sequence[Finding], confirmations: int) -> Finding:
    """What is made of the visits of one case, at least one, in their order. They have to agree, and what is to be
    confirmed to have been so that many times."""
    last = findings[-1]
    if len({(item.verdict, item.mechanism) for item in findings}) > 1:
        return Finding(Verdict.INDETERMINATE, "live.indeterminate.inconsistent")
    if last.confirm and len(findings) < 1 + confirmations:
        return Finding(Verdict.INDETERMINATE, "live.indeterminate.unconfirmed", "", last.signs)
    return last
