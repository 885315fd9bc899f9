"""Recordings played by the origin: to attempts that are open on the same arm, with the token where a page is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from mitmproxy.http import Request, Response
from mitmproxy.test.tflow import tflow

from harness.internet.coding import packed, unpacked
from harness.internet.origin import Origin
from harness.internet.pages import MISS_MARK, TOKEN
from harness.model import canonical
from harness.model.words import Arm
from tests.tape import HTML, Tape

PORTS = {Arm.CONTROL: 8001, Arm.TEST: 8002}
URL, PARTS = "http://one.test/", "http://parts.test"
MINE, OTHER = "a" * 32, "b" * 32
Keep = Callable[[Tape, str], Path]


@pytest.fixture
def origin() -> Origin:
    return Origin({("127.0.0.1", port): arm for arm, port in PORTS.items()}, {}, {"block.harness.test": "<p>stopped"})


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    def write(tape: Tape, name: str = "a.warc.gz") -> Path:
        (tmp_path / name).write_bytes(tape.data)
        return tmp_path / name

    return write


def site(body: bytes = b"<!doctype html><body>one</body>") -> Tape:
    tape = Tape()
    tape.add(URL, body)
    tape.add(f"{URL}style.css", b"p {}", 200, "Content-Type: text/css")
    tape.add(f"{PARTS}/list.json", b"[1]", 200, "Content-Type: application/json")
    return tape


def ask(origin: Origin, url: str, arm: Arm = Arm.TEST, method: str = "GET", **headers: str) -> Response:
    fields = [(key.encode(), value.encode()) for key, value in headers.items()]
    flow = tflow(req=Request.make(method, url, headers=fields))
    flow.client_conn.sockname = ("127.0.0.1", PORTS[arm])
    origin.request(flow)
    assert flow.response
    return flow.response


def missed(response: Response) -> bool:
    return response.status_code == 404 and MISS_MARK in (response.text or "")


def served(origin: Origin, attempt: str = "one") -> list[str]:
    return [receipt.served for receipt in origin.close(attempt)]


def test_a_page_with_its_parts(origin: Origin, keep: Keep) -> None:
    origin.open("one", Arm.TEST, URL, keep(site(), "a.warc.gz"), MINE)
    page = ask(origin, URL)
    assert page.content == f'<!doctype html><body>one<i hidden data-replay-token="{MINE}"></i></body>'.encode()
    assert ask(origin, f"{URL}style.css", referer=URL).content == b"p {}"
    assert ask(origin, f"{PARTS}/list.json", referer=URL).content == b"[1]"
    receipts = origin.close("one")
    assert [(item.url, item.served) for item in receipts] == [
        (URL, "page"),
        (f"{URL}style.css", "resource"),
        (f"{PARTS}/list.json", "resource"),
    ]
    assert receipts[0].body_digest == canonical.digest(page.content or b"")
    assert origin.strays == {}


def test_it_is_played_only_while_an_attempt_is_open_and_on_its_arm_alone(origin: Origin, keep: Keep) -> None:
    path = keep(site(), "a.warc.gz")
    assert missed(ask(origin, f"{PARTS}/list.json"))
    origin.open("one", Arm.TEST, URL, path, MINE)
    assert missed(ask(origin, f"{PARTS}/list.json", Arm.CONTROL))
    assert ask(origin, f"{PARTS}/list.json").content == b"[1]"
    assert served(origin) == ["resource"]  # there is nobody else whose it could be
    assert missed(ask(origin, f"{PARTS}/list.json"))
    assert missed(ask(origin, URL))
    assert origin.strays == {"parts.test: miss": 3, "one.test: miss": 1}


def test_what_it_lacks_is_a_miss_and_counted(origin: Origin, keep: Keep) -> None:
    origin.open("one", Arm.TEST, URL, keep(site(), "a.warc.gz"), MINE)
    ask(origin, URL)
    assert missed(ask(origin, f"{PARTS}/other.json", referer=URL))
    assert missed(ask(origin, f"{PARTS}/list.json", method="POST", referer=URL))
    assert missed(ask(origin, "http://nowhere.test/", referer=URL))
    assert served(origin) == ["page", "miss", "miss", "miss"]


def test_what_one_recording_lacks_is_not_taken_from_another(origin: Origin, keep: Keep) -> None:
    other = Tape()
    other.add("http://two.test/", b"two")
    origin.open("one", Arm.TEST, URL, keep(site(), "a.warc.gz"), MINE)
    origin.open("two", Arm.TEST, "http://two.test/", keep(other, "b.warc.gz"), OTHER)
    assert missed(ask(origin, f"{PARTS}/list.json", referer="http://two.test/"))
    assert ask(origin, f"{PARTS}/list.json", referer=URL).content == b"[1]"
    assert served(origin, "two") == ["miss"]
    assert served(origin, "one") == ["resource"]


def test_redirects_lead_to_a_page_of_the_attempt(origin: Origin, keep: Keep) -> None:
    tape = Tape()
    tape.add(URL, b"", 301, "Location: https://one.test/")
    tape.add("https://one.test/", b"", 302, "Location: //www.one.test/home", "Set-Cookie: a=1")
    tape.add("http://www.one.test/home", b"plain", 200, HTML)
    tape.add("https://www.one.test/home", b"home", 200, HTML)
    origin.open("one", Arm.TEST, URL, keep(tape, "a.warc.gz"), MINE)
    assert ask(origin, URL).headers["location"] == "https://one.test/"
    assert ask(origin, "https://one.test/").headers["set-cookie"] == "a=1"
    assert ask(origin, "https://www.one.test/home").text == f'home<i hidden data-replay-token="{MINE}"></i>'
    assert missed(ask(origin, "https://www.one.test/lacks.png", referer="https://www.one.test/"))
    assert served(origin) == ["redirect", "redirect", "page", "miss"]


def test_another_spelling_of_the_address(origin: Origin, keep: Keep) -> None:
    tape = Tape()
    tape.add("http://one.test/~me", b"home")
    origin.open("one", Arm.TEST, "http://one.test/~me", keep(tape, "a.warc.gz"), MINE)
    assert TOKEN.findall(ask(origin, "http://one.test./%7Eme").text or "") == [MINE]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_the_token_goes_into_compressed_pages(origin: Origin, keep: Keep, coding: str) -> None:
    tape = Tape()
    tape.add(URL, packed(b"<p>one</body>", coding), 200, HTML, f"Content-Encoding: {coding}")
    tape.add(f"{URL}a.js", packed(b"1", coding), 200, "Content-Type: text/javascript", f"Content-Encoding: {coding}")
    origin.open("one", Arm.TEST, URL, keep(tape, "a.warc.gz"), MINE)
    page = ask(origin, URL)
    assert page.headers["content-encoding"] == coding
    assert unpacked(page.raw_content or b"", coding).endswith(f'{MINE}"></i></body>'.encode())
    assert ask(origin, f"{URL}a.js", referer=URL).raw_content == packed(b"1", coding)


@pytest.mark.parametrize(
    ("body", "takes"),
    [
        (b"<!DOCTYPE html>x", True),
        (b"\xef\xbb\xbf \n<!-- a --> <!-- b --><html lang=en>x", True),
        (b"<head><title>x", True),
        (b"<section>a piece</section>", False),
        (b'{"word": "<html>"}', False),
        (b"<!-- only", False),
        (b"<!--" + b"-->" * 50_000, False),
        (b"<header>x", False),
        (b"", False),
    ],
)
def test_of_the_parts_only_documents_take_the_token(origin: Origin, keep: Keep, body: bytes, takes: bool) -> None:
    """A page may lead on to one by script; but a piece of a page, or data said to be one, stays as it was."""
    tape = site()
    tape.add(f"{URL}part", body, 200, HTML)
    origin.open("one", Arm.TEST, URL, keep(tape, "a.warc.gz"), MINE)
    part = ask(origin, f"{URL}part", referer=URL)
    assert (MINE.encode() in (part.content or b"")) is takes
    assert takes or part.content == body
    assert served(origin) == ["resource"]


def test_ranges_are_answered(origin: Origin, keep: Keep) -> None:
    tape = site()
    tape.add(f"{URL}film", b"0123456789", 206, "Content-Range: bytes 0-9/10")
    origin.open("one", Arm.TEST, URL, keep(tape, "a.warc.gz"), MINE)
    part = ask(origin, f"{URL}film", referer=URL, range="bytes=3-5")
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"345", "bytes 3-5/10")


def test_a_favicon_that_was_not_recorded(origin: Origin, keep: Keep) -> None:
    origin.open("one", Arm.TEST, URL, keep(site(), "a.warc.gz"), MINE)
    assert ask(origin, f"{URL}favicon.ico", referer=URL).status_code == 204


def test_a_case_that_is_not_in_its_recording_is_not_opened(origin: Origin, keep: Keep) -> None:
    with pytest.raises(ValueError, match=r"recording 'a.warc.gz' lacks 'http://two.test/'"):
        origin.open("one", Arm.TEST, "http://two.test/", keep(site(), "a.warc.gz"), MINE)
    with pytest.raises(ValueError, match="WARC record 1 at byte 0"):
        origin.open("one", Arm.TEST, URL, Path("b.warc"), MINE, b"no WARC at all\r\n")
    assert origin.attempts == {}


def test_from_bytes_that_lie_in_no_file(origin: Origin) -> None:
    origin.open("one", Arm.TEST, URL, Path("sealed:a.warc.gz"), MINE, site().data)
    assert TOKEN.findall(ask(origin, URL).text or "") == [MINE]
