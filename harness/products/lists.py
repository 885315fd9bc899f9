"""Block lists in the squidGuard layout: `DIR/CATEGORY/domains` and `DIR/CATEGORY/urls`, read once and normalised for
every product."""

import functools
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.model import canonical
from harness.model import url as urls
from harness.model.errors import UsageError

MAX_BYTES = 1024**3
# What most entries are: a host name that needs no parsing. Not an IP literal, and not punycode, which may be malformed.
PLAIN = re.compile(r"(?!xn--|.*\.xn--)(?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z]")
NETWORK = re.compile(r"[0-9.]+/[0-9]{1,2}")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class BlockList:
    """One category. Hosts are lower case and punycode, and stand for all their sub-domains; `urls` are
    host/path[?query] without scheme
    and port, as a browser would send them, and stand for what lies below them.

    `skipped` holds `file:line: entry` for what is neither a host nor a URL.
    """

    name: str
    domains: tuple[str, ...]
    ips: tuple[str, ...]
    urls: tuple[str, ...]
    skipped: tuple[str, ...]


def read(folder: Path) -> tuple[BlockList, ...]:
    """All categories of the folder, sorted by name. Raises UsageError when there is none or a file cannot be read."""
    if not folder.is_dir():
        raise UsageError("no such folder; block lists lie in DIR/CATEGORY/domains and DIR/CATEGORY/urls", file=folder)
    files = [path for part in sorted(folder.iterdir()) for path in (part / "domains", part / "urls") if path.is_file()]
    if not files:
        raise UsageError("holds no block list; expected CATEGORY/domains or CATEGORY/urls", file=folder)
    return _read(tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files))


@functools.lru_cache(maxsize=2)
def _read(files: tuple[tuple[Path, int, int], ...]) -> tuple[BlockList, ...]:
    """A run asks for the same lists several times; times and sizes tell whether they are still the same."""
    return tuple(_category(folder) for folder in dict.fromkeys(path.parent for path, _, _ in files))


def digest(lists: tuple[BlockList, ...]) -> str:
    """SHA-256 of what the lists say, whatever their files look like."""
    said = [(item.name, sorted(item.domains), sorted(item.ips), sorted(item.urls)) for item in lists]
    return canonical.digest(canonical.dumps(said))


def _category(folder: Path) -> BlockList:
    if not NAME.fullmatch(folder.name):
        raise UsageError("the name of a list may have letters, digits, '.', '_' and '-' only", file=folder)
    domains: dict[str, None] = {}
    ips: dict[str, None] = {}
    paths: dict[str, None] = {}
    skipped = []
    for name in ("domains", "urls"):
        for where, entry in _entries(folder / name):
            try:
                host, target = _split(entry)
            except ValueError:
                skipped.append(f"{where}: {entry[:200]}")
                continue
            if target != "/":
                paths[host + target] = None
            elif _is_ip(host):
                ips[host] = None
            else:
                domains[host] = None
    return BlockList(folder.name, tuple(domains), tuple(ips), tuple(paths), tuple(skipped))


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        return
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"larger than {MAX_BYTES} bytes", file=path)
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, 1):
                try:
                    entry = raw.decode("utf-8-sig").strip()
                except UnicodeDecodeError:
                    raise UsageError("not UTF-8", file=path, line=number) from None
                if entry and not entry.startswith("#"):
                    yield f"{path}:{number}", entry
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", file=path) from None


def _split(entry: str) -> tuple[str, str]:
    """(host, path and query) of an entry with or without scheme, leading dot or wildcard, port, trailing dot; "/" means
    the whole host."""
    if PLAIN.fullmatch(entry):
        return entry, "/"
    if NETWORK.fullmatch(entry):
        raise ValueError("a network is neither host nor URL")
    url = urls.parse("http://" + entry.split("://", 1)[-1].removeprefix("*").lstrip("."))
    return url.hostname.rstrip("."), url.target


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
