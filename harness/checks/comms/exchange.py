"""Exchanges: something said on a ground, by a real client of a service, and what of it arrived at the far end."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.browser.devtools import ProtocolError
from harness.browser.tab import Tab
from harness.checks.comms import clients, web
from harness.checks.comms.heard import Heard
from harness.checks.comms.world import World
from harness.checks.ground import Ground
from harness.checks.shown import Untried
from harness.model.words import End

FAULTS = (End.FAULT, End.CRASH, End.TIMEOUT)
CLIENT_SECONDS = 40.0
ARRIVAL_SECONDS, UNHEARD_SECONDS = 1.5, 0.3
WORLD = "198.18.0.1"
# Fills in the page's form and sends it, as a person does; returns what the page says came of it.
SAY = """
(async (to, text, file) => {
  const find = id => document.getElementById(id);
  if (!find("say")) return "another page: " + document.title;
  if (find("to")) find("to").value = to;
  if (find("text")) find("text").value = text;
  if (file) {
    const bytes = Uint8Array.from(atob(file.data), letter => letter.charCodeAt(0));
    const held = new DataTransfer();
    held.items.add(new File([bytes], file.name, { type: file.type }));
    find("file").files = held.files;
  }
  find("state").textContent = "";
  find("say").requestSubmit();
  for (let waited = 0; waited < SECONDS * 20; waited++) {
    await new Promise(done => setTimeout(done, 50));
    if (find("state").textContent) return find("state").textContent;
  }
  return "no answer";
})
""".replace("SECONDS", "2")


@dataclass(frozen=True, slots=True)
class Way:
    """How something is said: by which service, by which page of its site or which client program, at which host."""

    service: str
    page: str = ""
    client: str = ""
    host: str = ""


WAYS = {
    "web-chat": Way("web-chat", page="/"),
    "web-chat-polling": Way("web-chat", page="/polling"),
    "web-mail": Way("web-mail", page="/"),
    "social-post": Way("social-network", page="/posts"),
    "social-message": Way("social-network", page="/messages"),
    "social-search": Way("social-network", page="/people"),
    "call": Way("calls", page="/"),
    "game": Way("games", page="/"),
    "game-datagrams": Way("games", client="game", host="play.example"),
    "xmpp": Way("instant-messaging", client="xmpp", host="chat.example"),
    "irc": Way("irc", client="irc_", host="irc.example"),
    "smtp": Way("mail", client="mail", host="mail.example"),
    "imap": Way("mailbox", client="mailbox", host="mail.example"),
    "nntp": Way("newsgroups", client="news", host="news.example"),
    "torrent-tracker": Way("peer-to-peer", client="torrent", host="tracker.example"),
    "torrent-peer": Way("peer-to-peer", client="torrent", host=WORLD),
}


@dataclass(frozen=True, slots=True)
class Went:
    """What arrived at the far end, in order, `how` it looked where it was said, and `by` what it went."""

    heard: tuple[Heard, ...]
    how: str
    by: str


async def exchange(ground: Ground, name: str, to: str, texts: Sequence[str], *, outside: bool = False) -> Went:
    """Say the texts, one message each, by one of WAYS; by a client in the Internet, past any product, if `outside`.
    Raises Untried where server or client fail."""
    world, way = await ground.once(World.open), WAYS[name]
    if way.client == "torrent":
        return await _torrent(ground, world, way, texts[0], outside)
    if way.client == "mailbox":
        return await _mailbox(ground, world, way, texts, outside)
    port = await world.serve(way.service) if way.client else 80
    before, rest, how, by = len(world.record.at(way.service)), list(texts), "", "browser"
    while rest:  # again after a connection was cut in the midst of it
        if way.client:
            sent, how, by = await _sent(ground, way, port, {"to": to, "texts": rest}, outside)
        else:
            sent, how = await _on_page(ground, way, to, rest)
        if not sent:
            break
        rest = rest[sent:]
    heard = await world.record.since(way.service, before, len(texts), UNHEARD_SECONDS if how else ARRIVAL_SECONDS)
    return Went(tuple(heard), how, by)


async def _sent(ground: Ground, way: Way, port: int, told: Mapping[str, object], outside: bool) -> tuple[int, str, str]:
    said, how, by = await _program(ground, way, port, told, outside)
    return said["sent"], how, by


async def _on_page(ground: Ground, way: Way, to: str, texts: Sequence[str]) -> tuple[int, str]:
    """How many of the texts were sent by the service's page, and "" or what it said of the last. Raises Untried."""
    async with ground.tab() as tab:
        if how := await _open(ground, tab, way):
            return 0, how
        for number, text in enumerate(texts, 1):
            if (how := await say(tab, to, text)) != "sent":
                return number, how
    return len(texts), ""


