"""Pages of every kind, each with the words that it shows once all its parts have come together."""

import base64
import json
import re
import zlib

from harness.internet.coding import packed
from tests.run.varied import HOST, Asked, Given, Page

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGNgaPgPRww4OQD0Zgn3vZj5QQAAAABJRU5ErkJggg=="
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">{}</text></svg>'
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
SAYS = "const say = (text) => document.body.append(' ' + text);"
READS = "const text = async (...asked) => (await fetch(...asked)).text();"
BYTES = bytes(range(256)) * 40
ENDS = (204, 304, 404, 500)


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
    abroad = [
        Page(f"/in-{name}", Given(html(f"<p>{text}</p>", f'<meta charset="{name}">').encode(name), "text/html"), text)
        for name, text in ABROAD.items()
    ]
    return [*composed(), *scripted(), *conveyed(), *abroad]


def composed() -> list[Page]:
    """Of several parts."""
    return [
        Page("/plain", Given(html("<h1>Plain words</h1><p>and more</p>", title="Plain")), "Plain words"),
        Page(
            "/style",
            Given(html("<p>Shown</p><p class=no>Hidden</p>", '<link rel=stylesheet href="/style.css">')),
            "Shown",
            {
                "/style.css": Given('@import "/more.css";', "text/css"),
                "/more.css": Given(".no {display: none}", "text/css"),
            },
        ),
        Page(
            "/script",
            Given(html("", '<script src="/say.js" defer></script>')),
            "Said by a script",
            {"/say.js": js("document.body.append('Said by a script')")},
        ),
        Page(
            "/module",
            Given(html("", '<script type=module src="/one.mjs"></script>')),
            "Said by two modules",
            {
                "/one.mjs": js("import {text} from './two.mjs'; document.body.append(text)"),
                "/two.mjs": js("export const text = 'Said by two modules'"),
            },
        ),
        Page(
            "/later-module",
            Given(script("say((await import('/late.mjs')).text)")),
            "Came later",
            {"/late.mjs": js("export const text = 'Came later'")},
        ),
        Page(
            "/written",
            Given(html("<script>document.write('<scr' + 'ipt src=/write.js></scr' + 'ipt>')</script>")),
            "Written twice",
            {"/write.js": js("document.write('<p>Written twice</p>')")},
        ),
        Page(
            "/worker",
            Given(script("new Worker('/work.js').onmessage = (event) => say(event.data)")),
            "Worked out",
            {"/work.js": js("postMessage('Worked out')")},
        ),
        Page(
            "/picture",
            Given(script("const i = new Image(); i.onload = () => say('wide ' + i.naturalWidth); i.src = '/p.png'")),
            "wide 3",
            {"/p.png": Given(PNG, "image/png")},
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
            {"/x1.png": Given(PNG, "image/png")},
        ),
        Page(
            "/svg-picture",
            Given(html(f'<img src="/i.svg" onload="{SAYS} say(this.naturalHeight)">')),
            "9",
            {"/i.svg": Given(SVG.format("in"), "image/svg+xml")},
        ),
        Page("/svg-inline", Given(html(SVG.format("Drawn words"))), "Drawn words"),
        Page("/svg", Given(SVG.format("A drawing alone"), "image/svg+xml"), "A drawing alone"),
        Page(
            "/frame",
            Given(html('<p>Around</p><iframe src="/framed"></iframe>')),
            "Within a frame",
            {"/framed": Given(html("Within a frame", title="Framed"))},
        ),
        Page(
            "/frames-deep",
            Given(html('<iframe src="/deep1"></iframe>')),
            "Within two frames",
            {"/deep1": Given(html('<iframe src="/deep2"></iframe>')), "/deep2": Given(html("Within two frames"))},
        ),
        Page(
            "/frameset",
            Given("<html><frameset cols='*,*'><frame src=/left><frame src=/right></frameset></html>"),
            "On the right",
            {"/left": Given(html("On the left")), "/right": Given(html("On the right"))},
        ),
        Page(
            "/frame-elsewhere",
            lambda asked: Given(html(f'<iframe src="{asked.parts}/far"></iframe>')),
            "From the other host",
            {"/far": Given(html("From the other host"))},
        ),
        Page(
            "/frame-moved",
            Given(html('<iframe src="/goes"></iframe>')),
            "Where the frame went",
            {"/goes": moved("/went"), "/went": Given(html("Where the frame went"))},
        ),
        Page(
            "/object",
            Given(html('<object data="/held" type="text/html"></object>')),
            "Held by an object",
            {"/held": Given(html("Held by an object"))},
        ),
    ]


