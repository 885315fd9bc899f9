"""A corpus whose right answers are known: block lists of hosts and pages, and URLs at and around them, on names and
addresses that are reserved."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

OTHER = "elsewhere.example"
ADDRESSES = 254  # of a network for documentation (RFC 5737)


@dataclass(frozen=True, slots=True)
class Visit:
    """One case; `paths` says whether only a filter that sees paths can know the answer."""

    case_id: str
    url: str
    block: bool
    paths: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Visits, and the lists: a domain stands for all below it, a page (host/path) for all below it."""

    visits: tuple[Visit, ...]
    domains: tuple[str, ...]
    pages: tuple[str, ...]

    def blocks(self, url: str, paths: bool = True) -> bool:
        """Whether a filter with these lists blocks the URL, by its host and, if it sees `paths`, by its path."""
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
        hosts = {".".join(labels[cut:]) for cut in range(len(labels))}
        steps = parts.path.strip("/").split("/")
        below = {f"{host}/{'/'.join(steps[: cut + 1])}" for host in hosts for cut in range(len(steps))}
        return not hosts.isdisjoint(self.domains) or (paths and not below.isdisjoint(self.pages))

    def write(self, folder: Path) -> None:
        """`corpus` and `lists` in the folder, for `--corpus` and `--param blocklists`."""
        for name, kind, entries in (("hosts", "domains", self.domains), ("pages", "urls", self.pages)):
            (folder / "lists" / name).mkdir(parents=True)
            (folder / "lists" / name / kind).write_text("".join(f"{entry}\n" for entry in entries), "utf-8")
        (folder / "corpus").mkdir()
        (folder / "corpus" / "corpus.toml").write_text('name = "known"\nversion = "1"\n', "utf-8")
        with (folder / "corpus" / "cases.csv").open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("case_id", "url", "category", "expectation"))
            for item in self.visits:
                labels = ("gambling", "block") if item.block else ("news", "allow")
                table.writerow((item.case_id, item.url, *labels))


def known(count: int, seed: int) -> Known:
    """So many visits, half of them to block, of fourteen kinds in turn, by http and https in turn."""
    rng = random.Random(seed)
    visits: list[Visit] = []
    domains, pages = [], []
    number = 0
    while len(visits) < count:
        scheme = ("http", "https")[number % 2]
        words = ["".join(rng.choice(letters) for letters in ("bdfgkl", "aeiou", "mnprst") * 2) for _ in range(4)]
        host = f"{words[0]}{number}.{rng.choice(('test', 'example'))}"
        domains.append(host)
        pages.append(f"site-{host}/{words[1]}/{words[2]}")
        around = [*_around(host, pages[-1], words[3])]
        if number < ADDRESSES:
            domains.append(f"192.0.2.{number + 1}")
            around += [
                ("address", f"{domains[-1]}/", True, False),
                ("address-other", f"198.51.100.{number + 1}/", False, False),
            ]
        for kind, rest, block, paths in around:
            visits.append(Visit(f"{number}-{kind}", f"{scheme}://{rest}", block, paths))
        number += 1
    return Known(tuple(visits[:count]), tuple(domains), tuple(pages))


def _around(host: str, page: str, word: str) -> Iterator[tuple[str, str, bool, bool]]:
    """(kind, URL without scheme, whether it is to be blocked, whether only its path says so)."""
    place, _, path = page.partition("/")
    yield "host", f"{host}/", True, False
    yield "not-a-label", f"{word}-{host}/", False, False
    yield "page", page, True, True
    yield "page-beside", f"{place}/{path.partition('/')[0]}/{word}", False, False
    yield "host-deep", f"{host}/{word}/{word}?q={word}", True, False
    yield "host-under-other", f"{host}.{OTHER}/", False, False
    yield "page-below", f"{page}/{word}", True, True
    yield "page-elsewhere", f"{word}.{OTHER}/{path}", False, False
    yield "host-below", f"www.{host}/{word}", True, False
    yield "host-in-query", f"{OTHER}/{word}?to={host}", False, False
    yield "host-port", f"{host}:8080/{word}", True, False
    yield "host-under-other-port", f"{host}.{OTHER}:8080/", False, False
