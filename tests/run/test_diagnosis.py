"""What is seen of a canary, and said by a product that does not start, leads to words that say what to do."""

import pytest

from harness.classify.canary import Canary
from harness.model.words import End
from harness.run import diagnosis
from tests.builders import net_error, observation, receipt, replaced

ALLOW, BLOCK = Canary


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ERR_CERT_AUTHORITY_INVALID", "does not trust the product's certificate: have the product sign with ca_cert"),
        ("ERR_CERT_COMMON_NAME_INVALID", "is for another name"),
        ("ERR_CERT_DATE_INVALID", "expired"),
        ("ERR_CERT_WEAK_KEY", "certificate is broken"),
        ("ERR_SSL_PROTOCOL_ERROR", "no proper TLS"),
        ("ERR_TOO_MANY_REDIRECTS", "redirects for ever"),
        ("ERR_PROXY_CONNECTION_FAILED", "nothing accepts connections"),
        ("ERR_TUNNEL_CONNECTION_FAILED", "allow the method CONNECT"),
        ("ERR_NAME_NOT_RESOLVED", "pass queries on"),
        ("ERR_CONNECTION_RESET", "cut or refused"),
        ("ERR_EMPTY_RESPONSE", "closes the connection unanswered"),
    ],
)
def test_a_network_error_is_put_in_words(error: str, said: str) -> None:
    assert said in diagnosis.silent(ALLOW, net_error(error))


def test_pages_in_place_of_the_canary_are_told_apart() -> None:
    assert "user name and password" in diagnosis.silent(ALLOW, replaced(status=407))
    assert "reaches nothing behind it" in diagnosis.silent(ALLOW, replaced(status=503))
    assert "another address" in diagnosis.silent(ALLOW, replaced(harness_page=True))
    own = diagnosis.silent(ALLOW, replaced(status=403, title="Denied"))
    assert "let canary_allow through" in own
    assert "status 403, title 'Denied'" in own
    assert "does not answer" in diagnosis.silent(ALLOW, observation(end=End.TIMEOUT))


def test_a_canary_that_went_by_https_instead_is_noticed() -> None:
    seen = observation(requested_url="http://one.test/", receipts=(receipt(url="https://one.test/"),))
    assert "HSTS" in diagnosis.silent(BLOCK, seen)
    asked = observation(requested_url="https://one.test/", receipts=(receipt(url="https://one.test/"),))
    assert "HSTS" not in diagnosis.silent(BLOCK, asked)
    assert "canary_block must be on its lists" in diagnosis.silent(BLOCK, asked)


def test_what_is_no_block_is_said_with_its_rule() -> None:
    loop = diagnosis.no_block(net_error("ERR_TOO_MANY_REDIRECTS"), "indeterminate.network-error")
    assert "(indeterminate.network-error): the product redirects for ever" in loop
    assert "title 'One moment'" in diagnosis.no_block(replaced(title="One moment"), "indeterminate.challenge")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("ended at once with exit code 1: bind: Address already in use", "the port it wants is taken"),
        ("setpriv: failed to execute filterd: No such file or directory", "a program or file is missing"),
        ("open /var/log/filter: Permission denied", "process.user"),
        ("no version in the output of `filterd` (exit 0): hello", "correct the [[identity]]"),
        ("FATAL: Bungled filter.conf line 3: colour red", "written for this version"),
        ("did not accept connections within 30 s: ", "it listens on port 53, 3128 instead"),
        ("ended at once with exit code 2: my licence has run out", ""),
    ],
)
def test_what_a_product_says_when_it_does_not_start(fault: str, said: str) -> None:
    found = diagnosis.not_started(fault, {3128, 53})
    assert said in found
    assert bool(said) is bool(found)


def test_a_product_that_listens_nowhere_gets_no_guess() -> None:
    assert diagnosis.not_started("did not accept connections within 30 s: ", set()) == ""


def test_background_traffic_is_counted_and_named() -> None:
    assert diagnosis.background({}) == ""
    assert diagnosis.background({"page.harness.test: reserved": 9}) == ""
    words = diagnosis.background({"a.test: miss": 2, "a.test: resource": 1, "b.test: miss": 1})
    assert words.startswith("4 requests came that no page made, most to a.test (3), b.test (1)")
    assert "DoH" not in words


@pytest.mark.parametrize(
    ("host", "doh"),
    [("dns.google", True), ("chrome.cloudflare-dns.com", True), ("dns.google.example", False), ("mydns.google", False)],
)
def test_names_resolved_over_https_are_noticed(host: str, doh: bool) -> None:
    assert ("goes round a product that filters DNS" in diagnosis.background({f"{host}: miss": 1})) is doh