def scripted() -> list[Page]:
    """Put together by scripts."""
    return [
        Page(
            "/fetch",
            Given(script("const list = await (await fetch('/list.json')).json(); list.forEach(say)")),
            "first second third",
            {"/list.json": Given('["first", "second", "third"]', "application/json")},
        ),
        Page(
            "/fetch-part",
            Given(script("document.body.innerHTML += await text('/piece')")),
            "A piece of a page",
            {"/piece": Given("<section>A piece of a page</section>")},
        ),
        Page(
            "/fetch-json-as-html",
            Given(script("say(JSON.parse(await text('/odd')).word)")),
            "Odd but whole",
            {"/odd": Given('{"word": "Odd but whole"}')},
        ),
        Page(
            "/fetch-elsewhere",
            lambda asked: Given(script(f"say(await text('{asked.parts}/open.txt'))")),
            "Shared openly",
            {"/open.txt": Given("Shared openly", "text/plain", headers=("Access-Control-Allow-Origin: *",))},
        ),
        Page(
            "/preflight",
            lambda asked: Given(
                script(f"say(await text('{asked.parts}/put', {{method: 'PUT', headers: {{'X-Asked': 'nicely'}}}}))")
            ),
            "PUT nicely",
            {"/put": preflighted},
        ),
        Page(
            "/again",
            Given(script("for (let i = 0; i < 3; i++) say(await text('/count'))")),
            "number 0 number 1 number 2",
            {"/count": lambda asked: Given(f"number {asked.count}", "text/plain")},
        ),
        Page(
            "/busy",
            Given(
                script("say(await text('/now?x=1&_=' + Date.now())); say(await text('/now?x=2&r=' + Math.random()))")
            ),
            "at any time by any chance",
            {"/now": lambda asked: Given("at any time" if "x=1" in asked.target else "by any chance", "text/plain")},
        ),
        Page(
            "/post",
            Given(script("for (const body of ['one', 'two']) say(await text('/echo', {method: 'POST', body}))")),
            '"two"',
            {"/echo": echo},
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
            {"/echo2": echo},
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
            {"/x.xml": Given("<a>Out of XML</a>", "text/xml")},
        ),
        Page(
            "/events",
            Given(
                script("const s = new EventSource('/stream'); s.onmessage = (event) => { say(event.data); s.close() }")
            ),
            "An event",
            {"/stream": Given("data: An event\n\n", "text/event-stream")},
        ),
        Page(
            "/head",
            Given(
                script(
                    "const h = await fetch('/size', {method: 'HEAD'}); say(h.headers.get('X-Size') + (await h.text()))"
                )
            ),
            "many",
            {"/size": Given(b"", "text/plain", headers=("X-Size: many",))},
        ),
    ]


def conveyed() -> list[Page]:
    """That come by detours, packed, or in other forms."""
    return [
        Page("/moved", moved("/moved-on", 301), "Moved once", {"/moved-on": Given(html("Moved once"))}),
        Page(
            "/chain",
            moved("/chain2"),
            "At the chain's end",
            {
                "/chain2": moved("/chain3", 307),
                "/chain3": moved("/chain4", 308),
                "/chain4": Given(html("At the chain's end")),
            },
        ),
        Page("/cookie-loop", with_cookie, "Cookie came back"),
        Page(
            "/moved-elsewhere",
            lambda asked: moved(f"{asked.parts}/arrived"),
            "Arrived elsewhere",
            {
                "/arrived": Given(
                    html("Arrived elsewhere <img src=/dot.png onload='document.body.append(this.naturalWidth)'>")
                ),
                "/dot.png": Given(PNG, "image/png"),
            },
        ),
        Page(
            "/refresh",
            Given(html("Leaves", '<meta http-equiv=refresh content="0; url=/refreshed">')),
            "After a refresh",
            {"/refreshed": Given(html("After a refresh"))},
        ),
        Page(
            "/refresh-header",
            Given(html("Leaves"), headers=("Refresh: 0; url=/refreshed-too",)),
            "After another refresh",
            {"/refreshed-too": Given(html("After another refresh"))},
        ),
        Page(
            "/replaced",
            Given(html("<script>location.replace('/instead')</script>")),
            "Instead of it",
            {"/instead": Given(html("Instead of it"))},
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
            {
                "/packed.js": Given(
                    packed(b"addEventListener('load', () => document.body.append('Unpacked script'))", "gzip"),
                    "text/javascript",
                    headers=("Content-Encoding: gzip",),
                )
            },
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
            {
                "/big.js": js(
                    f"const big = '{'x' * 5000000}';"
                    "addEventListener('load', () => document.body.append('letters ' + big.length))"
                )
            },
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
            Given(script("for (const s of [204, 304, 404, 500]) say((await fetch('/status' + s)).status)")),
            "204 304 404 500",
            {f"/status{status}": Given("" if status < 400 else "gone wrong", "text/plain", status) for status in ENDS},
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
            {"/film": part},
        ),
        Page(
            "/video",
            Given(
                script("const v = document.createElement('video'); v.onerror = () => say('no film'); v.src = '/film2'")
            ),
            "no film",
            {"/film2": part},
        ),
        Page(
            "/base",
            Given(html("<script src=there.js></script>", '<base href="/sub/">')),
            "From a base",
            {"/sub/there.js": js("document.body.append('From a base')")},
        ),
        Page("/secure", Given(script("say(isSecureContext)")), "true", secure=True),
        Page(
            "/secure-from-plain",
            lambda asked: moved(f"https://{HOST}:{asked.secure_port}/safe"),
            "Now secure",
            {"/safe": Given(html("Now secure"))},
        ),
        Page("/path/with%20space/%C3%BC?q=a+b&x=%26#part", Given(html("An odd address")), "An odd address"),
    ]
