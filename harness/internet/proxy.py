"""A lean mitmproxy: the few addons that serve HTTP and TLS, and a guard that refuses every upstream connection it was
not given."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mitmproxy.certs import CertStoreEntry
from mitmproxy.http import Request
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.modes import TransparentProxy
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler
from mitmproxy.proxy.mode_specs import ProxyMode
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from harness.internet.lean import Master, NextLayer, Proxyserver, TlsConfig
from harness.internet.ports import free_ports
from harness.model import url as urls
from harness.model.errors import InternetGone


def address(request: Request) -> urls.Url:
    """The URL that is asked for. Raises ValueError when it is none."""
    host = request.pretty_host
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return urls.parse(f"{request.scheme}://{host}:{request.port}{request.path}")


class Guard:
    """Fails closed: only the given (host, port) may be connected to."""

    def __init__(self, allowed: tuple[str, int] | None) -> None:
        self.allowed = allowed

    def server_connect(self, data: ServerConnectionHookData) -> None:
        through = data.server.via[1] if data.server.via else data.server.address
        if through is None or self.allowed is None or tuple(through[:2]) != self.allowed:
            data.server.error = "the replayed Internet has no way out"


class Serving(Proxyserver):
    """Has its connections handled by the addons of its own proxy; mitmproxy itself takes those of the proxy that was
    made last in this process."""

    name = "proxyserver"  # as what mitmproxy looks for it

    def __init__(self, master: Master) -> None:
        super().__init__()
        self._master = master

    @contextlib.contextmanager
    def register_connection(
        self, connection_id: tuple[Any, ...] | str, handler: ProxyConnectionHandler
    ) -> Iterator[None]:
        handler.master = self._master
        with super().register_connection(connection_id, handler):
            yield


class Certificates(TlsConfig):
    """Begins anew once there are as many as are kept: mitmproxy compares all of them for every further one."""

    name = "tlsconfig"

    def get_cert(self, conn_context: Context) -> CertStoreEntry:
        if len(self.certstore.expire_queue) >= self.certstore.STORE_CAP:
            self.certstore.certs.clear()
            self.certstore.expire_queue.clear()
        return super().get_cert(conn_context)


class Up:
    """The last addon: once it is told that the proxy runs, so were all the others, and the certificate authority is
    written."""

    def __init__(self) -> None:
        self.told = False

    def running(self) -> None:
        self.told = True


class LeanProxy:
    """One mitmproxy on free loopback ports, on the running event loop. Raises InternetGone when it does not listen."""

    def __init__(
        self,
        addons: Sequence[object],
        confdir: Path,
        *,
        upstream: tuple[str, int] | None = None,
        ports: tuple[int, ...] = (),
        guard: object | None = None,
    ) -> None:
        self.ports = ports or free_ports(1)
        kind = f"upstream:http://{upstream[0]}:{upstream[1]}" if upstream else "regular"
        options = Options(confdir=str(confdir))
        self.master = Master(options, event_loop=asyncio.get_running_loop())
        self.server = Serving(self.master)
        self._up = Up()
        self.master.addons.add(self.server, NextLayer(), Certificates(), guard or Guard(upstream), *addons, self._up)
        options.update(
            mode=[f"{kind}@127.0.0.1:{port}" for port in self.ports],
            connection_strategy="lazy",
            upstream_cert=False,
            http2=False,
            ssl_insecure=True,
            validate_inbound_headers=False,
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen on `ports`; returns once they accept."""
        self._task = asyncio.create_task(self.master.run())
        for _ in range(500):
            await asyncio.sleep(0.01)
            instances = list(self.server.servers)
            if self._up.told and instances and all(instance.is_running for instance in instances):
                return
            if self._task.done():
                break
        raise InternetGone("the replaying proxy did not start to listen")

    async def stand_in(self, listener: socket.socket) -> asyncio.Server:
        """Serve a listening socket as the origin server, http or https, of every address that is connected to there."""
        return await asyncio.start_server(self._stand_in, sock=listener)

    async def _stand_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mode = ProxyMode.parse("transparent")
        handler = ProxyConnectionHandler(self.master, reader, writer, self.master.options, mode)
        context = handler.layer.context
        context.server.address = context.client.sockname
        handler.layer = TransparentProxy(context)
        with self.server.register_connection(context.client.id, handler):
            await handler.handle_client()

    async def stop(self) -> None:
        """Close the ports and end; connections that hang are left to die."""
        closing = asyncio.create_task(self.server.servers.update([]))
        self.master.shutdown()
        await asyncio.wait([closing, *([self._task] if self._task else [])], timeout=3)
