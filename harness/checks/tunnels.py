"""Ways to a page that the product blocks, gone by programs other than a browser, or by a relay in the Internet."""

import itertools
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any
from urllib.parse import urlsplit

from harness.browser.sight import Sight
from harness.checks import servers
from harness.checks.ground import ALLOWED, BLOCKED, Ground
from harness.checks.passages import ended, ordinary_way
from harness.checks.programs import http3, lookup, names_server, raw, relayed, sockets
from harness.checks.servers import need
from harness.checks.shown import Shown, Untried
from harness.internet.holder import WORLD
from harness.model.check import Check
from harness.model.words import Arm
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK

SECONDS = 10.0
DIRECTLY = "directly"
LATE = ("TimeoutError", "timed out")  # how programs say that nothing came in time
CRASHED = "Traceback (most recent call last)"
OTHER_ACCOUNT = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
_numbers = itertools.count(1)
Command = Callable[[Mapping[str, Any], str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Client:
    """A program on the computer: `command` is what gets the page at the root of a host, printed, by a proxy (URL) or,
    where that is "", directly; it needs what `beside` starts. It can be told of a proxy, if `proxied`, and is tried
    past that one too, if `past`."""

    command: Command
    beside: Callable[[Ground], Awaitable[None]] | None = None
    proxied: bool = True
    past: bool = True


@dataclass(frozen=True, slots=True)
class Got:
    """What came of it: whether the page was had, in words how, and every try."""

    seen: bool
    how: str
    tries: tuple[dict[str, Any], ...]


async def perform(client: Client, ground: Ground, check: Check) -> Shown:
    """Get the page that is blocked by the client: past the product, and by its proxy, where it has one; what comes of
    the page to allow too, where nothing does. Raises Untried."""
    if client.beside:
        await client.beside(ground)
    ordinary = await ordinary_way(ground)
    got = await _get(client, ground, check, CANARY_BLOCK)
    facts = {"ordinary_way": ordinary, "how": got.how, "tries": list(got.tries), "ms": got.tries[-1]["ms"]}
    if ground.arm is Arm.TEST and not got.seen:
        facts |= await _allowed_way(client, ground, check)
    return Shown(got.seen, facts)


async def _allowed_way(client: Client, ground: Ground, check: Check) -> dict[str, Any]:
    got = await _get(client, ground, check, CANARY_ALLOW)
    if got.seen:
        return {"allowed_way": "open"}
    sight = await ground.look(ALLOWED)
    ended(sight)
    if not sight.token_seen:
        raise Untried("the product lets nothing through by the ordinary way, not even the page to allow")
    for item in got.tries:  # past the proxy of a closed network nothing ever answers
        late = any(word in item["said"] for word in LATE)
        if late and not (ground.closed and item["way"] == DIRECTLY):
            how = f"{item['way']}: {item['said']} after {item['ms'] / 1000:.1f} s"
            return {"allowed_way": "late", "allowed_ms": item["ms"], "how": how}
    return {"allowed_way": "stopped"}


async def _get(client: Client, ground: Ground, check: Check, host: str) -> Got:
    tries: list[dict[str, Any]] = []
    async with await ground.serve(f"http://{host}:{check.given.get('port', 80)}/") as page:
        for proxy in _proxies(client, ground):
            began = time.monotonic()
            done = await ground.execute(
                client.command(check.given, host, proxy), SECONDS, env={**os.environ, **_environment(proxy)}
            )
            if done.code is None or CRASHED in done.errors:
                raise Untried(f"a program of ours came to no end of its own: {_last_line(done.errors)}")
            way = "by the product's proxy" if proxy else DIRECTLY
            said = _last_line(done.errors) if done.errors.strip() else _line(done.out)
            seen = page.token in done.out
            took = round(1000 * (time.monotonic() - began))
            tries.append({"way": way, "code": done.code, "said": "" if seen else said, "seen": seen, "ms": took})
            if seen:
                break
    how = "; ".join(f"{item['way']}: {'had' if item['seen'] else item['said']}" for item in tries)
    return Got(tries[-1]["seen"], how, tuple(tries))


def _proxies(client: Client, ground: Ground) -> Sequence[str]:
    """What it is set to go by, one after the other, "" for nothing."""
    if not ground.proxy or not client.proxied:
        return ("",)
    return ("", ground.proxy) if client.past else (ground.proxy,)


def _environment(proxy: str) -> dict[str, str]:
    """What programs take their proxy from."""
    return {key: proxy for name in ("http_proxy", "https_proxy", "all_proxy") for key in (name, name.upper())}


def _line(text: str, which: int = 0) -> str:
    lines = text.strip().splitlines()
    return lines[which][:120] if lines else "nothing"


def _last_line(text: str) -> str:
    return _line(text, -1)


def _program(module: Any, *arguments: str) -> Sequence[str]:
    return [sys.executable, "-m", module.__name__, *arguments]


def _filled(text: str, host: str) -> str:
    """`$host` is the site that is asked for, `$front` one that is allowed, `$url` the page."""
    return Template(text).substitute(host=host, front=CANARY_ALLOW, url=f"http://{host}/")


def _curl(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    """curl, which goes by the environment, with further `arguments`."""
    arguments = [_filled(item, host) for item in given.get("arguments", ())]
    return [need("curl", "curl"), "-sS", "-i", "-k", "-m", "5", *arguments, f"http://{host}/"]


def _other_account(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    """curl as a user who has none of the product's settings."""
    if os.geteuid() != 0:
        raise Untried("it takes root to be another user of this computer")
    return [*OTHER_ACCOUNT, *_curl(given, host, proxy)]


def _relayed(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    return _program(relayed, "__".join(given["relays"]), host, proxy)


def _sockets(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    return _program(sockets, f"ws://relay.example:{servers.SOCKETS}/", host, proxy)


def _raw(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    """`request` is said, with `$target` at the place of what is asked for: a path, or a URL where a proxy is asked."""
    tls, tunnel = bool(given.get("tls")), bool(given.get("tls") or given.get("tunnel"))
    to = _filled(given.get("to", "$host"), host)
    target = f"http://{to}/" if proxy and not tunnel else "/"
    saying = {
        "said": Template(given["request"]).substitute(host=host, front=CANARY_ALLOW, target=target),
        "host": to,
        "port": given.get("port", 443 if tls else 80),
        "proxy": urlsplit(proxy).netloc,
        "tunnel": tunnel,
        "tls": tls,
        "name": _filled(given.get("name", "$host"), host),
        "every": given.get("every", 0),
        "records": given.get("records", 0),
    }
    return _program(raw, json.dumps(saying))


def _http3(given: Mapping[str, Any], host: str, proxy: str) -> Sequence[str]:
    return _program(http3, host)


CLIENTS: Mapping[str, Client] = {
    "curl": Client(_curl),
    "other-account": Client(_other_account, proxied=False),
    "relayed": Client(_relayed, servers.relays),
    "relayed-past": Client(_relayed, servers.relays, proxied=False),
    "sockets": Client(_sockets, servers.sockets),
    "raw": Client(_raw, past=False),
    "http3": Client(_http3, servers.http3, proxied=False),
}


async def browser_relayed(ground: Ground, check: Check) -> Shown:
    """Open the page that is blocked in the product's own browser, set to the proxy that is given. Raises Untried."""
    await servers.relays(ground)
    ordinary = await ordinary_way(ground)
    sight = await _look(ground, f"--proxy-server={check.given['proxy']}", proxied=False)
    return Shown(sight.token_seen, {"ordinary_way": ordinary, "how": _words(sight)})


async def resolved(ground: Ground, check: Check) -> Shown:
    """Ask another name server for the address, by `given.transport`, and get the page there. Raises Untried."""
    await servers.names(ground)
    ordinary = await ordinary_way(ground)
    asked = await ground.execute(_program(lookup, check.given["transport"], names_server.ADDRESS, CANARY_BLOCK))
    answer, said = asked.out.split(), _last_line(asked.errors.strip())
    facts = {"ordinary_way": ordinary, "answer": answer, "said": said}
    if WORLD not in answer:
        return Shown(False, {**facts, "how": f"the resolver does not say where it is: {said}"})
    sight = await _look(ground, f"--host-resolver-rules=MAP {CANARY_BLOCK} {WORLD}")
    return Shown(sight.token_seen, {**facts, "how": f"the resolver says {WORLD}; {_words(sight)}"})


async def hosts_file(ground: Ground, check: Check) -> Shown:
    """Write the address into the computer's hosts file, and open the page. Raises Untried."""
    ordinary = await ordinary_way(ground)
    with ground.room.hosts(f"{WORLD} {CANARY_BLOCK}\n"):
        sight = await _look(ground, f"--user-agent=hosts/{next(_numbers)}")  # a browser that has not asked yet
    return Shown(sight.token_seen, {"ordinary_way": ordinary, "how": _words(sight)})


async def _look(ground: Ground, argument: str, proxied: bool = True) -> Sight:
    """What the product's own browser, with a further argument, sees of the page that is blocked. Raises Untried."""
    async with await ground.serve(BLOCKED) as page:
        sight = await ground.visit(BLOCKED, page.token, arguments=(argument,), proxied=proxied)
    if not sight.token_seen:
        ended(sight)
    return sight


def _words(sight: Sight) -> str:
    return sight.error or f"status {sight.status}{f', {sight.title!r}' if sight.title else ''}"
