"""`harness plan --target`, `corpus sample` and `corpus agreement` as a person meets them."""

from pathlib import Path

import pytest

from harness.corpus.load import load
from tests import live
from tests.live import Ended

TARGET = ("plan", "--target", "bad_sites_under_block<=0.05", "--expect", "0.02")
HEADER = "case_id,url,category,expectation,language\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Of adult pages 400, of hate 100, of news 3; some in Welsh."""
    made = live.write_corpus(tmp_path / "corpus", [])
    rows = [f"adult-{at},http://adult-{at}.test/,adult,block,{'en' if at % 40 else 'cy'}" for at in range(400)]
    rows += [f"hate-{at},http://hate-{at}.test/,hate,block,en" for at in range(100)]
    rows += [f"news-{at},http://news-{at}.test/,news,allow,en" for at in range(3)]
    (made / "cases.csv").write_text(HEADER + "\n".join(rows) + "\n", "utf-8")
    return made


def lines(ended: Ended) -> list[str]:
    assert (ended.code, ended.err) == (0, ""), ended
    return [" ".join(line.split()) for line in ended.out.splitlines()]


def refused(ended: Ended, *words: str) -> None:
    assert (ended.code, ended.out) == (4, ""), ended
    for word in words:
        assert word in ended.err


def test_how_many_cases_a_target_needs() -> None:
    said = lines(live.command(*TARGET, "--confidence", "0.95", "--power", "0.9"))
    assert said[1] == "each category 311 9 90%"
    assert said[2] == (
        "each category: with 311 cases at most 9 may go wrong."
        " A product that gets 2.0% wrong then passes 90% of the time."
    )


def test_what_a_corpus_lacks_and_what_is_drawn(corpus: Path, tmp_path: Path) -> None:
    said = lines(live.command(*TARGET, "--corpus", corpus, "--into", tmp_path / "drawn"))
    assert said[1:3] == ["adult 311 9 90% 400 12 94%", "hate 311 9 90% 100 1 40%"]
    assert "The corpus lacks 211 cases." in said[4]
    assert said[5] == "All 2 together then pass at least 80% of the time."
    assert said[-1] == f"411 of 503 cases drawn into {tmp_path / 'drawn'}"
    drawn = load(str(tmp_path / "drawn"))
    assert {case.weight for case in drawn.cases if case.category == "adult"} == {round(400 / 311, 11)}
    (step,) = (drawn.manifest.model_extra or {})["provenance"]
    assert (step["target"], step["expect"], step["digest"]) == (TARGET[2], 0.02, load(str(corpus)).digest)


def test_criteria_in_place_of_a_target() -> None:
    said = lines(live.command("plan", "--criteria", "pas74-kitemark", "--expect", "0.03"))
    assert said[1] == "Adult content is blocked 103 5 91%"


