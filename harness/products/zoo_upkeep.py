"""Products of the zoo that are installed, changed, updated and removed: they block the canary and what stands in a
list, a file of their own that they take from a feed. A docstring says what checks must find."""

import asyncio
import tempfile
from pathlib import Path

from mitmproxy.http import HTTPFlow

from harness.products import lists
from harness.products.base import Context
from harness.products.behaviour import Behaviour

STRICT = "strict"
END = "end of the list"
OPEN_SECONDS = 1.5


class Kept(Behaviour):
    """Good: it takes a setting and a list at once, keeps the old list when the new one cannot be read, and says so; an
    entry to allow wins; and nothing of it is left."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.hosts: set[str] = set()
        self.allowed = set(context.params.get("allowed", "").split())
        self.open = False

    @property
    def file(self) -> Path:
        return self.context.work / "list"

    async def begin(self) -> None:
        self.fetch()
        self.read()

    async def change(self, setting: str) -> None:
        self.setting = setting
        self.fetch()
        self.read()

    async def take(self, setting: str) -> None:
        self.read()

    def fetch(self) -> None:
        """Write the list as the feed has it now."""
        folder = self.context.params.get("blocklists", "")
        hosts = [host for item in (lists.read(Path(folder)) if folder else ()) for host in item.domains]
        self.file.write_text("\n".join([*hosts, END]), "utf-8")

    def read(self) -> None:
        """Take the list as it lies there."""
        try:
            *hosts, end = self.file.read_text("utf-8").split("\n")
            if end != END:
                raise ValueError("it is not whole")
        except (OSError, ValueError) as error:
            self.unread(error)
        else:
            self.hosts = set(hosts)

    def unread(self, error: Exception) -> None:
        with (self.context.work / "zoo.log").open("a", encoding="utf-8") as file:
            file.write(f"the list cannot be read, the old one stays: {error}\n")

    async def request(self, flow: HTTPFlow) -> None:
        if not self.open and flow.request.pretty_host not in self.allowed:
            await super().request(flow)

    async def case(self, flow: HTTPFlow) -> None:
        host = flow.request.pretty_host
        if any(host == item or host.endswith(f".{item}") for item in self.hosts):
            self.block(flow)

    def response(self, flow: HTTPFlow) -> None:
        if self.setting == STRICT and flow.response and b"for the strict alone" in (flow.response.content or b""):
            self.block(flow)


class Stubborn(Kept):
    """Takes a list, but no setting while it runs."""

    async def change(self, setting: str) -> None:
        await super().change(self.setting)


class Stale(Kept):
    """Takes a setting, but no list while it runs."""

    async def change(self, setting: str) -> None:
        self.setting = setting


class Gaping(Kept):
    """Lets everything through while it is changed."""

    async def change(self, setting: str) -> None:
        self.open = True
        await asyncio.sleep(OPEN_SECONDS)
        await super().change(setting)
        self.open = False


class Credulous(Kept):
    """Lets everything through once its list cannot be read, though it says so."""

    def unread(self, error: Exception) -> None:
        super().unread(error)
        self.hosts = set()


class Mute(Kept):
    """Says nothing when its list cannot be read."""

    def unread(self, error: Exception) -> None:
        return


class Denying(Kept):
    """Blocks a host on both lists, though its manual says that the entry to allow wins."""

    async def request(self, flow: HTTPFlow) -> None:
        await Behaviour.request(self, flow)


class Tardy(Kept):
    """Protects from the third request on only."""

    async def request(self, flow: HTTPFlow) -> None:
        self.seen += 1
        if self.seen > 2:
            await super().request(flow)


class Littering(Kept):
    """Leaves a file behind."""

    async def end(self) -> None:
        (Path(tempfile.gettempdir()) / f"{self.context.profile.name}.left").write_text("left\n", "utf-8")


class Lingering(Kept):
    """Leaves a process behind."""

    async def begin(self) -> None:
        await super().begin()
        self._process = await asyncio.create_subprocess_exec("sleep", "30", start_new_session=True)


class Sluggish(Kept):
    """Takes four tenths of a second for a page."""

    async def case(self, flow: HTTPFlow) -> None:
        if flow.request.path.startswith("/page"):
            await asyncio.sleep(0.4)
        await super().case(flow)


UPKEEP: dict[str, type[Behaviour]] = {
    "upkeep": Kept,
    "upkeep-stubborn": Stubborn,
    "upkeep-stale": Stale,
    "upkeep-gaping": Gaping,
    "upkeep-credulous": Credulous,
    "upkeep-mute": Mute,
    "upkeep-denying": Denying,
    "upkeep-tardy": Tardy,
    "upkeep-littering": Littering,
    "upkeep-lingering": Lingering,
    "upkeep-sluggish": Sluggish,
}
