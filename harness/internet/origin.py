"""The origin: answers the attempts that are open, keeps a receipt of every arrival, and has an error page for all
else."""

import contextlib
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin

from mitmproxy.http import Headers, HTTPFlow, Response

from harness.corpus.answer import Answer, from_fixture
from harness.internet import pages
from harness.model import canonical
from harness.model import url as urls
from harness.model.observation import Receipt
from harness.model.words import Arm

STRAYS_KEPT = 200


@dataclass(slots=True)
class OpenAttempt:
    """An attempt the browser is making now; `aliases` are the keys its own redirects led to."""

    attempt_id: str
    arm: Arm
    key: str
    answer: Answer
    token: str
    opened: float = field(default_factory=time.monotonic)
    receipts: list[Receipt] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)


class Origin:
    """A mitmproxy addon. `arms` maps listening addresses to arms, all others being the test arm's; `hosts` maps
    reserved hosts to pages, `resources` URL keys to files."""

    def __init__(self, arms: dict[tuple[str, int], Arm], resources: dict[str, Path], hosts: dict[str, str]) -> None:
        self.arms = arms
        self.resources = resources
        self.hosts = hosts
        self.attempts: dict[str, OpenAttempt] = {}
        self.strays: dict[str, int] = {}

    def open(
        self, attempt_id: str, arm: Arm, url: str, fixture: Path | None, token: str, data: bytes | None = None
    ) -> None:
        """Answer `url` on `arm` from now on; the fixture holds `data`, if that is given. Raises ValueError when it is
        not servable, OSError when it cannot be read."""
        answer = from_fixture(fixture, data) if fixture else pages.neutral()
        self.attempts[attempt_id] = OpenAttempt(
            attempt_id, arm, urls.parse(url).key, pages.with_token(answer, token), token
        )

    def close(self, attempt_id: str) -> list[Receipt]:
        """Stop answering; returns the receipts in order of arrival."""
        return self.attempts.pop(attempt_id).receipts

    def request(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: every request is answered here, none goes on."""
        request = flow.request
        arm = self.arms.get(flow.client_conn.sockname[:2], Arm.TEST)
        try:
            url = urls.parse(f"{request.scheme}://{_host(request.pretty_host)}:{request.port}{request.path}")
        except ValueError:
            self._stray(f"{request.pretty_host}: malformed")
            flow.response = _response(_miss())
            return
        attempt = self._attempt(arm, url)
        answer, served = self._answer(attempt, url)
        flow.response = _response(answer)
        body = flow.response.get_content(strict=False) or b""  # unpacked, as the browser digests it
        owner = attempt or self._referring(arm, request.headers.get("referer", ""))
        if owner is None:
            self._stray(f"{url.hostname}: {served}")
            return
        at_ms = round(1000 * (time.monotonic() - owner.opened))
        owner.receipts.append(Receipt(url.href, request.method, answer.status, served, canonical.digest(body), at_ms))

    def _attempt(self, arm: Arm, url: urls.Url) -> OpenAttempt | None:
        here = [item for item in self.attempts.values() if item.arm is arm]
        for item in here:
            if item.key == url.key or url.key in item.aliases:
                return item
        # A product may spell the address in another way that means the same.
        return next((item for item in here if _meaning(item.key) == _meaning(url.key)), None)

    def _answer(self, attempt: OpenAttempt | None, url: urls.Url) -> tuple[Answer, str]:
        if attempt and (attempt.key == url.key or url.key not in attempt.aliases):
            location = attempt.answer.header("location")
            if 300 <= attempt.answer.status < 400 and location:
                with contextlib.suppress(ValueError):  # it may lead to what is no web page
                    attempt.aliases.add(urls.parse(urljoin(url.href, location)).key)
                return attempt.answer, "redirect"
            return attempt.answer, "page"
        if url.key in self.resources:
            answer = from_fixture(self.resources[url.key])
            return (pages.with_token(answer, attempt.token), "page") if attempt else (answer, "resource")
        if url.hostname in self.hosts:
            return Answer(
                200, (("Content-Type", "text/html; charset=utf-8"),), self.hosts[url.hostname].encode()
            ), "reserved"
        if url.target == "/favicon.ico":
            return Answer(204, (), b""), "resource"
        return _miss(), "miss"

    def _referring(self, arm: Arm, referer: str) -> OpenAttempt | None:
        try:
            key = urls.parse(referer).key
        except ValueError:
            return None
        host = key.split("/", 1)[0]
        same = [item for item in self.attempts.values() if item.arm is arm and item.key.split("/", 1)[0] == host]
        return same[0] if len(same) == 1 else None

    def _stray(self, what: str) -> None:
        if what in self.strays or len(self.strays) < STRAYS_KEPT:
            self.strays[what] = self.strays.get(what, 0) + 1


def _meaning(key: str) -> str:
    """The key without the root's dot after the host, percent-decoded."""
    host, slash, target = key.partition("/")
    return unquote(re.sub(r"\.(?=:|$)", "", host) + slash + target)


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _miss() -> Answer:
    return Answer(404, (("Content-Type", "text/html; charset=utf-8"),), pages.MISS.encode())


def _response(answer: Answer) -> Response:
    headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in answer.headers]
    length = str(len(answer.body)).encode()
    response = Response.make(answer.status, answer.body)
    # Set last, as mitmproxy compresses a body made with a Content-Encoding, which a fixture has done already.
    response.headers = Headers([*headers, (b"Cache-Control", b"no-store"), (b"Content-Length", length)])
    return response
