"""Cases that could meet at one address take turns."""

from pathlib import Path

from harness.corpus.load import load
from harness.run.turns import turns
from tests import live


def moved(target: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode()


def test_cases_that_meet_take_turns(tmp_path: Path) -> None:
    cases = [
        live.block("plain", "http://one.test/"),
        live.block("secure", "https://one.test/"),
        live.block("alone", "http://two.test/"),
        live.block("there", "http://a.test/", "there.http"),
        live.allow("too", "http://b.test/x", "too.http"),
        live.allow("target", "https://landing.test/"),
        live.allow("elsewhere", "http://c.test/", "elsewhere.http"),
        live.allow("nowhere", "http://d.test/", "nowhere.http"),
        live.allow("ring", "http://a.test/next", "ring.http"),
    ]
    fixtures = {
        "there.http": moved("http://landing.test/"),
        "too.http": moved("//landing.test"),
        "elsewhere.http": moved("http://far.test/"),
        "nowhere.http": moved("mailto:nobody@d.test"),
        "ring.http": moved("/"),
    }
    resources = {"http://far.test/": "there.http"}
    corpus = load(str(live.write_corpus(tmp_path / "corpus", cases, fixtures, resources)))
    groups = turns({case.case_id: case for case in corpus.cases}, corpus)
    assert set(groups) == {"plain", "secure", "there", "too", "target", "ring"}
    assert groups["plain"] == groups["secure"] != groups["target"]
    assert len({groups[name] for name in ("there", "too", "target", "ring")}) == 1
