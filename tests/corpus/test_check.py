"""The check of a corpus: every kind of finding, at its place, and that it calls wrong what a run refuses, no more."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.corpus.check import Checked, check
from harness.corpus.findings import KINDS, SEVERITIES, Severity, finding, write
from harness.corpus.load import load
from harness.model.errors import UsageError
from harness.model.words import Metric
from harness.profile import shipped
from harness.profile.criteria import Criteria
from harness.profile.criteria import load as load_criteria
from tests import builders
from tests.corpus.made import HEAD, ROW, corpus, many, with_fixtures


def places(found: Checked, kind: str) -> list[str]:
    """What was found of one kind."""
    return [str(spot) for item in found.findings if item.kind == kind for spot in item.spots()]


def kinds(found: Checked) -> set[str]:
    return {item.kind for item in found.findings}


ROWS: dict[str, tuple[list[str], str, list[str]]] = {
    "id": (
        ["a,http://one.test/,adult,block", "a,http://two.test/,adult,block"],
        "id",
        ["3: case_id: 'a' stands already at line 2"],
    ),
    "conflict": (
        ["a,http://one.test/,adult,block", "b,HTTP://ONE.TEST:80,news,allow"],
        "conflict",
        [
            "3: expectation: conflicting labels for 'HTTP://ONE.TEST:80', already at line 2: adult/block there,"
            " news/allow here"
        ],
    ),
    "duplicate": (
        ["a,http://b\u00fccher.test/,adult,block", "b,http://xn--bcher-kva.test:80/./,adult,block"],
        "duplicate",
        ["3: url: duplicate of line 2: 'http://xn--bcher-kva.test:80/./'"],
    ),
    "request": (
        ["a,http://one.test/#x,adult,block", "b,http://me:secret@one.test/#x,adult,block"],
        "request",
        ["3: url: sent as line 2 is: 'http://me:secret@one.test/#x'"],
    ),
    "twin": (
        ["a,http://one.test/,adult,block", "b,https://one.test/,adult,block", "c,https://one.test/#x,adult,block"],
        "twin",
        ["3: url: https beside http at line 2: 'https://one.test/'"],
    ),
    "twin-conflict": (
        ["a,http://one.test/,adult,block", "b,https://one.test/,news,allow"],
        "twin-conflict",
        [
            "3: expectation: conflicting labels for 'https://one.test/', already at line 2: adult/block there,"
            " news/allow here"
        ],
    ),
    "near": (
        ["a,http://one.test/A,adult,block", "b,http://www.one.test//a/Index.html,adult,block"],
        "near",
        ["3: url: 'http://www.one.test//a/Index.html' beside 'http://one.test/A' at line 2"],
    ),
    "row": (
        ["a,http://one.test/,fashion,allow,,,,,,", "b,http://one.test/,news,allow,,,,,x"],
        "row",
        ["2: category: unknown category 'fashion'", "3: weight: 'x' is not a number"],
    ),
    "too long a row": (["a,http://one.test/,news,allow,,,,,,,,"], "row", ["2: 12 fields, the header has 10"]),
    "cut": (
        ["a,http://one.test/,news,allow", 'b,"http://two.test/'],
        "cut",
        ["3: not valid CSV: unexpected end of data"],
    ),
    "dead": (
        ["a,http://one.test/,news,allow,,,Dead", "b,http://two.test/,news,allow,,,parked"],
        "dead",
        ["2: status: dead: 'http://one.test/'", "3: status: parked: 'http://two.test/'"],
    ),
    "status": (["a,http://one.test/,news,allow,,,gone"], "status", ["2: status: 'gone'"]),
    "address": (
        ["a,http://8.8.8.8/,news,allow", "b,http://192.0.2.7/,news,allow", "c,http://[2606:4700::1111]/,news,allow"],
        "address",
        ["2: url: 8.8.8.8", "4: url: [2606:4700::1111]"],
    ),
    "spelling": (
        [
            f"c{n},http://{host}/{n},news,allow"
            for n, host in enumerate(
                ("127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "[0:0::1]", "one.test")
            )
        ],
        "spelling",
        [
            f"{line}: url: {raw!r} is read as {host}"
            for line, raw, host in (
                (3, "2130706433", "127.0.0.1"),
                (4, "0x7f.1", "127.0.0.1"),
                (5, "017700000001", "127.0.0.1"),
                (6, "127.1", "127.0.0.1"),
                (7, "[0:0::1]", "[::1]"),
            )
        ],
    ),
    "local": (
        [
            "a,http://printer/,news,allow",
            "b,http://10.0.0.1/,news,allow",
            "c,http://a.localhost/,news,allow",
            "d,http://one.test/,news,allow",
        ],
        "local",
        ["2: url: printer", "3: url: 10.0.0.1", "4: url: a.localhost"],
    ),
    "idn": (["a,http://b\u00fccher.test/,news,allow"], "idn", ["2: url: b\u00fccher.test (xn--bcher-kva.test)"]),
    "script": (
        ["a,http://p\u0430ypal.test/,news,allow", "b,http://tokyo\u6771\u4eac.test/,news,allow"],
        "script",
        ["2: url: p\u0430ypal.test (xn--pypal-4ve.test)"],
    ),
    "homoglyph": (
        [
            "a,http://p\u0430ypal.test/,news,allow",
            "b,http://paypal.test/,news,allow",
            "c,http://\u044f\u043d\u0434\u0435\u043a\u0441.test/,news,allow",
        ],
        "homoglyph",
        ["2: url: p\u0430ypal.test (xn--pypal-4ve.test) reads like paypal.test, which stands at line 3"],
    ),
    "reserved": (
        ["a,http://one.test/,news,allow", "b,http://www.example.com/,news,allow"],
        "reserved",
        ["2: url: 2 of 2 cases"],
    ),
    "reserved and real": (
        ["a,http://one.test/,news,allow", "b,http://bbc.co.uk/,news,allow"],
        "reserved-mixed",
        ["2: url: 1 of 2 cases"],
    ),
    "bare": (many(10, path=""), "bare", ["url: 100% of 10 cases are a host alone"]),
    "one-sided": (["a,http://one.test/,news,allow"], "one-sided", ["expectation: no case is to block"]),
    "uneven": (
        many(21) + many(2, "hate,block"),
        "uneven",
        ["category: adult, to block: 21; hate, to block: 2"],
    ),
    "dominant": (
        many(11) + many(4, host="x{0}.one.test", path="q"),
        "dominant",
        [
            "13: url: all categories, to block: 'one.test' has 4 of 15 cases, 27% of the weight",
            "13: url: adult, to block: 'one.test'",
        ],
    ),
    "clustered": (
        many(6) + many(30, host="x{0}.one.test", path="q"),
        "clustered",
        ["url: all categories, to block: 36 cases of 7 sites are worth 1.4", "url: adult, to block"],
    ),
    "tells": (
        many(20) + many(20, "news,allow", path=""),
        "tells",
        ["url: 0% of the cases to block are a host alone, 100% of those to allow"],
    ),
    "no look-alikes": (
        ["a,http://one.test/,news,allow"],
        "lookalikes",
        ["lookalike_of: no case to allow names a topic"],
    ),
    "look-alikes of nothing": (
        [
            "a,http://one.test/,health,allow,,,,drugs",
            "b,http://two.test/,adult,block,,,,adult",
            "c,http://six.test/,health,allow,,,,adult",
        ],
        "lookalike",
        ["2: lookalike_of: a is to allow and names 'drugs'", "3: lookalike_of: b is to block and names 'adult'"],
    ),
    "small": (
        many(59) + many(20, "hate,block"),
        "small",
        ["category: hate, to block: 20, worth 20.0; no error at all would show at most 13.9%"],
    ),
    "languages": (many(10), "languages", ["language: all stated ones are 'en'"]),
    "no language": (
        ["a,http://one.test/,news,allow", "b,http://two.test/,news,allow,,en"],
        "language-missing",
        ["2: language: 1 of 2 cases"],
    ),
    "few of a language": (
        ["a,http://one.test/,news,allow,,en", "b,http://two.test/,news,allow,,CY"],
        "language-few",
        ["language: 'cy': 1", "language: 'en': 1"],
    ),
    "no tag": (["a,http://one.test/,news,allow,,en_GB"], "language-tag", ["2: language: 'en_GB'"]),
    "unsourced": (
        ["a,http://one.test/,news,allow", "b,http://two.test/,news,allow,,,,,,list"],
        "unsourced",
        ["2: source: 1 of 2 cases"],
    ),
    "expectation": (
        ["a,http://one.test/,adult,allow", "b,http://two.test/,news,block"],
        "expectation",
        ["2: expectation: adult, to allow: 1", "3: expectation: news, to block: 1"],
    ),
    "no fixture": (["a,http://one.test/,news,allow"], "no-fixture", ["2: fixture: 1 of 1 cases"]),
    "fixture": (
        [
            "a,http://one.test/,news,allow,gone.html",
            "b,http://two.test/,news,allow,../x",
            "c,http://six.test/,news,allow,gone.html",
        ],
        "fixture",
        [
            "2: fixture: fixture 'gone.html' not found",
            "3: fixture: fixture '../x' lies outside",
            "4: fixture: fixture 'gone.html' not found",
        ],
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_every_kind_is_found_at_its_place(name: str, tmp_path: Path) -> None:
    rows, kind, expected = ROWS[name]
    found = places(check(corpus(tmp_path / "c", rows)), kind)
    assert len(found) == len(expected)
    for text, start in zip(found, expected, strict=True):
        file = "cases.csv:" if start[0].isdigit() else "cases.csv: "
        assert text.startswith(file + start)


def test_nothing_is_found_in_a_sound_corpus(tmp_path: Path) -> None:
    rows = [f"b{n},http://b{n}.test/p,adult,block,,{'en' if n % 2 else 'cy'},,,,list" for n in range(60)]
    rows += [f"a{n},http://a{n}.test/p,news,allow,,{'en' if n % 2 else 'cy'},,adult,,list" for n in range(60)]
    assert kinds(check(corpus(tmp_path / "c", rows))) == {"reserved", "no-fixture"}


@pytest.mark.parametrize("name", shipped.names(shipped.CORPORA, "corpus.toml"))
def test_shipped_corpora_have_no_errors(name: str) -> None:
    assert check(name).count(Severity.ERROR) == 0


def test_fixtures_that_are_shared_or_of_another_language(tmp_path: Path) -> None:
    given = (("a.html", "de"), ("b.html", "en"), ("silent.html", "en"), ("head.http", "cy"), ("x.png", "de"))
    rows = [f"c{n},http://c{n}.test/,news,allow,{name},{tag}" for n, (name, tag) in enumerate(given)]
    rows += ["d,http://d.test/,news,allow,same.html,en-US", "e,http://e.test/,adult,block,./x.png,"]
    found = check(with_fixtures(tmp_path / "c", rows))
    assert places(found, "fixture-language") == ["cases.csv:2: language: 'a.html' says 'en-GB', the case 'de'"]
    assert places(found, "fixture-silent") == ["cases.csv:4: fixture: silent.html"]
    assert places(found, "shared") == ["cases.csv:3: fixture: 'b.html' is replayed for 2 cases"]
    assert places(found, "shared-label") == ["cases.csv:6: fixture: 'x.png' is replayed for 2 cases"]


def test_leakage_is_told_by_the_closest_likeness(tmp_path: Path) -> None:
    ours = (
        "a,http://one.test/,adult,block",
        "b,https://two.test/x,adult,block,a.html",
        "c,http://three.test/,adult,block,a.html",
        "d,http://www.four.test/y,adult,block,b.html",
        "e,http://img.five.test/,adult,block",
        "f,http://six.test/,adult,block",
    )
    theirs = (
        "v,http://one.test/,news,allow",
        "w,http://two.test/x,adult,block",
        "x,http://other.test/,adult,block,a.html",
        "y,http://www.four.test/z,adult,block",
        "z,http://five.test/,adult,block",
    )
    other = with_fixtures(tmp_path / "other", theirs)
    found = check(with_fixtures(tmp_path / "ours", ours), [other])
    assert places(found, "leak-url") == [
        "cases.csv:2: url: 'one.test/' is in small at line 2",
        "cases.csv:3: url: 'two.test/x' is in small at line 3",
    ]
    assert places(found, "leak-label") == ["cases.csv:2: expectation: adult/block; news/allow in small at line 2"]
    assert places(found, "leak-fixture") == ["cases.csv:4: fixture: 'a.html' is in small at line 4"]
    assert places(found, "leak-host") == ["cases.csv:5: url: 'www.four.test' is in small at line 5"]
    assert places(found, "leak-site") == ["cases.csv:6: url: 'five.test' is in small at line 6"]
    assert not {kind for kind in kinds(check(with_fixtures(tmp_path / "third", ours[5:]), [other])) if "leak" in kind}


def criteria(**changes: Any) -> Criteria:
    fixed = {"id": "block-adult", "categories": ["adult"], "metric": Metric.BAD_SITES_UNDER_BLOCK}
    return builders.criteria(builders.criterion(**{**fixed, **changes}))


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        ({"minimum_n": 31}, "undecidable", "cases: 30, asked for: 31"),
        ({"minimum_clusters": 31}, "undecidable", "sites: 30, asked for: 31"),
        ({"categories": ["adult", "hate"]}, "undecidable", "no case of hate"),
        # Without a miss 30 cases show 1 - 0.05^(1/30) = 9.5 %.
        ({"bound": 0.09}, "unpassable", "without any error its 30 cases show at most 9.5%; the bound is 9.0%"),
    ],
)
def test_fitness_for_criteria(changes: dict[str, Any], kind: str, text: str, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", many(30) + many(99, "news,allow"))
    fit = {"minimum_n": 30, "minimum_clusters": 30, "bound": 0.1, "confidence": 0.95, "rule": "guard-band"}
    assert not kinds(check(path, criteria=criteria(**fit))) & {"undecidable", "unpassable", "design"}
    assert places(check(path, criteria=criteria(**{**fit, **changes})), kind) == [f"criteria test: block-adult: {text}"]


def test_the_shipped_corpus_is_fit_for_the_mark() -> None:
    found = check("kitemark-practice", criteria=load_criteria("pas74-kitemark"))
    assert not kinds(found) & {"undecidable", "unpassable", "design"}


def test_weights_that_the_criteria_do_not_allow(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", ["a,http://one.test/,adult,block,,,,,2", "b,http://two.test/,adult,block"])
    assert places(check(path, criteria=criteria(design="independent")), "design")
    assert not places(check(path, criteria=criteria(design="clusters")), "design")


def test_tables_beside_the_cases(tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", ["a,http://one.test/,adult,block", "b,http://two.test/,adult,block"])
    (tmp_path / "c" / "resources.csv").write_text("url,fixture\nhttp://one.test/a.png,gone.png\n")
    (tmp_path / "c" / "labels.csv").write_text(
        "case_id,category,expectation,rater\na,adult,block,x\na,hate,block,y\nb,adult,block,x\n"
    )
    found = check(path)
    (text,) = places(found, "other-table")
    assert text.startswith("resources.csv:2: fixture: fixture 'gone.png' not found")
    assert places(found, "disputed") == ["cases.csv:2: expectation: a: raters do not agree"]
    (tmp_path / "c" / "labels.csv").write_text("case_id,category,expectation,rater\nz,adult,block,x\n")
    assert any(text.startswith("labels.csv:2: case_id: no case 'z'") for text in places(check(path), "other-table"))


def test_the_data_sheet(tmp_path: Path) -> None:
    rows = ["a,http://one.test/,adult,block"]
    said = 'name = "x"\ncolour = "red"\n[categories]\nfashion = "Fashion"\n[[provenance]]\nstep = "sample"\n'
    found = check(corpus(tmp_path / "c", rows, said))
    gaps = [*("title", "version", "licence", "description"), "colour"]
    assert [text.split(": ")[1] for text in places(found, "manifest")] == gaps
    assert places(found, "category") == ["corpus.toml: categories: fashion"]


@pytest.mark.parametrize(
    ("spoil", "text"),
    [
        (lambda folder: (folder / "corpus.toml").write_text("name ="), "corpus.toml: not valid TOML"),
        (lambda folder: (folder / "corpus.toml").unlink(), "corpus.toml: file not found"),
        (lambda folder: (folder / "cases.csv").write_bytes(b"\xff\xfea"), "cases.csv:1: UTF-16"),
        (lambda folder: (folder / "cases.csv").write_text("case_id,url\n"), "cases.csv:1: category: the header lacks"),
        (lambda folder: (folder / "cases.csv").write_text(HEAD), "cases.csv: no cases"),
        (lambda folder: (folder / "cases.age").write_text("x"), ": a sealed corpus"),
    ],
)
def test_what_is_no_corpus_is_refused(spoil: Callable[[Path], object], text: str, tmp_path: Path) -> None:
    path = corpus(tmp_path / "c", ["a,http://one.test/,adult,block"])
    spoil(tmp_path / "c")
    with pytest.raises(UsageError, match=text):
        check(path)


def test_findings_stand_gravest_first_and_none_is_empty(tmp_path: Path) -> None:
    rows = [row for rows, _, _ in ROWS.values() for row in rows]
    found = check(corpus(tmp_path / "c", [row for row in rows if '"' not in row])).findings
    order = [SEVERITIES.index(item.severity) for item in found]
    assert order == sorted(order)
    assert all(item.count for item in found)
    assert {item.severity for item in found} == set(Severity)


def test_the_list_holds_no_formula(tmp_path: Path) -> None:
    write([finding("row", "cases.csv", [(2, "url", '=1+1,"x"'), (3, "url", "plain")])], tmp_path / "list.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "list.csv").read_text())))
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
    assert [row[-1] for row in rows] == ["text", '\'=1+1,"x"', "plain"]
    assert rows[1][:5] == ["error", "row", "cases.csv", "2", "url"]


def test_every_kind_says_why() -> None:
    for severity, title, why in KINDS.values():
        assert severity in Severity
        assert not title.endswith(".")
        assert why.endswith((".", ")"))


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(ROW, max_size=6))
def test_errors_are_what_a_run_refuses(rows: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """An error is found just when a run refuses the corpus, and what the run says is among those found."""
    path = with_fixtures(tmp_path_factory.mktemp("c") / "c", rows)
    said = ""
    try:
        load(path)
    except UsageError as error:
        said = str(error)
    if not rows:
        assert "no cases" in said
        return
    found = check(path)
    told = [f"{path}/{spot}" for item in found.findings if item.severity is Severity.ERROR for spot in item.spots()]
    assert bool(told) == bool(said)
    assert not said or said in told
    assert not told or found.first_error in told
