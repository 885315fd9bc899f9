"""The corpora that ship hold what their data sheets say, lists and labels agree with what is expected, and nobody could
be hurt by a page."""

import re
from collections import Counter
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from harness.corpus.answer import from_fixture
from harness.corpus.cases import table
from harness.corpus.load import Corpus
from harness.corpus.load import load as load_corpus
from harness.model import url as urls
from harness.model.case import Case
from harness.model.words import BLOCK_CATEGORIES, Expectation
from harness.products import lists
from harness.profile.criteria import load as load_criteria
from harness.score.rates import SPEAKS_OF

NAMES = ("kitemark-practice", "labels", "url-shapes", "user-generated")
LISTED = ("url-shapes", "user-generated")
RESERVED = re.compile(r"\.(test|example)$|^192\.0\.2\.|^198\.51\.100\.|^\[2001:db8:")
VOCABULARIES = {"www.icra.org", "www.rsac.org", "www.classify.org", "www.w3.org"}  # names in labels; nothing is fetched
PARTS = ("Purpose", "How it was made", "Composition", "Who labelled", "Limits", "Licence")
RTA = "RTA-5042-1996-1400-1577-RTA"
# Where the address itself is not on the list: forwarded to, shown by another, or the same only to servers.
INDIRECT = {"open-redirect", "shortener", "translation", "cache", "query", "parameters", "slashes", "spaces"}
UNDERAGE = re.compile(r"\b(teen(age|ager)?s?|child(ren)?|kids?|minors?|underage|school\w*|young\w*|youth)\b", re.I)
DOSE = re.compile(r"\b\d+([.,]\d+)? ?(mg|ml|µg|g|grams?|milligrams?)\b", re.I)


@cache
def load(name: str) -> Corpus:
    return load_corpus(name)


def words(path: Path) -> str:
    """What a page says, without its markup."""
    text = from_fixture(path).body.decode("utf-8")
    return " ".join(unescape(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.S)).split())


def pages(name: str) -> list[tuple[Case, Path]]:
    """The cases that name a page, with its file."""
    return [(case, load(name).folder / case.fixture) for case in load(name).cases if case.fixture]


def raw(folder: Path) -> list[str]:
    """The entries of all lists as they are written."""
    return [entry for path in sorted(folder.glob("*/*")) for entry in path.read_text("utf-8").splitlines()]


