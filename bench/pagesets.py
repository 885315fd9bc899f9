"""Sets of pages that are blocks, faults or neither, as others ship or captured them. None of them is part of this
project; a folder that is not there has no pages."""

import hashlib
import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Captured pages between these names were not looked at. One is a connection that timed out; one has no byte.
UNSEEN = ("isp_id_n", "isp_ru_ttl")
NO_BLOCK, NOTHING = "prod_squid_error_page", "isp_ru_kaspnet_block"
# Squid's page for a block. The time quota is a block by the clock, which is neither.
DENIED, QUOTA = "ERR_ACCESS_DENIED", "ERR_ACL_TIME_QUOTA_EXCEEDED"
PRIVOXY_FAULTS = ("connect-failed", "connection-timeout", "forwarding-failed", "no-server-data", "no-such-domain")
_CHARSET = re.compile(rb"""charset=["']?([\w-]+)""")
_REFERENCE = re.compile(r"&(?!lt;|gt;|amp;|#60;|#62;)#?\w+;")


@dataclass(frozen=True, slots=True)
class Sample:
    """One page. `kind` is "block", "fault" or "ordinary"; `tuned` says that the words were mended on its source."""

    kind: str
    group: str
    source: str
    name: str
    tuned: bool
    document: str


def document(data: bytes) -> str:
    """The page in characters, as a browser would hand it over."""
    named = _CHARSET.search(data[:3000])
    for name in ("utf-8", named[1].decode() if named else "utf-8", "cp1251"):
        try:
            return _REFERENCE.sub(lambda found: html.unescape(found[0]), data.decode(name))
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("utf-8", "replace")


def captured(folder: Path) -> Iterator[Sample]:
    """Captured block pages. A source is what made one: an ISP, a country, a product."""
    for path in sorted(folder.rglob("*.html")):
        source = "_".join(path.stem.split("_")[: 3 if path.stem.startswith(("isp", "inst")) else 2])
        kind = "fault" if path.stem == NO_BLOCK else "block"
        if path.stem != NOTHING:
            tuned = not UNSEEN[0] < path.stem < UNSEEN[1]
            yield Sample(kind, "captured", source, path.stem, tuned, document(path.read_bytes()))


def squid(folder: Path) -> Iterator[Sample]:
    """Error pages of squid-langpack. A source is a language; every other one, by a digest, was tuned on."""
    for path in sorted(folder.glob("*/ERR_*")):
        language = path.parent.name
        if path.parent.is_symlink() or language == "templates" or path.name == QUOTA:
            continue
        kind = "block" if path.name == DENIED else "fault"
        tuned = hashlib.sha256(language.encode()).digest()[0] % 2 == 0
        page = document(path.read_bytes()).replace("%c", path.name)  # as Squid fills it in
        yield Sample(kind, "squid", language, f"{language}/{path.name}", tuned, page)


def e2guardian(folder: Path) -> Iterator[Sample]:
    """Its pages for a block and for a network error. A source is a language; none was tuned on."""
    for path in sorted(folder.glob("*/*template.html")):
        kind = {"template.html": "block", "neterr_template.html": "fault"}.get(path.name)
        if kind:
            language = path.parent.name
            yield Sample(kind, "e2guardian", language, f"{language}/{path.name}", False, document(path.read_bytes()))


def privoxy(folder: Path) -> Iterator[Sample]:
    """Its page for a block, and those for faults of sites and networks."""
    for name in ("blocked", *PRIVOXY_FAULTS):
        path = folder / name
        if path.exists():
            lines = [line for line in document(path.read_bytes()).splitlines() if not line.startswith("#")]
            kind = "block" if name == "blocked" else "fault"
            yield Sample(kind, "privoxy", "privoxy", name, True, "\n".join(lines))


def apache(folder: Path) -> Iterator[Sample]:
    """Apache's error pages by language, refusals among them: an origin that refuses is no block."""
    for path in sorted(folder.glob("HTTP_*.html.var")):
        for part in path.read_text("utf-8", "replace").split("Content-language: ")[1:]:
            language = part[:10].split()[0]
            title = re.search(r'var="TITLE" value="([^"]*)"', part)
            body = re.sub(r"<!--.*?-->|-{10}\S*", "", part.partition("Body:")[2], flags=re.DOTALL)
            said = title[1] if title else ""
            page = f"<html><title>{said}</title><h1>{said}</h1><p>{body}</p><address>Apache/2.4</address></html>"
            yield Sample("fault", "apache", language, f"{language}/{path.name}", False, page)


def ordinary(folder: Path, tuned: bool, most: int, draw: random.Random) -> Iterator[Sample]:
    """Some of the pages in a folder. A source is a folder of it."""
    paths = sorted(path for path in folder.rglob("*.html") if path.is_file() and not path.is_symlink())
    for path in sorted(draw.sample(paths, min(most, len(paths)))):
        source = str(path.parent.relative_to(folder))
        yield Sample("ordinary", folder.name, source, str(path.relative_to(folder)), tuned, document(path.read_bytes()))
