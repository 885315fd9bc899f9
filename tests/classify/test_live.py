"""Live rules, one row for each: the least that it decides."""

import inspect
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify import live, notice, pair
from harness.classify.live import ERRORS, RULES, Finding, agreed, decide
from harness.classify.page import read
from harness.classify.pair import Look, Pair, look
from harness.classify.patterns import Fingerprint, Known
from harness.classify.rules import STANDARD
from harness.model.observation import Observation
from harness.model.words import Arm, End, Expectation, Verdict

URL = "http://www.museum.example/garden"
STORY = "<title>The garden</title>" + "".join(f"<p>Bed {number} of the garden has roses.</p>" for number in range(60))
OTHER = "<title>Weather</title><div>Rain and wind all week long, says someone at a harbour.</div>"
NOTICE = "<title>Access to this page is blocked</title><p>Access to this site was denied by your provider.</p>"
HINT = (
    "<p>Hello.</p><div>The page that you want has been blocked in accordance with somebody's many wishes today.</div>"
)
STOP = Known(Fingerprint("stop", "prod", "body", "contains", "STOP", 5), lambda text: "STOP" in text)
FINE = Known(Fingerprint("fine", "fp", "body", "contains", "FINE", 5), lambda text: "FINE" in text)


def seen(arm: Arm = Arm.TEST, **changes: Any) -> Observation:
    made = Observation("case", "case", arm, "", 1, End.PAGE, URL, final_url=URL, chain=(URL,), status=200)
    return replace(made, **changes)


def visited(document: str = OTHER, addresses: tuple[str, ...] = (), issuer: str = "", **changes: Any) -> Look:
    return look(seen(**changes), document, addresses, issuer)


def control(document: str = STORY, addresses: tuple[str, ...] = (), issuer: str = "", **changes: Any) -> Look:
    return look(seen(Arm.CONTROL, **changes), document, addresses, issuer)


def failed(error: str, **changes: Any) -> Look:
    return visited("", end=End.NETWORK_ERROR, error=f"net::{error}", status=0, final_url="", **changes)


CONTROL = control()
ROWS: list[tuple[str, Look, Look | None, str]] = [
    ("live.indeterminate.fault", visited(end=End.CRASH), CONTROL, ""),
    ("live.indeterminate.timeout", visited(end=End.TIMEOUT), CONTROL, ""),
    ("live.indeterminate.no-control", failed("ERR_NAME_NOT_RESOLVED"), None, ""),
    (
        "live.blocked.bogus-address",
        failed("ERR_SSL_VERSION_OR_CIPHER_MISMATCH", addresses=("127.0.0.1", "::1")),
        control(addresses=("192.0.2.7",)),
        "dns",
    ),
    (
        "live.blocked.certificate",
        failed("ERR_CERT_AUTHORITY_INVALID", issuer="Filter"),
        control(issuer="Authority"),
        "certificate",
    ),
    *((f"live.blocked.{mechanism}", failed(error), CONTROL, mechanism) for error, mechanism in ERRORS.items()),
    ("live.indeterminate.network-error", failed("ERR_CERT_DATE_INVALID", issuer="A"), control(issuer="A"), ""),
    (
        "live.allowed.same-bytes",
        visited("", end=End.DOWNLOAD, body_digest="d"),
        control("", end=End.DOWNLOAD, body_digest="d"),
        "",
    ),
    (
        "live.indeterminate.other-download",
        visited("", end=End.DOWNLOAD, body_digest="d"),
        control("", end=End.DOWNLOAD, body_digest="e"),
        "",
    ),
    ("live.indeterminate.contradiction", visited(STORY + "STOP"), CONTROL, ""),
    ("live.indeterminate.contradiction", visited(NOTICE + STORY[:1000]), control(OTHER + STORY[:1000]), ""),
    ("live.allowed.same-page", visited(STORY.replace("Bed 7", "Stone 7")), CONTROL, ""),
    ("live.blocked.known-page", visited("<p>Nothing to see but this picture</p><img>"), CONTROL, "block-page"),
    ("live.indeterminate.known-no-block", visited(NOTICE + "FINE"), CONTROL, ""),
    ("live.blocked.fingerprint", visited(OTHER + "STOP"), CONTROL, "block-page"),
    ("live.indeterminate.challenge", visited(NOTICE, challenge=True), CONTROL, ""),
    ("live.indeterminate.challenge", visited(NOTICE + "<p>Solve the captcha</p>"), CONTROL, ""),
    ("live.indeterminate.login", visited(NOTICE, status=401), CONTROL, ""),
    ("live.indeterminate.login", visited(NOTICE + "<p>Sign in</p><input type=password>"), CONTROL, ""),
    ("live.indeterminate.server-error", visited(NOTICE, status=502), CONTROL, ""),
    ("live.indeterminate.parked", visited(NOTICE + "<p>Buy this domain</p>"), CONTROL, ""),
    ("live.indeterminate.refused-by-origin", visited(NOTICE + "<i>nginx</i>", status=403), CONTROL, ""),
    ("live.blocked.notice", visited(NOTICE, status=403), CONTROL, "block-page"),
    ("live.blocked.notice-alone", visited(NOTICE), None, "block-page"),
    ("live.blocked.redirect", visited(final_url="http://blocked.filter.test/"), CONTROL, "redirect"),
    ("live.blocked.hint-of-notice", visited(HINT), CONTROL, "block-page"),
    ("live.blocked.sinkhole", visited(addresses=("10.0.0.1",)), control(addresses=("2001:db8::7",)), "dns"),
    ("live.allowed.page-alone", visited(STORY), None, ""),
    ("live.indeterminate.alone", visited(OTHER), None, ""),
    ("live.indeterminate.led-away", visited(final_url="http://news.test/"), CONTROL, ""),
    ("live.indeterminate.other-page", visited(), CONTROL, ""),
    ("live.indeterminate.undecided", visited(STORY.replace("<p>", "<div><img><br><hr><br>")), CONTROL, ""),
    ("live.indeterminate.undecided", visited(), control("", end=End.DOWNLOAD), ""),
]
BLOCKED_WITH = [read("<p>Nothing to see but this picture</p><img><img>")]


