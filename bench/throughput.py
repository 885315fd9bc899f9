"""How near the harness comes to what the browser can do: `python -m bench.throughput`.

In one run, side by side, on the same pages, over http and https: (a) the limit: DevTools protocol, headless-shell, no
proxy; (a') the same where frames are drawn on demand, as in the harness, and none is; (b) the script a vendor would
write: Playwright, a new context for every URL, through mitmproxy; (c) the harness with everything it does, through
mitmproxy alone, squid and e2guardian. Rates are page loads a second once the tabs are there; a case of the harness is
two loads, one on each arm. Processor time is by process; on a machine that others use its ratios say more than those of
rates.
"""

import argparse
import asyncio
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from playwright.async_api import async_playwright

from bench.pages import Site, urls, write_corpus
from bench.processor import Processor
from harness.browser import frames
from harness.browser.chromium import ARGUMENTS, about
from harness.browser.devtools import DevTools
from harness.browser.find import find
from harness.cli.actions import now, versions
from harness.internet import pages
from harness.internet.ports import free_ports
from harness.model.words import Verdict
from harness.run.carry import carry_on
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup

LIMIT = "(a) limit: DevTools, no proxy"
STILL = "(a') limit, drawing nothing"
SCRIPT = "(b) script: Playwright, context per URL, mitmproxy"
PRODUCTS = {"mitmproxy": "direct", "squid": "squidguard", "e2guardian": "e2guardian"}


@dataclass(frozen=True, slots=True)
class Pages:
    """So many loads of a scheme, so many at once; each page on a site of its own if they lie `apart`."""

    count: int
    jobs: int
    scheme: str
    apart: bool

    def urls(self, port: int | None = None) -> list[str]:
        return urls(self.count, self.scheme, port, self.apart)


@dataclass(slots=True)
class Lap:
    """One measurement: page loads, seconds, processor seconds by process."""

    loads: int
    seconds: float
    processor: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return self.loads / self.seconds

    @property
    def work(self) -> float:
        """Processor milliseconds a load."""
        return 1000 * sum(self.processor.values()) / self.loads


Way = Callable[[Path, Pages], Awaitable[Lap]]


async def limit(executable: Path, asked: Pages, still: bool = False) -> Lap:
    """Load the pages straight from a web server, each tab one after the other, and read each page's text; `still`, draw
    none of them."""
    rules = "--host-resolver-rules=MAP *.test 127.0.0.1"
    async with Site(asked.scheme) as site, async_playwright() as playwright:
        (port,) = free_ports(1)
        arguments = [*ARGUMENTS, rules, f"--remote-debugging-port={port}"]
        arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
        arguments += [f"--ignore-certificate-errors-spki-list={site.spki}"] if site.spki else []
        arguments += [frames.REQUIRED] if still else []
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        devtools = await DevTools.open(about(port)["webSocketDebuggerUrl"])
        queue = iter(asked.urls(site.port))
        processor = Processor()
        ends: list[float] = []

        async def tab() -> None:
            how = {"url": "about:blank", **(frames.ON_DEMAND if still else {})}
            target = (await devtools.send("Target.createTarget", how))["targetId"]
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
                ends.append(time.monotonic())
                if len(ends) == 2 * asked.jobs:
                    processor.begin()

        await asyncio.gather(*(tab() for _ in range(asked.jobs)))
        processor.end()
        await devtools.close()
        await browser.close()
    return Lap(asked.count - 2 * asked.jobs, ends[-1] - ends[2 * asked.jobs - 1], processor.seconds)


ADDON = """
from mitmproxy import http

def request(flow):
    flow.response = http.Response.make(200, PAGE, {"Content-Type": "text/html"})
"""