def covers(found: lists.BlockList, address: str) -> bool:
    """Whether the list names the host, one above it, or a URL that the address is or lies below."""
    url = urls.parse(address if "://" in address else f"http://{address}")
    host = url.hostname.rstrip(".")
    above = {host.split(".", cut)[-1] for cut in range(host.count(".") + 1)}
    target = unquote(host + url.target)
    entries = [unquote(entry).rstrip("/") for entry in found.urls]
    return (
        host in found.ips
        or not above.isdisjoint(found.domains)
        or any(
            target == entry or re.match("[/?&]", target.removeprefix(entry))
            for entry in entries
            if target.startswith(entry)
        )
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_data_sheet_counts_what_is_there(name: str) -> None:
    corpus = load(name)
    sheet = " ".join((corpus.folder / "DATASHEET.md").read_text("utf-8").split())
    by = Counter(case.expectation for case in corpus.cases)
    assert f"{len(corpus.cases):,} " in sheet
    assert f"{by[Expectation.ALLOW]}" in sheet
    assert corpus.manifest.licence == "Apache-2.0"
    assert all(f"**{part}.**" in sheet for part in PARTS)
    assert "DATASHEET.md" in corpus.manifest.description
    assert {case.rater for case in corpus.cases} == {"author"}


@pytest.mark.parametrize("name", NAMES)
def test_only_reserved_names_are_asked_for_or_linked(name: str) -> None:
    corpus = load(name)
    asked = [case.url for case in corpus.cases] + [item.url for item in corpus.resources]
    hosts = {urls.parse(url).hostname.rstrip(".") for url in asked}
    for _, path in pages(name):
        hosts |= set(re.findall(r"https?://([^/:\"' <>)]+)", path.read_text("utf-8").lower()))
    assert [host for host in hosts - VOCABULARIES if not RESERVED.search(host)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_fixture_and_resource_belongs_to_the_corpus(name: str) -> None:
    corpus = load(name)
    used = {path for _, path in pages(name)} | {item.path for item in corpus.resources}
    assert {path for path in (corpus.folder / "fixtures").rglob("*") if path.is_file()} == used
    assert sum(path.stat().st_size for path in used) < 10_000_000


class TestKitemarkPractice:
    corpus = staticmethod(lambda: load("kitemark-practice"))

    def test_every_category_has_enough_pages_on_enough_sites(self) -> None:
        cases = self.corpus().cases
        for category in BLOCK_CATEGORIES:
            mine = [case for case in cases if case.category == category]
            assert {case.expectation for case in mine} == {Expectation.BLOCK}
            assert len(mine) >= 150
            assert sum(case.lookalike_of == category for case in cases) >= 40
        assert sum(bool(case.lookalike_of) for case in cases) >= 150
        assert all(case.expectation is Expectation.ALLOW for case in cases if case.lookalike_of)
        assert max(Counter(case.cluster for case in cases).values()) < 0.02 * len(cases)

    def test_the_kitemark_criteria_can_be_met_with_room(self) -> None:
        for criterion in load_criteria("pas74-kitemark").criterion:
            cases = [
                case
                for case in self.corpus().cases
                if case.expectation in SPEAKS_OF[criterion.metric]
                and (not criterion.categories or case.category in criterion.categories)
            ]
            assert len(cases) >= 4 * criterion.minimum_n
            assert len({case.cluster for case in cases}) >= 4 * criterion.minimum_clusters

    def test_languages_have_enough_to_say_something(self) -> None:
        cases = self.corpus().cases
        block = Counter(case.language for case in cases if case.expectation is Expectation.BLOCK)
        assert {language for language, count in block.items() if count >= 29} == {
            "en", "cy", "pl", "pa", "ur", "bn", "ro", "pt", "ar", "es", "fr",
        }  # fmt: skip
        for case, path in pages("kitemark-practice"):
            assert f'<html lang="{case.language}"' in path.read_text("utf-8")
            assert case.case_id == path.stem

    def test_no_page_stands_twice(self) -> None:
        texts = Counter(words(path) for _, path in pages("kitemark-practice"))
        assert texts.most_common(1)[0][1] == 1
        assert min(len(text) for text in texts) > 60

    def test_no_page_could_hurt(self) -> None:
        for case, path in pages("kitemark-practice"):
            if case.category == "adult":
                assert not UNDERAGE.search(words(path)), case.case_id
            if case.category == "drugs":
                assert not DOSE.search(words(path)), case.case_id


@pytest.mark.parametrize("name", LISTED)
def test_lists_agree_with_what_is_expected(name: str) -> None:
    corpus = load(name)
    (found,) = lists.read(corpus.folder / "lists")
    assert found.skipped == ()
    plain = {row["case_id"]: row["plain"] for _, row in table(corpus.folder / "cases.csv", ("case_id", "plain"), ())}
    for case in corpus.cases:
        if case.expectation is Expectation.ALLOW:
            assert not covers(found, case.url), case.case_id
            assert not plain[case.case_id], case.case_id
        else:
            assert covers(found, plain[case.case_id]), case.case_id
            assert covers(found, case.url) or name != "url-shapes" or case.category in INDIRECT, case.case_id
    assert {entry for entry in plain.values() if entry} == set(raw(corpus.folder / "lists"))


@pytest.mark.parametrize("name", ["labels", *LISTED])
def test_every_kind_has_pages_to_block_and_to_allow(name: str) -> None:
    corpus = load(name)
    kinds = {(case.category, case.expectation) for case in corpus.cases}
    assert kinds == {(key, expectation) for key in corpus.manifest.categories for expectation in Expectation}


def test_a_host_of_users_has_good_and_bad_pages() -> None:
    sites = {
        site: {case.expectation for case in load("user-generated").cases if case.cluster == site}
        for site in {case.cluster for case in load("user-generated").cases}
    }
    assert all(found == set(Expectation) for found in sites.values())


def test_labels_are_where_their_category_says() -> None:
    corpus = load("labels")
    label = re.compile(r"pics-label|(name|NAME)=.?rating|age-\w*-?meta-label|labels\.rdf", re.I)
    for case, path in pages("labels"):
        answer = from_fixture(path)
        text = answer.body.decode("utf-8")
        if case.category == "missing":
            assert not label.search(text)
            assert not {"rating", "pics-label"} & {key.lower() for key, _ in answer.headers}
        elif case.expectation is Expectation.BLOCK and case.category == "rta-meta":
            assert re.search(rf'<meta name="rating" content="{RTA}"', text, re.I)
        elif case.expectation is Expectation.BLOCK and case.category == "rta-header":
            assert answer.header("rating") == RTA
        elif case.category == "icra-header":
            assert answer.header("pics-label").startswith('(pics-1.1 "http://www.icra.org/ratingsv02.html" l ')
        elif case.category == "rdf-link":
            assert f"http://{urls.parse(case.url).hostname}/labels.rdf" in {item.url for item in corpus.resources}
