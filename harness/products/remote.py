"""Products on another machine or device, whose browser is driven from here."""

import re

from harness.browser.attached import Attached
from harness.internet import spki
from harness.internet.forward import Forward
from harness.model.errors import ProductFault, UsageError
from harness.products.base import Context, Route
from harness.products.managed import Managed

OWN = "own-profile"
IGNORED = "ignored"


class RemoteProduct(Managed):
    """kind = "remote". The browser there is attached to at the parameter `endpoint`; the replayed Internet's proxy is
    to be had here at `port`, which is the parameter of kind "port", so that a tunnel can lead there.

    The parameter `tabs` is "own-profile", where what is set up in the browser acts, or "fresh" for new profiles that go
    by the parameter `proxy`; `certificates` is "trusted" or "ignored". `endpoint` and `proxy` may be templates.
    Processes of the profile, if any, run here, such as tunnels; templates also see `authority`, the file of the
    certificate that the replayed Internet signs with, and `spkis`, the keys that the browser there has to trust. Raises
    UsageError.
    """

    needs_process = False

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        params = context.params
        self.variables["authority"] = str(context.authority)
        self.variables["spkis"] = f"{spki.of_pem(context.authority)},{self.spki}"
        endpoint, self._proxy = self.texts((params.get("endpoint", ""), params.get("proxy", "")), self.variables)
        lasting = params.get("tabs", OWN) == OWN
        ignored = params.get("certificates", IGNORED) == IGNORED
        if not re.fullmatch(r"(https?|wss?)://[^/\s]+(/\S*)?", endpoint):
            raise UsageError(
                f"{endpoint!r} is neither http://HOST:PORT (DevTools) nor ws://HOST:PORT/… (DevTools, or a Playwright"
                " server)",
                key="--param endpoint",
            )
        if not re.fullmatch(r"((https?|socks[45])://[^/\s]+)?", self._proxy):
            raise UsageError("must be http://HOST:PORT, https://… or socks5://…", key="--param proxy")
        if lasting and self._proxy:
            raise UsageError("own-profile has the one set in the browser; give tabs=fresh too", key="--param proxy")
        self._browser = Attached(endpoint, lasting, ignored)
        self._forward = Forward(self.port, context.upstream_port)
        tabs = "its own profile" if lasting else f"fresh profiles, proxy {self._proxy or 'as it is set there'}"
        looked = "not looked at" if ignored else "looked at"
        self._how = f"remote: a browser that runs elsewhere; tabs in {tabs}; certificates {looked}"

    async def start(self, setting: str) -> Route:
        try:
            await self._forward.start()
        except OSError as error:
            raise ProductFault(f"the replayed Internet cannot be had at port {self.port}: {error.strerror}") from None
        await self.launch(setting)
        return Route(self._proxy, spkis=(self.spki,), browser=self._browser, how=self._how)

    async def stop(self) -> None:
        await super().stop()
        await self._forward.stop()

    async def identity(self) -> dict[str, str]:
        """What the profile's commands say, and the version of the browser there and, where it is another, of ours."""
        found = await super().identity()
        if not any(item.kind == "blocklists" for item in self.context.profile.params.values()):
            del found["lists"]  # what is loaded there is not known here
        there, here = self._browser.version, self._browser.control
        differs = f"; the control arm has {here}, so that a difference may be the browsers'"
        return {"browser there": there + (differs if _number(there) != _number(here) else ""), **found}


def _number(version: str) -> str:
    return version.rpartition("/")[2]
