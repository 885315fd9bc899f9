"""Hosts of the replayed Internet that servers of ours answer, with whatever web pages and web sockets they have."""

from mitmproxy.http import HTTPFlow
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

LENT = "lent"


class Lent:
    """A mitmproxy addon, to be asked before the origin: requests to `hosts` go on to their ports on loopback, of which
    the name that was asked for is told (Host). As a guard it fails closed: nothing else may be connected to."""

    def __init__(self) -> None:
        self.hosts: dict[str, int] = {}

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Called by mitmproxy before each connection."""
        if data.server.via or data.server.address not in {("127.0.0.1", port) for port in self.hosts.values()}:
            data.server.error = "the replayed Internet has no way out"

    def request(self, flow: HTTPFlow) -> None:
        """Called by mitmproxy for each request."""
        host = flow.request.pretty_host.lower()
        if port := self.hosts.get(host):
            flow.request.scheme, flow.request.host, flow.request.port = "http", "127.0.0.1", port
            flow.request.host_header = host
            flow.metadata[LENT] = True
