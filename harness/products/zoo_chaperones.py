"""The zoo's products that watch over communications: one that keeps its promises, and others that break one each."""

import json
import re
from collections import defaultdict, deque
from urllib.parse import parse_qs, urlencode

from mitmproxy.http import HTTPFlow
from mitmproxy.tcp import TCPFlow

from harness.classify.personal import fold
from harness.products.base import Context
from harness.products.behaviour import BLOCK_PAGE, Behaviour, page

# What a parent has entered.
PRIVATE = ("Robin Sample", "12 Example Road", "Sample Primary School", "01632 960123", "ZZ99 3VZ")
FRIENDS = ("friend",)
MARKER = "marker-message-17"
BLOCKED_HOSTS = ("social.example", "tracker.example")
BLOCKED_PORTS = (25, 119, 143, 6667, *range(6881, 7000))
MAGIC = {b"MZ": "program", b"PK\x03\x04": "archive"}
ENDINGS = (".exe", ".zip")
STANZA = re.compile(rb"<message\b[^>]*?\bto=[\"']([^@\"']+)@.*?<body>(.*?)</body>.*?</message>", re.DOTALL)
WITHHELD = "[withheld]"
REMEMBERED = 3  # messages of one conversation


class Chaperone(Behaviour):
    """Keeps all promises of its profile: every check of communications that bears on it holds."""

    blocked_hosts: tuple[str, ...] = BLOCKED_HOSTS

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._said: defaultdict[str, deque[str]] = defaultdict(lambda: deque(maxlen=REMEMBERED))

    def private(self, texts: list[str]) -> bool:
        """Whether the last of these texts of one conversation gives something away."""
        return any(fold(secret) in fold("".join(texts)) for secret in PRIVATE)

    def friend(self, to: str) -> bool:
        return to in FRIENDS

    def alarming(self, text: str) -> bool:
        return MARKER in text

    def refused(self, name: str, content: bytes) -> bool:
        return any(content.startswith(magic) for magic in MAGIC)

    def said(self, conversation: str, to: str, text: str) -> str | None:
        """What goes on of what is said, None for nothing."""
        if not self.friend(to):
            return None
        if self.alarming(text):
            with (self.context.work / "alerts.log").open("a", encoding="utf-8") as alerts:
                alerts.write(f"{conversation}: {text}\n")
        texts = self._said[conversation]
        texts.append(text)
        if self.private([*texts]):
            texts.clear()
            return WITHHELD
        return text

    def http_connect(self, flow: HTTPFlow) -> None:
        if flow.request.port in BLOCKED_PORTS:
            flow.response = page(BLOCK_PAGE, 403)

    async def case(self, flow: HTTPFlow) -> None:
        await super().case(flow)
        request = flow.request
        if request.pretty_host in self.blocked_hosts:
            self.block(flow)
        elif request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            fields = {name: values[0] for name, values in parse_qs(request.get_text() or "").items()}
            text = self.said(request.pretty_host, fields.get("to", ""), fields.get("text", ""))
            if text is None:
                self.block(flow)
            else:
                request.text = urlencode({**fields, "text": text})
        elif request.headers.get("content-type", "").startswith("multipart/"):
            for name, content in request.multipart_form.items(multi=True):
                if name == b"file" and self.refused(_filename(request.raw_content or b""), content):
                    self.block(flow)

    def response(self, flow: HTTPFlow) -> None:
        if flow.response and self.refused(flow.request.path.partition("?")[0], flow.response.content or b""):
            self.block(flow)

    def websocket_message(self, flow: HTTPFlow) -> None:
        assert flow.websocket
        message = flow.websocket.messages[-1]
        if not message.from_client or flow.request.pretty_host != "webchat.example":
            return
        said = json.loads(message.text)
        text = self.said(flow.id, str(said["to"]), str(said["text"]))
        if text is None:
            message.drop()
        else:
            message.text = json.dumps({**said, "text": text})

    def tcp_message(self, flow: TCPFlow) -> None:
        message = flow.messages[-1]
        if message.from_client:
            message.content = STANZA.sub(lambda found: self._stanza(flow.id, found), message.content)

    def _stanza(self, conversation: str, found: re.Match[bytes]) -> bytes:
        text = self.said(conversation, found[1].decode(), found[2].decode())
        if text is None:
            return b""
        return found[0].replace(found[2], text.encode())


def _filename(body: bytes) -> str:
    found = re.search(rb'filename="([^"]*)"', body)
    return found[1].decode("utf-8", "replace") if found else ""


class Open(Chaperone):
    """Lets through a service that its profile says is blocked: the social network."""

    blocked_hosts = ("tracker.example",)


class Shut(Chaperone):
    """Blocks a service that its profile says is allowed: games on web pages."""

    blocked_hosts = (*BLOCKED_HOSTS, "play.example")


class Leaking(Chaperone):
    """Withholds no personal information."""

    def private(self, texts: list[str]) -> bool:
        return False


class Literal(Chaperone):
    """Withholds personal information only where it is written as the parent did."""

    def private(self, texts: list[str]) -> bool:
        return any(secret in texts[-1] for secret in PRIVATE)


class Welcoming(Chaperone):
    """Ignores its list of contacts."""

    def friend(self, to: str) -> bool:
        return True


class Careless(Chaperone):
    """Refuses no file."""

    def refused(self, name: str, content: bytes) -> bool:
        return False


class Superficial(Chaperone):
    """Refuses files by the ending of their names alone."""

    def refused(self, name: str, content: bytes) -> bool:
        return name.endswith(ENDINGS)


class Silent(Chaperone):
    """Tells of no conversation."""

    def alarming(self, text: str) -> bool:
        return False


class Alarmist(Chaperone):
    """Tells of every conversation."""

    def alarming(self, text: str) -> bool:
        return True


CHAPERONES: dict[str, type[Behaviour]] = {
    "chaperone": Chaperone,
    "chaperone-open": Open,
    "chaperone-shut": Shut,
    "chaperone-leaking": Leaking,
    "chaperone-literal": Literal,
    "chaperone-welcoming": Welcoming,
    "chaperone-careless": Careless,
    "chaperone-superficial": Superficial,
    "chaperone-silent": Silent,
    "chaperone-alarmist": Alarmist,
}
