"""`cases.csv`: what is read, and that every wrong row is refused with file, line and key."""

from pathlib import Path

import pytest

from harness.corpus import cases
from harness.corpus.cases import read_cases
from harness.model.errors import UsageError
from harness.model.words import Expectation
from tests.builders import case

HEADER = "case_id,url,category,expectation,fixture,language,lookalike_of\n"
GOOD = "one,http://one.test/,adult,block\n"
KNOWN = frozenset({"adult", "news"})


def table(folder: Path, content: str | bytes) -> Path:
    path = folder / "cases.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> str:
    """The error with the folder left out; always a usage error that names the file."""
    with pytest.raises(UsageError) as caught:
        list(read_cases(path, KNOWN))
    assert caught.value.exit_code == 4
    assert str(caught.value).startswith(f"{path}:")
    return str(caught.value).replace(str(path), "cases.csv")


def test_reads_all_columns(tmp_path: Path) -> None:
    rows = HEADER + "one,http://one.test/,adult,block,one.html,en,\ntwo,http://two.test/,news,allow,,de,one\n"
    assert [item for _, item, _ in read_cases(table(tmp_path, rows), KNOWN)] == [
        case("one", fixture="one.html", language="en"),
        case("two", category="news", expectation=Expectation.ALLOW, language="de", lookalike_of="one"),
    ]


def test_reads_weight_and_cluster(tmp_path: Path) -> None:
    rows = "case_id,url,category,expectation,weight,cluster\none,http://one.test/,adult,block,2.5,ring\n"
    weighed = case("one", weight=2.5, cluster="ring")
    assert [item for _, item, _ in read_cases(table(tmp_path, rows), KNOWN)] == [weighed]


@pytest.mark.parametrize("weight", ["0", "-1", "nan", "inf", "1e10", "many"])
def test_a_weight_is_a_number_above_nothing(tmp_path: Path, weight: str) -> None:
    rows = f"case_id,url,category,expectation,weight\none,http://one.test/,adult,block,{weight}\n"
    assert refusal(table(tmp_path, rows)).startswith(f"cases.csv:2: weight: '{weight}' is not a number")


def test_reads_where_a_label_comes_from(tmp_path: Path) -> None:
    rows = (
        "case_id,url,category,expectation,source,label_date,rater,confidence,popularity\n"
        "one,http://one.test/,adult,block,a list,2024-02-29,jo,0.9,250\n"
    )
    told = case("one", source="a list", label_date="2024-02-29", rater="jo", confidence=0.9, popularity=250)
    assert [item for _, item, _ in read_cases(table(tmp_path, rows), KNOWN)] == [told]


@pytest.mark.parametrize(
    ("column", "value", "error"),
    [
        ("label_date", "2023-02-29", "is not a date like 2026-01-31"),
        ("label_date", "20230228", "is not a date like 2026-01-31"),
        ("label_date", "28/02/2023", "is not a date like 2026-01-31"),
        ("confidence", "1.01", "is not a number from 0 to 1"),
        ("confidence", "nan", "is not a number from 0 to 1"),
        ("confidence", "high", "is not a number from 0 to 1"),
        ("popularity", "0", "is not a rank"),
        ("popularity", "1.5", "is not a rank"),
        ("popularity", "often", "is not a rank"),
    ],
)
def test_refuses_where_a_label_cannot_come_from(tmp_path: Path, column: str, value: str, error: str) -> None:
    rows = f"case_id,url,category,expectation,{column}\none,http://one.test/,adult,block,{value}\n"
    assert refusal(table(tmp_path, rows)).startswith(f"cases.csv:2: {column}: '{value}' {error}")


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + (HEADER + GOOD).encode(),
        (HEADER + GOOD).replace("\n", "\r\n"),
        (HEADER + GOOD).replace("\n", "\r"),
        HEADER + GOOD.rstrip("\n"),
        HEADER + "\n,,,\n" + GOOD + "\n",
        "expectation, category ,url,case_id,notes\nblock,adult,http://one.test/,one,free text\n",
        HEADER + "one , http://one.test/ ,adult,block\n",
        HEADER + '"one","http://one.test/","adult","block"\n',
    ],
    ids=["BOM", "CRLF", "CR", "no final newline", "blank lines", "other columns", "padded", "quoted"],
)
def test_accepts(tmp_path: Path, content: str | bytes) -> None:
    assert [item for _, item, _ in read_cases(table(tmp_path, content), KNOWN)] == [case("one")]


