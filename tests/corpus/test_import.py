"""Lists of every format become corpora that load; every row that does not become a case is listed with its reason."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.importing import address
from harness.corpus.importing.labels import Label, parse
from harness.corpus.importing.row import Reason, cell, shown
from harness.corpus.load import load
from harness.model import url as urls
from harness.model.errors import UsageError
from harness.model.words import Expectation
from tests.corpus.imported import GAMBLING, NEWS, Desk

HEAD = "url,category_code,category_description,date_added,source,notes\n"
LEGEND = 'Category Description,New Code,Replaces old code(s),Description\nBoats,BOAT,BOAT,"Sites, about boats"\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_citizen_labs_folder(desk: Desk) -> None:
    desk.put("lists/00-LEGEND-new_category_codes.csv", LEGEND)
    desk.put("lists/README.md", "# Lists")
    desk.put("lists/gb.csv", HEAD + "https://News.test/a,NEWS,News,2020-04-01,a person,=not used()\n")
    desk.put(
        "lists/global.csv",
        HEAD + "http://boat.test/,BOAT,,2020-04-01,,\nhttps://drug.test/,ALDR,,2020-04-01,,\nhttps://x.test/,OOPS,,,,\n"
        "https://bet.test/,GMB,,2014-01-31,,\nhttps://d.test/,GMB,,31.1.2014,,\n,GMB,,2014-01-31,,\nshort,GMB\n",
    )
    done = desk.run("citizenlab", desk.here / "lists")
    assert desk.cases() == {"https://news.test/a": "news/allow", "https://bet.test/": "gambling/block"}
    first = desk.rows()[0]
    assert first.pop("case_id").startswith("citizenlab-")
    assert first == {
        "url": "https://news.test/a",
        "category": "news",
        "expectation": "allow",
        "language": "",
        "weight": "",
        "source": "citizenlab",
        "label_date": "2020-04-01",
        "source_category": "NEWS",
        "source_row": "gb.csv:2",
    }
    assert desk.rejects() == [
        ("README.md:", "file not read", "not a list: no .csv"),
        ("global.csv:2", "unmapped category", "not in the crosswalk citizenlab, where it means 'Boats'"),
        ("global.csv:3", "unmapped category", desk.rejects()[2][2]),
        ("global.csv:4", "unmapped category", "not in the crosswalk citizenlab"),
        ("global.csv:6", "broken row", "'31.1.2014' is not a date, YYYY-MM-DD"),
        ("global.csv:7", "no URL", "empty"),
        ("global.csv:8", "broken row", "2 fields, the header has 6"),
    ]
    assert "Mixes alcohol with drugs" in desk.rejects()[2][2]
    assert (done.rows, sum(done.cases.values())) == (8, 2)
    assert done.unmapped[("ALDR", desk.rejects()[2][2])] == 1


def test_citizen_labs_single_file_with_old_codes(desk: Desk) -> None:
    desk.run("citizenlab", desk.put("xx.csv", HEAD + "http://a.test/,GAYL,,,,\nhttp://b.test/,FEXP,,,,\n"))
    assert desk.cases() == {"http://a.test/": "lgbt/allow", "http://b.test/": "news/allow"}


def test_ut1_folder(desk: Desk) -> None:
    desk.put("ut1/lists/gambling/domains", "# lists\nbet.test\n.Casino.test\n192.0.2.7\n198.51.100.0/24\nword\n")
    desk.put("ut1/lists/gambling/urls", "big.test/play?now=1\nbücher.example/wetten # with an umlaut\n")
    desk.put("ut1/lists/gambling/usage", "black\n")
    desk.put("ut1/lists/mixed_adult/domains", "mixed.test\n")
    desk.put("ut1/lists/press/expressions", "(news|press)\n")
    desk.put("ut1/.git/gambling/domains", "old.test\n")
    done = desk.run("ut1", desk.here / "ut1")
    assert desk.cases() == dict.fromkeys(
        (
            "https://bet.test/",
            "https://casino.test/",
            "https://192.0.2.7/",
            "https://big.test/play?now=1",
            "https://xn--bcher-kva.example/wetten",
        ),
        "gambling/block",
    )
    assert [(place, reason) for place, reason, _ in desk.rejects()] == [
        ("lists/gambling/domains:5", "no URL"),
        ("lists/gambling/domains:6", "no URL"),
        ("lists/gambling/usage:", "file not read"),
        ("lists/mixed_adult/domains:1", "unmapped category"),
        ("lists/press/expressions:1", "no page"),
    ]
    assert (done.rows, done.ips, done.idns) == (9, 1, 1)


def test_hosts_file(desk: Desk) -> None:
    desk.run(
        "hosts",
        desk.put(
            "hosts",
            "# a list\n127.0.0.1 localhost\n0.0.0.0 bet.test www.bet.test # both\n192.0.2.1 nas.test\n0.0.0.0\n",
        ),
    )
    assert desk.cases().keys() == {"https://bet.test/", "https://www.bet.test/"}
    assert desk.rejects() == [
        ("hosts:2", "no page", "a name of the machine itself"),
        ("hosts:4", "no page", "leads to 192.0.2.1, so it is not blocked"),
        ("hosts:5", "broken row", "not an address and its names"),
    ]


def test_adblock_list(desk: Desk) -> None:
    rules = {
        "||bet.test^": "",
        "||casino.test^$important,document": "",
        "||third.test^$third-party,image": "for some requests only: image, third-party",
        "@@||good.test^": "an exception",
        "a.test##.banner": "a rule about parts of a page",
        "a.test#@#.banner": "a rule about parts of a page",
        "/bet[0-9]+/$script": "a regular expression",
        "||path.test/ads": "a pattern, not a whole host",
        "||ads*.test^": "a pattern, not a whole host",
        "-banner-": "a pattern, not a whole host",
    }
    desk.run("adblock", desk.put("list.txt", "[Adblock Plus 2.0]\n! Title: a list\n" + "\n".join(rules)))
    assert desk.cases().keys() == {"https://bet.test/", "https://casino.test/"}
    assert [detail for _, _, detail in desk.rejects()] == [*filter(None, rules.values())]
    assert [row["entry"] for row in desk.rows("rejects.csv")][::7] == ["||third.test^$third-party,image", "'-banner-"]


def test_any_table_by_its_columns(desk: Desk) -> None:
    table = "Address;Topic;Verdict;Rated;Tongue\nhttps://a.test/;gambling;;2024-02-29;en-GB\nb.test;news;block;;\n"
    table += "https://c.test/;news;maybe;;\nhttps://d.test/;news;;;a language\nhttps://e.test/;;;;\nhttps://f.test/;poker;;;\n"
    columns = {
        "url": "Address",
        "category": "Topic",
        "expectation": "Verdict",
        "date": "Rated",
        "language": "Tongue",
    }
    given = {"poker": Label("card-games", Expectation.BLOCK)}
    desk.run(
        "csv", desk.put("list.csv", table), columns=columns, delimiter=";", fixed=None, given=given, date="2026-01-02"
    )
    assert desk.cases() == {
        "https://a.test/": "gambling/block",
        "https://b.test/": "news/block",
        "https://f.test/": "card-games/block",
    }
    assert [(row["label_date"], row["language"]) for row in desk.rows()[:2]] == [
        ("2024-02-29", "en-GB"),
        ("2026-01-02", ""),
    ]
    assert load(str(desk.corpus)).manifest.categories == {"card-games": "card-games"}
    assert [(place, reason) for place, reason, _ in desk.rejects()] == [
        ("list.csv:4", "broken row"),
        ("list.csv:5", "broken row"),
        ("list.csv:6", "unmapped category"),
    ]


def test_a_quotation_mark_spoils_its_row_only(desk: Desk) -> None:
    desk.run("csv", desk.put("a.csv", 'url\nhttps://a.test/\n"https://b.test/"x\n"https://c.test/"\n'))
    assert desk.cases().keys() == {"https://a.test/", "https://c.test/"}
    assert desk.rejects()[0][:2] == ("a.csv:3", "broken row")


@pytest.mark.parametrize(
    "http", ["http://a.test/x", "http://a.test:80/x", "http://A.TEST/x#y", "http://u:p@a.test/./x"]
)
def test_duplicates_after_normalisation(desk: Desk, http: str) -> None:
    desk.run("domains", desk.put("list", f"http://a.test/x\n{http}\nhttps://a.test/x\nhttp://a.test/X\n"))
    assert len(desk.cases()) == 3
    assert desk.rejects() == [("list:2", "duplicate", "of list:1")]


@pytest.mark.parametrize("second", ["https://a.test/", "http://a.test/"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_contested_page_is_left_out_with_all_its_rows(desk: Desk, second: str, order: int) -> None:
    rows = ["https://a.test/,gambling", "https://a.test/,gambling", f"{second},news", "https://b.test/,news"][::order]
    desk.run("csv", desk.put("a.csv", "url,category\n" + "\n".join(rows)))
    assert desk.cases() == {"https://b.test/": "news/allow"}
    assert Counter(reason for _, reason, _ in desk.rejects()) == {"conflicting label": 3}
    for _, _, detail in desk.rejects():
        assert set(re.findall(r"\w+/\w+(?= at a.csv:\d)", detail)) == {"gambling/block", "news/allow"}


def test_the_same_list_gives_the_same_bytes(desk: Desk) -> None:
    source = desk.put("list", "a.test\nb.test\na.test\n")
    desk.run("domains", source)
    first = {path.name: path.read_bytes() for path in desk.corpus.iterdir()}
    desk.corpus.rename(desk.here / "before")
    desk.run("domains", source)
    assert {path.name: path.read_bytes() for path in desk.corpus.iterdir()} == first
    assert first.keys() == {"corpus.toml", "cases.csv", "rejects.csv"}


def test_an_id_depends_on_page_and_source_alone(desk: Desk) -> None:
    desk.run("domains", desk.put("one", "x.test\na.test\n"))
    one = {row["url"]: row["case_id"] for row in desk.rows()}
    desk.corpus.rename(desk.here / "before")
    desk.run("hosts", desk.put("two", "0.0.0.0 a.test\n"), name="domains", fixed=NEWS)
    assert desk.rows()[0]["case_id"] == one["https://a.test/"]


def test_adding_to_a_corpus_keeps_what_is_there(desk: Desk) -> None:
    desk.corpus.mkdir()
    (desk.corpus / "corpus.toml").write_text('name = "mine"\ncategories = ["own"]\n')
    (desk.corpus / "cases.csv").write_text(
        'expectation,category,url,case_id,my notes,fixture\nallow,own,https://a.test/,1,"two\nlines",\n'
        "block,adult,https://b.test/,2\n"
    )
    desk.run("domains", desk.put("list", "a.test\nb.test\nc.test\n"), fixed=Label("adult", Expectation.BLOCK))
    desk.run("domains", desk.put("more", "c.test\nd.test\n"), name="more")
    assert desk.cases() == {
        "https://a.test/": "own/allow",
        "https://b.test/": "adult/block",
        "https://c.test/": "adult/block",
        "https://d.test/": "gambling/block",
    }
    rows = desk.rows()
    assert [(row["case_id"], row["my notes"], row["source"]) for row in rows][:2] == [
        ("1", "two\nlines", ""),
        ("2", "", ""),
    ]
    assert [row["source"] for row in rows[2:]] == ["domains", "more"]
    assert (desk.corpus / "corpus.toml").read_text() == 'name = "mine"\ncategories = ["own"]\n'
    assert desk.rejects() == [
        ("list:1", "conflicting label", "own/allow at cases.csv:2 and adult/block at list:1"),
        ("list:2", "duplicate", "of cases.csv:4"),
        ("more:1", "conflicting label", "adult/block at cases.csv:5 and gambling/block at more:1"),
    ]


def test_importing_twice_adds_nothing(desk: Desk) -> None:
    source = desk.put("list", "a.test\nb.test\n")
    desk.run("domains", source)
    before = (desk.corpus / "cases.csv").read_bytes()
    assert desk.run("domains", source).rejects == {Reason.DUPLICATE: 2}
    assert (desk.corpus / "cases.csv").read_bytes() == before


def test_an_id_that_is_taken_is_not_given_again(desk: Desk) -> None:
    source = desk.put("list", "a.test\n")
    desk.run("domains", source)
    table = desk.corpus / "cases.csv"
    table.write_text(table.read_text().replace("https://a.test/", "https://moved.test/"))
    desk.run("domains", source)
    assert desk.cases().keys() == {"https://moved.test/"}
    assert "stands at cases.csv:2 for another page" in desk.rejects()[0][2]


def test_a_corpus_that_does_not_declare_the_categories_is_left_as_it_is(desk: Desk) -> None:
    desk.run("domains", desk.put("list", "a.test\n"))
    before = {path.name: path.read_bytes() for path in desk.corpus.iterdir()}
    desk.put("lists/warez/domains", "b.test\n")
    with pytest.raises(UsageError, match=r'(?s)add below \[categories\].piracy = "Piracy'):
        desk.run("ut1", desk.here / "lists")
    assert {path.name: path.read_bytes() for path in desk.corpus.iterdir()} == before


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"fixed": None}, "name no category; give --label"),
        ({"name": "=x"}, "a source is named by"),
        ({"date": "yesterday"}, "'yesterday' is not a date"),
        ({"date": "20260101"}, "'20260101' is not a date"),
        ({"crosswalk": "nowhere"}, "no crosswalk named or at 'nowhere'"),
        ({"source": Path("/nonexistent/list")}, "no such file"),
        ({"into": Path("/nonexistent/corpus")}, "no such folder"),
    ],
)
def test_wrong_wishes(desk: Desk, wanted: dict[str, object], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        desk.run("domains", **{"source": desk.put("list", "a.test\n"), **wanted})  # type: ignore[arg-type]
    assert desk.untouched()


def test_a_corpus_is_not_made_in_its_source(desk: Desk) -> None:
    desk.put("press/domains", "a.test\n")
    with pytest.raises(UsageError, match="lies in the source"):
        desk.run("ut1", desk.here)
    assert desk.untouched()


def test_a_folder_that_is_no_corpus_is_not_touched(desk: Desk) -> None:
    (desk.corpus / "photographs").mkdir(parents=True)
    with pytest.raises(UsageError, match=r"is no corpus: it has no corpus\.toml"):
        desk.run("domains", desk.put("list", "a.test\n"))
    assert [path.name for path in desk.corpus.iterdir()] == ["photographs"]


def test_a_label_is_a_category_and_what_is_expected() -> None:
    assert parse("gambling:block") == GAMBLING
    for wrong in ("gambling", "gambling:perhaps", ":block", "two words:block"):
        with pytest.raises(UsageError, match="is not CATEGORY:block"):
            parse(wrong)


LABELS = st.text("abz019-_x", max_size=8) | st.sampled_from(
    ["xn--", "xn--bcher-kva", "0x7f", "1", "www", "-", "a" * 70]
)
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)


@given(HOSTS, st.sampled_from(["http", "https"]))
def test_the_short_way_reads_names_as_the_browser_does(host: str, scheme: str) -> None:
    if address.PLAIN.fullmatch(host):
        assert address.read(host, scheme) == urls.parse(f"{scheme}://{host}/")


@pytest.mark.parametrize(
    ("text", "href"),
    [
        ("a.test", "https://a.test/"),
        ("*.a.test", "https://a.test/"),
        (".a.test", "https://a.test/"),
        ("A.Test:8443/x y", "https://a.test:8443/x%20y"),
        ("a.test./", "https://a.test./"),
        ("http://a.test", "http://a.test/"),
        ("192.0.2.1", "https://192.0.2.1/"),
        ("[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("hmac-sha256:" + "0a" * 32, f"https://{'0a' * 16}.{'0a' * 16}.hashed.test/"),
    ],
)
def test_addresses(text: str, href: str) -> None:
    assert address.read(text, "https").href == href


@pytest.mark.parametrize(
    "text",
    ["", "word", "com", "192.0.2.0/24", "2001:db8::/32", "/path", "1", "0x7f.1", "two words.test", "a\0b.test", "ftp://a.test/",
     "mailto:a@b.test/x://", "http://", "hmac-sha256:" + "0a" * 31, "hmac-sha256:" + "G" * 64],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        address.read(text, "https")


@given(st.text())
def test_what_comes_out_is_neither_formula_nor_control(text: str) -> None:
    out = cell(shown(text))
    assert len(out) <= 301
    assert not out.startswith(("=", "+", "-", "@"))
    assert out.isprintable()
    out.encode()
