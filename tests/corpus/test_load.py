"""A whole corpus: fixtures inside it, a digest over all of it, and a fair seeded selection."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus import fixture
from harness.corpus.load import limited, load
from harness.model import canonical
from harness.model.errors import UsageError
from harness.model.words import Expectation
from harness.profile import shipped
from tests.builders import case
from tests.tape import Tape

MANIFEST = 'name = "small"\ntitle = "Small"\n'
CASES = "case_id,url,category,expectation,fixture\none,http://one.test/,adult,block,one.html\ntwo,http://two.test/,news,allow,two.http\n"
HTTP = b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n<p>two"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "small"
    (made / "fixtures").mkdir(parents=True)
    (made / "corpus.toml").write_text(MANIFEST)
    (made / "cases.csv").write_text(CASES)
    (made / "fixtures" / "one.html").write_text("<p>one")
    (made / "two.http").write_bytes(HTTP)
    (made / "resources.csv").write_text("url,fixture\nhttp://one.test/a.png,a.png\n")
    (made / "fixtures" / "a.png").write_bytes(b"png")
    return made


def test_clusters_are_sites_unless_stated(folder: Path) -> None:
    (folder / "cases.csv").write_text(
        "case_id,url,category,expectation,cluster\n"
        "one,http://a.one.test/,adult,block,\ntwo,http://b.one.test/,adult,block,\nsix,http://six.test/,adult,block,ring\n"
    )
    assert [case.cluster for case in load(str(folder)).cases] == ["one.test", "one.test", "ring"]


def refusal(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load(str(folder))
    assert caught.value.exit_code == 4
    return str(caught.value).replace(str(folder) + "/", "")


def test_loads(folder: Path) -> None:
    corpus = load(str(folder))
    assert [item.case_id for item in corpus.cases] == ["one", "two"]
    assert corpus.manifest.name == "small"
    assert corpus.fixture(corpus.cases[0]) == (folder / "fixtures" / "one.html", None)
    assert corpus.fixture(case(fixture="")) == (None, None)
    assert [item.url for item in corpus.resources] == ["http://one.test/a.png"]


@pytest.mark.parametrize("name", shipped.names(shipped.CORPORA, "corpus.toml"))
def test_shipped_corpora_load(name: str) -> None:
    assert load(name).cases


def test_unknown_corpus() -> None:
    with pytest.raises(UsageError, match=r"no corpus named or at 'nowhere'; shipped: .*kitemark"):
        load("nowhere")


def test_a_corpus_is_a_folder(folder: Path) -> None:
    with pytest.raises(UsageError, match="a corpus is a folder"):
        load(str(folder / "cases.csv"))


def change(path: str, old: str, new: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        file = folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        change("fixtures/one.html", "one", "onE"),
        change("two.http", "200", "201"),
        change("fixtures/a.png", "png", "pnG"),
        change("cases.csv", "adult", "hate"),
        change("cases.csv", "http://one", "http://one.more"),
        change("resources.csv", "a.png", "b.png"),
        change("corpus.toml", "Small", "Smaller"),
    ],
)
def test_digest_changes(folder: Path, edit: Callable[[Path], None]) -> None:
    before = load(str(folder)).digest
    assert load(str(folder)).digest == before
    edit(folder)
    assert load(str(folder)).digest != before


def test_digest_does_not_change_with_place_or_order(folder: Path, tmp_path: Path) -> None:
    before = load(str(folder)).digest
    header, *rows = CASES.splitlines(keepends=True)
    (folder / "cases.csv").write_text("".join([header, *reversed(rows)]))
    assert load(str(folder.rename(tmp_path / "elsewhere"))).digest == before


def test_missing_fixture(folder: Path) -> None:
    (folder / "two.http").unlink()
    assert refusal(folder).startswith("cases.csv:3: fixture: fixture 'two.http' not found")


OUTSIDE = ["../outside.html", "fixtures/../../outside.html", "/etc/hostname", "link.html", "linked/outside.html"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_fixture_outside(folder: Path, name: str) -> None:
    (folder.parent / "outside.html").write_text("secret")
    (folder / "link.html").symlink_to(folder.parent / "outside.html")
    (folder / "linked").symlink_to(folder.parent)
    change("cases.csv", "one.html", name)(folder)
    assert refusal(folder).startswith(f"cases.csv:2: fixture: fixture '{name}' lies outside the corpus")


NO_FILE = [("fixtures", "not found"), ("loop.html", "loop"), ("x" * 300, "cannot be read")]


@pytest.mark.parametrize(("name", "error"), NO_FILE)
def test_fixture_is_no_file(folder: Path, name: str, error: str) -> None:
    (folder / "loop.html").symlink_to("loop.html")
    change("cases.csv", "one.html", name)(folder)
    message = refusal(folder)
    assert message.startswith("cases.csv:2: fixture: ")
    assert error in message


def test_huge_fixture(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixture, "MAX_BYTES", len(HTTP))
    assert load(str(folder))
    monkeypatch.setattr(fixture, "MAX_BYTES", 5)
    assert refusal(folder).startswith("cases.csv:2: fixture: fixture 'one.html' is larger than 5 bytes")


def test_malformed_http_fixture(folder: Path) -> None:
    (folder / "two.http").write_text("<p>no status line")
    assert refusal(folder).startswith("cases.csv:3: fixture: fixture 'two.http' does not begin")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ("url,fixture\na.png,a.png\n", "resources.csv:2: url: malformed URL"),
        ("url,fixture\nhttp://a.test/,no.png\n", "resources.csv:2: fixture: fixture 'no.png' not found"),
        ("url,fixture\nhttp://a.test/,a.png\nhttp://A.test,a.png\n", "resources.csv:3: url: duplicate"),
        ("address,fixture\nhttp://a.test/,a.png\n", "resources.csv:2: url: malformed URL"),
        ("url,fixture\nhttp://a.test/," + "a" * 200_000 + "\n", "resources.csv:2: not valid CSV"),
        ("url,fixture\nhttp://a.test/,bad.http\n", "resources.csv:2: fixture: fixture 'bad.http' does not begin"),
    ],
)
def test_refuses_resources(folder: Path, rows: str, error: str) -> None:
    (folder / "bad.http").write_text("nothing")
    (folder / "resources.csv").write_text(rows)
    assert refusal(folder).startswith(error)


def test_resources_are_optional_but_utf8(folder: Path) -> None:
    (folder / "resources.csv").write_bytes(b"url,fixture\n\xe9")
    assert refusal(folder).startswith("resources.csv: cannot be read as UTF-8")
    (folder / "resources.csv").unlink()
    assert load(str(folder)).resources == ()


STRATA = [("adult", Expectation.BLOCK, 60), ("hate", Expectation.BLOCK, 10), ("news", Expectation.ALLOW, 30)]
CASES_100 = tuple(
    case(f"{category}-{index}", category=category, expectation=expectation)
    for category, expectation, count in STRATA
    for index in range(count)
)


def test_selection_is_seeded() -> None:
    assert limited(CASES_100, 20, 1) == limited(tuple(reversed(CASES_100)), 20, 1)
    assert limited(CASES_100, 20, 1) != limited(CASES_100, 20, 2)
    assert limited(CASES_100, None, 1) != CASES_100


@pytest.mark.parametrize("limit", [None, 100, 101, 10_000])
def test_selection_of_all(limit: int | None) -> None:
    assert sorted(limited(CASES_100, limit, 3), key=str) == sorted(CASES_100, key=str)


@given(limit=st.integers(1, 100), seed=st.integers(0, 10**6))
def test_selection_is_proportional(limit: int, seed: int) -> None:
    taken = Counter(item.category for item in limited(CASES_100, limit, seed))
    assert taken.total() == limit
    for category, _, count in STRATA:
        assert abs(taken[category] - limit * count / 100) < 2


@given(limit=st.integers(1, 99), seed=st.integers(0, 10**6))
def test_a_larger_selection_holds_the_smaller(limit: int, seed: int) -> None:
    assert set(limited(CASES_100, limit, seed)) < set(limited(CASES_100, limit + 1, seed))


def with_recording(folder: Path, tape: Tape, rest: str = "") -> Path:
    (folder / "fixtures" / "site.warc.gz").write_bytes(tape.data)
    with (folder / "cases.csv").open("a") as file:
        file.write(f"rec,http://rec.test/,news,allow,fixtures/site.warc.gz\n{rest}")
    return folder


def test_a_recording_is_a_fixture(folder: Path) -> None:
    tape = Tape()
    tape.add("http://rec.test/", b"page")
    tape.add("http://rec.test/next", b"next page")
    corpus = load(str(with_recording(folder, tape, "next,http://rec.test/next,news,allow,site.warc.gz\n")))
    assert [item.fixture_digest for item in corpus.cases if "warc" in item.fixture] == [canonical.digest(tape.data)] * 2


def test_a_case_that_is_not_in_its_recording(folder: Path) -> None:
    tape = Tape()
    tape.add("http://rec.test/other", b"page")
    with pytest.raises(UsageError, match=r"cases.csv:\d+: fixture: recording '.*' lacks 'http://rec.test/'"):
        load(str(with_recording(folder, tape)))


def test_a_damaged_recording_is_told_with_record_and_byte(folder: Path) -> None:
    tape = Tape()
    tape.add("http://rec.test/", b"page")
    with_recording(folder, tape)
    (folder / "fixtures" / "site.warc.gz").write_bytes(tape.data + tape.data[:-9])
    at = len(tape.data)
    with pytest.raises(
        UsageError, match=rf"cases.csv:\d+: fixture: .*site.warc.gz.*: WARC record 2 at byte {at}: the file"
    ):
        load(str(folder))


def test_a_recording_is_no_resource(folder: Path) -> None:
    tape = Tape()
    tape.add("http://rec.test/", b"page")
    with_recording(folder, tape)
    with (folder / "resources.csv").open("a") as file:
        file.write("http://rec.test/x,fixtures/site.warc.gz\n")
    with pytest.raises(UsageError, match=r"resources.csv:\d+: a recording is for cases"):
        load(str(folder))
