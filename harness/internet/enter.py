"""Run a program in a room: `python enter.py PID NETWORK UID GID PROGRAM ARGUMENT…`, with nothing but Python's own.

PID is the room's first process and NETWORK the number of its network. The program's end is ours, signals go on to it,
and it does not outlive us. A UID that is not -1 says that the room has users of its own, among which only root is
known; the program then runs as that user with no privileges, or, if the UID is 0, as the room's root.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path
from types import FrameType

USERS, MOUNTS, PROCESSES, NETWORK = 0x10000000, 0x00020000, 0x20000000, 0x40000000
DIE_WITH_PARENT = 1
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        sys.exit(f"the room cannot be entered: {what}: {os.strerror(ctypes.get_errno())}")


def enter(pid: int, network: int, users: bool) -> None:
    """Move this process into the room, and its children into the room's processes."""
    try:
        room = os.pidfd_open(pid)
        if Path(f"/proc/{pid}/ns/net").stat().st_ino != network:
            raise ProcessLookupError
    except (ProcessLookupError, FileNotFoundError):
        sys.exit("the room is gone")
    here = Path.cwd()
    check(libc.setns(room, MOUNTS | PROCESSES | NETWORK | (USERS if users else 0)), "setns")
    os.close(room)
    os.chdir(here)


def become(uid: int, gid: int) -> None:
    """Be that user, without the privileges of the room's root."""
    check(libc.unshare(USERS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{gid} 0 1")):
        Path(f"/proc/self/{name}").write_text(text, "ascii")


def main() -> None:
    pid, network, uid, gid = map(int, sys.argv[1:5])
    enter(pid, network, uid >= 0)
    child = os.fork()
    if child == 0:
        if uid > 0:
            become(uid, gid)
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        try:
            os.execvp(sys.argv[5], sys.argv[5:])
        except OSError as error:
            print(f"{sys.argv[5]}: {error.strerror}", file=sys.stderr)
            os._exit(127)

    def forward(number: int, _: FrameType | None) -> None:
        os.kill(child, number)

    for number in FORWARDED:
        signal.signal(number, forward)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL) if os.WTERMSIG(status) in FORWARDED else None
        os.kill(os.getpid(), os.WTERMSIG(status))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