def test_lines_count_through_quoted_newlines(tmp_path: Path) -> None:
    rows = (
        HEADER.replace("language", "notes")
        + 'one,http://one.test/,adult,block,,"a\nb\n\nc",\ntwo,http://two.test/,adult,block\n'
    )
    path = table(tmp_path, rows)
    assert [line for line, _, _ in read_cases(path, KNOWN)] == [2, 6]
    assert refusal(table(tmp_path, rows + "two,http://x.test/,adult,block\n")).startswith("cases.csv:7: case_id: ")


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("two,http://two.test/,spiders,block", "cases.csv:3: category: unknown category 'spiders'"),
        ("one,http://two.test/,adult,block", "cases.csv:3: case_id: 'one' stands already at line 2"),
        ("two,http://one.test/,adult,block", "cases.csv:3: url: duplicate of line 2"),
        ("two,HTTP://ONE.test:80,adult,block", "cases.csv:3: url: duplicate of line 2"),
        ("two,http://one.test/,adult,allow", "cases.csv:3: expectation: conflicting labels"),
        ("two,http://One.test,adult,allow", "cases.csv:3: expectation: conflicting labels"),
        ("two,http://one.test/x/..,news,block", "cases.csv:3: expectation: conflicting labels"),
        ("two,one.test,adult,block", "cases.csv:3: url: malformed URL"),
        ("two,http://,adult,block", "cases.csv:3: url: malformed URL"),
        ("two,http://[::1/,adult,block", "cases.csv:3: url: malformed URL"),
        ("two,ftp://two.test/,adult,block", "cases.csv:3: url: URL 'ftp://two.test/' is not http or https"),
        ('two,"http://two.test/\na",adult,block', "cases.csv:3: url: malformed URL"),
        ("two,http://two.test/,adult,maybe", "cases.csv:3: expectation: 'maybe'"),
        ("two,http://two.test/,adult,BLOCK", "cases.csv:3: expectation: 'BLOCK'"),
        ("two,http://two.test/,adult", "cases.csv:3: expectation: empty"),
        ("two,,adult,block", "cases.csv:3: url: empty"),
        (" ,http://two.test/,adult,block", "cases.csv:3: case_id: empty"),
        ("two words,http://two.test/,adult,block", "cases.csv:3: case_id: 'two words'"),
        ("../two,http://two.test/,adult,block", "cases.csv:3: case_id: "),
        ("t" * 201 + ",http://two.test/,adult,block", "cases.csv:3: case_id: "),
        ("two,http://two.test/,adult,block,,,,more", "cases.csv:3: 8 fields, the header has 7"),
        ('two,"http://two.test/,adult,block\n' + GOOD, "cases.csv:3: not valid CSV"),
        ('two,"http://two.test/"x,adult,block', "cases.csv:3: not valid CSV"),
        ("two,http://two.test/" + "a" * 70_000 + ",adult,block", "cases.csv:3: not valid CSV: field larger"),
        ("two,http://two.test/,adult,block,caf\0", "cases.csv:3: NUL character"),
    ],
)
def test_refuses_a_row(tmp_path: Path, row: str, error: str) -> None:
    assert refusal(table(tmp_path, HEADER + GOOD + row + "\n")).startswith(error)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "cases.csv:1: case_id: the header lacks it"),
        ("\n\n", "cases.csv:1: case_id: the header lacks it"),
        (GOOD, "cases.csv:1: case_id: the header lacks it"),
        (HEADER, "cases.csv: no cases"),
        (HEADER + "\n,,,\n", "cases.csv: no cases"),
        ("case_id,url,category\n" + GOOD, "cases.csv:1: expectation: the header lacks it"),
        ("case_id,category,expectation\n" + GOOD, "cases.csv:1: url: the header lacks it"),
        ("case_id,url,url,category,expectation\n" + GOOD, "cases.csv:1: a column stands twice"),
        ("case_id;url;category;expectation\n", "cases.csv:1: case_id: the header lacks it"),
        ('"case_id', "cases.csv:1: not valid CSV"),
        ((HEADER + GOOD + "café\n").encode("latin-1"), "cases.csv:3: not UTF-8 (byte 0xe9)"),
        ((HEADER + GOOD).encode("utf-16"), "cases.csv:1: UTF-16; save it as UTF-8"),
        ((HEADER + GOOD).encode("utf-16-le"), "cases.csv:1: NUL character"),
        (b"\x89PNG\r\n\x1a\n", "cases.csv:1: not UTF-8"),
    ],
)
def test_refuses_a_file(tmp_path: Path, content: str | bytes, error: str) -> None:
    assert refusal(table(tmp_path, content)).startswith(error)


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "cases.csv")
    (tmp_path / "cases.csv").mkdir()
    assert "cannot be read" in refusal(tmp_path / "cases.csv")


def test_refuses_a_huge_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path, HEADER + GOOD)
    monkeypatch.setattr(cases, "MAX_BYTES", path.stat().st_size - 1)
    assert "the most a cases.csv may have" in refusal(path)
    monkeypatch.setattr(cases, "MAX_BYTES", path.stat().st_size)
    assert len(list(read_cases(path, KNOWN))) == 1


def test_http_and_https_are_two_cases(tmp_path: Path) -> None:
    rows = (
        HEADER
        + "a,http://a.test/,adult,block\nb,https://a.test/,adult,block\nc,http://a.test/?,adult,block\nd,http://a.test:8080/,adult,block\n"
    )
    assert len(list(read_cases(table(tmp_path, rows), KNOWN))) == 4


@pytest.mark.parametrize("url", ["http://one.test/#part", "http://user@one.test/"])
def test_one_request_is_one_case(tmp_path: Path, url: str) -> None:
    """Fragment and credentials never reach the wire, so two labels for them would contradict each other."""
    assert "conflicting labels" in refusal(table(tmp_path, HEADER + GOOD + f"two,{url},adult,allow\n"))
