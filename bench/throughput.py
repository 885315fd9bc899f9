"""How near the harness comes to what the browser can do: `python -m bench.throughput`.

In one run, side by side, on the same pages: (a) the limit: DevTools protocol, headless-shell, no proxy; (b) the script
a vendor would
write: Playwright, a new context for every URL, through mitmproxy; (c) the harness with everything it does, through
mitmproxy alone and
through squid. Rates are page loads a second; a case of the harness is two loads, one on each arm. Processor time is by
process.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import async_playwright

from bench.pages import Site, urls, write_corpus
from bench.processor import Processor
from harness.browser.chromium import ARGUMENTS, about
from harness.browser.devtools import DevTools
from harness.browser.find import find
from harness.cli.actions import now, versions
from harness.internet import pages
from harness.internet.proxy import free_ports
from harness.run.plan import Request, plan, reopen
from harness.run.session import Setup, carry_on

LIMIT = "(a) limit: DevTools, no proxy"
SCRIPT = "(b) script: Playwright, context per URL, mitmproxy"
HARNESS = "(c) harness, mitmproxy"
SQUID = "(c) harness, squid"


@dataclass(slots=True)
class Lap:
    """One measurement: page loads, seconds, processor seconds by process."""

    loads: int
    seconds: float
    processor: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.loads / self.seconds


async def limit(executable: Path, count: int, jobs: int, scheme: str) -> Lap:
    """Load the pages straight from a web server, `jobs` tabs at once, and read each page's text. http only."""
    rules = "--host-resolver-rules=MAP *.bench.test 127.0.0.1"
    async with Site() as site, async_playwright() as playwright:
        (port,) = free_ports(1)
        arguments = [item for item in ARGUMENTS if "host-resolver" not in item] + [
            rules,
            f"--remote-debugging-port={port}",
        ]
        arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        devtools = await DevTools.open(about(port)["webSocketDebuggerUrl"])
        queue = iter(urls(count, "http", site.port))

        async def tab() -> None:
            target = (await devtools.send("Target.createTarget", {"url": "about:blank"}))["targetId"]
            session = (await devtools.send("Target.attachToTarget", {"targetId": target, "flatten": True}))["sessionId"]
            await devtools.send("Page.enable", session=session)
            loaded = asyncio.Event()
            devtools.on(session, "Page.loadEventFired", lambda _: loaded.set())
            for url in queue:
                loaded.clear()
                await devtools.send("Page.navigate", {"url": url}, session)
                await loaded.wait()
                call = {"expression": "document.documentElement.outerHTML", "returnByValue": True}
                seen = await devtools.send("Runtime.evaluate", call, session)
                assert url.partition("/page")[2] in seen["result"]["value"].replace("&amp;", "&")

        began = time.monotonic()
        async with Processor() as processor:
            await asyncio.gather(*(tab() for _ in range(jobs)))
            seconds = time.monotonic() - began
        await devtools.close()
        await browser.close()
    return Lap(count, seconds, processor.seconds)


ADDON = """
from mitmproxy import http

def request(flow):
    flow.response = http.Response.make(200, PAGE, {"Content-Type": "text/html"})
"""


async def script(executable: Path, count: int, jobs: int, scheme: str) -> Lap:
    """What a vendor would write: mitmdump with an addon, and one URL after the other, each in a new context."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as work:
        addon = Path(work) / "addon.py"
        addon.write_text(f"PAGE = {pages.NEUTRAL.encode()!r}\n{ADDON}")
        mitmdump = str(Path(sys.executable).with_name("mitmdump"))
        options = ["--set", f"confdir={work}", "--listen-host", "127.0.0.1", "--listen-port", str(port)]
        proxy = await asyncio.create_subprocess_exec(mitmdump, "-q", "-s", str(addon), *options)
        await _accepts(port)
        async with async_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = await playwright.chromium.launch(
                executable_path=executable, args=arguments, proxy={"server": f"http://127.0.0.1:{port}"}
            )
            began = time.monotonic()
            async with Processor() as processor:
                for url in urls(count, scheme):
                    context = await browser.new_context(ignore_https_errors=True)
                    page = await context.new_page()
                    await page.goto(url)
                    assert "says nothing in particular" in await page.content()
                    await context.close()
                seconds = time.monotonic() - began
            await browser.close()
        proxy.terminate()
        await proxy.wait()
    return Lap(count, seconds, processor.seconds)


async def _accepts(port: int) -> None:
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return


class Stopwatch:
    """The progress of a run as two times: when its first case was done, and its last."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def setting(self, setting: str, total: int, done: int) -> None: ...

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)

    def case(self) -> None:
        self.times.append(time.monotonic())


def through(product: str) -> Callable[[Path, int, int, str], Awaitable[Lap]]:
    """The harness itself: a whole session with both arms, receipts, canaries and journal."""

    async def lap(executable: Path, count: int, jobs: int, scheme: str) -> Lap:
        cases = count // 2
        with tempfile.TemporaryDirectory() as scratch:
            write_corpus(Path(scratch) / "corpus", cases, scheme)
            asked = Request(product, str(Path(scratch) / "corpus"), "pas74-kitemark", jobs=jobs)
            folder = plan(asked, Path(scratch) / "run", now())
            spec = folder.spec()
            watch = Stopwatch()
            setup = Setup(folder, spec, *reopen(spec), executable, "bench", now, watch, versions())
            async with Processor() as processor:
                await carry_on(setup)
        return Lap(2 * (len(watch.times) - 1), watch.times[-1] - watch.times[0], processor.seconds)

    return lap


async def measure(count: int, rounds: int, jobs: int, scheme: str, executable: Path) -> None:
    """Print the table: medians over the rounds, each round all ways in turn."""
    ways = {LIMIT: limit, SCRIPT: script, HARNESS: through("direct"), SQUID: through("squidguard")}
    laps: dict[str, list[Lap]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            loads = max(20, count // 5) if way is script else count
            laps[name].append(await way(executable, loads, jobs, scheme))
            print(f"round {number + 1} of {rounds}: {name}: {laps[name][-1].rate:.1f}/s", file=sys.stderr)
    machine = f"{os.cpu_count()} processors, {executable.name}"
    print(f"\n{scheme}, {count} pages, {rounds} rounds, {jobs} tabs or cases at once, {machine}")
    print(f"{'':52}{'loads/s':>9}{'x (a)':>8}{'x (b)':>8}   processor ms a load, by process")
    for name, found in laps.items():
        against = [
            [lap.rate / base.rate for lap, base in zip(found, laps[other], strict=True)] for other in (LIMIT, SCRIPT)
        ]
        ratios = "".join(f"{statistics.median(values):8.2f}" for values in against)
        middle = sorted(found, key=lambda lap: lap.rate)[len(found) // 2]
        shares = ", ".join(
            f"{who} {1000 * seconds / middle.loads:.1f}" for who, seconds in middle.processor.items() if seconds > 0.05
        )
        print(f"{name:52}{statistics.median(lap.rate for lap in found):9.1f}{ratios}   {shares}")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300, help="page loads in each lap (the script makes a fifth)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument(
        "--scheme", choices=("http", "https"), default="http", help="of (b) and (c); the limit is always http"
    )
    parser.add_argument("--browser")
    given = parser.parse_args()
    asyncio.run(measure(given.pages, given.rounds, given.jobs, given.scheme, find(given.browser)))


if __name__ == "__main__":
    main()
