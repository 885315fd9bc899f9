"""Rules profiles: the shipped ones load, and every wrong one is refused with file and key."""

from pathlib import Path

import pytest

from harness.classify.rules import STANDARD, Rules
from harness.classify.verdict import judge
from harness.model.errors import UsageError
from harness.model.spec import Limits
from harness.model.words import Verdict
from harness.profile import shipped
from harness.profile.rules import load, read
from tests.builders import evidence, net_error

HEAD = """
schema = "pas-harness/rules/1"
name = "mine"
title = "Mine"
version = "3"
standard = "1"
"""
GOOD = (
    HEAD
    + """
[emptied]
share = 0.5
reason = "made up for a test"
[error.ERR_CERT_AUTHORITY_INVALID]
mechanism = "sinkhole"
reason = "also made up"
[error.ERR_SSL_PROTOCOL_ERROR]
mechanism = ""
reason = "taken out for a test"
[rule."degraded.assets-missing"]
verdict = "allowed"
reason = "pictures do not matter"
"""
)


def rules(folder: Path, text: str) -> Rules:
    (folder / "mine.toml").write_text(text)
    return load(str(folder / "mine.toml"))


@pytest.mark.parametrize("name", shipped.names(shipped.RULES, "*.toml"))
def test_shipped_rules_load(name: str) -> None:
    assert load(name).name == name


def test_the_standard_file_is_the_standard_set() -> None:
    """Nothing in it is left to default, so that it can be read for the whole."""
    assert load("standard") == STANDARD
    spelt = read("standard")
    assert {name: item.mechanism for name, item in spelt.error.items()} == STANDARD.errors
    assert spelt.emptied is not None


def test_loads(tmp_path: Path) -> None:
    found = rules(tmp_path, GOOD)
    assert (found.name, found.version, found.title, found.emptied) == ("mine", "3", "Mine", 0.5)
    assert found.errors == {
        **{name: way for name, way in STANDARD.errors.items() if name != "ERR_SSL_PROTOCOL_ERROR"},
        "ERR_CERT_AUTHORITY_INVALID": "sinkhole",
    }
    assert found.readings == {"degraded.assets-missing": Verdict.ALLOWED}
    assert found.reasons == {
        "emptied": "made up for a test",
        "error.ERR_CERT_AUTHORITY_INVALID": "also made up",
        "error.ERR_SSL_PROTOCOL_ERROR": "taken out for a test",
        "rule.degraded.assets-missing": "pictures do not matter",
    }


def test_what_is_said_again_is_no_deviation(tmp_path: Path) -> None:
    again = '[error.ERR_CONNECTION_RESET]\nmechanism = "reset"\nreason = "as in the standard set"\n'
    found = rules(tmp_path, f'{HEAD}[emptied]\nshare = 0.1\nreason = "as in the standard set"\n{again}')
    assert (found.emptied, found.errors, found.reasons) == (STANDARD.emptied, STANDARD.errors, {})


@pytest.mark.parametrize(
    "error", ["ERR_CERT_AUTHORITY_INVALID", "ERR_CERT_COMMON_NAME_INVALID", "ERR_SSL_UNRECOGNIZED_NAME_ALERT"]
)
def test_behind_a_sinkhole_certificate_errors_are_blocks(error: str) -> None:
    seen = evidence(*[net_error(error)] * 3)
    assert judge(seen, [], Limits()).verdict is Verdict.INDETERMINATE
    found = judge(seen, [], Limits(), rules=load("sinkhole"))
    assert (found.verdict, found.rule_id, found.mechanism) == (Verdict.BLOCKED, "blocked.sinkhole", "sinkhole")


def test_unknown_rules() -> None:
    with pytest.raises(UsageError, match="no rules profile named or at 'nowhere'; shipped: live, sinkhole, standard"):
        load("nowhere")


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("rules/1", "rules/2", "schema: "),
        ('name = "mine"', 'name = "../mine"', "name: "),
        ('name = "mine"', 'name = "standard"', "name: 'standard' is kept for the standard set"),
        ('title = "Mine"', "", "title: Field required"),
        ('version = "3"', 'version = ""', "version: "),
        ('standard = "1"', 'standard = "0"', "standard: '0' is not the version here, which is '1'"),
        ('standard = "1"', "", "standard: Field required"),
        ('standard = "1"', 'standard = "1"\ncolour = "red"', "colour: Extra inputs are not permitted"),
        ("share = 0.5", "share = 1.0", "emptied: 1.0 is not a share"),
        ("share = 0.5", "share = -0.5", "emptied: -0.5 is not a share"),
        ("share = 0.5", "share = nan", "emptied: nan is not a share"),
        ("share = 0.5", 'share = "half"', "emptied.share: "),
        ('reason = "made up for a test"', "", "emptied.reason: Field required"),
        ('reason = "also made up"', 'reason = "so"', "error.ERR_CERT_AUTHORITY_INVALID.reason: "),
        ('reason = "pictures do not matter"', "", "rule.degraded.assets-missing.reason: Field required"),
        ('mechanism = "sinkhole"', "", "error.ERR_CERT_AUTHORITY_INVALID.mechanism: Field required"),
        ('"sinkhole"', '"Sink Hole"', "error.ERR_CERT_AUTHORITY_INVALID.mechanism: "),
        ('"sinkhole"', '"block-page"', "error.ERR_CERT_AUTHORITY_INVALID: 'block-page' is the mechanism of a page"),
        ('"sinkhole"', '""', "error.ERR_CERT_AUTHORITY_INVALID: the standard set does not count it"),
        ("error.ERR_CERT_AUTHORITY_INVALID", 'error."net::ERR_FAILED"', "net::ERR_FAILED"),
        ("ERR_CERT_AUTHORITY_INVALID", "ERR_INTERNET_DISCONNECTED", "a fault is never scored"),
        ("ERR_CERT_AUTHORITY_INVALID", "ERR_PROXY_CONNECTION_FAILED", "a fault is never scored"),
        ("degraded.assets-missing", "validity.timeout", "rule.validity.timeout: a fault is never scored"),
        ("degraded.assets-missing", "indeterminate.challenge", "rule.indeterminate.challenge: a fault is never scored"),
        ("degraded.assets-missing", "degraded.assets", "rule.degraded.assets: there is no such rule; there are: "),
        ("degraded.assets-missing", "blocked.redirect", "rule.blocked.redirect: the page did not arrive"),
        ("degraded.assets-missing", "allowed.token", "rule.allowed.token: the page arrived whole"),
        ('verdict = "allowed"', 'verdict = "correct"', "rule.degraded.assets-missing.verdict: "),
        ("share =", "share =\n", "not valid TOML"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        rules(tmp_path, GOOD.replace(old, new, 1))
    assert caught.value.exit_code == 4
    assert str(tmp_path / "mine.toml") in str(caught.value)
    assert error in str(caught.value)
