"""The origin answers what is being attempted, says so in receipts, and has a miss page for all else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from mitmproxy.http import Request, Response
from mitmproxy.test.tflow import tflow

from harness.internet import origin as origins
from harness.internet.coding import packed, unpacked
from harness.internet.lent import Lent
from harness.internet.origin import Origin
from harness.internet.pages import MISS_MARK, TOKEN
from harness.internet.server import handle
from harness.model import canonical
from harness.model.words import Arm

PORTS = {Arm.CONTROL: 8001, Arm.TEST: 8002}
URL = "http://case.test/page?q=1"
MINE, OTHER = "a" * 32, "b" * 32


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    (tmp_path / "a.png").write_bytes(b"png")
    (tmp_path / "goal.html").write_text("<p>goal</p>")
    resources = {"case.test/a.png": tmp_path / "a.png", "goal.test/": tmp_path / "goal.html"}
    return Origin(
        {("127.0.0.1", port): arm for arm, port in PORTS.items()}, resources, {"block.harness.test": "<p>stopped"}
    )


@pytest.fixture
def fixture(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def write(name: str, data: bytes) -> Path:
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    return write


def ask(origin: Origin, url: str, arm: Arm = Arm.TEST, method: str = "GET", **headers: str) -> Response:
    flow = tflow(
        req=Request.make(method, url, headers=[(key.encode(), value.encode()) for key, value in headers.items()])
    )
    flow.client_conn.sockname = ("127.0.0.1", PORTS[arm])
    origin.request(flow)
    assert flow.response
    return flow.response


def tokens(response: Response) -> list[str]:
    return TOKEN.findall(response.text or "")


def missed(response: Response) -> bool:
    return response.status_code == 404 and MISS_MARK in (response.text or "")


def served(origin: Origin, attempt: str = "one") -> list[str]:
    return [receipt.served for receipt in origin.close(attempt)]


def test_only_open_attempts_are_answered(origin: Origin) -> None:
    assert missed(ask(origin, URL))
    origin.open("one", Arm.TEST, URL, None, MINE)
    assert tokens(ask(origin, URL)) == [MINE]
    assert served(origin) == ["page"]
    assert missed(ask(origin, URL))
    assert origin.strays == {"case.test: miss": 2}


def test_each_arm_has_its_own(origin: Origin) -> None:
    origin.open("one", Arm.TEST, URL, None, MINE)
    assert missed(ask(origin, URL, Arm.CONTROL))
    origin.open("two", Arm.CONTROL, URL, None, OTHER)
    assert tokens(ask(origin, URL, Arm.CONTROL)) == [OTHER]
    assert tokens(ask(origin, URL, Arm.TEST)) == [MINE]
    assert len(origin.close("one")) == len(origin.close("two")) == 1


def test_attempts_do_not_mix(origin: Origin) -> None:
    origin.open("one", Arm.TEST, "http://one.test/", None, MINE)
    origin.open("two", Arm.TEST, "http://two.test/", None, OTHER)
    assert tokens(ask(origin, "http://two.test/")) == [OTHER]
    assert served(origin, "one") == []
    assert served(origin, "two") == ["page"]


def test_a_receipt(origin: Origin, fixture: Callable[[str, bytes], Path]) -> None:
    origin.open("one", Arm.TEST, URL, fixture("a.txt", b"text"), MINE)
    ask(origin, URL, method="POST")
    (receipt,) = origin.close("one")
    assert (receipt.url, receipt.method, receipt.status, receipt.served) == (URL, "POST", 200, "page")
    assert receipt.body_digest == canonical.digest(b"text")
    assert receipt.at_ms >= 0


@pytest.mark.parametrize(
    ("opened", "asked"),
    [
        ("https://case.test/", "http://case.test/"),
        ("http://case.test/", "https://case.test/"),
        ("http://Case.TEST/", "http://case.test/"),
        ("http://case.test/", "http://CASE.test/"),
        ("http://case.test/#part", "http://case.test/"),
        ("http://case.test/", "http://case.test./"),
        ("http://case.test./", "http://case.test/"),
        ("http://case.test/%7Eme", "http://case.test/~me"),
        ("http://case.test/ü", "http://case.test/%c3%bc"),
        ("http://bücher.test/", "http://xn--bcher-kva.test/"),
        ("https://case.test:8443/a", "https://case.test:8443/a"),
        ("http://192.0.2.1:8080/", "http://192.0.2.1:8080/"),
        ("http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("http://[2001:db8::1]:81/a", "http://[2001:db8:0:0::1]:81/a"),
        ("http://[::ffff:192.0.2.1]:81/a", "http://192.0.2.1:81/a"),
        ("http://192.0.2.1/", "http://[::ffff:192.0.2.1]/"),
        ("http://case.test/?a=b%20c", "http://case.test/?a=b%20c"),
        ("http://case.test/a?", "http://case.test/a?"),
        ("http://case.test/a?", "http://case.test/a"),
    ],
)
def test_one_resource_in_another_spelling(origin: Origin, opened: str, asked: str) -> None:
    origin.open("one", Arm.TEST, opened, None, MINE)
    assert tokens(ask(origin, asked)) == [MINE]
    assert served(origin) == ["page"]


@pytest.mark.parametrize(
    "asked",
    [
        "http://case.test/other",
        "http://case.test/page",
        "http://case.test/page?q=2",
        "http://case.test:8080/page?q=1",
        "http://www.case.test/page?q=1",
        "http://other.test/page?q=1",
    ],
)
def test_another_resource_is_a_miss(origin: Origin, asked: str) -> None:
    origin.open("one", Arm.TEST, URL, None, MINE)
    assert missed(ask(origin, asked))
    assert served(origin) == []


HTML = b"HTTP/1.1 200 OK\nContent-Type: text/html"


@pytest.mark.parametrize(
    ("name", "data", "body"),
    [
        ("a.html", b"<body>a</body></html>", b"<body>aTOKEN</body></html>"),
        ("a.html", b"<BODY>a</BODY>", b"<BODY>aTOKEN</BODY>"),
        ("a.html", b"<body></body>a</body>", b"<body></body>aTOKEN</body>"),
        ("a.html", b"<p>a", b"<p>aTOKEN"),
        ("a.html", b"", b"TOKEN"),
        ("a.txt", b"a</body>", b"a</body>"),
        ("a.png", b"a</body>", b"a</body>"),
        ("a.http", HTML + b"; charset=utf-16\n\n" + "a</body>".encode("utf-16"), "a</body>".encode("utf-16")),
        ("a.http", HTML + b"; charset=latin-1\n\n\xe9</body>", b"\xe9TOKEN</body>"),
        ("a.http", HTML + b"\n\n" + "a</body>".encode("utf-16"), "a</body>".encode("utf-16")),
        ("a.http", HTML + b"\nContent-Encoding: gzip\n\nnot packed</body>", b"not packed</body>"),
        ("a.http", HTML + b"\nContent-Encoding: unheard-of\n\na</body>", b"a</body>"),
    ],
)
def test_where_the_token_goes(
    origin: Origin, fixture: Callable[[str, bytes], Path], name: str, data: bytes, body: bytes
) -> None:
    origin.open("one", Arm.TEST, URL, fixture(name, data), MINE)
    response = ask(origin, URL)
    assert response.raw_content == body.replace(b"TOKEN", f'<i hidden data-replay-token="{MINE}"></i>'.encode())
    assert response.headers["content-length"] == str(len(response.raw_content))
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
def test_a_compressed_page_has_the_token_inside_and_is_digested_as_the_browser_sees_it(
    origin: Origin, fixture: Callable[[str, bytes], Path], coding: str
) -> None:
    data = HTML + f"\nContent-Encoding: {coding}\n\n".encode() + packed(b"<p>a</body>", coding)
    origin.open("one", Arm.TEST, URL, fixture("a.http", data), MINE)
    response = ask(origin, URL)
    assert response.headers["content-encoding"] == coding
    plain = f'<p>a<i hidden data-replay-token="{MINE}"></i></body>'.encode()
    assert unpacked(response.raw_content or b"", coding) == plain
    assert origin.close("one")[0].body_digest == canonical.digest(plain)


def test_only_the_head_where_no_more_is_asked_for(origin: Origin, fixture: Callable[[str, bytes], Path]) -> None:
    origin.open("one", Arm.TEST, URL, fixture("a.txt", b"text"), MINE)
    response = ask(origin, URL, method="HEAD")
    assert (response.raw_content, response.headers["content-length"]) == (b"", "4")


def redirect(location: str) -> bytes:
    return f"HTTP/1.1 302 Found\nLocation: {location}\n\n".encode()


@pytest.mark.parametrize("location", ["http://goal.test/", "https://goal.test", "//goal.test/"])
def test_a_redirect_leads_to_a_page_of_the_attempt(
    origin: Origin, fixture: Callable[[str, bytes], Path], location: str
) -> None:
    assert tokens(ask(origin, "http://goal.test/")) == []
    origin.open("one", Arm.TEST, URL, fixture("r.http", redirect(location)), MINE)
    assert ask(origin, URL).headers["location"] == location
    assert tokens(ask(origin, "http://goal.test/")) == [MINE]
    assert served(origin) == ["redirect", "page"]


@pytest.mark.parametrize(
    ("status", "header"), [(302, "X-None"), (200, "Location"), (400, "Location"), (201, "Location")]
)
def test_what_only_looks_like_a_redirect(
    origin: Origin, fixture: Callable[[str, bytes], Path], status: int, header: str
) -> None:
    data = f"HTTP/1.1 {status} Status\n{header}: http://goal.test/\n\n".encode()
    origin.open("one", Arm.TEST, URL, fixture("r.http", data), MINE)
    assert ask(origin, URL).status_code == status
    assert tokens(ask(origin, "http://goal.test/")) == []
    assert served(origin) == ["page"]


def test_a_redirect_to_nowhere_is_a_miss_of_the_attempt(origin: Origin, fixture: Callable[[str, bytes], Path]) -> None:
    origin.open("one", Arm.TEST, URL, fixture("r.http", redirect("/elsewhere")), MINE)
    ask(origin, URL)
    assert missed(ask(origin, "http://case.test/elsewhere"))
    assert served(origin) == ["redirect", "miss"]


@pytest.mark.parametrize("location", ["mailto:a@case.test", "http://[::1", "javascript:void(0)"])
def test_a_redirect_to_what_is_no_page(origin: Origin, fixture: Callable[[str, bytes], Path], location: str) -> None:
    origin.open("one", Arm.TEST, URL, fixture("r.http", redirect(location)), MINE)
    assert ask(origin, URL).status_code == 302
    assert served(origin) == ["redirect"]


def test_resources_belong_to_the_attempt_that_refers(origin: Origin) -> None:
    origin.open("one", Arm.TEST, URL, None, MINE)
    assert ask(origin, "http://case.test/a.png", referer=URL).raw_content == b"png"
    assert ask(origin, "http://case.test/favicon.ico", referer=URL).status_code == 204
    assert missed(ask(origin, "http://elsewhere.test/x", referer=URL))
    assert ask(origin, "http://case.test/a.png", Arm.CONTROL, referer=URL).status_code == 200
    ask(origin, "http://case.test/a.png", referer="about:blank")
    assert served(origin) == ["resource", "resource", "miss"]
    assert origin.strays == {"case.test: resource": 2}


def test_reserved_hosts(origin: Origin) -> None:
    assert ask(origin, "https://block.harness.test/why?x").text == "<p>stopped"
    assert origin.strays == {"block.harness.test: reserved": 1}


def test_strays_are_counted_and_bounded(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "STRAYS_KEPT", 2)
    for host in ("a.test", "b.test", "c.test", "a.test"):
        ask(origin, f"http://{host}/")
    assert origin.strays == {"a.test: miss": 2, "b.test: miss": 1}


def test_a_malformed_request_is_a_stray(origin: Origin) -> None:
    flow = tflow(req=Request.make("GET", "http://a.test/"))
    flow.client_conn.sockname = ("127.0.0.1", PORTS[Arm.TEST])
    flow.request.path = "*"
    origin.request(flow)
    assert flow.response
    assert missed(flow.response)
    assert origin.strays == {"a.test: malformed": 1}


def test_commands(origin: Origin, fixture: Callable[[str, bytes], Path]) -> None:
    """What the process that serves is told, and answers, line by line."""
    opening = {"op": "open", "attempt": "one", "arm": "test", "url": URL, "fixture": "", "token": MINE}
    assert handle(origin, Lent(), opening) == {"attempt": "one"}
    ask(origin, URL)
    assert [item["served"] for item in handle(origin, Lent(), {"op": "close", "attempt": "one"})["receipts"]] == [
        "page"
    ]
    assert handle(origin, Lent(), {"op": "strays"}) == {"strays": {}}
    assert "error" in handle(origin, Lent(), {"op": "sing"})
    for bad in (str(fixture("bad.http", b"nothing")), "/nowhere/at/all"):
        assert handle(origin, Lent(), {**opening, "fixture": bad})["error"]
    assert origin.attempts == {}
