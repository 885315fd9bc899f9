"""Servers in the Internet around a ground that ways round a product lead by: a resolver, relays, sites by HTTP/3."""

import datetime
import shutil
import sys

from harness.checks.ground import Ground
from harness.checks.programs import http3_server, names_server, sockets_server
from harness.checks.shown import Untried
from harness.internet import spki

PROGRAMS = "harness.checks.programs"
RELAY = "203.0.113.10"  # for documentation (RFC 5737), as every address leads to them
PASSWORD = "marker-17"
# By what pproxy calls them; within TLS where it says so.
HTTP, SOCKS, SHADOWSOCKS, TROJAN, HTTP2, HTTPS = 3128, 1080, 8388, 4443, 4444, 4445
QUIC = 4446
LISTENERS = (
    f"http://0.0.0.0:{HTTP}",
    f"socks5://0.0.0.0:{SOCKS}",
    f"ss://aes-256-gcm:{PASSWORD}@0.0.0.0:{SHADOWSOCKS}",
    f"trojan+ssl://0.0.0.0:{TROJAN}#{PASSWORD}",
    f"h2+ssl://0.0.0.0:{HTTP2}",
    f"http+ssl://0.0.0.0:{HTTPS}",
    f"h3://0.0.0.0:{QUIC}",
)
SOCKETS = 8880


async def names(ground: Ground) -> None:
    """A resolver that answers everybody, at `names_server.ADDRESS`. Raises HarnessError."""
    program = [sys.executable, "-m", names_server.__name__, *certified(ground)]
    await ground.service("names", program, names_server.PLAIN)


async def relays(ground: Ground) -> None:
    """Relays of every kind, at every address. Raises HarnessError."""
    await names(ground)  # which they ask
    certificate, key = certified(ground)
    listeners = [part for listener in LISTENERS for part in ("-l", listener)]
    program = [sys.executable, "-m", "pproxy", *listeners, "--ssl", f"{certificate},{key}"]
    await ground.service("relays", program, HTTPS)
    ground.junction.ports |= {HTTP, SOCKS, SHADOWSOCKS, TROJAN, HTTP2}


async def http3(ground: Ground) -> None:
    """The sites of the web by HTTP/3. Raises HarnessError."""
    await ground.service("http3", [sys.executable, "-m", http3_server.__name__, *certified(ground)], 0)


async def sockets(ground: Ground) -> None:
    """A relay by WebSocket. Raises HarnessError."""
    await ground.service("sockets", [sys.executable, "-m", sockets_server.__name__, str(SOCKETS)], SOCKETS)


def need(program: str, package: str) -> str:
    """The program's path. Raises Untried, saying how to install it."""
    found = shutil.which(program) or shutil.which(program, path="/usr/local/sbin:/usr/sbin:/sbin")
    if found is None:
        raise Untried(f"{program} is not installed; on Debian or Ubuntu: apt-get install {package}")
    return found


def certified(ground: Ground) -> tuple[str, str]:
    """A certificate that nobody need trust, and its key: files of this ground."""
    folder = ground.work / "servers"
    if not folder.exists():
        folder.mkdir()
        spki.make_authority(folder, datetime.datetime.now(datetime.UTC))
    certificate, key = sorted(folder.iterdir(), key=lambda path: "key" in path.name)
    return str(certificate), str(key)
