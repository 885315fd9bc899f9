"""Files made to do harm are refused, and nothing is written."""

import io
import os
import tarfile
import tracemalloc
from pathlib import Path

import pytest

from harness.corpus.importing import reading, sieve, sources
from harness.model.errors import UsageError
from tests.corpus.imported import Desk

GOOD = b"bet.test\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def refusal(desk: Desk, format_: str, source: Path, **wanted: object) -> str:
    with pytest.raises(UsageError) as caught:
        desk.run(format_, source, **wanted)
    assert desk.untouched()
    return str(caught.value)


def member(
    name: str, data: bytes = GOOD, kind: bytes = tarfile.REGTYPE, link: str = ""
) -> tuple[tarfile.TarInfo, bytes]:
    found = tarfile.TarInfo(name)
    found.size, found.type, found.linkname = len(data) if kind == tarfile.REGTYPE else 0, kind, link
    return found, data


def tar(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for found, data in members:
            archive.addfile(found, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("format_", "content", "error"),
    [
        ("domains", b"\xff\xfea\0.\0", "list:1: UTF-16; save it as UTF-8"),
        ("domains", GOOD + "b\xfccher.test\n".encode("latin-1"), r"list:2: not utf-8 (byte 0xfc)"),
        ("domains", GOOD + b"a" * (reading.MAX_LINE + 1), "list:2: a line of more than 262144 bytes"),
        ("domains", b"", "no row of it can be a case (it is empty)"),
        ("domains", b"\0\n" * 3, "no row of it can be a case (3 no URL)"),
        ("hosts", b"a" * (reading.MAX_LINE + 1), "a line of more than"),
        ("csv", b"", "list.csv:1: url: no such column; there are: none"),
        ("csv", b"address\nhttps://a.test/\n", "list.csv:1: url: no such column; there are: address"),
        ("csv", b'"url\n', "list.csv:1: not valid CSV"),
        ("csv", b'url\nhttps://a.test/\n"https://b.test/\nhttps://c.test/\n', "list.csv:3: not valid CSV"),
        ("csv", b"url\nhttps://a.test/\n=cmd|'/c calc'!A0\n", "list.csv:3: url: a cell that a spreadsheet"),
        ("csv", b"url,category\nhttps://a.test/, @SUM(A1)\n", "list.csv:2: category: a cell that a spreadsheet"),
        ("csv", b"url,date\nhttps://a.test/,+1-1-1\n", "list.csv:2: date: a cell"),
        ("csv", b"url,language\nhttps://a.test/,-en\n", "list.csv:2: language: a cell"),
        ("citizenlab", b"url,category_code\nhttps://a.test/,=GMB\n", "list.csv:2: category: a cell"),
        ("csv", b"url\n" + b"\xe9\n", "list.csv:2: not utf-8"),
    ],
)  # fmt: skip
def test_a_broken_file(desk: Desk, format_: str, content: bytes, error: str) -> None:
    source = desk.put("list.csv" if format_ in ("csv", "citizenlab") else "list", content)
    assert error in refusal(desk, format_, source)


def test_a_line_without_end_is_not_read_to_its_end(desk: Desk) -> None:
    source = desk.put("list", b"")
    with source.open("r+b") as file:
        file.truncate(1 << 33)  # 8 GiB of NUL, on disk nothing
    tracemalloc.start()
    assert "a line of more than" in refusal(desk, "domains", source)
    assert tracemalloc.get_traced_memory()[1] < 1 << 24
    tracemalloc.stop()


def test_latin_1_is_read_when_asked_for(desk: Desk) -> None:
    desk.run("domains", desk.put("list", "bücher.test\n".encode("latin-1")), encoding="latin-1")
    assert desk.cases().keys() == {"https://xn--bcher-kva.test/"}


def test_control_characters_spoil_their_row_only(desk: Desk) -> None:
    desk.run("domains", desk.put("list", b"a\0.test\n=1+1\n\x1b[2J.test\n" + GOOD))
    assert desk.cases().keys() == {"https://bet.test/"}
    assert [row["entry"] for row in desk.rows("rejects.csv")] == ["a\N{REPLACEMENT CHARACTER}.test", "'=1+1",
                                                                  "\N{REPLACEMENT CHARACTER}[2J.test"]  # fmt: skip


def test_what_is_long_but_a_line_spoils_its_row_only(desk: Desk) -> None:
    words = "a" * (reading.MAX_LINE - 100)
    rows = f"{words}.test\nhttps://a.test/{words}\nhttps://a.test/{'ü' * 4900}\n||a.test^${words}\n"
    desk.run("domains", desk.put("list", rows))
    desk.run("adblock", desk.put("rules", rows))
    assert [len(url) for url in desk.cases()] == [15 + 6 * 4900]
    assert max(len(value) for row in desk.rows("rejects.csv") for value in row.values()) <= 1001
    assert {reason for _, reason, _ in desk.rejects()} == {"no URL", "no page"}


def test_a_file_name_that_is_a_formula_comes_out_as_text(desk: Desk) -> None:
    desk.run("domains", desk.put("=1+1", "bet.test\nbet.test\n"))
    assert desk.rows()[0]["source_row"] == "'=1+1:1"
    assert desk.rows("rejects.csv")[0]["file"] == "'=1+1"


def test_an_archive_reads_as_its_folder(desk: Desk) -> None:
    desk.run("ut1", desk.put("lists.tar.gz", tar(member("./lists/gambling/domains"), member("./lists/README", b"x"))))
    assert desk.rows()[0]["source_row"] == "lists/gambling/domains:1"
    assert desk.rejects() == [("lists/README:", "file not read", "not a list: neither domains nor urls")]


def test_links_within_an_archive_are_listed_and_not_followed(desk: Desk) -> None:
    # UT1's own archive has such: lists under their English names.
    link = member("lists/drugs", kind=tarfile.SYMTYPE, link="drogue")
    hard = member("lists/ads/domains", kind=tarfile.LNKTYPE, link="lists/drogue/domains")
    desk.run("ut1", desk.put("lists.tgz", tar(member("lists/drogue/domains"), link, hard)))
    assert desk.rejects() == [
        ("lists/drugs:", "file not read", "a link to lists/drogue"),
        ("lists/ads/domains:", "file not read", "a link to lists/drogue/domains"),
    ]


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (member("../gambling/domains"), "holds what leads out of it: '../gambling/domains'"),
        (member("lists/../../x/domains"), "holds what leads out of it"),
        (member("/etc/gambling/domains"), "holds what leads out of it"),
        (member("..\\x\\domains"), "holds what leads out of it"),
        (member("gambling/domains", kind=tarfile.SYMTYPE, link="/etc/passwd"), "leads out of it: '/etc/passwd'"),
        (member("gambling/domains", kind=tarfile.SYMTYPE, link="../../passwd"), "holds what leads out of it"),
        (member("gambling/domains", kind=tarfile.LNKTYPE, link="../passwd"), "holds what leads out of it"),
        (member("press/" + "a" * 5000 + "/domains"), "holds a name of 5014 characters"),
        (member("gambling/domains", kind=tarfile.FIFOTYPE), "holds what is no plain file"),
        (member("gambling/domains", kind=tarfile.CHRTYPE), "holds what is no plain file"),
    ],
)  # fmt: skip
def test_an_archive_that_leads_elsewhere(desk: Desk, bad: tuple[tarfile.TarInfo, bytes], error: str) -> None:
    assert error in refusal(desk, "ut1", desk.put("lists.tar.gz", tar(member("press/domains"), bad)))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "damaged"),
        (b"not an archive", "damaged"),
        (tar(member("press/domains"))[:60], "damaged"),
        (tar(member("press/domains", b"a.test\n" * 5000))[:-100], "damaged"),
        (tar(member("press/readme")), "holds no list; expected CATEGORY/domains"),
    ],
    ids=["empty", "text", "cut at its head", "cut at its end", "without lists"],
)
def test_an_archive_that_is_none(desk: Desk, content: bytes, error: str) -> None:
    assert error in refusal(desk, "ut1", desk.put("lists.tar.gz", content))


