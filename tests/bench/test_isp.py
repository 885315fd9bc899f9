"""The ISP lab stops what is on its lists and nothing else, by real products and as ISPs do; another way leads round it,
and nothing of it stays."""

import datetime
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from bench.isp import files, pages, sites
from bench.isp.sites import ALLOW, BLOCK, SITES, UNSCORED, Kind
from harness.classify import notice
from harness.classify.live import decide
from harness.classify.page import read
from harness.classify.pair import Look, look, pair
from harness.corpus.load import load
from harness.model.observation import Observation
from harness.model.words import Arm, End, Verdict
from harness.profile import criteria
from tests.internet.test_room import ROOT, ordinary_python, until

NOTICE = (ROOT / "bench" / "isp" / "blocked.html").read_text("utf-8")
NOTICED = "403 Access to this site is blocked - Example Broadband"
WAYS = [
    (("--filter", "dns", "--page", "nxdomain"), {"http": "no such name", "https": "no such name"}, False),
    (("--filter", "dns"), {"http": NOTICED, "https": "refused"}, False),
    (("--filter", "url"), {"http": NOTICED, "https": "ended"}, True),
    (("--page", "nxdomain"), {"http": "no such name", "https": "no such name"}, True),
]
QUICKLY = ("--filter", "dns", "--page", "nxdomain")


def lab(arguments: Sequence[str], python: Sequence[str] = (sys.executable,), **options: Any) -> list[str]:
    """The exit code, what was printed and what was complained of."""
    command = [*python, "-m", "bench.isp", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **options)
    return [str(done.returncode), done.stdout, done.stderr]


def own(url: str) -> str:
    """What the site itself answers."""
    scheme, _, host, path = url.split("/", 3)
    site = SITES[host]
    if site.kind is Kind.GONE:
        return "no such name"
    if site.kind is Kind.MOVED:
        return f"301 {scheme}//www.{host}/"
    status, document = pages.page(site, f"/{path}", 1)
    return f"{status} {read(document).title}"


def check(said: Mapping[str, Any], stopped: Mapping[str, str], urls_listed: bool) -> None:
    """Every case came by the other way as its site has it, and by the ISP too unless it is blocked; then as `stopped`
    says for its scheme."""
    found = list(sites.cases(urls_listed))
    assert said["answers"] == {case.case_id: word for case, word in found}
    wanted = {"allow": [own(f"http://{ALLOW}/")] * 2, "block": [stopped["http"], own(f"http://{BLOCK}/")]}
    for case, word in found:
        by_isp = around = own(case.url)
        if word == "blocked":
            by_isp = NOTICED if sites.FORUM in case.url else stopped[case.url.partition(":")[0]]
        wanted[case.case_id] = [by_isp, around]
    assert said["seen"] == wanted


@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.parametrize(("options", "stopped", "urls_listed"), WAYS)
def test_what_is_listed_is_blocked_unless_one_goes_round(
    options: tuple[str, ...], stopped: dict[str, str], urls_listed: bool
) -> None:
    code, said, complaints = lab([*options, "--", sys.executable, "-m", "tests.bench.isp_customer"])
    assert code == "0", complaints
    check(json.loads(said), stopped, urls_listed)


@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_has_the_same() -> None:
    paths = os.pathsep.join([str(ROOT), *[path for path in sys.path if path.endswith("-packages")]])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    python = ordinary_python(environment)
    command = ["--filter", "url", "--", python[-1], "-m", "tests.bench.isp_customer"]
    code, said, complaints = lab(command, python, env=environment)
    assert code == "0", complaints
    check(json.loads(said), WAYS[2][1], True)
    assert json.loads(said)["uid"] != 0


@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.parametrize(
    ("command", "code"),
    [(("sh", "-c", "exit 7"), 7), (("sh", "-c", "kill -TERM $$"), 128 + signal.SIGTERM), (("no-such-command",), 127)],
)
def test_the_exit_code_is_passed_on(command: tuple[str, ...], code: int) -> None:
    assert lab([*QUICKLY, "--", *command])[0] == str(code)


