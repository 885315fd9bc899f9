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
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

from harness.browser.devtools import DevTools, ProtocolError
from harness.browser.find import is_shell
from harness.browser.frames import REQUIRED, Frames
from harness.browser.place import Place
from harness.browser.tab import Tab
from harness.evidence import scratch
from harness.internet.ports import free_ports
from harness.model.errors import BrowserGone

OPEN_SECONDS = 20.0
STILL_SECONDS = 5.0
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
EXTENSIONS_OFF = "--disable-extensions"
# Fails closed: no name resolves inside the browser, so nothing but a proxy on loopback can be reached.
RESOLVES_NOTHING = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
# One start at a time changes the environment, so that each undoes what it did.
_starting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


class Chromium:
    """One browser. `spkis` are the only keys it trusts besides the system's and those in the folder `trust` (NSS);
    `arguments` come after our own.

    In a `place` of its own it resolves names as that place does, and can reach nothing but what that place holds. With
    `lasting` its tabs live in its own profile, where extensions and policies act, and which all of them share. `headed`
    shows it on the screen. With `still`, tabs in profiles of their own draw on demand if the program can do that.
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
        still: bool = False,
    ) -> None:
        self.executable = executable
        self.spkis = tuple(spkis)
        self._arguments, self._place, self._lasting, self._trust = tuple(arguments), place, lasting, trust
        self._headed, self._still = headed, still and not headed and is_shell(executable)
        self._frames: Frames | None = None
        self._drawn = False
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
        still = (REQUIRED,) if self._still else ()
        arguments = [*ARGUMENTS, *closed, *still, f"--remote-debugging-port={port}", *self._arguments]
        if self.spkis:
            arguments.append("--ignore-certificate-errors-spki-list=" + ",".join(self.spkis))
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        # Its temporary files go into our folder, which we remove: killed or hurried, it leaves its own behind.
        async with _starting.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            with patched(TMPDIR=str(self._home)):
                self._playwright = await async_playwright().start()
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=self._place.executable(self.executable) if self._place else self.executable,
                args=arguments,
                headless=not self._headed,
                # Those are Playwright's and ours together.
                ignore_default_args=[EXTENSIONS_OFF] if self._lasting and EXTENSIONS_OFF not in arguments else None,
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
        self._frames = Frames(self.devtools) if self._still else None
        processes = (await self.devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
        self._pid = next(int(item["id"]) for item in processes if item["type"] == "browser")

    @property
    def alive(self) -> bool:
        return self.devtools is not None and not self.devtools.gone.is_set()

    async def tab(self, proxy: str, bypass: Sequence[str] = (), private: bool = False) -> Tab:
        """A tab in a profile of its own, behind `proxy` (`http://127.0.0.1:PORT`, "" for none) but for the hosts in
        `bypass`; in a lasting profile, unless it is `private`, behind what the browser's arguments say."""
        if self.devtools is None or self._home is None:
            raise BrowserGone("the browser is not running")
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                if self._lasting and not private:
                    return await Tab.open(self.devtools, "", bypass, self._home, lasting=True)
                frames = self._frames
                tab = await Tab.open(self.devtools, proxy, bypass, self._home, frames=frames)
                if frames and not await self._draws(frames, tab):
                    self._frames = None
                    await tab.close()
                    tab = await Tab.open(self.devtools, proxy, bypass, self._home)
                return tab
        except TimeoutError:
            raise BrowserGone(f"the browser did not open a tab within {OPEN_SECONDS:.0f} s") from None

    async def _draws(self, frames: Frames, tab: Tab) -> bool:
        """Whether the program draws on demand, which not every build does; tried in its first tab."""
        if not self._drawn:
            with contextlib.suppress(ProtocolError, TimeoutError):
                async with asyncio.timeout(STILL_SECONDS):
                    await frames.draw(tab.session)
                    self._drawn = True
        return self._drawn

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
