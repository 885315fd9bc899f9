"""A Chromium process, launched by Playwright with no way out but the proxies of its tabs."""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from harness.browser.devtools import DevTools
from harness.browser.place import Place
from harness.browser.tab import Tab
from harness.evidence import scratch
from harness.internet.proxy import free_ports
from harness.model.errors import BrowserGone

OPEN_SECONDS = 20.0
# Not --disable-threaded-compositing: a quarter more pages a second, but no pictures.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--dns-prefetch-disable",
    "--no-pings",
)
# Fails closed: no name resolves inside the browser, so nothing but a proxy on loopback can be reached.
RESOLVES_NOTHING = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


class Chromium:
    """One browser. `spkis` are the only keys it trusts besides the system's and those in the folder `trust` (NSS);
    `arguments` come after our own.

    In a `place` of its own it resolves names as that place does, and can reach nothing but what that place holds. With
    `lasting` its tabs live in its own profile, where extensions and policies act, and which all of them share. `headed`
    shows it on the screen.
    """

    def __init__(
        self,
        executable: Path,
        spkis: Sequence[str],
        arguments: Sequence[str] = (),
        place: Place | None = None,
        lasting: bool = False,
        trust: Path | None = None,
        headed: bool = False,
    ) -> None:
        self.executable = executable
        self.spkis = tuple(spkis)
        self._arguments, self._place, self._lasting, self._trust = tuple(arguments), place, lasting, trust
        self._headed = headed
        self.version = ""
        self._playwright: Playwright | None = None
        self._home: Path | None = None
        self._pid = 0
        self.devtools: DevTools | None = None

    async def start(self) -> None:
        """Launch and connect. Raises BrowserGone with the browser's own words when it does not start."""
        self._home = scratch.make("browser")
        if self._trust and self._trust.is_dir():
            (self._home / ".pki").symlink_to(self._trust)
        (port,) = free_ports(1)
        closed = () if self._place else (RESOLVES_NOTHING,)
        arguments = [*ARGUMENTS, *closed, f"--remote-debugging-port={port}", *self._arguments]
        if self.spkis:
            arguments.append("--ignore-certificate-errors-spki-list=" + ",".join(self.spkis))
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        # Its temporary files go into our folder, which we remove: killed or hurried, it leaves its own behind.
        with patched(TMPDIR=str(self._home)):
            self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._place.executable(self.executable) if self._place else self.executable,
                args=arguments,
                headless=not self._headed,
                ignore_default_args=["--disable-extensions"] if self._lasting else None,
                env={**os.environ, "HOME": str(self._home)},
                handle_sigint=False,
            )
            port = await self._place.expose(port) if self._place else port
            version = await asyncio.to_thread(about, port)
        except (PlaywrightError, OSError) as error:
            await self.stop()
            raise BrowserGone(f"{self.executable} did not start: {str(error)[:2000]}") from None
        self.version = version["Browser"]
        path = urlsplit(version["webSocketDebuggerUrl"]).path
        self.devtools = await DevTools.open(f"ws://127.0.0.1:{port}{path}")
        processes = (await self.devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
        self._pid = next(int(item["id"]) for item in processes if item["type"] == "browser")

    @property
    def alive(self) -> bool:
        return self.devtools is not None and not self.devtools.gone.is_set()

    async def tab(self, proxy: str, bypass: Sequence[str] = ()) -> Tab:
        """A tab in a profile of its own, behind `proxy` (`http://127.0.0.1:PORT`, "" for none) but for the hosts in
        `bypass`; in a lasting profile, behind what the browser's arguments say."""
        if self.devtools is None or self._home is None:
            raise BrowserGone("the browser is not running")
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                return await Tab.open(self.devtools, "" if self._lasting else proxy, bypass, self._home, self._lasting)
        except TimeoutError:
            raise BrowserGone(f"the browser did not open a tab within {OPEN_SECONDS:.0f} s") from None

    async def stop(self) -> None:
        """End the browser and remove what it left; its profile is thrown away, so it need not end gently."""
        if self._pid:
            await self._kill()
        if self.devtools is not None:
            await self.devtools.close()
        if self._playwright is not None:
            await self._playwright.stop()
            self._playwright = None
        if self._home is not None:
            scratch.remove(self._home)

    async def _kill(self) -> None:
        """At once. In a place of its own its number means something there alone."""
        if self._place:
            kill = self._place.command(["kill", "-KILL", str(self._pid)])
            process = await asyncio.create_subprocess_exec(*kill, stderr=asyncio.subprocess.DEVNULL)
            await process.wait()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        self._pid = 0


@contextlib.contextmanager
def patched(**variables: str) -> Iterator[None]:
    """Environment variables for the processes started meanwhile."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


def about(port: int) -> dict[str, str]:
    """What the browser with DevTools on that loopback port says of itself. Raises OSError."""
    with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/json/version", timeout=10) as answer:
        return dict(json.load(answer))
