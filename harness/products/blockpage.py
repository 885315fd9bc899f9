"""A web server that answers everything with one page: `python -m harness.products.blockpage ADDRESS PORT FILE`. For
profiles of name servers that lead blocked names to a block page."""

import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class BlockPage(BaseHTTPRequestHandler):
    """Answers with 403 and the page."""

    def __init__(self, page: bytes, *arguments: Any) -> None:
        self._page = page
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(403)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(self._page)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(self._page)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing: what is asked for is evidence of the run, not of the product."""


def main(address: str, port: str, file: str) -> None:
    ThreadingHTTPServer((address, int(port)), partial(BlockPage, Path(file).read_bytes())).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