def judged(test: Look, other: Look | None) -> Finding:
    return decide(pair.pair(test, other, [STOP, FINE], BLOCKED_WITH))


@pytest.mark.parametrize(("rule", "test", "other", "mechanism"), ROWS, ids=[row[0] for row in ROWS])
def test_rule(rule: str, test: Look, other: Look | None, mechanism: str) -> None:
    found = judged(test, other)
    assert (found.rule_id, found.mechanism) == (rule, mechanism)
    assert found.verdict == rule.split(".")[1]


def test_every_rule_has_a_row() -> None:
    ids = [rule.id for rule in RULES]
    assert {row[0] for row in ROWS} == set(ids)
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"live\.(blocked|allowed|indeterminate)\.[a-z-]+", rule_id) for rule_id in ids)
    assert STANDARD.errors.items() <= ERRORS.items()


@pytest.mark.parametrize(
    "useless",
    [
        control(status=500),
        control(status=403),
        control(challenge=True),
        control("<p>Complete the captcha</p>"),
        control("<p>This domain is for sale</p>"),
        control(end=End.TIMEOUT),
        control("", end=End.NETWORK_ERROR, error="net::ERR_NAME_NOT_RESOLVED"),
    ],
)
def test_a_useless_control_is_none(useless: Look) -> None:
    assert judged(failed("ERR_CONNECTION_RESET"), useless).rule_id == "live.indeterminate.no-control"
    assert judged(visited(NOTICE), useless).rule_id == "live.blocked.notice-alone"


def test_what_the_control_says_too_is_no_block() -> None:
    """A site that itself denies, or that tells of blocks, by either way."""
    assert judged(visited(NOTICE), control(NOTICE)).rule_id == "live.allowed.same-page"
    assert judged(visited(NOTICE), control(OTHER + NOTICE)).verdict is not Verdict.BLOCKED
    assert judged(visited(OTHER + "STOP"), control(STORY + "STOP")).rule_id == "live.indeterminate.other-page"