def test_a_bomb(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FREE_BYTES", 1 << 16)
    monkeypatch.setattr(sources, "MOST_TIMES", 20)
    rows = tar(member("press/domains", b"a.test\n" * 20_000))
    assert len(rows) * sources.MOST_TIMES < 140_000
    assert "unpacks to far more than it can honestly hold" in refusal(desk, "ut1", desk.put("lists.tar.gz", rows))


def test_too_much_of_anything(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    monkeypatch.setattr(sieve, "MOST_ROWS", 2)
    many = [member(f"press/{number}") for number in range(3)]
    assert "more than 2 files" in refusal(desk, "ut1", desk.put("lists.tar.gz", tar(*many)))
    assert "list:3: more than 2 rows" in refusal(desk, "domains", desk.put("list", "a.test\nb.test\nc.test\n"))
    for number in range(3):
        desk.put(f"many/press/{number}", GOOD)
    assert "more than 2 files" in refusal(desk, "ut1", desk.here / "many")


def test_links_of_a_folder(desk: Desk) -> None:
    desk.put("lists/drogue/domains", GOOD)
    (desk.here / "lists" / "drugs").symlink_to("drogue")
    desk.run("ut1", desk.here / "lists")
    assert desk.rejects() == [("drugs:", "file not read", "a link to drogue")]


@pytest.mark.parametrize("target", ["/etc", "../../secret", "../other"])
def test_a_folder_that_leads_elsewhere(desk: Desk, target: str) -> None:
    desk.put("lists/press/domains", GOOD)
    (desk.here / "lists" / "a").symlink_to(target)
    assert "a link that leads out of the folder" in refusal(desk, "ut1", desk.here / "lists")


def test_a_folder_with_what_is_no_file(desk: Desk) -> None:
    desk.put("lists/press/domains", GOOD)
    os.mkfifo(desk.here / "lists" / "press" / "urls")
    assert "no such file" in refusal(desk, "ut1", desk.here / "lists")


def test_rejects_of_another_hand_are_not_added_to(desk: Desk) -> None:
    desk.run("domains", desk.put("list", GOOD))
    (desk.corpus / "rejects.csv").write_text("mine,alone\n")
    before = (desk.corpus / "cases.csv").read_bytes()
    with pytest.raises(UsageError, match=r"rejects\.csv:1: not a list that `harness corpus import` wrote"):
        desk.run("domains", desk.put("list", b"other.test\n"))
    assert (desk.corpus / "cases.csv").read_bytes() == before
    assert not [*desk.here.glob(".corpus*")]
