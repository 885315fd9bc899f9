"""Recordings answer what was recorded, in its order, and nothing else."""

from pathlib import Path

import pytest

from harness.corpus import warc
from harness.corpus.answer import Answer
from harness.corpus.recording import Playback, dechunked, is_recording, lasting, opened
from harness.model import url as urls
from tests.tape import HTML, Tape

REVISIT = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"


def ask(playback: Playback, url: str, method: str = "GET", body: bytes = b"", wanted: str = "") -> bytes | None:
    found = playback.answer(method, urls.parse(url), body, wanted)
    return found.body if found else None


def test_an_answer_comes_back_as_it_was() -> None:
    tape = Tape()
    tape.add("http://one.test/", b"\x00\xff", 203, "Content-Type: x/y", "Set-Cookie: a", "Set-Cookie: b", "X: Ånd")
    found = Playback(tape.done()).answer("GET", urls.parse("http://one.test/"))
    headers = (("Content-Type", "x/y"), ("Set-Cookie", "a"), ("Set-Cookie", "b"))
    assert found == Answer(203, (*headers, ("X", "Ånd".encode().decode("latin-1"))), b"\x00\xff")


@pytest.mark.parametrize(
    "url",
    ["http://one.test/other", "http://one.test/?q", "http://two.test/", "http://one.test:81/", "https://two.test/"],
)
def test_what_it_lacks_is_not_answered(url: str) -> None:
    tape = Tape()
    tape.add("http://one.test/", b"one")
    playback = Playback(tape.done())
    assert not playback.knows("GET", urls.parse(url))
    assert ask(playback, url) is None
    assert ask(playback, "http://one.test/", "POST") is None


def test_answers_to_one_address_come_in_their_order_the_last_for_good() -> None:
    tape = Tape()
    for number in range(3):
        tape.add("http://one.test/count", b"%d" % number)
    one, other = Playback(tape.done()), Playback(tape.done())
    assert [ask(one, "http://one.test/count") for _ in range(5)] == [b"0", b"1", b"2", b"2", b"2"]
    assert ask(other, "http://one.test/count") == b"0"


def test_the_same_scheme_first() -> None:
    tape = Tape()
    tape.add("http://one.test/", b"", 301, "Location: https://one.test/")
    tape.add("https://one.test/", b"secure")
    tape.add("http://two.test/", b"plain")
    playback = Playback(tape.done())
    assert [ask(playback, f"{scheme}://one.test/") for scheme in ("http", "https", "http")] == [b"", b"secure", b""]
    assert ask(playback, "https://two.test/") == b"plain"


def test_methods_and_what_is_sent() -> None:
    tape = Tape()
    tape.add("http://one.test/api", b"said a", asked=("POST", b"a"))
    tape.add("http://one.test/api", b"said b", asked=("POST", b"b"))
    tape.add("http://one.test/api", b"got", asked=("GET", b""))
    tape.add("http://one.test/api", b"", 204, asked=("OPTIONS", b""))
    playback = Playback(tape.done())
    url = "http://one.test/api"
    assert [ask(playback, url, "POST", sent) for sent in (b"b", b"a", b"b")] == [b"said b", b"said a", b"said b"]
    assert ask(playback, url) == b"got"
    assert ask(playback, url, "OPTIONS") == b""
    assert [ask(playback, url, "POST", b"unheard of") for _ in range(2)] == [b"said a", b"said b"]


def test_requests_are_linked_either_way() -> None:
    tape = Tape()
    name = tape.raw("request", {"WARC-Target-URI": "http://one.test/"}, b"PUT / HTTP/1.1\r\n\r\n")
    tape.add("http://one.test/", b"put", WARC_Concurrent_To=name)
    assert ask(Playback(tape.done()), "http://one.test/", "PUT") == b"put"


@pytest.mark.parametrize(
    ("recorded", "asked", "same"),
    [
        ("a?_=1700000000123", "a?_=1712345678901", True),
        ("a?t=1700000000&x=1", "a?t=1712345678&x=1", True),
        ("a?r=0.123456789012", "a?r=0.98765432", True),
        ("a?t=1700000000&x=1", "a?t=1712345678&x=2", False),
        ("a?id=2700000000", "a?id=2712345678", False),
        ("a?id=17000000", "a?id=17123456", False),
        ("a/1700000000", "a/1712345678", False),
        ("a?_=1700000000123", "a", False),
    ],
)
def test_times_and_chances_in_a_query_need_not_be_the_same(recorded: str, asked: str, same: bool) -> None:
    tape = Tape()
    tape.add(f"http://one.test/{recorded}", b"found")
    assert ask(Playback(tape.done()), f"http://one.test/{asked}") == (b"found" if same else None)


def test_an_exact_address_comes_before_one_that_is_alike() -> None:
    tape = Tape()
    for moment in (1700000001, 1700000002):
        tape.add(f"http://one.test/a?{moment}", b"%d" % moment)
    playback = Playback(tape.done())
    assert ask(playback, "http://one.test/a?1700000002") == b"1700000002"
    assert lasting("one.test/a?1700000001") == lasting("one.test/a?1700000002")


