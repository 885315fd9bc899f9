"""Cases that could meet at one address take turns."""

from pathlib import Path

from harness.corpus.load import load
from harness.run.turns import turns
from tests import live
from tests.tape import HTML, Tape


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


def recorded(folder: Path, **sites: dict[str, bytes]) -> set[frozenset[str]]:
    """The groups among cases that are recordings of these addresses and bodies; the first is the case's own."""
    cases, fixtures = [live.allow("plain", "http://plain.test/")], {}
    for name, answers in sites.items():
        tape = Tape()
        for url, body in answers.items():
            head = ("Location: " + body.decode(),) if body.startswith(b"http:") else (HTML,)
            tape.add(url, body, 302 if body.startswith(b"http:") else 200, *head)
        fixtures[f"{name}.warc.gz"] = tape.data
        cases.append(live.allow(name, next(iter(answers)), f"{name}.warc.gz"))
    corpus = load(str(live.write_corpus(folder / "corpus", cases, fixtures)))
    groups = turns({case.case_id: case for case in corpus.cases}, corpus)
    return {frozenset(name for name in groups if groups[name] == group) for group in groups.values()}


LIBRARY = "http://cdn.test/library.js"


def test_recordings_that_share_parts_go_by_themselves(tmp_path: Path) -> None:
    one, two = {"http://a.test/": b"a", LIBRARY: b"1"}, {"http://b.test/": b"b", LIBRARY: b"1"}
    assert recorded(tmp_path, one=one, two=two) == set()


def test_recordings_that_answer_one_address_in_two_ways_take_turns(tmp_path: Path) -> None:
    one, two = {"http://a.test/": b"a", LIBRARY: b"1"}, {"http://b.test/": b"b", LIBRARY: b"2"}
    three = {"http://c.test/": b"c", LIBRARY: b"1"}
    assert recorded(tmp_path, one=one, two=two, three=three) == {frozenset({"one", "two", "three"})}


def test_recordings_with_a_page_of_another_case_take_turns(tmp_path: Path) -> None:
    one = {"http://a.test/": b"a", "http://plain.test/": b"framed"}
    two = {"http://b.test/": b"http://c.test/", "http://c.test/": b"c"}
    three = {"http://d.test/": b"d", "http://c.test/": b"c"}
    assert recorded(tmp_path, one=one, two=two, three=three) == {
        frozenset({"one", "plain"}),
        frozenset({"two", "three"}),
    }
