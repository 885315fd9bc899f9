"""A page as far as it takes to say what it is: its title, its visible text, its elements, where it leads."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

# Beyond that the rest of a document says nothing new, and hostile ones stay cheap. Characters.
READ = 1_000_000
_TAG = re.compile(r"<(/?)([a-z][a-z0-9-]*)([^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![a-z-])([a-z-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_ASSIGNED = re.compile(r"""location(?:\.href)?\s*=\s*["']([^"']{1,2000})|\.replace\(\s*["']([^"']{1,2000})""")
_REFRESH = re.compile(r"""url\s*=\s*["']?([^"'>]+)""", re.IGNORECASE)
_UNSEEN = frozenset(("script", "style", "noscript", "template"))
_CLOSING = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _UNSEEN}
_INLINE = frozenset(("a", "abbr", "b", "big", "code", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"))
# All that is left of character references in a document that a browser writes out.
_REFERENCES = (("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Page:
    """`text` has a line for each block of text, white space folded; `heads` are those in headings. `tags` counts the
    elements; `targets` are the addresses of frames and of redirects by the page itself; `password` says that it asks
    for one. `size` is the document's length in characters."""

    title: str = ""
    text: str = ""
    heads: tuple[str, ...] = ()
    tags: Mapping[str, int] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    password: bool = False
    size: int = 0


def read(document: str) -> Page:
    """What the document shows, as a browser wrote it out (`outerHTML`). Takes anything, in time linear in its size."""
    reader = _Reader()
    size, document, place = len(document), document[:READ], 0
    while (begin := document.find("<", place)) >= 0:
        reader.say(document[place:begin])
        if document.startswith("<!--", begin):
            place = _after(document, "-->", begin)
            continue
        if document.startswith(("<!", "<?"), begin):
            place = _after(document, ">", begin)
            continue
        tag = _TAG.match(document, begin)
        if tag is None:
            place = begin + 1
            continue
        name, place = tag[2].lower(), tag.end()
        reader.element(name, bool(tag[1]), tag[3])
        if name in _UNSEEN and not tag[1]:
            closing = _CLOSING[name].search(document, place)
            end = closing.start() if closing else len(document)
            if name == "script":
                reader.targets += ["".join(found) for found in _ASSIGNED.findall(document, place, end)]
            place = end
    reader.say(document[place:])
    return reader.page(size)


def _after(document: str, mark: str, start: int) -> int:
    end = document.find(mark, start)
    return len(document) if end < 0 else end + len(mark)


class _Reader:
    def __init__(self) -> None:
        self.targets: list[str] = []
        self._tags: Counter[str] = Counter()
        self._title: list[str] = []
        self._heads: list[str] = []
        self._lines: list[str] = []
        self._line: list[str] = []
        self._in_title = self._password = False

    def say(self, text: str) -> None:
        (self._title if self._in_title else self._line).append(text)

    def element(self, name: str, closes: bool, attributes: str) -> None:
        if name == "title":
            self._in_title = not closes and not self._title
        elif name not in _INLINE:
            self._break(name if closes else "")
        if closes:
            return
        self._tags[name] += 1
        if name in ("frame", "iframe", "meta", "input"):
            given = {key.lower(): value.strip("\"'") for key, value in _ATTRIBUTE.findall(attributes)}
            self._password |= given.get("type", "").lower() == "password"
            if name in ("frame", "iframe") and given.get("src"):
                self.targets.append(given["src"])
            if given.get("http-equiv", "").lower() == "refresh":
                self.targets += _REFRESH.findall(given.get("content", ""))

    def _break(self, closed: str) -> None:
        line = _folded("".join(self._line))
        self._line = []
        if line:
            self._lines.append(line)
            if re.fullmatch(r"h[1-6]", closed):
                self._heads.append(line)

    def page(self, size: int) -> Page:
        self._break("")
        return Page(
            _folded("".join(self._title)),
            "\n".join(self._lines),
            tuple(self._heads),
            self._tags,
            tuple(self.targets),
            self._password,
            size,
        )


def _folded(text: str) -> str:
    for reference, char in _REFERENCES:
        text = text.replace(reference, char)
    return " ".join(text.split())
