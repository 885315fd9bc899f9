"""What the reference filter blocks: hosts and URLs on block lists, and pages whose weighted phrases add up."""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from harness.model import url as urls
from harness.model.errors import UsageError
from harness.products.lists import BlockList

CONTEXT = "*"
INLINE = frozenset({"a", "abbr", "b", "bdi", "bdo", "code", "em", "i", "mark", "q", "s", "small", "span", "strong"})
MARKS = "".join(char for char in map(chr, range(0x300, 0x10000)) if unicodedata.category(char)[0] == "M")
WORD = re.compile(rf"[\w\u200c\u200d{MARKS}]+")
_IP = re.compile(r"[\d.]+|\[.*")
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")
UNRESERVED = re.compile("(?i)%(2[de]|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])")


@dataclass(frozen=True, slots=True)
class Match:
    """`kind` is domain, url, ip or phrase; `detail` the part of the URL that matched, or score and phrases."""

    category: str
    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that speak for a category or, under `CONTEXT` and with a negative weight, against every one."""

    category: str
    weight: int
    text: str


class Rules:
    """Lists and phrases, indexed once. Where several lists hold the same entry, the first list counts."""

    def __init__(self, lists: Sequence[BlockList], phrases: Sequence[Phrase]) -> None:
        self._hosts: dict[str, tuple[str, str]] = {}
        self._urls: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for block in reversed(lists):
            self._hosts.update(dict.fromkeys(block.domains, (block.name, "domain")))
            self._hosts.update(dict.fromkeys(block.ips, (block.name, "ip")))
            for entry in block.urls:
                host, slash, rest = entry.partition("/")
                self._urls[host][_plain(slash + rest)] = block.name
        self._longest = max((len(path) for paths in self._urls.values() for path in paths), default=0)
        self._phrases: defaultdict[str, list[tuple[Sequence[str], Phrase]]] = defaultdict(list)
        for phrase in phrases:
            words = _words(phrase.text)
            wanted = " ".join(words) if UNSPACED.search(phrase.text) else words
            self._phrases[wanted[0]].append((wanted, phrase))

    def match_url(self, url: str) -> Match | None:
        """The longest entry that covers the URL, hosts before paths; either covers sub-domains. Raises ValueError if it
        is no http(s) URL."""
        parsed = urls.parse(url)
        hosts = list(_parents(parsed.hostname.rstrip(".")))
        for host in hosts:
            if host in self._hosts:
                return Match(*self._hosts[host], host)
        path = _plain(parsed.target) + "/"
        for host in hosts:
            paths = self._urls.get(host, {})
            for end in range(min(len(path), self._longest), 0, -1) if paths else ():
                if (path[end - 1] == "/" or path[end] in "/?&=#") and path[:end] in paths:
                    return Match(paths[path[:end]], "url", host + path[:end])
        return None

    def match_text(self, html: str, threshold: int) -> Match | None:
        """The category whose phrases score highest in the visible text, if it reaches the threshold."""
        hits = {p: p.weight * min(n, 2) for p, n in Counter(self._found(html)).items()}
        categories = sorted({p.category for p in hits} - {CONTEXT})
        sums = {c: sum(score for p, score in hits.items() if p.category in (c, CONTEXT)) for c in categories}
        top = max(sums, key=sums.__getitem__, default="")
        if not top or sums[top] < threshold:
            return None
        return Match(top, "phrase", f"{sums[top]}: " + ", ".join(p.text for p in hits if p.category in (top, CONTEXT)))

    def _found(self, html: str) -> Iterator[Phrase]:
        """Each occurrence of a phrase: a run of whole words or, in scripts without spaces, of characters."""
        words = _words("".join(_Page(html).text))
        for items in (words, " ".join(words)):
            for start, item in enumerate(items):
                for wanted, phrase in self._phrases.get(item, ()):
                    if items[start : start + len(wanted)] == wanted:
                        yield phrase


class _Page(HTMLParser):
    """Collects the text a reader sees, title included; block elements part words, inline ones do not."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self._hidden = False
        self.feed(html.replace("<![", "<?"))  # a comment to browsers, but HTMLParser may raise on it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")
        self.handle_data("" if tag in INLINE else " ")

    def handle_endtag(self, tag: str) -> None:
        self.handle_starttag(tag if tag in INLINE else "", [])

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.text.append(data)


def read_phrases(path: Path) -> tuple[Phrase, ...]:
    """The phrases of a CSV file `category,weight,phrase`. Raises UsageError naming file, line and column."""
    try:
        header, *rows = csv.reader(path.read_text(encoding="utf-8-sig").splitlines() or [""], strict=True)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"cannot be read: {error}", file=path) from None
    if header != ["category", "weight", "phrase"]:
        raise UsageError("expected the columns category,weight,phrase", file=path, line=1)
    phrases: dict[tuple[str, str], Phrase] = {}
    for line, row in enumerate(rows, 2):
        category, weight, text, *more = *row, *[""] * (3 - len(row))
        same = category, " ".join(_words(text))
        for key, wrong, message in (
            ("category", not category.strip(), "is empty"),
            ("weight", not re.fullmatch("-?[1-9][0-9]{0,5}", weight), f"{weight!r} is no whole number other than 0"),
            ("weight", category == CONTEXT and weight[:1] != "-", f"{weight!r} is not negative, as under {CONTEXT!r}"),
            ("phrase", bool(more), "is followed by a fourth field; quote a phrase that holds a comma"),
            ("phrase", not same[1], f"{text!r} holds no word"),
            ("phrase", same in phrases, f"{text!r} is there twice"),
        ):
            if wrong:
                raise UsageError(message, file=path, line=line, key=key)
        phrases[same] = Phrase(category, int(weight), text)
    return tuple(phrases.values())


def _parents(host: str) -> Iterator[str]:
    """The host and every domain above it; an IP literal has none."""
    yield host
    while not _IP.fullmatch(host) and "." in host:
        host = host.partition(".")[2]
        yield host


def _words(text: str) -> list[str]:
    return WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _plain(target: str) -> str:
    return UNRESERVED.sub(lambda code: chr(int(code[1], 16)), target).lower()
