"""The zoo: fake products whose right verdicts are known, the executable specification of run, classify and score.

They run in this process, as a mitmproxy in front of the replayed Internet. A behaviour is a class; its docstring says
what a run must find.
"""

import asyncio
import html
import sys
from pathlib import Path
from typing import Any

from mitmproxy.http import HTTPFlow

from harness.internet import spki
from harness.internet.ports import free_ports
from harness.internet.proxy import LeanProxy
from harness.model import url as urls
from harness.model.errors import InternetGone, ProductFault, UsageError
from harness.model.words import Expectation
from harness.products.base import Context, Product, Route
from harness.products.behaviour import Behaviour, page
from harness.products.zoo_chaperones import CHAPERONES
from harness.products.zoo_guarded import GUARDED
from harness.products.zoo_labels import LABELS
from harness.products.zoo_messages import MESSAGES
from harness.products.zoo_monitors import MONITORS
from harness.products.zoo_upkeep import UPKEEP
from harness.products.zoo_ways import WAYS

FAULT_AFTER = 20  # requests until a crashing, hanging or changing product misbehaves


class AllowAll(Behaviour):
    """Allows every case: every case to block is under-blocked."""

    async def case(self, flow: HTTPFlow) -> None:
        return


class BlockAll(Behaviour):
    """Blocks every case but lets its own allowed canary through: every innocuous case is over-blocked."""

    async def case(self, flow: HTTPFlow) -> None:
        if not flow.request.pretty_host.endswith(".canary.harness.test"):
            self.block(flow)


class Reset(Behaviour):
    """Blocks by cutting the connection: blocked, mechanism reset."""

    def block(self, flow: HTTPFlow) -> None:
        flow.kill()


class Nxdomain(Behaviour):
    """Blocks by names that do not resolve: blocked, mechanism dns, with whatever else is on the same host."""

    def bypass(self) -> tuple[str, ...]:
        return tuple(
            sorted(
                {urls.parse(case.url).hostname for case in self.context.cases if case.expectation is Expectation.BLOCK}
            )
        )


class Warn(Behaviour):
    """Puts a page with a way onward before every case to block: warned."""

    def block(self, flow: HTTPFlow) -> None:
        address = html.escape(flow.request.pretty_url)
        flow.response = page(
            f'<!doctype html><title>Warning</title><p>Are you sure?</p><a href="{address}">Continue to the page</a>'
        )


class AssetOnly(Behaviour):
    """Blocks pictures only: cases with a picture are degraded, the others allowed."""

    async def case(self, flow: HTTPFlow) -> None:
        if flow.request.path.endswith((".png", ".svg")):
            self.block(flow)


class Altering(Behaviour):
    """Takes a paragraph out of every case to block: degraded."""

    async def case(self, flow: HTTPFlow) -> None:
        return

    def response(self, flow: HTTPFlow) -> None:
        if self.listed(flow) and flow.response and flow.response.content:
            flow.response.content = flow.response.content.replace(b"<p>", b"<p hidden>", 1)


