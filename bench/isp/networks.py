"""The three networks of the lab and the ways between them.

    customer (CUSTOMER) --- isp (ROUTER) --- world (sites)
    customer (MOBILE) ---------------------- world

What leaves the customer by the address MOBILE goes straight to the world; all else goes by the ISP.
"""

import os
import subprocess
from pathlib import Path

from bench.isp import sites
from harness.internet import kernel

NETWORK, ROUTER, CUSTOMER, BLOCK_PAGE = "198.51.100.0/24", "198.51.100.1", "198.51.100.10", "198.51.100.80"
UPSTREAM, DOWNSTREAM = "198.51.100.129", "198.51.100.130"  # ends of the line between ISP and world
MAST, MOBILE = "198.18.0.1", "198.18.0.10"
PORTS = {"ready": 3127, "http": 3128, "https": 3129}  # of the ISP's proxy

# In this order, as a pair of interfaces is made from the first of its networks.
SETUP = {
    "world": f"""
link set lo up
link add isp type veth peer name world netns /proc/self/fd/{{isp}}
link add customer type veth peer name mobile netns /proc/self/fd/{{customer}}
link set isp up
link set customer up
address add {UPSTREAM}/30 dev isp
address add {MAST}/24 dev customer
route add local {sites.NETWORK} dev lo
route add {NETWORK} via {DOWNSTREAM}
""",
    "isp": f"""
link set lo up
link add customer type veth peer name isp netns /proc/self/fd/{{customer}}
link set world up
link set customer up
address add {DOWNSTREAM}/30 dev world
address add {ROUTER}/25 dev customer
address add {BLOCK_PAGE}/32 dev lo
route add default via {UPSTREAM}
""",
    "customer": f"""
link set lo up
link set isp up
link set mobile up
address add {CUSTOMER}/25 dev isp
address add {MOBILE}/24 dev mobile
route add default via {ROUTER}
route add default via {MAST} dev mobile table 100
rule add from {MOBILE} table 100
""",
}


def make() -> dict[str, int]:
    """Make the networks, of which this process's own is the first; returns a descriptor of each by its name. Raises
    OSError."""
    made: dict[str, int] = {}
    for name in SETUP:
        if made:
            kernel.new_network()
        made[name] = os.open("/proc/self/ns/net", os.O_RDONLY)
    for name, commands in SETUP.items():
        kernel.enter_network(made[name])
        done = subprocess.run(
            ["ip", "-batch", "-"],
            input=commands.format(**made),
            capture_output=True,
            text=True,
            pass_fds=list(made.values()),
            check=False,
        )
        if done.returncode != 0:
            raise OSError(f"ip: {done.stderr.strip()}")
        if name == "isp":
            Path("/proc/sys/net/ipv4/ip_forward").write_text("1", "ascii")
    return made