async def script(executable: Path, asked: Pages) -> Lap:
    """What a vendor would write: mitmdump with an addon, and one URL after the other, each in a new context."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory() as work:
        addon = Path(work) / "addon.py"
        addon.write_text(f"PAGE = {pages.NEUTRAL.encode()!r}\n{ADDON}")
        mitmdump = str(Path(sys.executable).with_name("mitmdump"))
        options = ["--set", f"confdir={work}", "--listen-host", "127.0.0.1", "--listen-port", str(port)]
        options += ["--set", "connection_strategy=lazy", "--set", "upstream_cert=false"]  # there is nobody behind it
        proxy = await asyncio.create_subprocess_exec(mitmdump, "-q", "-s", str(addon), *options)
        await _accepts(port)
        async with async_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = await playwright.chromium.launch(
                executable_path=executable, args=arguments, proxy={"server": f"http://127.0.0.1:{port}"}
            )
            processor, began = Processor(), time.monotonic()
            processor.begin()
            for url in asked.urls():
                context = await browser.new_context(ignore_https_errors=True)
                page = await context.new_page()
                await page.goto(url)
                assert "says nothing in particular" in await page.content()
                await context.close()
            seconds = time.monotonic() - began
            processor.end()
            await browser.close()
        proxy.terminate()
        await proxy.wait()
    return Lap(asked.count, seconds, processor.seconds)


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
    """The progress of a run as the times at which its cases were done; `processor` goes from the case `first` on to the
    last."""

    def __init__(self, first: int, last: int, processor: Processor) -> None:
        self.times: list[float] = []
        self._first, self._last, self._processor = first, last, processor

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = {}) -> None: ...

    def fault(self, text: str) -> None: ...

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)

    def case(self, verdict: Verdict | None = None) -> None:
        self.times.append(time.monotonic())
        if len(self.times) == self._first:
            self._processor.begin()
        if len(self.times) == self._last:
            self._processor.end()


def through(product: str) -> Way:
    """The harness itself: a whole session with both arms, receipts, canaries and journal."""

    async def lap(executable: Path, asked: Pages) -> Lap:
        cases, first = asked.count // 2, asked.jobs
        with tempfile.TemporaryDirectory() as scratch:
            write_corpus(Path(scratch) / "corpus", cases, asked.scheme, asked.apart)
            request = Request(product, str(Path(scratch) / "corpus"), "pas74-kitemark", jobs=asked.jobs)
            folder = plan(request, Path(scratch) / "run", now())
            spec = folder.spec()
            processor = Processor()
            watch = Stopwatch(first, cases, processor)
            await carry_on(Setup(folder, spec, *reopen(spec), executable, "bench", now, watch, versions()))
        return Lap(2 * (cases - first), watch.times[-1] - watch.times[first - 1], processor.seconds)

    return lap


async def measure(asked: Sequence[Pages], rounds: int, executable: Path) -> None:
    """Print a table for each: medians over the rounds, each round all ways in turn."""
    ways: dict[str, Way] = {LIMIT: limit, STILL: partial(limit, still=True), SCRIPT: script}
    ways |= {f"(c) harness, {name}": through(of) for name, of in PRODUCTS.items()}
    laps: dict[Pages, dict[str, list[Lap]]] = {pages: {name: [] for name in ways} for pages in asked}
    for number, pages_of, name in itertools.product(range(rounds), asked, ways):
        way = ways[name]
        few = replace(pages_of, count=max(20, pages_of.count // 5)) if way is script else pages_of
        laps[pages_of][name].append(lap := await way(executable, few))
        print(
            f"round {number + 1} of {rounds}: {few.scheme}: {name}: {lap.rate:.1f}/s, {lap.work:.1f} ms",
            file=sys.stderr,
        )
    load = " ".join(f"{value:.0f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, {executable.name}, {rounds} rounds, load {load}")
    for pages_of, found in laps.items():
        where = "each on a site of its own" if pages_of.apart else "on hosts of one site"
        print(f"\n{pages_of.scheme}, {pages_of.count} pages {where}, {pages_of.jobs} tabs or cases at once")
        _table(found)


def _table(laps: Mapping[str, Sequence[Lap]]) -> None:
    heads = "".join(f"{head:>10}" for head in ("loads/s", "x (a)", "x (b)", "ms a load", "(a) / it"))
    print(f"{'':52}{heads}   processor ms a load, by process")
    for name, found in laps.items():
        pairs = [list(zip(found, laps[other], strict=True)) for other in (LIMIT, SCRIPT)]
        rates = [statistics.median(lap.rate / base.rate for lap, base in pair) for pair in pairs]
        work = statistics.median(base.work / lap.work for lap, base in pairs[0])
        figures = (statistics.median(lap.rate for lap in found), *rates)
        shares = {who: statistics.median(_share(lap, who) for lap in found) for who in found[0].processor}
        print(
            f"{name:52}{figures[0]:10.1f}{figures[1]:10.2f}{figures[2]:10.2f}"
            f"{statistics.median(lap.work for lap in found):10.1f}{work:10.2f}   "
            + ", ".join(f"{who} {value:.1f}" for who, value in shares.items() if value >= 0.1)
        )


def _share(lap: Lap, who: str) -> float:
    return 1000 * lap.processor.get(who, 0.0) / lap.loads


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=300, help="page loads in each lap (the script makes a fifth)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--scheme", choices=("http", "https"), help="that one alone")
    parser.add_argument("--apart", action="store_true", help="each page on a site of its own")
    parser.add_argument("--browser")
    given = parser.parse_args()
    schemes = [given.scheme] if given.scheme else ["http", "https"]
    asked = [Pages(given.pages, given.jobs, scheme, given.apart) for scheme in schemes]
    asyncio.run(measure(asked, given.rounds, find(given.browser)))


if __name__ == "__main__":
    main()
