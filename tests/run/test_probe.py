"""What a probe plans: cases of a corpus as they are, or plain pages for addresses, and nothing on the real Internet."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.model.words import Expectation
from harness.report.derive import derive
from harness.run.plan import reopen
from harness.run.probe import Probe, canaries, opened, planned
from tests import builders, live
from tests.report import runs

ADDRESSES = ("http://one.test/a,b?c=1#f", "https://two.test/", "HTTP://ONE.test/a,b?c=1#f")


def test_addresses_get_plain_pages(tmp_path: Path) -> None:
    asked = Probe("zoo-perfect", ADDRESSES, expectation=Expectation.BLOCK, seconds=3)
    folder = planned(asked, tmp_path / "run", tmp_path, builders.NOW)
    spec = folder.spec()
    cases = sorted(folder.cases(spec), key=lambda case: case.case_id)
    assert [(case.case_id, case.url, case.expectation, case.fixture) for case in cases] == [
        ("page-1", ADDRESSES[0], Expectation.BLOCK, ""),
        ("page-2", ADDRESSES[1], Expectation.BLOCK, ""),
    ]
    assert (spec.settings, spec.limits.attempt_seconds, spec.live) == (("moderate",), 3, False)
    reopen(spec)  # which raises when a session would not take it


def test_cases_are_those_of_the_corpus(tmp_path: Path) -> None:
    corpus = live.write_corpus(
        tmp_path / "corpus",
        [live.block("one", "http://one.test/", "one.html"), live.allow("two", "http://two.test/")],
        {"one.html": b"<p>One"},
    )
    asked = Probe("zoo-perfect", corpus=str(corpus), cases=["one", "one"])
    (case,) = planned(asked, tmp_path / "run", tmp_path, builders.NOW).cases(
        planned(asked, tmp_path / "again", tmp_path, builders.NOW).spec()
    )
    assert (case.case_id, case.fixture) == ("one", "one.html")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Probe("zoo-perfect"), "URL: say what to open"),
        (Probe("zoo-perfect", ADDRESSES, corpus="url-shapes", cases=["plain-block-1"]), "URL: say what to open"),
        (Probe("zoo-perfect", ADDRESSES, corpus="url-shapes"), "--corpus: --corpus and --case go together"),
        (Probe("zoo-perfect", cases=["a"]), "--case: --corpus and --case go together"),
        (
            Probe("zoo-perfect", corpus="url-shapes", cases=["gone"]),
            "--case: no such case in corpus 'url-shapes': gone",
        ),
        (Probe("zoo-perfect", ["ftp://one.test/"]), "URL: URL 'ftp://one.test/' is not http or https"),
        (Probe("zoo-perfect", ["one.test"]), "URL: malformed URL 'one.test'"),
        (Probe("zoo-perfect", ADDRESSES, settings=["loud"]), "--setting: product 'zoo-perfect' has no setting 'loud'"),
        (Probe("live", ADDRESSES), "PRODUCT: product 'live' is tested on the real Internet"),
        (Probe("gone", ADDRESSES), "no product named or at 'gone'"),
    ],
)
def test_what_cannot_be_opened_is_said_and_nothing_written(asked: Probe, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as raised:
        planned(asked, tmp_path / "run", tmp_path, builders.NOW)
    assert words in str(raised.value)
    assert not (tmp_path / "run").exists()


def test_attempts_and_canaries_are_told_in_order(tmp_path: Path) -> None:
    folder = runs.run(tmp_path / "run", runs.cases(1, 1), {"adult-00": "reset"}, settings=("moderate", "most"))
    derived = derive(folder)
    seen = [*opened(folder, derived)]
    assert [(item.scored.setting, item.scored.case.case_id, len(item.attempts)) for item in seen] == [
        ("moderate", "adult-00", 4),
        ("moderate", "news-00", 2),
        ("most", "adult-00", 4),
        ("most", "news-00", 2),
    ]
    assert [(item.arm, item.number) for item in seen[0].attempts] == [
        ("control", 1),
        *(("test", number) for number in (1, 2, 3)),
    ]
    assert [fact["setting"] for fact in canaries(derived, "most")] == ["most"]
