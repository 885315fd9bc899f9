"""Run by `python -m bench.isp`, as the first process of namespaces of its own: makes the ISP, runs the customer's
command, ends with its exit code. When this process ends, the system ends all others and takes the files with it."""

import datetime
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.isp import files, networks
from bench.isp.sites import ALLOW, BLOCK, RESOLVER
from harness.internet import kernel, mounts
from harness.internet.room import HOSTS

PLACE = Path("/run/isp")
FAILED, NOT_FOUND = 125, 127  # exit codes as of env(1)
READY_SECONDS = 20.0
# What the machine itself has there must not be asked for names, nor be left with anything of ours.
COVERED = (Path("/run"), Path("/dev/shm"))
# Squid refuses to be root, and no other user may be known here: it runs as one that is root outside.
AS_OTHER_USER = ("unshare", "--user", "--map-user=1", "--map-group=1")
ENVIRONMENT = {
    "LAB_CA": str(PLACE / "authority.pem"),
    "LAB_RESOLVER": RESOLVER,
    "LAB_ADDRESS": networks.MOBILE,
    "LAB_CORPUS": str(PLACE / "corpus"),
    "LAB_ANSWERS": str(PLACE / "answers.json"),
    "LAB_ALLOW": f"http://{ALLOW}/",
    "LAB_BLOCK": f"http://{BLOCK}/",
    "TMPDIR": str(PLACE / "tmp"),  # process ids in the names of others' folders mean nothing here
}


@dataclass(frozen=True, slots=True)
class Service:
    """`ready` is an address and port where it takes connections once it is."""

    name: str
    network: str
    command: Sequence[str]
    ready: tuple[str, int]


def services(filters: str, page: str) -> Iterator[Service]:
    """The world and what the ISP runs."""
    run = (sys.executable, "-m")
    yield Service("world", "world", (*run, "bench.isp.world", str(PLACE)), (RESOLVER, 443))
    names = ("dnsmasq", "--keep-in-foreground", "--log-facility=-", f"--conf-file={PLACE}/dnsmasq.conf")
    yield Service("dnsmasq", "isp", names, (networks.ROUTER, 53))
    if filters != "url" and page == "sinkhole":
        notice = (*run, "harness.products.blockpage", networks.BLOCK_PAGE, "80", str(PLACE / "blocked.html"))
        yield Service("blockpage", "isp", notice, (networks.BLOCK_PAGE, 80))
    if filters != "dns":
        proxy = (*AS_OTHER_USER, "squid", "-N", "-f", str(PLACE / "squid.conf"), "-n", "isp")
        yield Service("squid", "isp", proxy, ("127.0.0.1", networks.PORTS["ready"]))


def furnish(filters: str, page: str) -> None:
    """Write the files, and have names asked of the ISP alone. Raises OSError."""
    for folder in COVERED:
        kernel.cover(folder)
    (PLACE / "tmp").mkdir(parents=True)
    dns_answer = None if filters == "url" else networks.BLOCK_PAGE if page == "sinkhole" else ""
    files.write(PLACE, filters != "dns", dns_answer, datetime.datetime.now(datetime.UTC))
    settings = {"resolv.conf": f"nameserver {networks.ROUTER}\n", "nsswitch.conf": "hosts: files dns\n", "hosts": HOSTS}
    for name, text in settings.items():
        (PLACE / name).write_text(text, "utf-8")
        mounts.bind(PLACE / name, Path("/etc") / name)


def start(service: Service, network: int) -> int:
    """Start it and return its process id once it is ready. Raises OSError with its last words when it never is."""
    kernel.enter_network(network)
    log = PLACE / f"{service.name}.out"
    with log.open("wb") as out:
        process = subprocess.Popen(
            service.command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(service.ready, 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return process.pid
    raise OSError(f"{service.name} is not ready: {log.read_text('utf-8', 'replace')[-500:]}")


def main(filters: str, page: str, uid: str, gid: str, *command: str) -> int:
    """The exit code."""
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C is for the command
    made = networks.make()
    furnish(filters, page)
    if filters != "dns":
        kernel.enter_network(made["isp"])
        subprocess.run(["nft", "-f", PLACE / "redirect.nft"], check=True)
    running = {start(service, made[service.network]): service.name for service in services(filters, page)}
    kernel.enter_network(made["customer"])
    customer = [] if uid == "0" else ["unshare", "--user", f"--map-user={uid}", f"--map-group={gid}"]
    try:
        process = subprocess.Popen([*customer, *command], env={**os.environ, **ENVIRONMENT})
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return NOT_FOUND
    while (ended := os.wait())[0] != process.pid:  # orphans become children of the first process
        if name := running.get(ended[0]):
            raise OSError(f"{name} has ended by itself")
    code = os.waitstatus_to_exitcode(ended[1])
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"the ISP lab: {error}", file=sys.stderr)
        sys.exit(FAILED)
