"""The filter of a live network, shown on an ISP with real products, by the whole command and a real browser."""

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from harness.model.errors import UsageError
from harness.model.words import Outcome
from harness.products.base import Context
from harness.products.live import LiveProduct
from harness.profile.product import load
from tests import live
from tests.internet.test_room import ROOT

PAGES = {"allow": "http://open.example/", "block": "http://shut.example/"}
# As a machine whose user trusts the lab's authority: only then https pages arrive.
CUSTOMER = """
set -e
export HOME=$TMPDIR/home
mkdir -p $HOME/.pki/nssdb
certutil -d sql:$HOME/.pki/nssdb -N --empty-password
certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n lab -i $LAB_CA
cp $LAB_ANSWERS {out}.json
exec {harness} {words} --param allow=$LAB_ALLOW --param control_resolver=$LAB_RESOLVER \
    --param control_address=$LAB_ADDRESS
"""


@dataclass(frozen=True)
class Ended:
    code: int
    words: str


def customer(out: Path, words: Sequence[str], options: Sequence[str] = ()) -> Ended:
    """A command of the harness, as a customer of the ISP gives it; words with $ are the lab's."""
    harness = shlex.join([sys.executable, "-c", "from harness.cli.main import main; main()"])
    script = CUSTOMER.format(out=out, harness=harness, words=" ".join(words))
    command = [sys.executable, "-m", "bench.isp", *options, "--", "sh", "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return Ended(done.returncode, done.stdout + done.stderr)


def certify(out: Path, block: str) -> list[str]:
    asked = ["certify", "live", "--live", "--corpus", "$LAB_CORPUS", "--criteria", "pas74-kitemark", "--out", str(out)]
    return [*asked, "--quiet", "--param", f"block={block}"]


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.program("certutil", "libnss3-tools")
def test_what_an_isp_blocks_is_told_case_for_case(tmp_path: Path) -> None:
    out = tmp_path / "run"
    ended = customer(out, certify(out, "$LAB_BLOCK"))
    answers = json.loads((tmp_path / "run.json").read_text("utf-8"))
    found = pd.read_parquet(out / "derived" / "verdicts.parquet")
    told = {
        row.case_id: "unscored" if row.outcome == Outcome.UNSCORED else str(row.verdict) for row in found.itertuples()
    }
    assert told == answers, ended.words
    assert live.command("verify", out).code == 0
    report = (out / "report.html").read_text("utf-8")
    assert "nothing was replayed" in report
    assert "--live" in report
    assert "data-replay-token" not in report


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.program("certutil", "libnss3-tools")
def test_a_canary_that_is_not_blocked_makes_the_run_void(tmp_path: Path) -> None:
    ended = customer(tmp_path / "run", certify(tmp_path / "run", "http://news-1.example/"), ["--filter", "dns"])
    assert "the canary to block got through" in ended.words
    assert ended.code == 3
    checked = customer(tmp_path / "check", ["product", "check", "live", "--param", "block=$LAB_BLOCK"])
    assert (checked.code, "the canary to block is blocked" in checked.words) == (0, True), checked.words


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "needs a way round the filter"),
        ({"control_proxy": "ftp://proxy"}, "must be http://HOST:PORT"),
        ({"control_proxy": "http://proxy:3128", "control_resolver": "192.0.2.1"}, "a proxy asks"),
        ({"control_resolver": "resolver.example"}, "not an IP address"),
        ({"control_address": "here"}, "not an IP address"),
        ({"control_resolver": "192.0.2.1", "block": "shut.example"}, "--param block"),
    ],
)
def test_a_wrong_parameter_is_named(params: dict[str, str], words: str, tmp_path: Path) -> None:
    profile = load("live")
    with pytest.raises(UsageError, match=words):
        LiveProduct(Context(profile, profile.checked_params(PAGES | params), tmp_path, 0))


def test_the_real_internet_is_only_visited_when_one_says_so(tmp_path: Path) -> None:
    corpus, criteria = live.write_corpus(tmp_path / "corpus", []), live.write_criteria(tmp_path / "criteria.toml")
    options = ("--corpus", corpus, "--criteria", criteria, "--out", tmp_path / "run")
    pages = [word for key, value in PAGES.items() for word in ("--param", f"{key}={value}")]
    refused = live.command("plan", "live", *options, *pages, "--param", "control_resolver=192.0.2.1")
    assert (refused.code, "say --live if that is meant" in refused.err) == (4, True)
    refused = live.command("plan", "zoo-perfect", "--live", *options)
    assert (refused.code, "is tested on a replayed Internet" in refused.err) == (4, True)
    refused = live.command("plan", "live", "--live", *options)
    assert (refused.code, "--param allow: product 'live' needs it" in refused.err) == (4, True)
    assert not (tmp_path / "run").exists()
