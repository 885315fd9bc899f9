"""Products in the path of connections that know nothing of them."""

import os
import sys

from harness.internet.holder import ROOM, ROOM6, WORLD, WORLD6
from harness.internet.room import Room
from harness.model.errors import ProductFault
from harness.products.base import Context, Route
from harness.products.process import run
from harness.products.roomed import Roomed
from harness.profile.product import which

RULES = "redirect.nft"
SECONDS = 20.0
# Addresses of the product and the browser towards each other: for test benches (RFC 2544), for private use (RFC 4193).
PRODUCT, BROWSER = "198.18.0.5", "198.18.0.6"
PRODUCT6, BROWSER6 = "fd74:0:0:1::1", "fd74:0:0:1::2"
# Run in a room, with a file to hold the new network by, and nft: browser - product - Internet.
BETWEEN = f"""
touch "$1"
unshare --net="$1" true
ip link set room netns "$1"
nsenter --net="$1" sh -es "$2" <<'END'
  ip link set lo up
  ip link add browser type veth peer name room netns /proc/1/ns/net
  ip address add {ROOM}/30 dev room
  ip address add {PRODUCT}/30 dev browser
  ip link set room up
  ip link set browser up
  ip route add default via {WORLD}
  echo 1 > /proc/sys/net/ipv4/ip_forward
  echo 0 > /proc/sys/net/ipv4/ip_unprivileged_port_start
  if [ -e /proc/sys/net/ipv6 ]; then
    ip address add {ROOM6}/64 dev room nodad
    ip address add {PRODUCT6}/64 dev browser nodad
    ip route add ::/0 via {WORLD6} dev room
    echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
  fi
  "$1" 'table inet harness {{
    chain forwarded {{ type nat hook postrouting priority srcnat; oifname "room" masquerade; }}
  }}'
END
ip address add {BROWSER}/30 dev room
ip link set room up
ip route add default via {PRODUCT}
if [ -e /proc/sys/net/ipv6 ]; then
  ip address add {BROWSER6}/64 dev room nodad
  ip route add ::/0 via {PRODUCT6} dev room
fi
"""
CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)"


class TransparentProduct(Roomed):
    """kind = "transparent". The product has a network of its own between the browser's room and the Internet, which
    forwards what comes in by its interface `browser`, but for what the profile's file `redirect.nft` (nftables) leads
    elsewhere. `names` is the address of the Internet's name server, port 53.

    With a `user` it runs without privileges: as that user when we are root, and as who we are otherwise.
    """

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.variables.update(names=Room.names[0])
        self._network = ""  # the file that holds it
        ordinary = os.geteuid() != 0 and all(how.user for how in context.profile.process)
        user = ["unshare", "--user", f"--map-user={os.geteuid()}", f"--map-group={os.getegid()}"]
        self._become = user if ordinary else []

    async def start(self, setting: str) -> Route:
        self._network = ""
        room = await self.enter()
        nft = which("nft") or "nft"
        await self._run("sh", "-ec", BETWEEN, "sh", network := str(self.context.work / f"network-{self._rooms}"), nft)
        self._network = network
        await self.launch(setting)
        if any(item.target == RULES for item in self._profile.files):
            rules = str(self.context.work / RULES)
            await self._run("nsenter", f"--net={network}", nft, "-f", rules)
        return Route(
            spkis=(self.spki,),
            place=room,
            how="network namespace: the browser connects as on any network, and its connections are led through the"
            " product",
        )

    def around(self, command: list[str]) -> list[str]:
        within = ["nsenter", f"--net={self._network}", "--", *self._become] if self._network else []
        return super().around([*within, *command])

    async def accepts(self, port: str) -> bool:
        command = [sys.executable, "-I", "-S", "-c", CONNECT, port]
        return (await run(command, self.context.work, SECONDS, around=self.around))[0] == 0

    async def _run(self, *command: str) -> None:
        """As the room's root. Raises ProductFault with its words."""
        code, words = await run([*command], self.context.work, SECONDS, around=super().around)
        if code != 0:
            raise ProductFault(f"connections cannot be led through {self._profile.name}: {words.strip()[-500:]}")
