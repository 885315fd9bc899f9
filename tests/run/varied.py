"""Pages of every kind on a local web server, each with words that it shows once all its parts have come together.

By http and, at another port, https; for the hosts `HOST` and `PARTS`. What a page is answered depends on the request
alone, and on how often it was asked for.
"""

import asyncio
import base64
import contextlib
import datetime
import json
import re
import ssl
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from mitmproxy import certs

from harness.internet import spki
from harness.internet.coding import packed

HOST, PARTS = "site.test", "parts.site.test"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGNgaPgPRww4OQD0Zgn3vZj5QQAAAABJRU5ErkJggg=="
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">{}</text></svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
SAYS = "const say = (text) => document.body.append(' ' + text);"
READS = "const text = async (...asked) => (await fetch(...asked)).text();"
BYTES = bytes(range(256)) * 40


@dataclass(frozen=True)
class Asked:
    """`count` is how often the same was asked for before; `parts` is where the other host is reached."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    count: int
    parts: str
    secure_port: int


@dataclass(frozen=True)
class Given:
    """`framing` says how the end of the body is told: length, chunked or close."""

    body: bytes | str = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[str, ...] = ()
    framing: str = "length"


@dataclass(frozen=True)
class Page:
    """Where it is, how it is answered, which other paths it needs, and the words that it shows."""

    path: str
    given: Given | Callable[[Asked], Given]
    words: str = ""
    others: tuple[tuple[str, Given | Callable[[Asked], Given]], ...] = ()
    secure: bool = False


def html(body: str, head: str = "", title: str = "A page") -> str:
    return f"<!doctype html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def script(code: str) -> str:
    return html(f"<p>Begins</p><script>{SAYS}\n{READS}\n(async () => {{ {code} }})();</script>")


def js(code: str) -> Given:
    return Given(code, "text/javascript")


def moved(where: str, status: int = 302, *headers: str) -> Given:
    return Given("", status=status, headers=(f"Location: {where}", *headers))


def coded(text: str, coding: str, data: bytes | None = None) -> Given:
    body = packed(text.encode(), coding) if data is None else data
    return Given(body, headers=(f"Content-Encoding: {coding}",))


def raw_deflate(text: str) -> bytes:
    machine = zlib.compressobj(wbits=-15)
    return machine.compress(text.encode()) + machine.flush()


def with_cookie(asked: Asked) -> Given:
    if "been=here" in asked.headers.get("cookie", ""):
        return Given(html("<p>Cookie came back</p>"))
    return moved(asked.target, 302, "Set-Cookie: been=here; Path=/")


def echo(asked: Asked) -> Given:
    return Given(json.dumps({"said": asked.body.decode(), "by": asked.method}), "application/json")


def part(asked: Asked) -> Given:
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", asked.headers.get("range", ""))
    if not match:
        return Given(BYTES, "application/octet-stream", headers=("Accept-Ranges: bytes",))
    first, last = int(match[1]), int(match[2] or len(BYTES) - 1)
    place = f"Content-Range: bytes {first}-{last}/{len(BYTES)}"
    return Given(BYTES[first : last + 1], "application/octet-stream", 206, (place, "Accept-Ranges: bytes"))


def preflighted(asked: Asked) -> Given:
    allowed = (
        "Access-Control-Allow-Origin: *",
        "Access-Control-Allow-Headers: X-Asked",
        "Access-Control-Allow-Methods: PUT",
    )
    if asked.method == "OPTIONS":
        return Given(status=204, headers=allowed)
    return Given(f"{asked.method} {asked.headers.get('x-asked', '')}", "text/plain", headers=allowed[:1])


WIDE = "".join(f"<p>Line {number}{' of a long page' * 170}.</p>\n" for number in range(2000))
ABROAD = {
    "latin-1": "Größe und Füße",
    "windows-1251": "Осенний лес",
    "shift_jis": "日本語のページ",
    "euc-jp": "朝の散歩",
    "iso-2022-jp": "夕方の庭",
    "gb18030": "春天的花园",
    "big5": "秋天的河",
    "euc-kr": "가을 하늘",
    "utf-8": "ܫܠܡܐ 🌊 שלום",
}


def pages() -> list[Page]:
    """All of them."""
    found = [
        Page("/plain", Given(html("<h1>Plain words</h1><p>and more</p>", title="Plain")), "Plain words"),
        Page(
            "/style",
            Given(html("<p>Shown</p><p class=no>Hidden</p>", '<link rel=stylesheet href="/style.css">')),
            "Shown",
            (
                ("/style.css", Given('@import "/more.css";', "text/css")),
                ("/more.css", Given(".no {display: none}", "text/css")),
            ),
        ),
        Page(
            "/script",
            Given(html("", '<script src="/say.js" defer></script>')),
            "Said by a script",
            (("/say.js", js("document.body.append('Said by a script')")),),
        ),
        Page(
            "/module",
            Given(html("", '<script type=module src="/one.mjs"></script>')),
            "Said by two modules",
            (
                ("/one.mjs", js("import {text} from './two.mjs'; document.body.append(text)")),
                ("/two.mjs", js("export const text = 'Said by two modules'")),
            ),
        ),
        Page(
            "/later-module",
            Given(script("say((await import('/late.mjs')).text)")),
            "Came later",
            (("/late.mjs", js("export const text = 'Came later'")),),
        ),
        Page(
            "/written",
            Given(html("<script>document.write('<scr' + 'ipt src=/write.js></scr' + 'ipt>')</script>")),
            "Written twice",
            (("/write.js", js("document.write('<p>Written twice</p>')")),),
        ),
        Page(
            "/worker",
            Given(script("new Worker('/work.js').onmessage = (event) => say(event.data)")),
            "Worked out",
            (("/work.js", js("postMessage('Worked out')")),),
        ),
        Page(
            "/picture",
            Given(script("const i = new Image(); i.onload = () => say('wide ' + i.naturalWidth); i.src = '/p.png'")),
            "wide 3",
            (("/p.png", Given(PNG, "image/png")),),
        ),
        Page(
            "/srcset",
            Given(
                script(
                    "const i = new Image(); i.onload = () => say(new URL(i.currentSrc).pathname);"
                    "i.srcset = '/x1.png 1x, /x2.png 2x'; i.src = '/x0.png'; document.body.append(i)"
                )
            ),
            "/x1.png",
            (("/x1.png", Given(PNG, "image/png")),),
        ),
        Page(
            "/svg-picture",
            Given(html(f'<img src="/i.svg" onload="{SAYS} say(this.naturalHeight)">')),
            "9",
            (("/i.svg", Given(SVG.format("in"), "image/svg+xml")),),
        ),
        Page("/svg-inline", Given(html(SVG.format("Drawn words"))), "Drawn words"),
        Page("/svg", Given(SVG.format("A drawing alone"), "image/svg+xml"), "A drawing alone"),
        Page(
            "/frame",
            Given(html('<p>Around</p><iframe src="/framed"></iframe>')),
            "Within a frame",
            (("/framed", Given(html("Within a frame", title="Framed"))),),
        ),
        Page(
            "/frames-deep",
            Given(html('<iframe src="/deep1"></iframe>')),
            "Within two frames",
            (("/deep1", Given(html('<iframe src="/deep2"></iframe>'))), ("/deep2", Given(html("Within two frames")))),
        ),
        Page(
            "/frameset",
            Given("<html><frameset cols='*,*'><frame src=/left><frame src=/right></frameset></html>"),
            "On the right",
            (("/left", Given(html("On the left"))), ("/right", Given(html("On the right")))),
        ),
        Page(
            "/frame-elsewhere",
            lambda asked: Given(html(f'<iframe src="{asked.parts}/far"></iframe>')),
            "From the other host",
            (("/far", Given(html("From the other host"))),),
        ),
        Page(
            "/frame-moved",
            Given(html('<iframe src="/goes"></iframe>')),
            "Where the frame went",
            (("/goes", moved("/went")), ("/went", Given(html("Where the frame went")))),
        ),
        Page(
            "/object",
            Given(html('<object data="/held" type="text/html"></object>')),
            "Held by an object",
            (("/held", Given(html("Held by an object"))),),
        ),
        Page(
            "/fetch",
            Given(script("const list = await (await fetch('/list.json')).json(); list.forEach(say)")),
            "first second third",
            (("/list.json", Given('["first", "second", "third"]', "application/json")),),
        ),
        Page(
            "/fetch-part",
            Given(script("document.body.innerHTML += await (await fetch('/piece')).text()")),
            "A piece of a page",
            (("/piece", Given("<section>A piece of a page</section>")),),
        ),
        Page(
            "/fetch-json-as-html",
            Given(script("say(JSON.parse(await (await fetch('/odd')).text()).word)")),
            "Odd but whole",
            (("/odd", Given('{"word": "Odd but whole"}')),),
        ),
        Page(
            "/fetch-elsewhere",
            lambda asked: Given(script(f"say(await (await fetch('{asked.parts}/open.txt')).text())")),
            "Shared openly",
            (("/open.txt", Given("Shared openly", "text/plain", headers=("Access-Control-Allow-Origin: *",))),),
        ),
        Page(
            "/preflight",
            lambda asked: Given(
                script(f"say(await text('{asked.parts}/put', {{method: 'PUT', headers: {{'X-Asked': 'nicely'}}}}))")
            ),
            "PUT nicely",
            (("/put", preflighted),),
        ),
        Page(
            "/again",
            Given(script("for (let i = 0; i < 3; i++) say(await (await fetch('/count')).text())")),
            "number 0 number 1 number 2",
            (("/count", lambda asked: Given(f"number {asked.count}", "text/plain")),),
        ),
        Page(
            "/busy",
            Given(
                script("say(await text('/now?x=1&_=' + Date.now())); say(await text('/now?x=2&r=' + Math.random()))")
            ),
            "at any time by any chance",
            (("/now", lambda asked: Given("at any time" if "x=1" in asked.target else "by any chance", "text/plain")),),
        ),
        Page(
            "/post",
            Given(script("for (const body of ['one', 'two']) say(await text('/echo', {method: 'POST', body}))")),
            '"two"',
            (("/echo", echo),),
        ),
        Page(
            "/post-both",
            Given(
                script(
                    "const both = ['left', 'right'].map((body) => text('/echo2', {method: 'POST', body}));"
                    "say(await Promise.all(both))"
                )
            ),
            '"right"',
            (("/echo2", echo),),
        ),
        Page(
            "/xhr",
            Given(
                script(
                    "const x = new XMLHttpRequest(); x.onload = () => say(x.responseXML.documentElement.textContent);"
                    "x.open('GET', '/x.xml'); x.send()"
                )
            ),
            "Out of XML",
            (("/x.xml", Given("<a>Out of XML</a>", "text/xml")),),
        ),
        Page(
            "/events",
            Given(
                script("const s = new EventSource('/stream'); s.onmessage = (event) => { say(event.data); s.close() }")
            ),
            "An event",
            (("/stream", Given("data: An event\n\n", "text/event-stream")),),
        ),
        Page(
            "/head",
            Given(
                script(
                    "const h = await fetch('/size', {method: 'HEAD'}); say(h.headers.get('X-Size') + (await h.text()))"
                )
            ),
            "many",
            (("/size", Given(b"", "text/plain", headers=("X-Size: many",))),),
        ),
        Page("/moved", moved("/moved-on", 301), "Moved once", (("/moved-on", Given(html("Moved once"))),)),
        Page(
            "/chain",
            moved("/chain2"),
            "At the chain's end",
            (
                ("/chain2", moved("/chain3", 307)),
                ("/chain3", moved("/chain4", 308)),
                ("/chain4", Given(html("At the chain's end"))),
            ),
        ),
        Page("/cookie-loop", with_cookie, "Cookie came back"),
        Page(
            "/moved-elsewhere",
            lambda asked: moved(f"{asked.parts}/arrived"),
            "Arrived elsewhere",
            (
                (
                    "/arrived",
                    Given(
                        html("Arrived elsewhere <img src=/dot.png onload='document.body.append(this.naturalWidth)'>")
                    ),
                ),
                ("/dot.png", Given(PNG, "image/png")),
            ),
        ),
        Page(
            "/refresh",
            Given(html("Leaves", '<meta http-equiv=refresh content="0; url=/refreshed">')),
            "After a refresh",
            (("/refreshed", Given(html("After a refresh"))),),
        ),
        Page(
            "/refresh-header",
            Given(html("Leaves"), headers=("Refresh: 0; url=/refreshed-too",)),
            "After another refresh",
            (("/refreshed-too", Given(html("After another refresh"))),),
        ),
        Page(
            "/replaced",
            Given(html("<script>location.replace('/instead')</script>")),
            "Instead of it",
            (("/instead", Given(html("Instead of it"))),),
        ),
        Page("/gzip", coded(html("Packed by gzip"), "gzip"), "Packed by gzip"),
        Page("/deflate", coded(html("Packed by deflate"), "deflate"), "Packed by deflate"),
        Page(
            "/deflate-raw",
            coded("", "deflate", raw_deflate(html("Packed without a header"))),
            "Packed without a header",
        ),
        Page("/brotli", coded(html("Packed by Brotli"), "br"), "Packed by Brotli", secure=True),
        Page("/zstd", coded(html("Packed by Zstandard"), "zstd"), "Packed by Zstandard", secure=True),
        Page(
            "/gzip-parts",
            Given(html("", '<script src="/packed.js"></script>')),
            "Unpacked script",
            (
                (
                    "/packed.js",
                    Given(
                        packed(b"addEventListener('load', () => document.body.append('Unpacked script'))", "gzip"),
                        "text/javascript",
                        headers=("Content-Encoding: gzip",),
                    ),
                ),
            ),
        ),
        Page("/chunked", Given(html("In chunks"), framing="chunked"), "In chunks"),
        Page("/close", Given(html("Until the end"), framing="close"), "Until the end"),
        Page("/large", Given(html(WIDE)), "Line 1999 of"),
        Page(
            "/large-packed",
            Given(
                packed(html(f"<div hidden>{WIDE}</div>packed").encode(), "gzip"),
                headers=("Content-Encoding: gzip",),
                framing="chunked",
            ),
            "packed",
        ),
        Page(
            "/large-script",
            Given(html("", "<script src=/big.js></script>")),
            "letters 5000000",
            (
                (
                    "/big.js",
                    js(
                        f"const big = '{'x' * 5_000_000}';"
                        "addEventListener('load', () => document.body.append('letters ' + big.length))"
                    ),
                ),
            ),
        ),
        Page("/bom", Given(b"\xef\xbb\xbf" + html("Marké").encode(), "text/html"), "Marké"),
        Page("/utf-16", Given(html("Zwei Bytes für alles").encode("utf-16"), "text/html"), "Zwei Bytes für alles"),
        Page("/json", Given('{"a": ["list", 1]}', "application/json"), '"list"'),
        Page("/xml", Given('<?xml version="1.0"?><list><item>Marked up</item></list>', "application/xml"), "Marked up"),
        Page(
            "/xhtml",
            Given(
                '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>Well formed</body></html>',
                "application/xhtml+xml",
            ),
            "Well formed",
        ),
        Page("/text", Given("Only text <b>here</b>", "text/plain"), "Only text <b>here</b>"),
        Page("/pdf", Given(PDF, "application/pdf")),
        Page(
            "/file",
            Given(BYTES, "application/octet-stream", headers=('Content-Disposition: attachment; filename="ü.bin"',)),
        ),
        Page(
            "/cookie",
            Given(
                html(f"<script>{SAYS} say(document.cookie)</script>"),
                headers=("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2; Path=/"),
            ),
            "a=1; b=2",
        ),
        Page(
            "/statuses",
            Given(script("for (const s of ['204', '304', '404', '500']) say((await fetch('/status' + s)).status)")),
            "204 304 404 500",
            tuple(
                (f"/status{status}", Given("" if status < 400 else "gone wrong", "text/plain", status))
                for status in (204, 304, 404, 500)
            ),
        ),
        Page(
            "/range",
            Given(
                script(
                    "for (const r of ['0-', '10-19', '100-'])"
                    "say((await (await fetch('/film', {headers: {Range: `bytes=${r}`}})).arrayBuffer()).byteLength)"
                )
            ),
            "10240 10 10140",
            (("/film", part),),
        ),
        Page(
            "/video",
            Given(
                script("const v = document.createElement('video'); v.onerror = () => say('no film'); v.src = '/film2'")
            ),
            "no film",
            (("/film2", part),),
        ),
        Page(
            "/base",
            Given(html("<script src=there.js></script>", '<base href="/sub/">')),
            "From a base",
            (("/sub/there.js", js("document.body.append('From a base')")),),
        ),
        Page("/secure", Given(script("say(isSecureContext)")), "true", secure=True),
        Page(
            "/secure-from-plain",
            lambda asked: moved(f"https://{HOST}:{asked.secure_port}/safe"),
            "Now secure",
            (("/safe", Given(html("Now secure"))),),
        ),
        Page("/path/with%20space/%C3%BC?q=a+b&x=%26#part", Given(html("An odd address")), "An odd address"),
    ]
    for name, text in ABROAD.items():
        given = Given(html(f"<p>{text}</p>", f'<meta charset="{name}">').encode(name), "text/html")
        found.append(Page(f"/in-{name}", given, text))
    return found


class Site:
    """The server; `trusted` is the authority that it has its certificate from."""

    def __init__(self, folder: Path) -> None:
        self._answers = {
            re.split("[?#]", path)[0]: given
            for page in pages()
            for path, given in ((page.path, page.given), *page.others)
        }
        self._counts: Counter[tuple[str, str]] = Counter()
        self.trusted, key = spki.make_authority(folder, datetime.datetime.now(datetime.UTC))
        private = serialization.load_pem_private_key(key.read_bytes(), None)
        authority = x509.load_pem_x509_certificate(self.trusted.read_bytes())
        assert isinstance(private, rsa.RSAPrivateKey)
        own = certs.dummy_cert(private, authority, HOST, [x509.DNSName(HOST), x509.DNSName(PARTS)])
        self._chain = folder / "server.pem"
        self._chain.write_bytes(key.read_bytes() + own.to_pem())
        self.port = self.secure_port = 0

    def url(self, page: Page) -> str:
        return (
            f"https://{HOST}:{self.secure_port}{page.path}" if page.secure else f"http://{HOST}:{self.port}{page.path}"
        )

    async def start(self) -> None:
        secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        secure.load_cert_chain(self._chain)
        self._servers = [
            await asyncio.start_server(self._serve, "127.0.0.1", 0),
            await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=secure),
        ]
        self.port, self.secure_port = (server.sockets[0].getsockname()[1] for server in self._servers)

    def stop(self) -> None:
        for server in self._servers:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError), contextlib.closing(writer):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split(" ", 2)
                headers = {name.lower(): value for name, value in re.findall(r"(?m)^([\w-]+): *(.*?)\r$", head)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                count, self._counts[method, target] = self._counts[method, target], self._counts[method, target] + 1
                asked = Asked(method, target, headers, body, count, f"http://{PARTS}:{self.port}", self.secure_port)
                given = self._answers.get(target.split("?")[0], Given("not there", "text/plain", 404))
                closing = _write(writer, asked, given if isinstance(given, Given) else given(asked))
                await writer.drain()
                if closing:
                    return


def _write(writer: asyncio.StreamWriter, asked: Asked, given: Given) -> bool:
    """Whether the end of the connection tells that of the body."""
    body = given.body.encode() if isinstance(given.body, str) else given.body
    fields = [f"HTTP/1.1 {given.status} Said", f"Content-Type: {given.kind}", *given.headers]
    if given.framing == "length" and given.status not in (204, 304):
        fields.append(f"Content-Length: {len(body)}")
    if given.framing == "chunked":
        fields.append("Transfer-Encoding: chunked")
        pieces = [body[at : at + 7000] for at in range(0, len(body), 7000)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (*pieces, b""))
    writer.write("\r\n".join((*fields, "", "")).encode() + (b"" if asked.method == "HEAD" else body))
    return given.framing == "close"
