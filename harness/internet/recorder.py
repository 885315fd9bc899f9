"""The recorder: a proxy on loopback that lets a browser out, and writes down as WARC all that passes."""

import asyncio
import contextlib
import datetime
from pathlib import Path
from typing import BinaryIO

from mitmproxy.http import Headers, HTTPFlow

from harness.corpus import answer, warc
from harness.internet import spki
from harness.internet.gateway import Names, Outwards
from harness.internet.ports import free_ports
from harness.internet.proxy import LeanProxy, address

MOST_BYTES = 48 * 1024 * 1024  # of a visit, so that it stays within what a fixture may have
MOST_EXCHANGES = 5_000


class Visit:
    """What passes one lane meanwhile, written to `file`; `lost` says of each request that has no answer there why."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.under_way: set[str] = set()
        self.written, self.bytes = 0, 0
        self.lost: list[str] = []
        self.over = False
        self._stir = asyncio.Event()

    def begins(self, flow: HTTPFlow) -> None:
        self.under_way.add(flow.id)
        self._stir.set()

    async def stirs(self, seconds: float) -> bool:
        """Whether a request begins or ends within so many seconds; returns when one does."""
        self._stir.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._stir.wait()
        return False

    def ends(self, flow: HTTPFlow, why: str = "") -> None:
        """Write the exchange down, or why it cannot be."""
        self.under_way.discard(flow.id)
        self._stir.set()
        if self.over:
            return
        try:
            if why:
                raise ValueError(why)
            self._write(flow)
        except ValueError as error:
            self.lost.append(f"{flow.request.pretty_url[:200]}: {error}")

    def _write(self, flow: HTTPFlow) -> None:
        assert flow.response
        asked, came = flow.request, flow.response
        if came.status_code < 200:
            raise ValueError("a connection that changes its protocol cannot be replayed")
        url = address(asked).href
        status = b"HTTP/1.1 %d %s" % (came.status_code, came.data.reason)
        block = _message(status, came.headers, came.raw_content or b"")
        answer.parse(block, "answer")
        line = b"%s %s HTTP/1.1" % (asked.data.method, asked.data.path)
        request = _message(line, asked.headers, asked.raw_content or b"")
        if self.bytes + len(block) + len(request) > MOST_BYTES or self.written == MOST_EXCHANGES:
            raise ValueError(f"more than {MOST_BYTES} bytes or {MOST_EXCHANGES} answers in one visit")
        moment = datetime.datetime.fromtimestamp(asked.timestamp_start, datetime.UTC)
        said = {"WARC-Target-URI": url, "WARC-Date": moment.isoformat(timespec="microseconds").replace("+00:00", "Z")}
        peer = {"WARC-IP-Address": flow.server_conn.peername[0]} if flow.server_conn.peername else {}
        kind = "application/http; msgtype="
        name = warc.write(self._file, "response", {**said, **peer, "Content-Type": f"{kind}response"}, block)
        linked = {**said, "WARC-Concurrent-To": name, "Content-Type": f"{kind}request"}
        warc.write(self._file, "request", linked, request)
        self.written, self.bytes = self.written + 1, self.bytes + len(block) + len(request)


def _message(first: bytes, headers: Headers, body: bytes) -> bytes:
    """The bytes of an HTTP message; its body is in one piece, however it came."""
    fields = [(name, value) for name, value in headers.fields if name.lower() != b"transfer-encoding"]
    if len(fields) < len(headers.fields):
        fields = [(name, value) for name, value in fields if name.lower() != b"content-length"]
        fields.append((b"Content-Length", b"%d" % len(body)))
    return b"".join((first, b"\r\n", *(b"%s: %s\r\n" % item for item in fields), b"\r\n", body))


class Recorder:
    """A mitmproxy addon with its proxy. Each of its `ports` is a lane for one visit at a time; connections go to the
    addresses that `names` gives, and sites are believed by the authorities in the file `trusted` (PEM), if it is given,
    otherwise by the usual ones."""

    def __init__(self, work: Path, names: Names, lanes: int, trusted: Path | None = None) -> None:
        self.ports = free_ports(lanes)
        self._work = work
        self._visits: dict[int, Visit] = {}
        self._proxy = LeanProxy([self], work, ports=self.ports, guard=Outwards(names))
        self._proxy.master.options.update(
            ssl_insecure=False,
            body_size_limit=str(MOST_BYTES),
            ssl_verify_upstream_trusted_ca=str(trusted) if trusted else None,
        )

    async def start(self) -> None:
        """Raises InternetGone when it does not listen."""
        await self._proxy.start()

    async def stop(self) -> None:
        await self._proxy.stop()

    def ca_spki(self) -> str:
        """Base64 SHA-256 of the public key that all its certificates carry."""
        return spki.of_pem(self._work / "mitmproxy-ca.pem")

    def begin(self, port: int, file: BinaryIO) -> Visit:
        """Write what passes that lane to `file`, until the visit is ended."""
        self._visits[port] = Visit(file)
        return self._visits[port]

    async def end(self, port: int, quiet: float, seconds: float) -> None:
        """End the visit once nothing has been under way for `quiet` seconds, or after so many `seconds`."""
        visit = self._visits[port]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await visit.stirs(quiet) or visit.under_way:
                    pass
        visit.lost += ["did not come to an end"] * len(visit.under_way)
        visit.over = True

    def request(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: a request is about to go out."""
        if visit := self._visits.get(flow.client_conn.sockname[1]):
            flow.metadata["visit"] = visit
            visit.begins(flow)

    def response(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: the whole answer is there."""
        if visit := flow.metadata.get("visit"):
            visit.ends(flow)

    def error(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: there will be none."""
        if visit := flow.metadata.get("visit"):
            visit.ends(flow, flow.error.msg if flow.error else "failed")
