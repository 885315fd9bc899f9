"""`harness corpus import` as a person meets it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli.corpus_import import import_
from harness.corpus.load import load
from harness.model.errors import UsageError


def invoke(*arguments: object) -> Result:
    return CliRunner().invoke(import_, [str(argument) for argument in arguments])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "list.tsv"
    path.write_text(
        "Address\tTopic\nhttps://a.test/\tgambling\nhttps://b.test/\tpoker=1\nc.test\t[poker]\n192.0.2.1\tnews\n"
    )
    return path


def test_the_summary_says_what_was_left_out_and_why(tmp_path: Path, source: Path) -> None:
    columns = ("--column", "url=Address", "--column", "category=Topic", "--delimiter", r"\t")
    done = invoke("csv", source, "--into", tmp_path / "made", *columns, "--map", "poker=1=gambling:block")
    assert done.exit_code == 0, done.output
    assert "made: 4 rows, 3 cases, 1 left out (rejects.csv)" in done.output
    assert "of the cases 1 are on IP addresses, 0 on internationalised names" in done.output
    lines = [line.split() for line in done.output.splitlines()]
    assert ["gambling", "block", "2"] in lines
    assert ["news", "allow", "1"] in lines
    assert ["unmapped", "category", "[poker]", "1", "not", "in", "the", "crosswalk", "own"] in lines
    assert len(load(str(tmp_path / "made")).cases) == 3


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--column", "colour=Topic"), "--column: 'colour' is none of url, category"),
        (("--column", "Address"), "--column: 'Address' is not NAME=VALUE"),
        (("--column", "url=Nowhere"), "Nowhere: no such column"),
        (("--column", "url=Address", "--column", "date=Nowhere"), "Nowhere: no such column"),
        (("--map", "poker=gambling"), "'gambling' is not CATEGORY:block or CATEGORY:allow"),
        (("--label", "gambling"), "'gambling' is not CATEGORY:block"),
        (("--delimiter", "tab"), "--delimiter: 'tab' is not one character"),
    ],
)
def test_wrong_options(tmp_path: Path, source: Path, options: tuple[str, ...], error: str) -> None:
    done = invoke("csv", source, "--into", tmp_path / "made", "--delimiter", r"\t", *options)
    assert isinstance(done.exception, UsageError)
    assert error in str(done.exception)
    assert not (tmp_path / "made").exists()


def test_an_unknown_format(tmp_path: Path, source: Path) -> None:
    done = invoke("xls", source, "--into", tmp_path / "made")
    assert done.exit_code == 2
    assert "'xls' is not one of 'citizenlab', 'ut1'" in done.output