@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
def test_a_filter_that_ends_ends_the_lab() -> None:
    # It answers before it has written its process id.
    kill = "until test -s /run/isp/dnsmasq.pid; do sleep 0.1; done; kill $(cat /run/isp/dnsmasq.pid) && sleep 1000"
    code, _, complaints = lab([*QUICKLY, "--", "sh", "-c", kill])
    assert (code, complaints) == ("125", "the ISP lab: dnsmasq has ended by itself\n")


@pytest.mark.room
@pytest.mark.product("dnsmasq")
@pytest.mark.product("squid-transparent")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_is_left_after_a_kill(number: signal.Signals) -> None:
    """Namespaces, and the files and interfaces in them, end with the last process in them."""
    command = [sys.executable, "-m", "bench.isp", "--", "sh", "-c", "setsid sleep 1000 & echo ready; sleep 1000"]
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)

    def inside() -> list[psutil.Process]:
        return [child for child in process.children(recursive=True) if child.is_running()]

    try:
        assert process.stdout.readline() == b"ready\n"
        assert until(lambda: [child.name() for child in inside()].count("sleep") == 2)
        started = inside()
        assert {"dnsmasq", "squid", "unshare"} < {child.name() for child in started}
    finally:
        process.send_signal(number)
        process.communicate()
    assert until(lambda: not any(child.is_running() for child in started))
    assert not Path("/run/isp").exists()


def test_what_is_missing_is_named() -> None:
    code, _, complaints = lab(["--", "true"], env={"PATH": "/nowhere"})
    assert code == "125"
    assert complaints == (
        "the ISP lab: `dnsmasq` (dnsmasq-base), `squid` (squid-openssl), `nft` (nftables) not found on PATH\n"
    )


def test_the_corpus_has_all_that_the_criteria_ask_for(tmp_path: Path) -> None:
    files.write(tmp_path, True, None, datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    corpus = load(str(tmp_path / "corpus"))
    found = {case.case_id: (case.url, case.expectation) for case in corpus.cases}
    assert found == {case.case_id: (case.url, case.expectation) for case, _ in sites.cases(True)}
    asked = {name for item in criteria.load("pas74-kitemark").criterion for name in item.categories}
    assert asked <= {case.category for case in corpus.cases}


def test_pages_are_what_they_are_there_for() -> None:
    """No page of a site reads as a notice of a block, those that get in the way read as such, and the ISP's notice as
    one."""
    for site in SITES.values():
        page = read(pages.page(site, "/", 1)[1])
        reading = notice.read(page)
        assert (site.name, reading.notice) == (site.name, False)
        other = {Kind.CAPTCHA: "challenge", Kind.PARKED: "parked", Kind.REFUSING: "origin", Kind.LOGIN: "login"}
        assert (site.name, reading.other) == (site.name, other.get(site.kind, ""))
        assert site.kind in (*UNSCORED, Kind.LOGIN) or len(page.text) > 1_000
    assert notice.read(read(NOTICE)).notice


def seen(site: sites.Site, arm: Arm, document: str, status: int) -> Look:
    url = f"http://{site.name}/"
    gone = Observation("case", "case", arm, "", 1, End.NETWORK_ERROR, url, error="net::ERR_NAME_NOT_RESOLVED")
    there = replace(gone, end=End.PAGE, error="", final_url=url, chain=(url,), status=status)
    return look(gone if site.kind is Kind.GONE else there, document)


def test_live_rules_judge_the_pages_as_the_answers_say() -> None:
    """What comes by the ISP is compared with a second visit by the other way."""
    words = {Verdict.BLOCKED: "blocked", Verdict.ALLOWED: "allowed", Verdict.INDETERMINATE: "unscored"}
    for case, answer in sites.cases(urls_listed=False):
        site = SITES[case.url.split("/")[2]]
        own, control = (pages.page(site, "/", visit) for visit in (1, 2))
        assert (own != control) is (site.kind is Kind.CHANGING)
        status, document = (403, NOTICE) if answer == "blocked" else own
        found = decide(pair(seen(site, Arm.TEST, document, status), seen(site, Arm.CONTROL, control[1], control[0])))
        assert (case.case_id, words[found.verdict]) == (case.case_id, answer), found
