"""A ground: a computer in a room, with or without the product on it, and the replayed Internet all around."""

import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from harness.browser.chromium import EXTENSIONS_OFF, RESOLVES_NOTHING, Chromium
from harness.browser.find import full
from harness.browser.sight import Sight
from harness.browser.tab import Tab
from harness.checks.computer import Computer
from harness.internet.client import Internet
from harness.internet.pages import token_for
from harness.internet.room import Room
from harness.model import canonical
from harness.model.errors import HarnessError, ProductFault
from harness.model.observation import Receipt
from harness.model.words import Arm
from harness.products import kinds
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context, Product, Route
from harness.products.policy import FOLDERS, NAME, Overlaid
from harness.products.system_log import SystemLog
from harness.profile.product import Product as Profile

# Every address of the Internet answers there, http or https.
WEB_PORTS = (80, 81, 443, 8000, 8080, 8443)
BLOCKED, ALLOWED = f"http://{CANARY_BLOCK}/", f"http://{CANARY_ALLOW}/"
VISIT_SECONDS = 12.0
BROWSERS_KEPT = 3
# The browser as the product has it; a private window of it; a new profile of it, or another browser, without what the
# product has set in the first.
Which = Literal["own", "private", "profile", "other"]
NO_ROOM = {"live": "a product on the real Internet", "remote": "a product on another machine"}


class Closing(Protocol):
    async def close(self) -> None: ...


Kept = TypeVar("Kept", bound=Closing)


