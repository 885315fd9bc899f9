"""Lists of fingerprints in OONI's format load; every wrong one is refused with file, line and column."""

import time
from pathlib import Path

import pytest

from harness.classify.patterns import Fingerprint, Found, Known, Traces, found
from harness.model.errors import UsageError
from harness.profile import fingerprints, shipped
from harness.profile.fingerprints import FOLDER, known, load

# The header and the ways to quote of https://github.com/ooni/blocking-fingerprints, fingerprints_http.csv.
HEAD = (
    "name,scope,other_names,location_found,pattern_type,pattern,confidence_no_fp,expected_countries,source,exp_url,"
    "notes"
)
GOOD = f"""{HEAD}
test.a_0,nat,test.b_1,header.server,prefix,Protected by,5,"AE,SA",test,,
test.a_1,isp,,body,contains,"content=""Access Denied - A Company",5,AF,test,https://e.example/?a=b,"Text, seen"
test.a_2,isp,"test.c,test.d",body,regexp,"<h1>\\s*Blocked(:| by)",7,,test,,
test.a_3,nat,,dns,full,192.0.2.7,9,ZZ,test,,
test.a_4,fp,,body,contains,"two
lines",5,,test,,
"""


def load_text(folder: Path, text: str | bytes) -> tuple[Known, ...]:
    (folder / "mine.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    return load(str(folder / "mine.csv"))


@pytest.mark.parametrize("name", shipped.names(FOLDER, "*.csv"))
def test_shipped_lists_load(name: str) -> None:
    assert load(name)


def test_the_shipped_list_tells_squids_blocks_from_its_faults() -> None:
    items = load("open-source")
    assert found(Traces('<body id="ERR_ACCESS_DENIED">'), items, 5).blocks == {"squid"}
    for fault in ("ERR_DNS_FAIL", "ERR_CACHE_ACCESS_DENIED", "ERR_READ_TIMEOUT"):
        seen = found(Traces(f"<body id={fault}>"), items, 5)
        assert seen == Found(no_blocks=frozenset({"squid-fault"}))


@pytest.mark.parametrize("lead", ["", "\ufeff"])
def test_loads(tmp_path: Path, lead: str) -> None:
    items = load_text(tmp_path, lead + GOOD)
    assert [item.fingerprint.name for item in items] == [f"test.a_{number}" for number in range(5)]
    assert items[2].fingerprint == Fingerprint("test.a_2", "isp", "body", "regexp", "<h1>\\s*Blocked(:| by)", 7)
    assert items[4].fingerprint.pattern == "two\nlines"


@pytest.mark.parametrize(
    ("number", "text", "matches"),
    [
        (0, "Protected by a filter", True),
        (0, "Not Protected by", False),
        (1, '<meta content="Access Denied - A Company">', True),
        (1, "Access Denied", False),
        (2, "x<h1>\n Blocked by", True),
        (2, "<h1>Blocked", False),
        (2, "\ud800<h1>Blocked:", True),
        (3, "192.0.2.7", True),
        (3, "192.0.2.70", False),
    ],
)
def test_matches_as_its_type_says(tmp_path: Path, number: int, text: str, matches: bool) -> None:
    assert load_text(tmp_path, GOOD)[number].search(text) is matches


def test_columns_may_be_added_and_stand_in_any_order(tmp_path: Path) -> None:
    text = "colour,pattern,pattern_type,location_found,confidence_no_fp,name\nred,x,full,body,5,a\n"
    assert load_text(tmp_path, text)[0].fingerprint == Fingerprint("a", "", "body", "full", "x", 5)


def test_names_may_stand_twice_and_scopes_be_empty(tmp_path: Path) -> None:
    """As cp.c_isp_ru_taiget_body does there; cp.c_isp_ru_sky@net_body is another name of that list."""
    items = load_text(tmp_path, f"{HEAD}\na@b_c,,,body,contains,x,5,,test,,\na@b_c,,,body,contains,y,5,,test,,\n")
    assert [item.fingerprint.name for item in items] == ["a@b_c"] * 2
    assert found(Traces("only y"), items, 5).blocks == {"a@b_c"}


def test_no_expression_takes_long() -> None:
    """One that takes a backtracking engine for ever takes RE2 a moment."""
    hostile = known(Fingerprint("a", "", "body", "regexp", "(a+)+$", 5))
    started = time.process_time()
    assert not hostile.search("a" * 100_000 + "b")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("test.a_0,nat", "test.a_0,planet", "mine.csv:2: scope: "),
        ("test.a_0", "", "mine.csv:2: name: "),
        ("test.a_0", "<b>", "mine.csv:2: name: "),
        ("header.server", "footer", "mine.csv:2: location_found: "),
        ("header.server", "header.Server", "mine.csv:2: location_found: "),
        (",prefix,", ",suffix,", "mine.csv:2: pattern_type: "),
        ("Protected by", "", "mine.csv:2: pattern: "),
        ("Protected by", "x" * 6000, "mine.csv:2: pattern: "),
        ("Protected by,5", "Protected by,sure", "mine.csv:2: confidence_no_fp: "),
        ("Protected by,5", "Protected by,11", "mine.csv:2: confidence_no_fp: "),
        ("(:| by)", "(", "mine.csv:4: pattern: '<h1>\\\\s*Blocked(' is no regular expression of RE2: missing )"),
        ("(:| by)", "(?=x)", "mine.csv:4: pattern: "),
        ("(:| by)", "(a)\\1", "mine.csv:4: pattern: "),
        ("(:| by)", "((a{99}){99}){99}", "mine.csv:4: pattern: "),
        (",pattern,", ",patern,", "mine.csv:1: no column pattern"),
        (",5,AF,", ",5,", "mine.csv:3: not 11 columns"),
        (",5,AF,", ",5,AF,,", "mine.csv:3: not 11 columns"),
        ('lines"', "lines", "mine.csv:6: not CSV: unexpected end of data"),
        ("Protected by", '"Protected" by', "mine.csv:2: not CSV: "),
        (GOOD, "", "mine.csv:1: no column confidence_no_fp, location_found, name, pattern, pattern_type"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        load_text(tmp_path, GOOD.replace(old, new, 1))
    assert error in str(caught.value)


def test_refused_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no list of fingerprints named or at 'nowhere'; shipped: open-source"):
        load("nowhere")
    with pytest.raises(UsageError, match="cannot be read"):
        load(str(tmp_path))
    with pytest.raises(UsageError, match="not UTF-8"):
        load_text(tmp_path, b"name\n\xff\n")
    monkeypatch.setattr(fingerprints, "MAX_ROWS", 2)
    with pytest.raises(UsageError, match=r"mine.csv:4: more than 2 rows"):
        load_text(tmp_path, GOOD)
    monkeypatch.setattr(fingerprints, "MAX_BYTES", 10)
    with pytest.raises(UsageError, match="larger than 10 bytes"):
        load_text(tmp_path, GOOD)
