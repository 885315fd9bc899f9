"""A prober: asks for one URL as a browser would, and sees what can be seen without one."""

import asyncio
import re
import time

from harness.browser.exchange import Header, NetworkError, Reply, ask
from harness.browser.sight import CHALLENGE, Sight
from harness.browser.traffic import HEADER_LENGTH, HEADERS_KEPT
from harness.browser.ways import Way
from harness.classify.page import read
from harness.internet.coding import unpacked
from harness.internet.pages import MISS_MARK, TOKEN
from harness.model import canonical
from harness.model import url as urls
from harness.model.errors import HarnessError
from harness.model.words import End, Validity

REDIRECTS = 20  # as in Chromium (net/url_request/url_request_job.cc)
KEPT = 500_000  # characters of a document, as the browser's
CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
SHOWN = re.compile(r"(text|image|audio|video)/|application/(json|pdf|xhtml\+xml|xml|javascript)$|$")
HTML = ("text/html", "application/xhtml+xml")
# A page that may lead on: an offer in words, anywhere, and something to take it up by.
OFFER = re.compile(
    r"continue|proceed|anyway|go on|i understand|accept|\benter|weiter|continuer|continuar|kontynuuj|parhau",
    re.IGNORECASE,
)
HANDLE = re.compile(r"<(a|form|button)\b", re.IGNORECASE)


class Prober:
    """Visits one URL after another, each on connections of its own; nothing of a visit is kept for the next."""

    def __init__(self, way: Way, agent: str) -> None:
        self._way, self._agent = way, agent

    async def visit(self, url: str, token: str, seconds: float) -> Sight:
        """As a tab's visit; always returns a sight."""
        sight, started = Sight(requested_url=url), time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                await self._go(url, token, sight)
        except TimeoutError:
            sight.end = End.TIMEOUT
        except NetworkError as error:
            sight.end, sight.error = End.NETWORK_ERROR, f"net::{error}"
        except (HarnessError, OSError) as error:
            sight.end, sight.fault = End.FAULT, f"{Validity.PRODUCT_FAULT}: {error}"
        sight.duration_ms = round(1000 * (time.monotonic() - started))
        return sight

    def close(self) -> None:
        self._way.close()

    async def _go(self, address: str, token: str, sight: Sight) -> None:
        url = urls.parse(address)
        for _ in range(REDIRECTS + 1):
            sight.chain.append(url.href)
            async with self._way.through(url) as (connection, target):
                reply = await ask(connection, "GET", target, self._headers(url))
            onward = reply.header("location") if reply.status in (301, 302, 303, 307, 308) else ""
            if not onward:
                _look(reply, url, token, sight)
                return
            try:
                url = urls.join(url.href, onward)
            except ValueError:
                raise NetworkError("ERR_UNSAFE_REDIRECT") from None
        raise NetworkError("ERR_TOO_MANY_REDIRECTS")

    def _headers(self, url: urls.Url) -> list[Header]:
        """Those of Chromium, opening a page by its address."""
        standard = {"http": 80, "https": 443}[url.scheme]
        secure = url.scheme == "https"
        return [
            ("Host", url.hostname if url.port == standard else f"{url.hostname}:{url.port}"),
            ("Connection", "keep-alive"),
            ("Upgrade-Insecure-Requests", "1"),
            ("User-Agent", self._agent),
            ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"),
            ("Accept-Encoding", "gzip, deflate, br, zstd" if secure else "gzip, deflate"),
            ("Accept-Language", "en-US,en;q=0.9"),
            ("Pragma", "no-cache"),
            ("Cache-Control", "no-cache"),
        ]


def _look(reply: Reply, url: urls.Url, token: str, sight: Sight) -> None:
    """What an answer shows. Raises NetworkError for what a browser shows as one."""
    sight.status = reply.status
    if reply.status in (204, 205):
        raise NetworkError("ERR_ABORTED")
    if reply.status >= 400 and not reply.body:
        raise NetworkError("ERR_HTTP_RESPONSE_CODE_FAILURE")
    try:
        body = unpacked(reply.body, reply.header("content-encoding"))
    except ValueError:
        raise NetworkError("ERR_CONTENT_DECODING_FAILED") from None
    kept = sorted(reply.headers)[:HEADERS_KEPT]
    sight.final_url, sight.headers = url.href, [(name[:HEADER_LENGTH], value[:HEADER_LENGTH]) for name, value in kept]
    kind = reply.header("content-type")
    sight.mime = kind.partition(";")[0].strip().lower()
    if reply.header("content-disposition").lower().startswith("attachment") or not SHOWN.match(sight.mime):
        sight.end, sight.body_digest = End.DOWNLOAD, canonical.digest(body)
        return
    sight.end = End.PAGE
    document = _decoded(body, kind)
    sight.token_seen = token in document
    sight.foreign_token = any(found != token for found in TOKEN.findall(document))
    if sight.token_seen:
        sight.text = document.replace(token, "")
        return
    if sight.mime not in HTML:
        sight.body_digest = canonical.digest(body)
        return
    page = read(document)
    sight.title, sight.text, sight.html = page.title[:500], page.text[:200_000], document[:KEPT]
    sight.harness_page = MISS_MARK in document
    sight.returns_to_case = bool(HANDLE.search(document) and OFFER.search(document))
    sight.challenge = "captcha" in document.lower() or CHALLENGE.search(f"{page.title} {page.text[:2000]}") is not None


def _decoded(body: bytes, kind: str) -> str:
    """The text in the encoding that its type or its head says, with what cannot be read replaced."""
    found = CHARSET.search(kind) or CHARSET.search(body[:1024].decode("latin-1"))
    try:
        return body.decode(found[1] if found else "utf-8", "replace")
    except (LookupError, ValueError):  # unknown, or none that can be read with gaps
        return body.decode("utf-8", "replace")
