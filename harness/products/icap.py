"""Products that are ICAP services: our own proxy is their client, between the browser and the replayed Internet."""

from harness.internet import spki
from harness.internet.proxy import LeanProxy
from harness.model.errors import InternetGone, ProductFault, UsageError
from harness.products.base import Context, Product, Route
from harness.products.icap_adapter import METHODS, Adapter
from harness.products.icap_client import IcapClient
from harness.products.managed import Managed

SECONDS = 10.0  # for one transaction


class IcapProduct(Product):
    """kind = "icap". The parameters `reqmod` and `respmod` say which services are asked, at least one: by name, at the
    profile's own process, or by address (`icap://HOST[:PORT]/NAME`), for which a profile needs no [process]. The
    parameter `shared` names headers that answers about requests hand on to questions about responses. Raises UsageError
    when they are wrong."""

    def __init__(self, context: Context) -> None:
        profile = context.profile
        self._service = Managed(context) if profile.process else None
        here = f"icap://127.0.0.1:{self._service.port}/" if self._service else ""
        asked = {method: context.params[method] for method in METHODS if context.params.get(method)}
        if not asked:
            raise UsageError(
                f"a product of kind 'icap' needs a parameter {' or '.join(METHODS)} that names its service",
                file=profile.folder / "profile.toml",
                key="params",
            )
        self._clients = {}
        for method, name in asked.items():
            try:
                self._clients[method] = IcapClient(name if "://" in name else here + name, SECONDS)
            except ValueError as error:
                raise UsageError(str(error), key=f"--param {method}") from None
        self._shared = context.params.get("shared", "").split()
        self._adapter = Adapter(self._clients, self._shared)
        self._authority = context.work / "authority"
        self._upstream = ("127.0.0.1", context.upstream_port)
        self._proxy: LeanProxy | None = None
        self._ports: tuple[int, ...] = ()

    async def start(self, setting: str) -> Route:
        """Start what the profile runs, ask the services what they offer, and listen as their client."""
        if self._service:
            await self._service.launch(setting)
        await self._options()
        self._authority.mkdir(exist_ok=True)
        self._adapter = Adapter(self._clients, self._shared)  # a new one, as requests may linger in the old
        proxy = LeanProxy([self._adapter], self._authority, upstream=self._upstream, ports=self._ports)
        self._proxy, self._ports = proxy, proxy.ports
        try:
            await proxy.start()
        except InternetGone as error:
            raise ProductFault(f"the ICAP client does not start: {error}") from None
        services = " and ".join(f"{method.upper()} {client.address}" for method, client in self._clients.items())
        return Route(
            f"http://127.0.0.1:{self._ports[0]}",
            spkis=(spki.of_pem(self._authority / "mitmproxy-ca.pem"),),
            how=f"the harness's own proxy as an ICAP client: {services}",
        )

    async def stop(self) -> None:
        if self._proxy:
            await self._proxy.stop()
            self._proxy = None
        if self._service:
            await self._service.stop()

    async def identity(self) -> dict[str, str]:
        """What the profile's commands print, and what the services say of themselves and of their state (ISTag)."""
        return {**(await self._service.identity() if self._service else {}), **await self._options()}

    @property
    def alive(self) -> bool:
        return self._proxy is not None and not self._adapter.fault and (self._service is None or self._service.alive)

    async def _options(self) -> dict[str, str]:
        """Raises ProductFault when a service does not answer or does not do what it is asked for."""
        found = {}
        for method, client in self._clients.items():
            answer = await client.ask()
            if method not in answer.listed("methods"):
                raise ProductFault(f"{client.address} offers {answer.headers.get('methods')!r}, not {method.upper()}")
            found[f"{method} service"] = answer.headers.get("service", "")
            found[f"{method} ISTag"] = answer.headers.get("istag", "").strip('"')
        return found