class Flaky(Behaviour):
    """Cuts every other connection to a case to block: inconsistent, so never scored."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.times: dict[str, int] = {}

    async def case(self, flow: HTTPFlow) -> None:
        if self.listed(flow):
            key = flow.request.pretty_url
            self.times[key] = self.times.get(key, 0) + 1
            if self.times[key] % 2:
                flow.kill()

    def response(self, flow: HTTPFlow) -> None:
        # A browser asks again by itself when a connection it used before is cut; so none is used twice.
        if flow.response:
            flow.response.headers["Connection"] = "close"


class Slow(Behaviour):
    """Perfect, after half a second: slowness is no verdict."""

    async def case(self, flow: HTTPFlow) -> None:
        await asyncio.sleep(0.5)
        await super().case(flow)


class Lying200(Behaviour):
    """Blocks with status 200 and a page about something else: blocked, mechanism substituted-page."""

    def block(self, flow: HTTPFlow) -> None:
        flow.response = page(
            "<!doctype html><title>Weather</title><h1>Weather</h1><p>Mild, some cloud, light wind from the west.</p>"
        )


class Captcha(Behaviour):
    """Asks for a proof of being human before a case to block: indeterminate."""

    def block(self, flow: HTTPFlow) -> None:
        flow.response = page("<!doctype html><title>One moment</title><p>Please verify that you are a human.</p>")


class VersionChanging(Behaviour):
    """Perfect, but another version at the end than at the beginning: the run is void."""

    def version(self) -> str:
        return "1" if self.seen < FAULT_AFTER else "2"


class Crashing(Behaviour):
    """Stops listening for good in mid-run: the run is void."""

    async def request(self, flow: HTTPFlow) -> None:
        await super().request(flow)
        if self.seen >= FAULT_AFTER:
            flow.kill()
            self.stop()


class Hanging(Behaviour):
    """Stops answering for good in mid-run: nothing is scored from then on, the run is void."""

    async def request(self, flow: HTTPFlow) -> None:
        if self.seen >= FAULT_AFTER:
            await asyncio.sleep(3600)
        await super().request(flow)


class Unfiltered(Behaviour):
    """Not filtering at all: the canary to block gets through, the run is void."""

    async def request(self, flow: HTTPFlow) -> None:
        return


class Overreaching(Behaviour):
    """Filters everything, the canary to allow included: the run is void."""

    async def request(self, flow: HTTPFlow) -> None:
        self.block(flow)


BEHAVIOURS: dict[str, type[Behaviour]] = {
    "perfect": Behaviour,
    "allow-all": AllowAll,
    "block-all": BlockAll,
    "reset": Reset,
    "nxdomain": Nxdomain,
    "warn": Warn,
    "asset-only": AssetOnly,
    "altering": Altering,
    "flaky": Flaky,
    "slow": Slow,
    "lying-200": Lying200,
    "captcha": Captcha,
    "version-changing": VersionChanging,
    "crashing": Crashing,
    "hanging": Hanging,
    "unfiltered": Unfiltered,
    "overreaching": Overreaching,
}

# Those that checks beside blocking are specified by.
CHECKED: dict[str, type[Behaviour]] = {**CHAPERONES, **LABELS, **MESSAGES, **MONITORS, **UPKEEP, **WAYS, **GUARDED}


class ZooProduct(Product):
    """kind = "zoo"; the profile's `behaviour` chooses. A behaviour keeps its state over restarts, as a broken product
    stays broken."""

    def __init__(self, context: Context) -> None:
        profile = context.profile
        behaviours = {**BEHAVIOURS, **CHECKED}
        if profile.behaviour not in behaviours:
            raise UsageError(
                f"{profile.behaviour!r} is not one of {', '.join(behaviours)}",
                file=profile.folder / "profile.toml",
                key="behaviour",
            )
        self._context = context
        self._behaviour = behaviours[profile.behaviour](context)
        self._behaviour.stop = self._crash
        ports = dict(zip(profile.ports, free_ports(len(profile.ports)), strict=True))
        self.variables: dict[str, Any] = {"work": str(context.work), "ports": ports, "python": sys.executable}
        self._behaviour.ports = ports
        self._proxy: LeanProxy | None = None
        self._ports: tuple[int, ...] = ()
        self._crashed = False

    async def start(self, setting: str) -> Route:
        if self._crashed:
            raise ProductFault("the zoo's product has crashed for good")
        confdir: Path = self._context.work / "zoo"
        confdir.mkdir(exist_ok=True)
        self._proxy = LeanProxy(
            [self._behaviour], confdir, upstream=("127.0.0.1", self._context.upstream_port), ports=self._ports
        )
        self._ports = self._proxy.ports
        self._behaviour.setting = setting
        try:
            await self._behaviour.begin()
            await self._proxy.start()
        except InternetGone as error:
            raise ProductFault(f"the zoo's product does not start: {error}") from None
        return Route(
            f"http://127.0.0.1:{self._ports[0]}", self._behaviour.bypass(), (spki.of_pem(confdir / "mitmproxy-ca.pem"),)
        )

    async def stop(self) -> None:
        if self._proxy:
            await self._proxy.stop()
            self._proxy = None
            await self._behaviour.end()

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the behaviour's own processes."""
        return self._behaviour.pids

    async def change(self, setting: str) -> None:
        """Have it take that setting, with its lists as they are now."""
        await self._behaviour.change(setting)

    async def take(self, setting: str) -> None:
        """Have it take its files as they lie there."""
        await self._behaviour.take(setting)

    async def identity(self) -> dict[str, str]:
        return {"version": self._behaviour.version()}

    @property
    def alive(self) -> bool:
        return self._proxy is not None and not self._crashed

    def _crash(self) -> None:
        self._crashed = True
        if self._proxy:
            self._proxy.master.shutdown()