def test_a_fingerprint_in_an_ordinary_page_seen_alone_is_kept_for_a_person() -> None:
    assert judged(visited(STORY + "STOP"), None).rule_id == "live.indeterminate.alone"
    assert judged(visited(OTHER + "STOP"), None).rule_id == "live.blocked.fingerprint"


def test_a_refusal_without_a_notice_is_kept_for_a_person() -> None:
    assert judged(visited("<h1>403 Forbidden</h1><hr>nginx", status=403), CONTROL).verdict is Verdict.INDETERMINATE
    assert judged(visited("", status=403), CONTROL).verdict is Verdict.INDETERMINATE


def test_private_addresses_on_both_arms_say_nothing() -> None:
    """As in a laboratory."""
    both = ("10.0.0.1",)
    assert judged(visited(addresses=both), control(addresses=both)).rule_id == "live.indeterminate.other-page"


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "127.0.0.1", "100.64.0.1", "172.31.9.9", "::", "::1", "fd00::1", "fe80::1"]
)
def test_addresses_of_no_site(address: str) -> None:
    found = judged(failed("ERR_CONNECTION_REFUSED", addresses=(address,)), control(addresses=("192.0.2.7",)))
    assert found.rule_id == "live.blocked.bogus-address"


@pytest.mark.parametrize("address", ["192.0.2.7", "100.128.0.1", "172.32.0.1", "11.0.0.1", "2001:db8::1", "::ffff:1"])
def test_addresses_of_sites(address: str) -> None:
    found = judged(failed("ERR_CONNECTION_REFUSED", addresses=(address,)), control(addresses=("192.0.2.7",)))
    assert found.rule_id == "live.blocked.connection-refused"


def test_a_redirect_is_looked_for_in_headers() -> None:
    item = Known(
        Fingerprint("to", "isp", "header.location", "prefix", "", 5), lambda text: text.startswith("http://stop")
    )
    visit = visited(chain=(URL, "http://stop.test/x"), final_url="http://stop.test/x")
    assert decide(pair.pair(visit, CONTROL, [item])).rule_id == "live.blocked.fingerprint"


def test_visits_have_to_agree() -> None:
    reset, page = judged(failed("ERR_CONNECTION_RESET"), CONTROL), judged(visited(STORY), CONTROL)
    assert agreed([page], 2) == page
    assert agreed([reset, reset], 2).rule_id == "live.indeterminate.unconfirmed"
    assert agreed([reset, reset, reset], 2) == reset
    assert agreed([reset, reset, page], 2).rule_id == "live.indeterminate.inconsistent"
    assert agreed([judged(visited(NOTICE), CONTROL)], 2).verdict is Verdict.BLOCKED


parts = st.lists(st.sampled_from([STORY, OTHER, NOTICE, HINT, "STOP", "FINE", "captcha", "nginx", ""]), max_size=3)
looks = st.builds(
    lambda document, end, status, error, final: look(
        seen(end=end, status=status, error=error, final_url=final), "".join(document)
    ),
    parts,
    st.sampled_from(End),
    st.sampled_from([0, 200, 403, 451, 503]),
    st.sampled_from(["", "net::ERR_FAILED", *(f"net::{name}" for name in ERRORS)]),
    st.sampled_from(["", URL, "https://www.museum.example/", "http://blocked.test/", "about:blank"]),
)


@given(looks, looks | st.none())
def test_every_visit_gets_a_finding(test: Look, other: Look | None) -> None:
    compared: Pair = pair.pair(test, other, [STOP, FINE], BLOCKED_WITH)
    found = decide(compared)
    assert found == decide(compared)
    if test.seen.end in (End.FAULT, End.CRASH, End.TIMEOUT):
        assert found.verdict is Verdict.INDETERMINATE
    if compared.same_page or (test.seen.end is End.NETWORK_ERROR and compared.control is None):
        assert found.verdict is not Verdict.BLOCKED


@given(looks)
def test_the_same_by_both_ways_is_never_blocked(both: Look) -> None:
    assert judged(both, both).verdict is not Verdict.BLOCKED or not both.arrived


def test_the_expectation_is_out_of_reach() -> None:
    for module in (live, pair, notice):
        assert Expectation.__name__ not in inspect.getsource(module)
