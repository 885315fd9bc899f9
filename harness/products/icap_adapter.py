"""What our proxy does as an ICAP client: messages go to the services, and on as the services want them."""

import html
import re
from collections.abc import Sequence

from mitmproxy.http import Headers, HTTPFlow, Request, Response
from mitmproxy.net.http.http1 import read_request_head, read_response_head

from harness.internet.pages import MISS_MARK
from harness.model.errors import ProductFault
from harness.products.icap_client import Answer, IcapClient

METHODS = ("reqmod", "respmod")
HEADERS_KEPT, LENGTH_KEPT = 10, 200
# They concern one connection alone (RFC 3507, 4.4.2; RFC 7230, 6.1).
HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}


class Adapter:
    """A mitmproxy addon: has requests and responses adapted, by one service at most for each of METHODS.

    Fails closed: what a service did wrong is kept as `fault`, and the browser gets a page that marks itself as ours.
    Headers named in `shared` go from the answer about a request to the question about its response, as by squid's
    adaptation_masterx_shared_names. What ICAP says of a message (status, `X-Attribute` and the like) reaches the
    browser in headers `icap-reqmod…` and `icap-respmod…`, as evidence.
    """

    def __init__(self, clients: dict[str, IcapClient], shared: Sequence[str] = ()) -> None:
        self._clients = clients
        self._shared = shared
        self.fault = ""

    async def request(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: the request goes on, or is answered by the service."""
        await self._adapt("reqmod", flow)
        flow.metadata["icap-answered"] = flow.response is not None

    async def response(self, flow: HTTPFlow) -> None:
        """mitmproxy's hook: the response goes on, the Internet's adapted."""
        if not flow.metadata.get("icap-answered"):
            await self._adapt("respmod", flow)
        if flow.response:
            for name, value in flow.metadata.get("icap-said", ()):
                flow.response.headers.add(name, value)

    async def _adapt(self, method: str, flow: HTTPFlow) -> None:
        client = self._clients.get(method)
        if client is None:
            return
        before = flow.response
        flow.response = fault_page("something went wrong")  # stays, whatever else is raised below
        heads = [("req-hdr", request_head(flow.request)), *([("res-hdr", response_head(before))] if before else [])]
        body = (before or flow.request).raw_content or b""
        try:
            answer = await client.adapt(
                method.upper(), heads, body, flow.request.path, flow.metadata.get("icap-shared", ())
            )
            flow.metadata["icap-shared"] = [
                f"{name}: {answer.headers[name.lower()]}" for name in self._shared if name.lower() in answer.headers
            ]
            if answer.part == "req":
                adapt_request(flow.request, answer)
            flow.response = adapted_response(answer, flow.request.method) if answer.part == "res" else before
        except (ProductFault, ValueError) as error:
            self.fault = str(error)
            flow.response = fault_page(self.fault)
        else:
            flow.metadata.setdefault("icap-said", []).extend(said(method, answer))


def request_head(request: Request) -> bytes:
    """The request's head with its absolute URL, as proxies send it."""
    host = request.headers.get("host") or f"{request.host}:{request.port}"
    line = f"{request.method} {request.scheme}://{host}{request.path} HTTP/1.1\r\n"
    return line.encode("utf-8", "surrogateescape") + bytes(_end_to_end(request.headers)) + b"\r\n"


def response_head(response: Response) -> bytes:
    """The response's head."""
    line = f"HTTP/1.1 {response.status_code} {response.reason}\r\n"
    return line.encode("latin-1", "replace") + bytes(_end_to_end(response.headers)) + b"\r\n"


def adapt_request(request: Request, answer: Answer) -> None:
    """Make the request the one of the answer. Raises ValueError when that is none."""
    wanted = read_request_head(list(answer.head))
    if (wanted.host and wanted.scheme not in ("http", "https")) or wanted.method == "CONNECT":
        raise ValueError(f"the service wants another request: {answer.head[0][:80]!r}")
    if wanted.host:
        request.scheme, request.host, request.port = wanted.scheme, wanted.host, wanted.port
    request.method, request.path = wanted.method, wanted.path
    request.headers = _end_to_end(wanted.headers)
    request.raw_content = answer.body
    if answer.body or "content-length" in request.headers:
        request.headers["content-length"] = str(len(answer.body))


def adapted_response(answer: Answer, method: str) -> Response:
    """The response of the answer, to a request of that method. Raises ValueError when it is none."""
    response = read_response_head(list(answer.head))
    if not 200 <= response.status_code <= 599:
        raise ValueError(f"the service answers with {answer.head[0][:80]!r}")
    response.http_version = "HTTP/1.1"
    response.headers = _end_to_end(response.headers)
    response.raw_content = answer.body
    # Its length is what came: the service's own figure may be that of the body before it was changed.
    if method != "HEAD" and response.status_code not in (204, 304):
        response.headers["content-length"] = str(len(answer.body))
    return response


def said(method: str, answer: Answer) -> list[tuple[str, str]]:
    """The ICAP status and ICAP's X-headers, in printable ASCII."""
    found = [(name, value) for name, value in answer.headers.items() if name.startswith("x-")][:HEADERS_KEPT]
    return [
        (f"icap-{method}", str(answer.status)),
        *((f"icap-{method}-{name}", re.sub("[^ -~]", "?", value)[:LENGTH_KEPT]) for name, value in found),
    ]


def fault_page(why: str) -> Response:
    """A page of the harness, which is never taken for the product's."""
    page = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>No answer from the product</title><link rel="icon" href="data:,"></head>
<body {MISS_MARK}><h1>No answer from the product</h1><p>The test harness says so: {html.escape(why)}.</p></body>
</html>
"""
    return Response.make(502, page.encode(), {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"})


def _end_to_end(headers: Headers) -> Headers:
    return Headers(
        [(name, value) for name, value in headers.fields if name.decode("latin-1").lower() not in HOP_BY_HOP]
    )