async def say(tab: Tab, to: str, text: str, file: dict[str, str] | None = None) -> str:
    """Fill in and send the form of the page that is open; what the page says of it. `file` is one to send along: name,
    type, data in base64."""
    return str(await tab.ask(f"{SAY}({json.dumps(to)}, {json.dumps(text)}, {json.dumps(file)})"))


async def _open(ground: Ground, tab: Tab, way: Way) -> str:
    """Open the page; "" or why there is none. Raises Untried."""
    url = f"http://{web.HOSTS[way.service]}{way.page}"
    sight = await tab.visit(url, ground.token(), 12)
    if sight.end in FAULTS:
        raise Untried(f"the visit to {url} ended as {sight.end}{f': {sight.fault}' * bool(sight.fault)}")
    try:
        there = await tab.ask("Boolean(document.getElementById('say'))")
    except ProtocolError:
        there = False
    return "" if there else sight.error or f"another page, status {sight.status}, {sight.title!r}"


async def _program(
    ground: Ground, way: Way, port: int, told: Mapping[str, object], outside: bool
) -> tuple[dict[str, Any], str, str]:
    """What a client program says, what it met, and by what it went. Raises Untried."""
    carried = way.client != "game" and not outside  # a proxy of the web carries no datagrams
    proxy = ground.proxy if carried else ""
    given = {"host": WORLD if outside else way.host, "port": port, "proxy": proxy, **told}
    command = [sys.executable, "-m", f"{clients.__name__}.{way.client}", json.dumps(given)]
    done = await ground.execute(command, CLIENT_SECONDS, outside=outside)
    if done.code != 0:
        raise Untried(f"the client of {way.service} failed: {done.errors[-500:].strip() or 'it came to no end'}")
    said = json.loads(done.out.splitlines()[-1])
    how = said["error"]
    if how and ground.closed and not proxy and not outside:
        how = f"the network has no way out but the product's proxy, which this client cannot use ({how})"
    return said, how, "proxy" if proxy else "itself"


async def _mailbox(ground: Ground, world: World, way: Way, texts: Sequence[str], outside: bool) -> Went:
    """What is fetched of mail that was put into the mailbox before."""
    port = await world.serve(way.service)
    _, wrong, _ = await _program(ground, way, port, {"to": "child", "texts": list(texts), "more": "put"}, True)
    if wrong:
        raise Untried(f"no mail could be put into the mailbox: {wrong}")
    found, how, by = await _program(ground, way, port, {"to": "child", "texts": []}, outside)
    return Went(tuple(Heard(way.service, "child", text) for text in found["answers"]), how, by)


async def _torrent(ground: Ground, world: World, way: Way, text: str, outside: bool) -> Went:
    """The file, with that text in it, as it was got from the peer, by the tracker or known beforehand."""
    port = world.torrent_port()
    seed = [sys.executable, "-m", f"{clients.__name__}.torrent", json.dumps({"seed": 1, "port": port, "text": text})]
    await ground.service(f"seed at {port}", seed, port)
    tracker = f"http://{way.host}/announce?seed={port}" if way.host != WORLD else ""
    told = {"text": text, "tracker": tracker, "peer": "" if tracker else WORLD}
    found, how, by = await _program(ground, way, port, told, outside)
    return Went(tuple(Heard(way.service, "child", item) for item in found["answers"]), how, by)
