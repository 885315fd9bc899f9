"""Block lists in the squidGuard layout, as people publish them."""

from pathlib import Path

import pytest

from harness.model.errors import UsageError
from harness.products import lists
from harness.products.lists import BlockList, digest, read


def write(
    folder: Path, domains: str | bytes | None = None, urls: str | bytes | None = None, name: str = "adult"
) -> Path:
    (folder / name).mkdir(parents=True, exist_ok=True)
    for file, content in (("domains", domains), ("urls", urls)):
        if content is not None:
            (folder / name / file).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def one(folder: Path, domains: str | bytes | None = None, urls: str | bytes | None = None) -> BlockList:
    (found,) = read(write(folder, domains, urls))
    return found


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("a.test", "a.test"),
        ("A.Test", "a.test"),
        ("  a.test\t", "a.test"),
        ("a.test.", "a.test"),
        (".a.test", "a.test"),
        ("*.a.test", "a.test"),
        ("a.test:8080", "a.test"),
        ("http://a.test", "a.test"),
        ("https://a.test/", "a.test"),
        ("a.test/", "a.test"),
        ("bücher.test", "xn--bcher-kva.test"),
        ("BÜCHER.test", "xn--bcher-kva.test"),
        ("xn--bcher-kva.test", "xn--bcher-kva.test"),
        ("a_b.test", "a_b.test"),
        ("test", "test"),
    ],
)
def test_hosts(tmp_path: Path, entry: str, host: str) -> None:
    assert one(tmp_path, entry) == BlockList("adult", (host,), (), (), ())


@pytest.mark.parametrize(
    ("entry", "ip"),
    [("192.0.2.1", "192.0.2.1"), ("http://192.0.2.1:80/", "192.0.2.1"), ("[2001:DB8:0::1]", "[2001:db8::1]")],
)
def test_addresses(tmp_path: Path, entry: str, ip: str) -> None:
    assert one(tmp_path, entry) == BlockList("adult", (), (ip,), (), ())


@pytest.mark.parametrize(
    ("entry", "url"),
    [
        ("a.test/path", "a.test/path"),
        ("A.test/Path/", "a.test/Path/"),
        ("http://a.test:8080/path?q=1", "a.test/path?q=1"),
        ("a.test?q=1", "a.test/?q=1"),
        ("bücher.test/ü", "xn--bcher-kva.test/%C3%BC"),
        ("192.0.2.1/path", "192.0.2.1/path"),
        ("a.test/x/../path", "a.test/path"),
    ],
)
@pytest.mark.parametrize("file", ["domains", "urls"])
def test_urls(tmp_path: Path, file: str, entry: str, url: str) -> None:
    assert one(tmp_path, **{file: entry}) == BlockList("adult", (), (), (url,), ())


@pytest.mark.parametrize(
    "text", ["a.test\nb.test\n", "a.test\r\nb.test\r\n", "# all\n\na.test\n  # more\nb.test\na.test"]
)
def test_lines_comments_and_repetitions(tmp_path: Path, text: str) -> None:
    assert one(tmp_path, text) == BlockList("adult", ("a.test", "b.test"), (), (), ())


def test_a_byte_order_mark(tmp_path: Path) -> None:
    assert one(tmp_path, b"\xef\xbb\xbfa.test\n").domains == ("a.test",)


@pytest.mark.parametrize(
    "junk", ["two words", "a.test # note", "/path", "?", "http://", "a\x00b.test", "999.1.1.1", "[::1", "a<b"]
)
def test_junk_is_skipped_and_counted(tmp_path: Path, junk: str) -> None:
    found = one(tmp_path, f"a.test\n{junk}\nb.test\n")
    assert found.domains == ("a.test", "b.test")
    assert found.skipped == (f"{tmp_path}/adult/domains:2: {junk}",)


def test_categories_are_sorted_and_either_file_will_do(tmp_path: Path) -> None:
    write(tmp_path, "a.test", name="hate")
    write(tmp_path, urls="b.test/x", name="adult")
    write(tmp_path, name="empty")
    (tmp_path / "README").touch()
    assert [item.name for item in read(tmp_path)] == ["adult", "hate"]


def test_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="holds no block list"):
        read(tmp_path)
    with pytest.raises(UsageError, match="the name of a list"):
        read(write(tmp_path / "odd", "a.test", name="two words"))
    with pytest.raises(UsageError, match=r"adult/domains:2: not UTF-8"):
        read(write(tmp_path / "latin", "a.test\ncafé.test\n".encode("latin-1")))
    with pytest.raises(UsageError, match=r"adult/urls:1: not UTF-8"):
        read(write(tmp_path / "wide", urls="a.test\n".encode("utf-16")))


def test_a_huge_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MAX_BYTES", 6)
    assert read(write(tmp_path, "a.test"))
    monkeypatch.setattr(lists, "MAX_BYTES", 5)
    with pytest.raises(UsageError, match="larger than 5 bytes"):
        read(write(tmp_path, "a.test"))


def test_digest_is_of_what_they_say(tmp_path: Path) -> None:
    plain = digest(read(write(tmp_path / "plain", "a.test\nb.test\n", "a.test/x\n")))
    same = digest(read(write(tmp_path / "other", "# a list\r\nB.test\r\nhttp://a.test\r\ntwo words\r\n", "a.test/x")))
    assert plain == same
    for domains, urls in (
        ("a.test", "a.test/x"),
        ("a.test\nb.test", "a.test/X"),
        ("a.test\nb.test\n192.0.2.1", "a.test/x"),
    ):
        assert digest(read(write(tmp_path / "plain", domains, urls))) != plain
