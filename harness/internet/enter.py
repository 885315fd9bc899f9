"""Run a program in a room: `python enter.py OUTER PID NETWORK UID GID PROGRAM ARGUMENT…`, with nothing but Python's
own.

PID is the room's first process and NETWORK the number of its network. OUTER is -1, or the descriptor by which that
process holds the network around the room, where the program then has its connections. The program's end is ours,
signals go on to it, and it does not outlive us. A UID that is not -1 says that the room has users of its own, among
which only root is known; the program then runs as that user with no privileges, or, if the UID is 0, as the room's
root.
"""

import ctypes
import os
import signal
import sys
from pathlib import Path

USERS, MOUNTS, PROCESSES, NETWORK = 0x10000000, 0x00020000, 0x20000000, 0x40000000
DIE_WITH_PARENT = 1
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
AWAITED = (*FORWARDED, signal.SIGCHLD)
libc = ctypes.CDLL(None, use_errno=True)


def check(result: int, what: str) -> None:
    if result != 0:
        sys.exit(f"the room cannot be entered: {what}: {os.strerror(ctypes.get_errno())}")


def enter(pid: int, network: int, outer: int, users: bool) -> None:
    """Move this process into the room, and its children into the room's processes."""
    try:
        room = os.pidfd_open(pid)
        if Path(f"/proc/{pid}/ns/net").stat().st_ino != network:
            raise ProcessLookupError
    except (ProcessLookupError, FileNotFoundError):
        sys.exit("the room is gone")
    here = Path.cwd()
    around = os.open(f"/proc/{pid}/fd/{outer}", os.O_RDONLY) if outer >= 0 else -1
    check(libc.setns(room, MOUNTS | PROCESSES | NETWORK | (USERS if users else 0)), "setns")
    os.close(room)
    if outer >= 0:
        check(libc.setns(around, NETWORK), "setns")
        os.close(around)
    os.chdir(here)


def become(uid: int, gid: int) -> None:
    """Be that user, without the privileges of the room's root."""
    check(libc.unshare(USERS), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{gid} 0 1")):
        Path(f"/proc/self/{name}").write_text(text, "ascii")


def main() -> None:
    outer, pid, network, uid, gid = map(int, sys.argv[1:6])
    enter(pid, network, outer, users=uid >= 0)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # one that is ignored is not waited for
    before = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)  # each is taken in turn: none can come at a wrong moment
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if uid > 0:
            become(uid, gid)
        libc.prctl(DIE_WITH_PARENT, signal.SIGKILL)
        try:
            os.execvp(sys.argv[6], sys.argv[6:])
        except OSError as error:
            print(f"{sys.argv[6]}: {error.strerror}", file=sys.stderr)
            os._exit(127)

    ended, status = 0, 0
    while not ended:
        number = signal.sigwait(AWAITED)
        if number == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
        else:
            os.kill(child, number)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in FORWARDED:
            signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
        os.kill(os.getpid(), number)
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
