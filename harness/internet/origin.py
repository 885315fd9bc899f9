"""The origin: answers the attempts that are open, keeps a receipt of every arrival, and has an error page for all
else."""

import contextlib
import ipaddress
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

from mitmproxy.http import Headers, HTTPFlow, Request, Response

from harness.corpus import recording
from harness.corpus.answer import Answer, from_fixture
from harness.corpus.recording import Playback
from harness.internet import pages
from harness.internet.coding import unpacked
from harness.internet.lent import LENT
from harness.internet.proxy import address
from harness.model import canonical
from harness.model import url as urls
from harness.model.observation import Receipt
from harness.model.words import Arm

STRAYS_KEPT = 200
RECORDINGS_KEPT = 64
MAPPED = re.compile(r"\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]")  # RFC 4291, 2.5.5.2


@dataclass(slots=True)
class OpenAttempt:
    """An attempt the browser is making now, answered by one answer or from a recording; `aliases` are the keys its own
    redirects led to."""

    attempt_id: str
    arm: Arm
    url: urls.Url
    key: str
    source: Answer | Playback
    token: str
    opened: float = field(default_factory=time.monotonic)
    receipts: list[Receipt] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)

    @property
    def keys(self) -> set[str]:
        """Those of its page."""
        return {self.key, *self.aliases}

    def own(self, url: urls.Url, request: Request) -> Answer | None:
        """What is answered at the attempt's own address, however that is spelled, and where its redirects led."""
        if isinstance(self.source, Answer):
            return None if url.key in self.aliases - {self.key} else self.source
        played = self.played(url if url.key in self.keys else self.url, request)
        return pages.with_token(played, self.token) if played else None

    def played(self, url: urls.Url, request: Request) -> Answer | None:
        """What the recording has for a request, None when it lacks it."""
        assert isinstance(self.source, Playback)
        return self.source.answer(request.method, url, request.raw_content or b"", request.headers.get("range", ""))


