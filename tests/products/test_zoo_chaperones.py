"""The zoo's chaperone keeps every promise, and each of the others breaks what it says and nothing else."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from mitmproxy.test import tflow, tutils
from mitmproxy.websocket import WebSocketData, WebSocketMessage
from wsproto.frame_protocol import Opcode

from harness.checks.comms import files
from harness.checks.comms.personal import FORMS, SECRETS
from harness.classify.personal import arrived
from harness.products.base import Context
from harness.products.zoo_chaperones import CHAPERONES, PRIVATE, Chaperone
from harness.profile import product

BROKEN = {
    "chaperone": set[str](),
    "chaperone-open": {"social"},
    "chaperone-shut": {"games"},
    "chaperone-leaking": {"plain", "disguised"},
    "chaperone-literal": {"disguised"},
    "chaperone-welcoming": {"contacts"},
    "chaperone-careless": {"name", "content"},
    "chaperone-superficial": {"content"},
    "chaperone-silent": {"silent"},
    "chaperone-alarmist": {"alarm"},
}


def withheld(zoo: Chaperone, forms: tuple[str, ...]) -> bool:
    for form in forms:
        for kind, texts in FORMS[form].items():
            received = [zoo.said(f"{form} {kind}", "friend", text) for text in texts]
            if arrived({"secret": SECRETS[kind], "received": [text for text in received if text]}):
                return False
    return True


def told(zoo: Chaperone, text: str) -> bool:
    alerts = zoo.context.work / "alerts.log"
    before = alerts.stat().st_size if alerts.exists() else 0
    zoo.said("c", "friend", text)
    return alerts.exists() and alerts.stat().st_size > before


KEPT: dict[str, Callable[[Chaperone], bool]] = {
    "social": lambda zoo: "social.example" in zoo.blocked_hosts,
    "games": lambda zoo: "play.example" not in zoo.blocked_hosts,
    "plain": lambda zoo: withheld(zoo, ("plain",)),
    "disguised": lambda zoo: withheld(zoo, ("spaced", "words", "split")),
    "contacts": lambda zoo: zoo.said("c", "friend", "hello") == "hello" and zoo.said("c", "stranger", "hello") is None,
    "name": lambda zoo: zoo.refused("/tool.exe", files.made("program", "t")),
    "content": lambda zoo: zoo.refused("/picture.jpg", files.made("archive", "t")),
    "silent": lambda zoo: told(zoo, "marker-message-17 on example.test"),
    "alarm": lambda zoo: not told(zoo, "marker-message-4 on example.test"),
}


@pytest.mark.parametrize("behaviour", CHAPERONES)
def test_each_breaks_what_it_says_and_nothing_else(behaviour: str, tmp_path: Path) -> None:
    zoo = CHAPERONES[behaviour](Context(product.load(f"zoo-{behaviour}"), {}, tmp_path, 0))
    assert isinstance(zoo, Chaperone)
    assert {name for name, keeps in KEPT.items() if not keeps(zoo)} == BROKEN[behaviour]


def test_it_knows_what_is_tried() -> None:
    assert set(PRIVATE) == set(SECRETS.values())


def test_it_masks_in_web_sockets_and_stanzas(tmp_path: Path) -> None:
    zoo = Chaperone(Context(product.load("zoo-chaperone"), {}, tmp_path, 0))
    flow = tflow.tflow(req=tutils.treq(host="webchat.example", headers=()))
    for to, text, passed in (("friend", "hello", "hello"), ("friend", "ring 01632 960123", "[withheld]")):
        said = json.dumps({"to": to, "text": text}).encode()
        flow.websocket = WebSocketData(messages=[WebSocketMessage(Opcode.TEXT, True, said)])
        zoo.websocket_message(flow)
        assert json.loads(flow.websocket.messages[-1].text)["text"] == passed
    stanza = "<message to='{}@chat.example' type='chat'><body>{}</body></message>"
    raw = tflow.ttcpflow()
    raw.messages[-1].from_client = True
    raw.messages[-1].content = (
        stanza.format("friend", "I am Robin Sample") + stanza.format("stranger", "hello")
    ).encode()
    zoo.tcp_message(raw)
    assert raw.messages[-1].content.decode() == stanza.format("friend", "[withheld]")
