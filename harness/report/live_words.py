"""What the rules for live runs say, in plain words; `plain` has those for replayed ones."""

from harness.classify.live import ERRORS

# Why a case is unscored.
REASON = {
    "live.indeterminate.fault": "The browser failed.",
    "live.indeterminate.timeout": "No answer came within the time an attempt may take; waiting is not blocking.",
    "live.indeterminate.no-control": "An error was shown, and the control shows nothing to compare with.",
    "live.indeterminate.network-error": "A network error that no known way of blocking explains.",
    "live.indeterminate.other-download": "A download arrived that is not the control's.",
    "live.indeterminate.contradiction": "The page says what the control's says, and yet reads like a block page.",
    "live.indeterminate.known-no-block": "A page that is known to be taken for a block page and to be none.",
    "live.indeterminate.challenge": "The site asked for a proof of being human.",
    "live.indeterminate.login": "The site asked for a password.",
    "live.indeterminate.server-error": "The site answered with an error of its own.",
    "live.indeterminate.parked": "The name is parked: nobody's page is there.",
    "live.indeterminate.refused-by-origin": "The site itself refused the visit.",
    "live.indeterminate.alone": "Another page might be there; the control shows nothing to compare with.",
    "live.indeterminate.led-away": "The visit ended at another site than the control's, and reads like no block.",
    "live.indeterminate.other-page": "Another page than the control's, and it reads like no block.",
    "live.indeterminate.undecided": "Neither clearly the control's page nor clearly another.",
    "live.indeterminate.inconsistent": "Repeated visits did not agree.",
    "live.indeterminate.unconfirmed": "An error that was not seen often enough to rule out a chance loss.",
}

_ERROR = {
    "tunnel-refused": "A proxy refused the encrypted connection",
    "dns": "The host's name was not resolved",
    "connection-refused": "The connection was refused",
    "address-unreachable": "The host's address could not be reached",
    "reset": "The connection was cut",
    "extension": "A browser extension blocked the page",
    "policy": "A browser policy blocked the page",
    "response-policy": "The browser refused the response",
    "no-answer": "The connection was never answered",
}

RULE = {
    **REASON,
    **{
        f"live.blocked.{mechanism}": f"{_ERROR[mechanism]}, at every visit, while the control got the page."
        for mechanism in dict.fromkeys(ERRORS.values())
    },
    "live.blocked.bogus-address": "The host's name led to an address that no public site has.",
    "live.blocked.certificate": "The certificate was another authority's than the control's, and not trusted.",
    "live.blocked.known-page": "The page was like the one that the canary to block shows.",
    "live.blocked.fingerprint": "The page bears the fingerprint of a known block page.",
    "live.blocked.notice": "The page says that access is denied, and the control's does not.",
    "live.blocked.notice-alone": "The page says that access is denied.",
    "live.blocked.redirect": "The visit was led to an address that stands for a denial.",
    "live.blocked.hint-of-notice": "Another page than the control's, with signs of a denial.",
    "live.blocked.sinkhole": "Another page than the control's, at an address that no public site has.",
    "live.allowed.same-bytes": "The file arrived byte for byte as by the control.",
    "live.allowed.same-page": "The page says what the control's says.",
    "live.allowed.page-alone": "An ordinary page arrived.",
}
