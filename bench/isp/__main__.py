"""An ISP with a real filter, to try the route kind `live` on: `python -m bench.isp [--filter …] -- COMMAND ARGUMENT…`.

COMMAND runs as a customer of the ISP, in network namespaces that nothing leads out of, and its exit code is passed on
(125: the lab failed). All is gone when it ends, or when this process is killed. Needs dnsmasq, squid with OpenSSL and
nftables, and root or user namespaces.

The ISP's name server, dnsmasq, answers listed names with NXDOMAIN or the address of a block page. Its proxy, squid, has
port 80 led into it, where it shows the block page for listed names and one listed URL, and port 443, where it ends
connections by the name in the client's hello and decrypts nothing. Sites and lists are in `bench.isp.sites`.

COMMAND keeps its environment, and the machine's files but for /run and /dev/shm, and finds there:

LAB_CA        certificate of the authority that all sites have theirs from, PEM
LAB_ADDRESS   a source address by which connections and queries leave without passing the ISP, as by a phone
LAB_RESOLVER  address of a name server that filters nothing
LAB_ALLOW     URL of a site that is never blocked, for the canary
LAB_BLOCK     URL of a site that is blocked for certain, for the canary
LAB_CORPUS    folder of a corpus with all other sites, by http and https
LAB_ANSWERS   JSON file: case id to what must come out, "blocked", "allowed" or "unscored"
TMPDIR        a folder of the lab's own
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys

from bench.isp import lab
from harness.internet.room import Room

TOOLS = {"dnsmasq": "dnsmasq-base", "squid": "squid-openssl", "nft": "nftables"}


def lacking() -> str:
    """What this machine has not, "" when all is there."""
    missing = [f"`{tool}` ({package})" for tool, package in TOOLS.items() if not shutil.which(tool)]
    return f"{', '.join(missing)} not found on PATH" if missing else Room.possible()


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--filter", choices=("dns", "url", "both"), default="both")
    parser.add_argument("--page", choices=("nxdomain", "sinkhole"), default="sinkhole", help="what names are answered")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    given = parser.parse_args()
    if why := lacking():
        print(f"the ISP lab: {why}", file=sys.stderr)
        return lab.FAILED
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the command
    users = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    spaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *users]
    inside = [sys.executable, "-m", lab.__name__, given.filter, given.page, str(os.geteuid()), str(os.getegid())]
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", *spaces, *inside, *given.command])
    code = process.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
