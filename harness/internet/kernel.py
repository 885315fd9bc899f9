"""The system calls for namespaces and mounts, which Python 3.11 does not have. Each raises OSError."""

import ctypes
import os
from pathlib import Path

NEW_NETWORK, NEW_MOUNTS, NEW_USERS = 0x40000000, 0x00020000, 0x10000000
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


def new_network() -> None:
    """Move this process into a network namespace of its own."""
    _check(_libc.unshare(NEW_NETWORK), "unshare")


def enter_network(descriptor: int) -> None:
    """Move this process into the network namespace that the descriptor stands for."""
    _check(_libc.setns(descriptor, NEW_NETWORK), "setns")


def new_mounts() -> None:
    """Move this process into a mount namespace of its own, none of whose mounts is seen elsewhere; if it is not root's,
    into users of its own too, among whom it is root."""
    uid, gid = os.geteuid(), os.getegid()
    _check(_libc.unshare(NEW_MOUNTS | (NEW_USERS if uid else 0)), "unshare")
    if uid:
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            Path(f"/proc/self/{name}").write_text(text, "ascii")
    _mount("none", Path("/"), None, _RECURSIVE | _PRIVATE, None)


def bind(source: Path | str, target: Path) -> None:
    """Mount what is at `source` at `target` too, which must exist and be of the same kind."""
    _mount(str(source), target, None, _BIND | _RECURSIVE, None)


def cover(folder: Path) -> None:
    """Mount an empty folder in memory over this one."""
    _mount("tmpfs", folder, b"tmpfs", 0, b"mode=755")


def _mount(source: str, target: Path, kind: bytes | None, flags: int, data: bytes | None) -> None:
    _check(_libc.mount(os.fsencode(source), os.fsencode(target), kind, ctypes.c_ulong(flags), data), str(target))


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