def test_ranges() -> None:
    tape, film = Tape(), bytes(range(100))
    tape.add("http://one.test/film", film, 206, "Content-Range: bytes 0-99/100", "Content-Type: video/mp4")
    tape.add("http://one.test/film", b"as recorded", 206, "Content-Range: bytes 10-20/100")
    tape.add("http://one.test/part", film[50:60], 206, "Content-Range: bytes 50-59/100")
    tape.add("http://one.test/whole", film)
    playback = Playback(tape.done())
    assert ask(playback, "http://one.test/film", wanted="bytes=0-") == film
    assert ask(playback, "http://one.test/film", wanted="bytes=10-20") == b"as recorded"
    cut = playback.answer("GET", urls.parse("http://one.test/film"), wanted="bytes=90-95")
    assert cut == Answer(206, (("Content-Type", "video/mp4"), ("Content-Range", "bytes 90-95/100")), film[90:96])
    assert ask(playback, "http://one.test/film", wanted="bytes=90-1000") == film[90:]
    assert ask(playback, "http://one.test/film", wanted="bytes=100-") is None
    assert ask(playback, "http://one.test/part", wanted="bytes=50-") == film[50:60]
    assert ask(playback, "http://one.test/part", wanted="bytes=0-") is None
    assert ask(playback, "http://one.test/film") is None
    assert ask(playback, "http://one.test/whole", wanted="bytes=5-") == film  # as it was answered, in whole


def test_a_revisit_has_the_body_of_the_first_visit() -> None:
    tape = Tape()
    tape.add("http://one.test/a", b"same body", WARC_Payload_Digest="sha1:ABC")
    head = b"HTTP/1.1 200 OK\r\nX-New: yes\r\n\r\n"
    said = {"WARC-Payload-Digest": "sha1:ABC", "WARC-Profile": REVISIT}
    tape.raw("revisit", {"WARC-Target-URI": "http://one.test/b", **said}, head)
    tape.raw("revisit", {"WARC-Target-URI": "https://one.test/c", **said}, b"")
    tape.raw("revisit", {"WARC-Target-URI": "http://one.test/d", **said, "WARC-Payload-Digest": "sha1:DEF"}, head)
    tape.raw("revisit", {"WARC-Target-URI": "http://one.test/e", "WARC-Profile": REVISIT}, head)
    playback = Playback(tape.done())
    assert playback.answer("GET", urls.parse("http://one.test/b")) == Answer(200, (("X-New", "yes"),), b"same body")
    assert ask(playback, "https://one.test/c") == b"same body"
    assert ask(playback, "http://one.test/d") is None
    assert ask(playback, "http://one.test/e") is None


def test_what_is_incomplete_or_no_page_is_left_out() -> None:
    tape = Tape()
    tape.add("http://one.test/cut", b"half a", WARC_Truncated="length")
    tape.add("http://one.test/segment", b"half a", WARC_Segment_Number="1")
    tape.add("http://one.test/ws", b"", 101)
    tape.raw("response", {"WARC-Target-URI": "dns:one.test"}, b"one.test. 300 IN A 192.0.2.1")
    tape.raw("metadata", {"WARC-Target-URI": "http://one.test/"}, b"a: b")
    tape.raw("resource", {"WARC-Target-URI": "http://one.test/r"}, b"bytes")
    assert tape.done().answers == {}


def test_a_malformed_answer_is_told_with_its_place() -> None:
    tape = Tape()
    tape.add("http://one.test/", b"fine")
    tape.raw("response", {"WARC-Target-URI": "http://one.test/x"}, b"<p>no HTTP at all")
    with pytest.raises(ValueError, match=r"WARC record at byte [1-9]\d* does not begin with an HTTP status line"):
        tape.done()


@pytest.mark.parametrize("sizes", [(4,), (1, 2, 3), (100, 5000)])
def test_chunks_are_undone(sizes: tuple[int, ...]) -> None:
    pieces = [bytes([65 + size % 26]) * size for size in sizes]
    body = b"".join(b"%X;x=y\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nTrailer: x\r\n\r\n"
    tape = Tape()
    tape.add("http://one.test/", body, 200, HTML, "Transfer-Encoding: gzip, chunked")
    tape.add("http://one.test/undone", b"already", 200, HTML, "Transfer-Encoding: chunked")
    playback = Playback(tape.done())
    assert ask(playback, "http://one.test/") == b"".join(pieces)
    assert ask(playback, "http://one.test/undone") == b"already"


@pytest.mark.parametrize("body", [b"", b"plain", b"a\r\ntoo short", b"1\r\naXX0\r\n\r\n", b"1\r\na\r\n"])
def test_what_is_not_in_chunks_stays_as_it_is(body: bytes) -> None:
    assert dechunked(body) == body


def test_the_way_of_a_page() -> None:
    tape = Tape()
    tape.add("http://one.test/", b"", 301, "Location: https://one.test/")
    tape.add("https://one.test/", b"", 302, "Location: /home")
    tape.add("https://one.test/home", b"", 302, "Location: /")
    tape.add("http://two.test/", b"", 302, "Location: mailto:me")
    recording = tape.done()
    assert recording.way(urls.parse("http://one.test/")) == ["one.test/", "one.test/", "one.test/home"]
    assert recording.way(urls.parse("http://two.test/")) == ["two.test/"]


def test_from_file_and_from_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        warc.write(file, "response", {"WARC-Target-URI": "http://one.test/"}, b"HTTP/1.1 200 OK\r\n\r\nbody")
    data = path.read_bytes()
    assert is_recording(path)
    assert not is_recording(Path("a.gz"))
    assert ask(Playback(opened(path)), "http://one.test/") == b"body"
    assert ask(Playback(opened(Path("sealed:a.warc"), data)), "http://one.test/") == b"body"
    path.write_bytes(b"")
    with pytest.raises(ValueError, match="holds no WARC record"):
        opened(path)
