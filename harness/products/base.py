"""What a product under test is to a run, whatever its kind."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from harness.browser.attached import Attached
from harness.browser.place import Place
from harness.model.case import Case
from harness.model.observation import Network
from harness.model.words import Arm
from harness.products.system_log import SystemLog
from harness.profile.product import Product as Profile

CANARY_ALLOW = "allowed.canary.harness.test"
CANARY_BLOCK = "blocked.canary.harness.test"


@dataclass(frozen=True, slots=True)
class Live:
    """What stands in for the replayed Internet where nothing is replayed: the proxy (URL) of the control arm, a page
    that is allowed for certain and one that is blocked for certain, and what can be found out of a URL's host on an
    arm, given whether the browser refused its certificate."""

    control: str
    allow: str
    block: str
    network: Callable[[Arm, str, bool], Awaitable[Network]]


@dataclass(frozen=True, slots=True)
class Route:
    """How the browser reaches the Internet through the product, `how` in words: by a proxy on loopback, or by itself
    (`proxy` "") in a `place` of its own; hosts the proxy does not carry, keys the browser must trust.

    With `arguments`, `full`, `lasting` or `place` the test arm has a browser of its own: further arguments, full
    Chromium and not its headless shell, tabs in the browser's lasting profile, where extensions and policies act. Or
    it has one that runs already, `browser`.
    """

    proxy: str = ""
    bypass: tuple[str, ...] = ()
    spkis: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    full: bool = False
    lasting: bool = False
    place: Place | None = None
    how: str = "proxy"
    live: Live | None = None
    browser: Attached | None = None

    @property
    def apart(self) -> bool:
        """Whether the test arm needs a browser of its own."""
        return bool(self.arguments or self.full or self.lasting or self.place or self.browser)


@dataclass(frozen=True, slots=True)
class Context:
    """What a product is given: its profile and parameters, a work folder that is removed after the run, the replayed
    Internet's port and its doors for rooms, and the cases, which only the zoo may look at, and whose ports a room has
    doors for, beside further `ports`; `log` is what its processes are to find as the system's log, if not the one that
    is there."""

    profile: Profile
    params: dict[str, str]
    work: Path
    upstream_port: int
    cases: Sequence[Case] = ()
    doors: Path = Path()
    ports: Sequence[int] = ()
    log: SystemLog | None = None

    @property
    def authority(self) -> Path:
        """The certificate (PEM) of the replayed Internet's authority, which lies beside its doors."""
        return self.doors.with_name("mitmproxy-ca-cert.pem")


class Product(Protocol):
    """A product under test. It must block CANARY_BLOCK and allow CANARY_ALLOW at every setting."""

    async def start(self, setting: str) -> Route:
        """Start, or start anew on the same route, at that setting. Raises ProductFault with the product's own words."""

    async def stop(self) -> None:
        """Stop it and leave nothing behind; harmless when it is not running."""

    async def identity(self) -> dict[str, str]:
        """Versions of the product and of its lists, as it states them."""

    async def answers(self) -> bool:
        """Whether it answers just now, as far as it can be asked; one that hangs blocks nothing."""
        return self.alive

    @property
    def alive(self) -> bool:
        """Whether it is running as far as can be told without asking it anything."""
