"""What looks like a list of illegal content is taken as keyed hashes and test pages only. No entry here is real."""

import hashlib
import hmac
from pathlib import Path

import pytest

from harness.corpus.importing import illegal
from harness.corpus.importing.labels import Label
from harness.corpus.load import load
from harness.model import url as urls
from harness.model.errors import UsageError
from harness.model.words import Expectation
from harness.profile import crosswalk, shipped
from tests.corpus.imported import Desk

ILLEGAL = Label("illegal", Expectation.BLOCK)
KEYED = (
    "hmac-sha256:"
    + hmac.new(b"laboratory", urls.parse("http://made-up.invalid/x").key.encode(), hashlib.sha256).hexdigest()
)
CLEAR = "made-up-name.uk/page"  # benign, and on no reserved name


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def refusal(desk: Desk, format_: str, source: Path, **wanted: object) -> str:
    with pytest.raises(UsageError) as caught:
        desk.run(format_, source, **wanted)
    assert desk.untouched()
    return str(caught.value)


@pytest.mark.parametrize(
    ("format_", "file", "above", "wanted"),
    [
        ("domains", "list", "", {"fixed": ILLEGAL}),
        ("domains", "list", "", {"fixed": Label("iwf-list", Expectation.BLOCK)}),
        ("domains", "list", "", {"fixed": Label("terrorism-list", Expectation.BLOCK)}),
        ("domains", "list", "", {"name": "CTIRU"}),
        ("domains", "iwf_urls.txt", "", {}),
        ("domains", "CSAM-2026", "", {}),
        ("domains", "list", "# URLs of child sexual abuse material, for members only\n", {}),
        ("hosts", "list", "# Internet Watch Foundation\n", {}),
        ("csv", "list.csv", "url,IWF reference\n", {}),
        ("csv", "list.csv", "", {"given": {"1A": ILLEGAL}}),
        ("csv", "list.csv", "", {"fixed": None}),
        ("ut1", "lists/childporn/domains", "", {}),
    ],
)  # fmt: skip
def test_a_list_in_clear_is_refused_and_said_nothing_of(
    desk: Desk, format_: str, file: str, above: str, wanted: dict[str, object]
) -> None:
    row = {"hosts": "0.0.0.0 made-up-name.uk\n", "csv": f"https://{CLEAR},1A\n"}.get(format_, CLEAR + "\n")
    if format_ == "csv":
        above = above or f"url,{'category' if 'given' in wanted else 'child abuse category'}\n"
    source = desk.put(file, above + row)
    said = refusal(desk, format_, desk.here / "lists" if format_ == "ut1" else source, **wanted)
    assert "looks like a list of illegal content" in said
    assert "hmac-sha256:" in said
    assert "made-up" not in said


def test_the_entry_that_gives_it_away_may_come_late_or_be_broken(desk: Desk) -> None:
    rows = "url,category\nhttps://bet.example/,gambling\n"
    assert "illegal" in refusal(desk, "csv", desk.put("a.csv", f"{rows}https://{CLEAR},illegal\n"))
    assert "illegal" in refusal(desk, "domains", desk.put("list", "a.test\nnot an address\n"), fixed=ILLEGAL)


def test_keyed_hashes_and_test_pages_are_taken(desk: Desk) -> None:
    desk.run("domains", desk.put("iwf.txt", f"{KEYED}\nhttps://blocked.test/page\nwww.example.org\n"), fixed=ILLEGAL)
    found = load(str(desk.corpus))
    assert {case.category for case in found.cases} == {"illegal"}
    assert [urls.parse(case.url).hostname for case in found.cases][1:] == ["blocked.test", "www.example.org"]
    stand_in = urls.parse(found.cases[0].url).hostname
    assert stand_in.removesuffix(".hashed.test").replace(".", "") == KEYED.removeprefix("hmac-sha256:")


def test_hashes_without_a_key_are_not(desk: Desk) -> None:
    assert "with your laboratory's key" in refusal(
        desk, "domains", desk.put("iwf", hashlib.sha256(b"x").hexdigest() + "\n"), fixed=ILLEGAL
    )


@pytest.mark.parametrize(
    "name",
    ["child", "children", "child welfare", "sexual_education", "illegal-drugs", "abuse helplines", "iwfly"],
)
def test_ordinary_names_are_none_of_them(name: str) -> None:
    assert illegal.named(name) == ""


def test_no_category_of_a_crosswalk_is_one_of_them() -> None:
    for ref in shipped.names(crosswalk.FOLDER, "*.toml"):
        found = crosswalk.load(ref)
        for name in (*found.by_name(), *(entry.category or "" for entry in found.map.values())):
            assert illegal.named(name) == ""
