"""What every product of the zoo does: it is perfect, unless a behaviour derived from it says otherwise."""

from collections.abc import Callable

from mitmproxy.http import HTTPFlow, Response

from harness.model import url as urls
from harness.model.words import Expectation
from harness.products.base import CANARY_BLOCK, Context

BLOCK_PAGE = (
    "<!doctype html><title>Blocked</title><h1>Blocked</h1><p>The zoo has blocked this page. Reason: it was told to.</p>"
)


def page(body: str, status: int = 200) -> Response:
    return Response.make(
        status, body.encode(), {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}
    )


class Behaviour:
    """Perfect: a block page for every case to block, everything else let through."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.bad = {urls.parse(case.url).key for case in context.cases if case.expectation is Expectation.BLOCK}
        self.seen = 0
        self.setting = ""  # at which it was started
        self.stop: Callable[[], None] = lambda: None
        self.pids: tuple[int, ...] = ()  # of processes that it has between `begin` and `end`
        self.ports: dict[str, int] = {}  # those that the profile names

    async def change(self, setting: str) -> None:
        """Take its lists as they are now, and that setting."""

    async def take(self, setting: str) -> None:
        """Take its files as they lie there."""

    async def begin(self) -> None:
        """Called before it is asked anything."""

    async def end(self) -> None:
        """Called when it is asked nothing more."""

    def version(self) -> str:
        return "1"

    def bypass(self) -> tuple[str, ...]:
        return ()

    def listed(self, flow: HTTPFlow) -> bool:
        """Whether the case at this URL is one to block."""
        request = flow.request
        host = f"[{request.pretty_host}]" if ":" in request.pretty_host else request.pretty_host
        try:
            return urls.parse(f"{request.scheme}://{host}:{request.port}{request.path}").key in self.bad
        except ValueError:
            return False

    def block(self, flow: HTTPFlow) -> None:
        flow.response = page(BLOCK_PAGE, 403)

    async def request(self, flow: HTTPFlow) -> None:
        self.seen += 1
        if flow.request.pretty_host == CANARY_BLOCK:
            flow.response = page(BLOCK_PAGE, 403)
        else:
            await self.case(flow)

    async def case(self, flow: HTTPFlow) -> None:
        if self.listed(flow):
            self.block(flow)