def test_what_no_number_of_cases_tells() -> None:
    said = lines(live.command("plan", "--target", "bad_sites_under_block<=2%", "--expect", "0.02"))
    assert said[1] == "each category over 100,000"
    assert "no number of cases is enough to tell a true rate of 2.0% from one above 2.0%" in said[2]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--criteria", "pas74-kitemark"), ("--target, --criteria",)),
        (("--into", "there"), ("--into", "--corpus")),
        (("--corpus", "nowhere"), ("no corpus named or at 'nowhere'",)),
    ],
)
def test_what_does_not_go_with_a_target(more: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(live.command(*TARGET, *more), *words)


def test_other_wrong_use() -> None:
    refused(live.command("plan", "--expect", "0.02"), "--target, --criteria")
    refused(
        live.command("plan", "--criteria", "pas74-kitemark", "--expect", "0", "--confidence", "0.9"), "--confidence"
    )
    refused(live.command("plan", "--target", "bad_sites_under_block<=0.05"), "--expect")
    refused(live.command(*TARGET, "squidguard"), "squidguard")
    refused(live.command("plan"), "PRODUCT")


def test_a_sample_and_the_same_again(corpus: Path, tmp_path: Path) -> None:
    asked = ("corpus", "sample", corpus, "--size", "53", "--by", "category,language")
    said = lines(live.command(*asked, "--into", tmp_path / "one"))
    assert said[0].split() == ["stratum", "cases", "drawn", "each", "stands", "for"]
    assert said[1:5] == [
        "allow / news / en 3 1 3",
        "block / adult / cy 10 1 10",
        "block / adult / en 390 41 9.512",
        "block / hate / en 100 10 10",
    ]
    assert said[5] == (
        "note: too small to say anything of by themselves, as one case of each is drawn: allow / news / en, block /"
        " adult / cy"
    )
    lines(live.command(*asked, "--into", tmp_path / "two"))
    lines(live.command(*asked, "--into", tmp_path / "three", "--seed", "2"))
    one, two, three = ((tmp_path / name / "cases.csv").read_bytes() for name in ("one", "two", "three"))
    assert one == two != three
    assert sum(case.weight for case in load(str(tmp_path / "one")).cases) == pytest.approx(503)


def test_a_stratum_too_small_for_its_share(corpus: Path, tmp_path: Path) -> None:
    asked = ("corpus", "sample", corpus, "--size", "90", "--allocation", "equal", "--into", tmp_path / "one")
    assert "note: allow / news: too small: all its 3 cases are taken, 30 were its share" in lines(live.command(*asked))


def test_more_cases_where_results_vary_more(corpus: Path, tmp_path: Path) -> None:
    """By size and deviation 400 * .1 : 100 * .4 : 3 * .1, near enough."""
    rates = ("--rate", "adult=0.0101", "--rate", "hate=0.2", "--rate", "news=0.0101")
    asked = ("corpus", "sample", corpus, "--size", "81", "--into", tmp_path / "one", "--allocation", "neyman")
    refused(live.command(*asked, *rates), "--reason")
    refused(live.command(*asked, *rates[:4], "--reason", "a pilot"), "--rate", "'news' has none")
    refused(live.command(*asked, *rates, "--rate", "x=0.5", "--reason", "a pilot"), "'x' is not in the corpus")
    refused(live.command(*asked, "--rate", "adult=2", "--reason", "a pilot"), "'adult=2'")
    refused(live.command(*asked[:-2], *rates), "--rate, --reason")
    assert not (tmp_path / "one").exists()
    said = lines(live.command(*asked, *rates, "--reason", "a pilot"))
    assert [line.split()[-2] for line in said[1:4]] == ["1", "40", "40"]
    (step,) = (load(str(tmp_path / "one")).manifest.model_extra or {})["provenance"]
    assert (step["reason"], step["rates"]) == ("a pilot", list(rates[1::2]))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--size", "1"), ("--size", "1 cases cannot be drawn from 3 strata with 503 cases")),
        (("--size", "600"), ("--size", "600 cases")),
        (("--size", "9", "--by", "popularity"), ("--by", "no case says its popularity", "a rank")),
        (("--size", "9", "--by", "colour"), ("--by", "'colour' is none of category")),
    ],
)
def test_what_cannot_be_sampled(corpus: Path, tmp_path: Path, more: tuple[str, ...], words: tuple[str, ...]) -> None:
    refused(live.command("corpus", "sample", corpus, "--into", tmp_path / "one", *more), *words)
    assert not (tmp_path / "one").exists()


def test_agreement_of_raters(corpus: Path) -> None:
    refused(live.command("corpus", "agreement", corpus), "no labels.csv")
    rows = [f"adult-{at},{rater},adult,block" for at in range(8) for rater in ("jo", "al")]
    rows += ["hate-1,jo,hate,block", "hate-1,al,adult,block", "hate-2,jo,hate,block", "hate-2,al,adult,block"]
    rows += ["news-1,jo,news,allow", "news-1,al,news,allow", "news-2,jo,news,allow"]
    (corpus / "labels.csv").write_text("case_id,rater,category,expectation\n" + "\n".join(rows) + "\n", "utf-8")
    (corpus / "adjudications.csv").write_text(
        "case_id,category,expectation,by,date,reason\nhate-1,hate,block,kim,2026-01-01,read it twice\n", "utf-8"
    )
    said = lines(live.command("corpus", "agreement", corpus))
    assert said[0] == "23 labels of 12 cases by 2 raters"
    assert said[2].startswith("overall 11 9 0.")
    assert " to " in said[2]
    assert said[5].startswith("news 11 11 1.000 – 11 1.000")
    assert said[-2:] == ["settled by adjudication: 1", "note: disputed and not settled: 1 (hate-2)"]