class Ground(Computer):
    """Made by `open`; closed, nothing of it is left. `internet` is its own replayed Internet; `product` and `route` are
    there with the product. What it visits or runs has the network of a computer on which the product is in use:
    `proxy` is what browsers and programs there are set to use, "" where they are set to nothing; `log` is the
    system's, where the product says what goes wrong there."""

    def __init__(
        self, profile: Profile, params: dict[str, str], setting: str, browser: Path, work: Path, nonce: str, arm: Arm
    ) -> None:
        super().__init__(work)
        self.profile, self.params, self.setting, self.arm = profile, params, setting, arm
        self._executable, self._nonce = browser, nonce
        self.internet: Internet
        self.product: Product | None = None
        self.route: Route | None = None
        self.proxy = ""
        self.log: SystemLog | None = None
        self.start_seconds = 0.0  # that the product took
        self._own_room = False
        self._browsers: dict[tuple[str, ...], Chromium] = {}
        self._kept: dict[object, Closing] = {}
        self._numbers = itertools.count(1)

    @classmethod
    async def open(
        cls, profile: Profile, params: dict[str, str], setting: str, browser: Path, work: Path, nonce: str, arm: Arm
    ) -> "Ground":
        """A ground at that setting, with the product on the test arm. `work` is a folder for it to make. Raises
        HarnessError where the machine permits no room or a product of that kind has none, ProductFault."""
        if profile.kind in NO_ROOM:
            raise HarnessError(f"{NO_ROOM[profile.kind]} is not on a computer of the harness's")
        ground = cls(profile, params, setting, browser, work, nonce, arm)
        for part in ("internet", "product"):
            (work / part).mkdir(mode=0o755, parents=True)
        hosts = {item.host: (profile.folder / item.file).read_text("utf-8") for item in profile.page}
        ground.internet = Internet(work / "internet", {}, hosts, nonce)
        try:
            await ground.internet.start()
            await ground.junction.start(ground.internet.test_port)
            await (ground._with_product() if arm is Arm.TEST else ground._bare())
        except BaseException:
            await ground.close()
            raise
        return ground

    async def _bare(self) -> None:
        self.room = await Room.open(self.work / "room", WEB_PORTS, self.internet.doors)
        self._own_room = True

    async def _with_product(self) -> None:
        params = {**self.params, **({"route": "room"} if "route" in self.params else {})}
        port = self.junction.port
        if self.profile.life_cycle.says == "syslog":
            self.log = await SystemLog.open(self.work / "log")
        context = Context(
            self.profile, params, self.work / "product", port, (), self.internet.doors, WEB_PORTS, self.log
        )
        self.product = kinds.make(context)
        began = time.monotonic()
        self.route = await self.product.start(self.setting)
        self.start_seconds = time.monotonic() - began
        if isinstance(self.route.place, Room):
            self.room = self.route.place
            return
        await self._bare()
        if self.route.proxy and urlsplit(self.route.proxy).port != port:
            self.proxy = self.route.proxy
            await self.room.lead(number := urlsplit(self.proxy).port or 0, number)
            if self.closed:
                await self.room.cut()
        if isinstance(self.route.place, Overlaid):
            for folder in FOLDERS:
                managed = Path(folder) / "policies" / "managed" / NAME
                await self.room.bind(self.route.place.layer / managed, Path("/etc") / managed)

    async def beside(
        self,
        profile: Profile,
        name: str,
        *,
        params: dict[str, str] | None = None,
        setting: str = "",
        arm: Arm | None = None,
    ) -> "Ground":
        """Another ground like this one, with that profile, and other parameters, setting and arm where they are given;
        `name` tells it from others. Raises as `open`."""
        work, nonce = self.work / name, f"{self._nonce}/{name}"
        given = {**self.params, **(params or {})}
        return await Ground.open(
            profile, given, setting or self.setting, self._executable, work, nonce, arm or self.arm
        )

    @property
    def closed(self) -> bool:
        """Whether the network is declared to let nothing past the product's proxy."""
        return self.arm is Arm.TEST and self.profile.direct(self.params) == "closed"

    @property
    def how(self) -> str:
        """How this computer reaches the Internet, in words."""
        if not self.proxy:
            return self.route.how if self.route else "straight"
        rest = "which leaves it no other way" if self.closed else "which leaves it every other way too"
        return f"{self.route.how if self.route else 'proxy'}, in a network {rest}"

    @property
    def spkis(self) -> tuple[str, ...]:
        """The keys that browsers trust here: those of the replayed Internet and of the product."""
        return tuple(filter(None, (self.internet.ca_spki(), *(self.route.spkis if self.route else ()))))

    def token(self) -> str:
        """A token of its own for something that is to be told apart: twelve letters from a to p."""
        digits = token_for(self._nonce, f"t{next(self._numbers)}")[:12]
        return "".join(chr(ord("a") + int(digit, 16)) for digit in digits)

    async def serve(self, url: str, fixture: Path | None = None, data: bytes | None = None) -> "Served":
        """Have the replayed Internet answer the URL by what is in the file (corpus fixture), `data` as if it were in
        it, or a neutral page, with a token of its own. Raises HarnessError."""
        attempt = f"{self.arm}/{next(self._numbers)}"
        return Served(self, attempt, await self.internet.open(attempt, Arm.TEST, url, fixture, data))

    async def browser(self, arguments: Sequence[str] = (), which: Which = "own") -> Chromium:
        """A browser on this computer, with further arguments; the same one for the same arguments, while only a few are
        asked for. Raises BrowserGone, HarnessError where there is no other one."""
        apart = which in ("profile", "other")
        key = (which if apart else "own", *arguments)
        made = self._browsers.pop(key, None)
        if made is None or not made.alive:
            gone = [made] if made else []
            for browser in [*gone, *(self._browsers.pop(item) for item in [*self._browsers][: 1 - BROWSERS_KEPT])]:
                await browser.stop()
            route = self.route or Route()
            program = full(self._executable) if route.full else self._executable
            if which == "other" and isinstance(route.place, Overlaid) and program == self._executable:
                raise HarnessError("there is no other browser on this machine than the one that has the policies")
            own = () if apart else tuple(item for item in route.arguments if not item.startswith(_undone(arguments)))
            made = Chromium(
                self._executable if which == "other" else program,
                self.spkis,
                (*own, *arguments),
                self.room,
                route.lasting and not apart,
            )
            await made.start()
        self._browsers[key] = made
        return made

    async def visit(
        self,
        url: str,
        token: str,
        *,
        arguments: Sequence[str] = (),
        seconds: float = VISIT_SECONDS,
        proxied: bool = True,
        which: Which = "own",
    ) -> Sight:
        """What a browser here sees at the URL, in a tab of its own; by no proxy where it is not `proxied`. Raises
        BrowserGone, HarnessError where there is no such browser."""
        async with self.tab(arguments, proxied, which) as tab:
            return await tab.visit(url, token, seconds)

    @contextlib.asynccontextmanager
    async def tab(
        self, arguments: Sequence[str] = (), proxied: bool = True, which: Which = "own"
    ) -> AsyncIterator[Tab]:
        """A tab of a browser here, as `visit` has it. Raises BrowserGone, HarnessError."""
        browser = await self.browser(arguments, which)
        bypass = self.route.bypass if self.route else ()
        tab = await browser.tab(self.proxy if proxied else "", bypass, private=which == "private")
        try:
            yield tab
        finally:
            await tab.close()

    async def look(
        self, url: str, *, served: str = "", fixture: Path | None = None, data: bytes | None = None
    ) -> Sight:
        """Serve the URL, or another one in its stead, and visit it; the receipts are thrown away."""
        async with await self.serve(served or url, fixture, data) as page:
            return await self.visit(url, page.token)

    async def once(self, make: "Callable[[Ground], Awaitable[Kept]]") -> Kept:
        """What `make` makes of this ground, the first time; it is closed with the ground."""
        if make not in self._kept:
            self._kept[make] = await make(self)
        return cast(Kept, self._kept[make])

    def word(self) -> str:
        """Twelve hex digits that stand for nothing else on this ground, nor on any other."""
        return canonical.digest(f"{self._nonce}:word:{self.arm}:{next(self._numbers)}")[:12]

    async def quiet(self) -> None:
        """End the browsers here, which ask for things by themselves now and then."""
        while self._browsers:
            await self._browsers.popitem()[1].stop()

    @property
    def healthy(self) -> bool:
        """Whether everything it is made of still runs."""
        return self.internet.alive and self.room.alive and (self.product is None or self.product.alive)

    async def close(self) -> None:
        """End all of it, whatever state it is in."""
        for browser in self._browsers.values():
            await browser.stop()
        for kept in self._kept.values():
            await kept.close()
        await self.end_services()
        if self.product is not None:
            with contextlib.suppress(ProductFault):
                await self.product.stop()
        if self.log is not None:
            await self.log.close()
        if self._own_room:
            await self.room.close()
        await self.junction.stop()
        await self.internet.stop()


def _undone(arguments: Sequence[str]) -> tuple[str, ...]:
    """Beginnings of what a product's browser is started with that does not hold here, where names resolve, or not with
    the further arguments."""
    return RESOLVES_NOTHING, *((f"{EXTENSIONS_OFF}-except=",) if EXTENSIONS_OFF in arguments else ())


class Served:
    """An address that the replayed Internet answers, with its token, until it is left; `receipts` are known then."""

    def __init__(self, ground: Ground, attempt: str, token: str) -> None:
        self._ground, self._attempt, self.token = ground, attempt, token
        self.receipts: tuple[Receipt, ...] = ()

    async def __aenter__(self) -> "Served":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.receipts = await self._ground.internet.close(self._attempt)