class Origin:
    """A mitmproxy addon. `arms` maps listening addresses to arms, all others being the test arm's; `hosts` maps
    reserved hosts to pages, `resources` URL keys to files."""

    def __init__(self, arms: dict[tuple[str, int], Arm], resources: dict[str, Path], hosts: dict[str, str]) -> None:
        self.arms = arms
        self.resources = resources
        self.hosts = hosts
        self.attempts: dict[str, OpenAttempt] = {}
        self.strays: dict[str, int] = {}
        self._recording = lru_cache(RECORDINGS_KEPT)(recording.opened)

    def open(
        self, attempt_id: str, arm: Arm, url: str, fixture: Path | None, token: str, data: bytes | None = None
    ) -> None:
        """Answer `url` on `arm` from now on; the fixture holds `data`, if that is given. Raises ValueError when it is
        not servable, OSError when it cannot be read."""
        asked = urls.parse(url)
        source: Answer | Playback
        if fixture and recording.is_recording(fixture):
            source = Playback(self._recording(fixture) if data is None else recording.opened(fixture, data))
            if not source.knows("GET", asked):
                raise ValueError(f"recording {fixture.name!r} lacks {url!r}")
        else:
            source = pages.with_token(from_fixture(fixture, data) if fixture else pages.neutral(), token)
        self.attempts[attempt_id] = OpenAttempt(attempt_id, arm, asked, asked.key, source, token)

    def close(self, attempt_id: str) -> list[Receipt]:
        """Stop answering; returns the receipts in order of arrival."""
        return self.attempts.pop(attempt_id).receipts

    def request(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: every request is answered here, none goes on but those to hosts that are lent."""
        if flow.metadata.get(LENT):
            return
        request = flow.request
        arm = self.arms.get(flow.client_conn.sockname[:2], Arm.TEST)
        try:
            url = address(request)
        except ValueError:
            self._stray(f"{request.pretty_host}: malformed")
            flow.response = _response(_miss())
            return
        attempt = self._attempt(arm, url)
        owner = attempt or self._referring(arm, request.headers.get("referer", ""))
        players = [] if attempt else self._players(arm, owner, url, request.method)
        answer, served = self._answer(attempt, players, url, request)
        flow.response = _response(answer)
        if request.method == "HEAD":
            flow.response.raw_content = b""
        if owner is None and len(players) == 1:
            owner = players[0]
        if owner is None:
            self._stray(f"{url.hostname}: {served}")
            return
        at_ms = round(1000 * (time.monotonic() - owner.opened))
        digest = canonical.digest(_unpacked(answer))
        owner.receipts.append(Receipt(url.href, request.method, answer.status, served, digest, at_ms))

    def _attempt(self, arm: Arm, url: urls.Url) -> OpenAttempt | None:
        here = [item for item in self.attempts.values() if item.arm is arm]
        for item in here:
            if item.key == url.key or url.key in item.aliases:
                return item
        # A product may spell the address in another way that means the same.
        return next((item for item in here if _meaning(item.key) == _meaning(url.key)), None)

    def _players(self, arm: Arm, referring: OpenAttempt | None, url: urls.Url, method: str) -> Sequence[OpenAttempt]:
        """Whose recording has a part of a page: the attempt's that refers to it, any one's where none is known to."""
        here = [referring] if referring else [item for item in self.attempts.values() if item.arm is arm]
        return [item for item in here if isinstance(item.source, Playback) and item.source.knows(method, url)]

    def _answer(
        self, attempt: OpenAttempt | None, players: Sequence[OpenAttempt], url: urls.Url, request: Request
    ) -> tuple[Answer, str]:
        """What is answered to an address of the attempt's own, or else to a part of those that are played."""
        if attempt and (own := attempt.own(url, request)):
            location = own.header("location")
            if 300 <= own.status < 400 and location:
                with contextlib.suppress(ValueError):  # it may lead to what is no web page
                    attempt.aliases.add(urls.join(url.href, location).key)
                return own, "redirect"
            return own, "page"
        if players and (played := players[0].played(url, request)):
            # A document may be where a page's scripts lead, and then it stands for the page.
            return pages.with_token(played, players[0].token, part=True), "resource"
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
        here = [item for item in self.attempts.values() if item.arm is arm]
        same = [item for item in here if key in item.keys] or [item for item in here if _at(key) in map(_at, item.keys)]
        return same[0] if len(same) == 1 else None

    def _stray(self, what: str) -> None:
        if what in self.strays or len(self.strays) < STRAYS_KEPT:
            self.strays[what] = self.strays.get(what, 0) + 1


def _at(key: str) -> str:
    """Host and port of a URL key."""
    return key.partition("/")[0]


def _meaning(key: str) -> str:
    """The key without the root's dot after the host and an empty query, percent-decoded; an IPv4 address as one."""
    host, slash, target = key.partition("/")
    if mapped := MAPPED.match(host):
        host = str(ipaddress.IPv4Address(int(mapped[1], 16) << 16 | int(mapped[2], 16))) + host[mapped.end() :]
    return unquote(re.sub(r"\.(?=:|$)", "", host) + slash + target.removesuffix("?"))


def _miss() -> Answer:
    return Answer(404, (("Content-Type", "text/html; charset=utf-8"),), pages.MISS.encode())


def _unpacked(answer: Answer) -> bytes:
    """The body as the browser digests it."""
    try:
        return unpacked(answer.body, answer.header("content-encoding"))
    except ValueError:
        return answer.body


def _response(answer: Answer) -> Response:
    headers = [(key.encode("latin-1"), value.encode("latin-1")) for key, value in answer.headers]
    length = str(len(answer.body)).encode()
    response = Response.make(answer.status, answer.body)
    # Set last, as mitmproxy compresses a body made with a Content-Encoding, which a fixture has done already.
    response.headers = Headers([*headers, (b"Cache-Control", b"no-store"), (b"Content-Length", length)])
    return response
