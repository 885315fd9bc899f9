"""What serves HTTP and TLS of mitmproxy, without its other addons: what those import takes half the time of a start."""

import contextlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec, module_from_spec

__all__ = ("Master", "NextLayer", "Proxyserver", "TlsConfig")


@contextlib.contextmanager
def bare(package: str) -> Iterator[None]:
    """Have modules of the package imported without what the package itself imports, unless it has been already; who
    imports the package afterwards gets all of it. Raises ModuleNotFoundError where it is not installed."""
    spec = find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    fresh = package not in sys.modules
    sys.modules.setdefault(package, module_from_spec(spec))
    try:
        yield
    finally:
        if fresh:
            del sys.modules[package]


with bare("mitmproxy.addons"):
    from mitmproxy.addons.next_layer import NextLayer
    from mitmproxy.addons.proxyserver import Proxyserver
    from mitmproxy.addons.tlsconfig import TlsConfig
    from mitmproxy.master import Master
