"""The guard lets nothing out but to the one upstream it was given."""

import pytest
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from mitmproxy.test.tflow import tclient_conn, tserver_conn

from harness.internet.ports import free_ports
from harness.internet.proxy import Guard

UPSTREAM = ("127.0.0.1", 3128)


def refused(guard: Guard, address: tuple[str, int] | None, via: tuple[str, int] | None = None) -> bool:
    server = tserver_conn()
    server.address = address
    server.via = ("http", via) if via else None
    server.error = None
    guard.server_connect(ServerConnectionHookData(server=server, client=tclient_conn()))
    return server.error is not None


@pytest.mark.parametrize("address", [("a.test", 80), UPSTREAM, ("127.0.0.1", 80), None])
def test_without_upstream_all_is_refused(address: tuple[str, int] | None) -> None:
    assert refused(Guard(None), address)


def test_only_the_upstream_is_let_through() -> None:
    guard = Guard(UPSTREAM)
    assert not refused(guard, UPSTREAM)
    assert not refused(guard, ("a.test", 443), via=UPSTREAM)
    assert refused(guard, ("a.test", 443))
    assert refused(guard, UPSTREAM, via=("127.0.0.1", 3129))
    assert refused(guard, ("127.0.0.1", 3129))


def test_free_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5
