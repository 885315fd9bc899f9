"""What raters said of a corpus's labels, and that every wrong row of it is refused."""

from pathlib import Path

import pytest

from harness.corpus.labels import Labels, Rating, Settled, read_labels
from harness.corpus.load import Corpus, load
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Expectation

CASES = """case_id,url,category,expectation,confidence
sure,http://sure.test/,adult,block,0.99
both,http://both.test/,adult,block,
split,http://split.test/,adult,block,
ruled,http://ruled.test/,news,allow,
alone,http://alone.test/,news,allow,
"""
RATINGS = """case_id,rater,category,expectation,date,confidence,note
split,jo,adult,block,2026-01-02,0.8,
split,al,news,allow,2026-01-03,0.6,reads like a paper
both,jo,adult,block,,,
both,al,adult,block,,0.5,
sure,jo,news,allow,,,
ruled,jo,adult,block,,,
ruled,al,news,allow,,,
"""
SETTLED = "case_id,category,expectation,by,date,reason\nruled,news,allow,kim,2026-02-01,a report about it\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.toml").write_text('name = "rated"\n')
    (tmp_path / "cases.csv").write_text(CASES)
    (tmp_path / "labels.csv").write_text(RATINGS)
    (tmp_path / "adjudications.csv").write_text(SETTLED)
    return tmp_path


def by_id(corpus: Corpus) -> dict[str, Case]:
    return {case.case_id: case for case in corpus.cases}


def test_cases_carry_how_far_raters_trust_their_labels(folder: Path) -> None:
    found = by_id(load(str(folder)))
    assert {key: case.confidence for key, case in found.items()} == {
        "sure": 0.99,  # as stated in cases.csv
        "both": 0.75,  # sure without a figure, and half sure
        "split": pytest.approx((0.8 + 0.4) / 2),
        "ruled": 0.5,
        "alone": None,
    }
    assert {key for key, case in found.items() if case.disputed} == {"sure", "split"}


def test_tables_are_read_whole_and_sorted(folder: Path) -> None:
    labels = load(str(folder)).labels
    assert [(item.case_id, item.rater) for item in labels.ratings] == sorted(
        (item.case_id, item.rater) for item in labels.ratings
    )
    said = Rating("split", "al", "news", Expectation.ALLOW, "2026-01-03", 0.6, "reads like a paper")
    assert said in labels.ratings
    assert labels.settled == (Settled("ruled", "news", Expectation.ALLOW, "kim", "2026-02-01", "a report about it"),)


def test_the_digest_covers_both_tables_and_not_their_order(folder: Path) -> None:
    before = load(str(folder)).digest
    header, *rows = RATINGS.splitlines(keepends=True)
    (folder / "labels.csv").write_text("".join([header, *reversed(rows)]))
    assert load(str(folder)).digest == before
    (folder / "labels.csv").write_text(RATINGS.replace("0.8", "0.7"))
    assert load(str(folder)).digest != before
    (folder / "labels.csv").write_text(RATINGS)
    (folder / "adjudications.csv").write_text(SETTLED.replace("kim", "kit"))
    assert load(str(folder)).digest != before


def test_a_corpus_without_them_has_none(folder: Path) -> None:
    (folder / "labels.csv").unlink()
    (folder / "adjudications.csv").unlink()
    corpus = load(str(folder))
    assert corpus.labels == Labels()
    assert by_id(corpus)["split"].confidence is None


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("gone,jo,adult,block,,,", "case_id: no case 'gone' in cases.csv"),
        ("both,jo,adult,block,,,", "case_id: 'both' stands already at line 4"),
        ("alone,,news,allow,,,", "rater: empty"),
        ("alone,jo,spiders,allow,,,", "category: unknown category 'spiders'"),
        ("alone,jo,news,maybe,,,", "expectation: 'maybe'"),
        ("alone,jo,news,allow,soon,,", "date: 'soon' is not a date"),
        ("alone,jo,news,allow,,2,", "confidence: '2' is not a number"),
        ("alone,jo,news,allow,,,,more", "8 fields, the header has 7"),
    ],
)
def test_refuses_a_rating(folder: Path, row: str, error: str) -> None:
    (folder / "labels.csv").write_text(RATINGS + row + "\n")
    with pytest.raises(UsageError) as caught:
        load(str(folder))
    assert str(caught.value).startswith(f"{folder}/labels.csv:9: {error}")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("gone,news,allow,kim,2026-02-01,why", "case_id: no case 'gone'"),
        ("ruled,news,allow,kim,2026-02-01,why", "case_id: 'ruled' stands already at line 2"),
        ("split,news,allow,kim,2026-02-01,why", "category: settled as news/allow, but cases.csv says adult/block"),
        ("split,adult,block,,2026-02-01,why", "by: empty"),
        ("split,adult,block,kim,,why", "date: empty"),
        ("split,adult,block,kim,2026-02-01,", "reason: empty"),
    ],
)
def test_refuses_an_adjudication(folder: Path, row: str, error: str) -> None:
    (folder / "adjudications.csv").write_text(SETTLED + row + "\n")
    with pytest.raises(UsageError) as caught:
        load(str(folder))
    assert str(caught.value).startswith(f"{folder}/adjudications.csv:3: {error}")


def test_a_header_without_a_rater_is_refused(folder: Path) -> None:
    (folder / "labels.csv").write_text("case_id,category,expectation\n")
    with pytest.raises(UsageError, match=r"labels\.csv:1: rater: the header lacks it"):
        read_labels(folder, {}, frozenset())
