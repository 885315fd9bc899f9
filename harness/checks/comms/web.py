"""The web sites among the services: chat, mail, social network, calls, games, files, and a tracker of BitTorrent."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from harness.checks.comms.heard import Heard

HOSTS = {
    "web-chat": "webchat.example",
    "web-mail": "webmail.example",
    "social-network": "social.example",
    "calls": "calls.example",
    "games": "play.example",
    "files": "files.example",
    "peer-to-peer": "tracker.example",
}
PAGES = resources.files("harness.checks.comms") / "pages"
POLL_SECONDS = 3.0
Hear = Callable[[Heard], None]


@dataclass(frozen=True, slots=True)
class Offer:
    """A file at an address: what it holds, as which type, saved under which name ("" for that of the address)."""

    content: bytes
    type: str
    saved: str = ""


class _Handler(RequestHandler):
    def initialize(self, hear: Hear, service: str) -> None:
        self.hear, self.service = hear, service

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")

    def value(self, name: str) -> str:
        """A field of the form or of the address, "" where there is none."""
        return self.get_argument(name, "") or ""

    def heard(self, to: str, text: str) -> None:
        self.hear(Heard(self.service, to, text))

    def check_xsrf_cookie(self) -> None:
        return


class Page(_Handler):
    """A page of the site."""

    def get(self, name: str) -> None:
        page = PAGES / f"{self.service}-{name or 'index'}.html"
        if not page.is_file():
            self.send_error(404)
            return
        self.finish(page.read_bytes())


class Form(_Handler):
    """A form sent as forms are, with a file or without."""

    def post(self) -> None:
        self.heard(self.value("to"), self.value("text"))
        for item in self.request.files.get("file", []):
            self.heard(item["filename"], item["body"].decode("latin-1"))
        self.finish("<!doctype html><html lang=en><title>Sent</title><p id=state>sent</p></html>")


class Search(_Handler):
    """A search, sent in the address."""

    def get(self) -> None:
        self.heard("", self.value("text"))
        self.finish("<!doctype html><html lang=en><title>Found</title><p id=state>nobody of that name</p></html>")


class Polled(_Handler):
    """Long polling: what is said is answered to the next who asks, or who asks already."""

    def initialize(self, hear: Hear, service: str, said: asyncio.Queue[str] | None = None) -> None:
        super().initialize(hear, service)
        self.said = asyncio.Queue() if said is None else said

    def post(self) -> None:
        self.heard(self.value("to"), text := self.value("text"))
        self.said.put_nowait(text)
        self.finish("ok")

    async def get(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self.finish(await self.said.get())
        except TimeoutError:
            await self.finish("")


class Socket(WebSocketHandler):
    """A web socket: chat and games say {"to", "text"} and get the text back, calls speak SIP (RFC 7118)."""

    def initialize(self, hear: Hear, service: str) -> None:
        self.hear, self.service = hear, service

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return "sip" if "sip" in subprotocols else None

    def check_origin(self, origin: str) -> bool:
        return True

    def on_message(self, message: str | bytes) -> None:
        text = message if isinstance(message, str) else message.decode("utf-8", "replace")
        if self.selected_subprotocol == "sip":
            self._sip(text)
            return
        said = json.loads(text)
        self.hear(Heard(self.service, str(said["to"]), str(said["text"])))
        self.write_message(json.dumps({"text": str(said["text"])}))

    def _sip(self, text: str) -> None:
        head, _, body = text.partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines if ": " in line)
        self.hear(Heard(self.service, fields.get("To", ""), f"{first} | {fields.get('Subject', '')} | {body}"))
        kept = "".join(f"{name}: {fields.get(name, '')}\r\n" for name in ("Via", "From", "To", "Call-ID", "CSeq"))
        self.write_message(f"SIP/2.0 200 OK\r\n{kept}Content-Length: 0\r\n\r\n")


class File(_Handler):
    """A file that is offered."""

    def initialize(self, hear: Hear, service: str, offers: Mapping[str, Offer] | None = None) -> None:
        super().initialize(hear, service)
        self.offers = {} if offers is None else offers

    def get(self, name: str) -> None:
        if not (offer := self.offers.get(name)):
            self.send_error(404)
            return
        if offer.saved:
            self.set_header("Content-Disposition", f'attachment; filename="{offer.saved}"')
        self.set_header("Content-Type", offer.type)
        self.finish(offer.content)


class Tracker(_Handler):
    """Announcements of peers, each told of the one at the address and port that its query names."""

    def get(self) -> None:
        self.heard("tracker", self.request.arguments["info_hash"][0].hex())
        peer = bytes([198, 18, 0, 1]) + int(self.value("seed")).to_bytes(2, "big")
        self.set_header("Content-Type", "text/plain")
        self.finish(b"d8:intervali60e5:peers6:" + peer + b"e")


def sites(hear: Hear, offers: Mapping[str, Offer]) -> HTTPServer:
    """A server for all of them, told apart by the name that is asked for. It tells `hear` of what arrives, and has the
    files of `offers`, by path."""
    application = Application(log_function=lambda _: None)  # what was asked for is in the record
    for service, host in HOSTS.items():
        given: dict[str, Any] = {"hear": hear, "service": service}
        application.add_handlers(
            host.replace(".", r"\."),
            [
                (r"/send", Form, given),
                (r"/search", Search, given),
                (r"/poll", Polled, {**given, "said": asyncio.Queue()}),
                (r"/socket", Socket, given),
                (r"/announce", Tracker, given),
                (r"/file/(.*)", File, {**given, "offers": offers}),
                (r"/([a-z]*)", Page, given),
            ],
        )
    return HTTPServer(application)
