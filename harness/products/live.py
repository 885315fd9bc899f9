"""The filter of the network that this machine is on, such as an ISP's or a school's: nothing is replayed."""

import asyncio
import ipaddress
import re
import socket
import ssl

import dns.resolver
from cryptography import x509
from cryptography.x509.oid import NameOID

from harness.browser.place import Here
from harness.internet.gateway import Gateway, Names
from harness.model import url as urls
from harness.model.errors import InternetGone, ProductFault, UsageError
from harness.model.observation import Network
from harness.model.words import Arm
from harness.products.base import Context, Live, Product, Route

SECONDS = 5.0
ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1: nothing is sent, the system only says by which address it would


class LiveProduct(Product):
    """kind = "live". Parameters `control_proxy` (URL), or `control_resolver` (an address) and `control_address` (one of
    ours) or either of them, say how the control arm goes round the filter; `allow` and `block` are the pages for the
    canaries. Raises UsageError when one of them cannot be what it says."""

    def __init__(self, context: Context) -> None:
        given = {key: context.params.get(key, "") for key in ("control_proxy", "control_resolver", "control_address")}
        self._proxy, self._resolver, self._source = given.values()
        self._urls = {name: context.params.get(name, "") for name in ("allow", "block")}
        _check(given, self._urls)
        self._work = context.work
        self._gateway: Gateway | None = None
        self._names = {Arm.TEST: Names(), Arm.CONTROL: Names(self._resolver, self._source)}

    async def start(self, setting: str) -> Route:
        control = self._proxy
        if not control:
            self._gateway = Gateway(self._work, self._names[Arm.CONTROL], self._source)
            try:
                await self._gateway.start()
            except InternetGone as error:
                raise ProductFault(f"the way round the filter: {error}") from None
            control = self._gateway.url
        around = [f"proxy {self._proxy}"] if self._proxy else []
        around += [f"name server {self._resolver}"] if self._resolver else []
        around += [f"source address {self._source}"] if self._source else []
        return Route(
            place=Here(),
            live=Live(control, self._urls["allow"], self._urls["block"], self._network),
            how=f"live: the network this machine is on, nothing replayed; control by {' and '.join(around)}",
        )

    async def stop(self) -> None:
        if self._gateway is not None:
            await self._gateway.stop()
            self._gateway = None

    async def identity(self) -> dict[str, str]:
        """Where the machine asks for names, and by which of its addresses it reaches others: another network is
        another product."""
        return {
            "name servers": ", ".join(map(str, dns.resolver.Resolver().nameservers)),
            "address": _own_address(),
        }

    @property
    def alive(self) -> bool:
        return bool(self._proxy) or self._gateway is not None

    async def _network(self, arm: Arm, url: str, failed: bool) -> Network:
        """Answers of the arm's name server, and the issuer of a certificate that the browser `failed` to accept."""
        if arm is Arm.CONTROL and self._proxy:
            return Network()
        parsed = urls.parse(url)
        addresses = await self._names[arm].addresses(parsed.hostname)
        issuer = ""
        if failed and addresses:
            source = self._source if arm is Arm.CONTROL else ""
            issuer = await asyncio.to_thread(_issuer, addresses[0], parsed.port, parsed.hostname, source)
        return Network(addresses, issuer)


def _check(given: dict[str, str], pages: dict[str, str]) -> None:
    if not any(given.values()):
        raise UsageError("a live run needs a way round the filter", key=f"--param {'|'.join(given)}")
    if given["control_proxy"] and (given["control_resolver"] or given["control_address"]):
        raise UsageError("a proxy asks and connects by itself", key="--param control_proxy")
    for key in ("control_resolver", "control_address"):
        try:
            ipaddress.ip_address(given[key] or "0.0.0.0")
        except ValueError:
            raise UsageError(f"{given[key]!r} is not an IP address", key=f"--param {key}") from None
    if not re.fullmatch(r"((https?|socks5)://[^/\s]+)?", given["control_proxy"]):
        raise UsageError("must be http://HOST:PORT, https://… or socks5://…", key="--param control_proxy")
    for key, address in pages.items():
        try:
            urls.parse(address)
        except ValueError:
            raise UsageError(f"{address!r} is not a URL", key=f"--param {key}") from None


def _own_address() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(ELSEWHERE)
        except OSError:
            return "none"
        return str(probe.getsockname()[0])


def _issuer(address: str, port: int, host: str, source: str) -> str:
    """The issuer that a TLS server names in its certificate, whoever that is, as browsers show it; "" without one."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((address, port), SECONDS, (source, 0) if source else None) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = x509.load_der_x509_certificate(secure.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        return ""
    names = certificate.issuer.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.issuer.rfc4514_string()
