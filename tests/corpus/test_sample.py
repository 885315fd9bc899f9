"""A sample as a corpus of its own: whole, the same bytes again, and never half written."""

import csv
import shutil
from pathlib import Path

import pytest

from harness.corpus import sample
from harness.corpus.load import Corpus, load
from harness.model.errors import UsageError

MANIFEST = """name = "large"
title = "Large \\u0022one\\u0022"
version = "3"
description = '''Two
lines'''
[categories]
"fan-fiction" = "Stories by fans"
[[provenance]]
step = "import"
source = "a list"
odd = {key = 1}
"""
HEADER = "notes,case_id,url,category,expectation,fixture,cluster,weight\n"
ROWS = [
    "first,b,http://b.test/,adult,block,one.html,ring,2\n",
    '"two, words",a,http://a.test/,fan-fiction,allow,deep/two.http,,\n',
    ",c,http://c.test/,adult,block,,,\n",
]


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    folder = tmp_path / "large"
    (folder / "fixtures" / "deep").mkdir(parents=True)
    (folder / "corpus.toml").write_text(MANIFEST)
    (folder / "cases.csv").write_text(HEADER + "".join(ROWS))
    (folder / "fixtures" / "one.html").write_text("<p>one")
    (folder / "fixtures" / "deep" / "two.http").write_text("HTTP/1.1 200 OK\n\ntwo")
    (folder / "fixtures" / "a.png").write_text("png")
    (folder / "resources.csv").write_text("url,fixture\nhttp://a.test/a.png,a.png\n")
    (folder / "labels.csv").write_text(
        "case_id,rater,category,expectation\nb,jo,adult,block\nb,al,fan-fiction,allow\nc,jo,adult,block\n"
    )
    (folder / "adjudications.csv").write_text(
        "case_id,category,expectation,by,date,reason\nb,adult,block,kim,2026-01-01,seen\n"
    )
    return load(str(folder))


def written(corpus: Corpus, into: Path, drawn: dict[str, float]) -> Corpus:
    sample.write(corpus, drawn, into, {"seed": 7, "by": ["category"]})
    return load(str(into))


def test_all_that_belongs_to_a_case_comes_along(corpus: Corpus, tmp_path: Path) -> None:
    found = written(corpus, tmp_path / "small", {"b": 1.5, "a": 1 / 3})
    assert (tmp_path / "small" / "cases.csv").read_text() == (
        "case_id,url,category,expectation,fixture,weight,cluster,notes\n"
        'a,http://a.test/,fan-fiction,allow,deep/two.http,0.333333333333,,"two, words"\n'
        "b,http://b.test/,adult,block,one.html,1.5,ring,first\n"
    )
    before = {case.case_id: case for case in corpus.cases}
    for case in found.cases:
        was = before[case.case_id]
        assert (case.fixture_digest, case.cluster, case.disputed) == (was.fixture_digest, was.cluster, was.disputed)
        assert case.confidence == was.confidence
    assert [item.url for item in found.resources] == ["http://a.test/a.png"]
    assert {item.case_id for item in found.labels.ratings} == {"b"}
    assert [item.by for item in found.labels.settled] == ["kim"]


def test_it_says_where_it_comes_from(corpus: Corpus, tmp_path: Path) -> None:
    found = written(corpus, tmp_path / "small", {"b": 1.5})
    assert (found.manifest.name, found.manifest.version) == ("small", "3")
    assert found.manifest.title == 'Large "one", sample of 1'
    assert found.manifest.description == "Two\nlines"
    assert found.manifest.categories == {"fan-fiction": "Stories by fans"}
    step = {"step": "sample", "corpus": "large", "version": "3", "digest": corpus.digest, "cases": 3}
    assert (found.manifest.model_extra or {})["provenance"] == [
        {"step": "import", "source": "a list"},
        {**step, "seed": 7, "by": ["category"]},
    ]


def test_files_without_a_row_are_left_out(corpus: Corpus, tmp_path: Path) -> None:
    found = written(corpus, tmp_path / "small", {"a": 1.0})
    assert found.labels.ratings == ()
    names = {path.name for path in (tmp_path / "small").rglob("*") if path.is_file()}
    assert names == {"corpus.toml", "cases.csv", "resources.csv", "two.http", "a.png"}


def test_the_order_of_rows_is_nothing_to_it(corpus: Corpus, tmp_path: Path) -> None:
    written(corpus, tmp_path / "small", {"b": 1.5, "c": 2.0})
    shutil.copytree(corpus.folder, tmp_path / "again" / "large")
    (tmp_path / "again" / "large" / "cases.csv").write_text(HEADER + "".join(reversed(ROWS)))
    written(load(str(tmp_path / "again" / "large")), tmp_path / "again" / "small", {"c": 2.0, "b": 1.5})
    for path in (tmp_path / "small").rglob("*.*"):
        twin = tmp_path / "again" / "small" / path.relative_to(tmp_path / "small")
        assert path.read_bytes() == twin.read_bytes()


def test_a_folder_in_use_is_left_alone(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert len(written(corpus, tmp_path / "empty", {"a": 1.0}).cases) == 1
    with pytest.raises(UsageError, match="exists, and is not empty"):
        written(corpus, tmp_path / "empty", {"b": 1.0})
    with pytest.raises(UsageError, match="no such folder"):
        written(corpus, tmp_path / "nowhere" / "small", {"b": 1.0})


@pytest.mark.parametrize("name", ["gone.html", "absolute"])
def test_nothing_is_left_half_written(corpus: Corpus, tmp_path: Path, name: str) -> None:
    table = corpus.folder / "cases.csv"
    there = str(corpus.folder / "fixtures" / "one.html") if name == "absolute" else name
    with table.open() as file:
        rows = list(csv.reader(file))
    rows[1][5] = there
    with table.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    with pytest.raises(UsageError):
        written(corpus, tmp_path / "small", {"b": 1.0})
    assert {path.name for path in tmp_path.iterdir()} == {"large"}
