"""The reference filter as a program: a filtering proxy in front of an upstream proxy.

Run as `python -m harness.products.reference.proxy CONFIG.json`; the profile's template writes the configuration.
"""

import asyncio
import json
import logging
import shutil
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment
from mitmproxy.http import HTTPFlow, Response

from harness.internet.proxy import LeanProxy
from harness.products.lists import BlockList
from harness.products.reference.rules import Match, Rules, read_phrases

REASONS = {
    "domain": "the site is on a block list",
    "ip": "the address is on a block list",
    "url": "the page is on a block list",
    "phrase": "the words on the page",
}


class Filter:
    """A mitmproxy addon: lists are asked before a page is fetched, phrases once it has arrived."""

    def __init__(self, rules: Rules, threshold: int, blockpage: str) -> None:
        self._rules, self._threshold = rules, threshold
        self._page = Environment(autoescape=True).from_string(blockpage)

    def request(self, flow: HTTPFlow) -> None:
        request = flow.request
        host = f"[{request.pretty_host}]" if ":" in request.pretty_host else request.pretty_host
        try:
            match = self._rules.match_url(f"{request.scheme}://{host}:{request.port}{request.path}")
        except ValueError:
            flow.response = Response.make(400, b"The address is malformed.", {"Content-Type": "text/plain"})
            return
        if match:
            flow.response = self._block(match)

    def response(self, flow: HTTPFlow) -> None:
        answer = flow.response
        if (
            answer is None
            or "x-filter" in answer.headers
            or not answer.headers.get("content-type", "").startswith("text/html")
        ):
            return
        if match := self._rules.match_text(answer.get_text(strict=False) or "", self._threshold):
            flow.response = self._block(match)

    def _block(self, match: Match) -> Response:
        page = self._page.render(reason=REASONS[match.kind], category=match.category)
        return Response.make(
            403,
            page.encode(),
            {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "X-Filter": "reference"},
        )


async def serve(config: dict[str, Any]) -> None:
    """Filter until terminated."""
    lists = [
        BlockList(item["name"], tuple(item["domains"]), tuple(item["ips"]), tuple(item["urls"]), ())
        for item in config["lists"]
    ]
    phrases = read_phrases(Path(config["phrases"])) if config["phrases"] else ()
    confdir = Path(config["work"]) / "authority"
    confdir.mkdir(exist_ok=True)
    authority = Path(config["ca_key"]).read_bytes() + Path(config["ca_cert"]).read_bytes()
    (confdir / "mitmproxy-ca.pem").write_bytes(authority)
    shutil.copy(config["ca_cert"], confdir / "mitmproxy-ca-cert.pem")
    rules = Filter(Rules(lists, phrases), config["threshold"], Path(config["blockpage"]).read_text("utf-8"))
    proxy = LeanProxy([rules], confdir, upstream=("127.0.0.1", config["upstream_port"]), ports=(config["port"],))
    await proxy.start()
    await asyncio.Event().wait()


def main() -> None:
    """The program."""
    logging.disable(logging.WARNING)
    try:
        config = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"error: its lists cannot be read: {error}")
    asyncio.run(serve(config))


if __name__ == "__main__":
    main()
