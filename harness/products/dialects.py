"""Jinja2 filters with which a profile's templates write block lists in a product's own dialect.

Products read lists in ways of their own: a look-up that stops at the first candidate, entries compared after decoding,
guards that an
ordered search needs. The filters keep what a list means (a host with its sub-domains; a path with what lies below it)
in other words.
"""

import re
from collections.abc import Iterable, Sequence

BOUNDARY = re.compile(r"[/?&=]")


def topmost(domains: Iterable[str]) -> list[str]:
    """Domains without those that lie below another one, sorted."""
    every = set(domains)

    def covered(domain: str) -> bool:
        while "." in domain:
            domain = domain.partition(".")[2]
            if domain in every:
                return True
        return False

    return sorted(domain for domain in every if not covered(domain))


def decoded(url: str, keep: Sequence[str] = (), query: bool = True) -> str:
    """host/path?query in lower case, percent-decoded into Latin-1 but for the codes in `keep` (like "20") and control
    characters, which would end a line, repeated slashes joined (in the query too if `query`), no slash at the end."""

    def one(code: re.Match[str]) -> str:
        character = chr(int(code[1], 16))
        return code[0] if code[1] in keep or character < " " else character

    host, slash, rest = url.partition("/")
    low = re.sub(r"%([0-9a-f]{2})", one, _lower(slash + rest))
    path, mark, tail = (low, "", "") if query else low.partition("?")
    return host + re.sub(r"/{2,}", "/", path).rstrip("/" if not mark else "") + mark + tail.rstrip("/")


def shortest(urls: Iterable[str]) -> list[str]:
    """Entries without those that begin with another one at a boundary, sorted."""
    every = set(urls)

    def covered(url: str) -> bool:
        cuts = [match for match in BOUNDARY.finditer(url) if match.start()]
        return any(url[: cut.start()] in every for cut in cuts) or any(
            url[: cut.end()] in every for cut in cuts if cut.end() < len(url)
        )

    return sorted(url for url in every if not covered(url))


def layers(urls: Iterable[str]) -> list[list[str]]:
    """The entries in as few groups as it takes for none to be a plain prefix of another in its group; each group
    sorted."""
    groups: list[list[str]] = []
    above: list[str] = []
    for url in sorted(urls):
        while above and not url.startswith(above[-1]):
            above.pop()
        if len(above) == len(groups):
            groups.append([])
        groups[len(above)].append(url)
        above.append(url)
    return groups


def ere(text: str) -> str:
    """The text as a POSIX extended regular expression that matches just it."""
    return re.sub(r"([][\\.^$*+?(){}|])", r"\\\1", text)


def encodable(text: str) -> str:
    """The text, Latin-1, as a PCRE in ASCII that matches it however its characters are percent-encoded, slashes
    repeated too."""

    def either(character: str) -> str:
        code = f"%{ord(character):02x}"
        if character == "/":
            return f"(?:/|{code})+"
        raw = " " < character <= "~" and character != "#"
        return f"(?:{re.escape(character)}|{code})" if raw else code

    return "".join(map(either, text))


def before(text: str) -> str:
    """A string that sorts just before the text: its first character one lower."""
    return chr(ord(text[0]) - 1) + text[1:]


def _lower(text: str) -> str:
    """ASCII only, as C's tolower does."""
    return text.translate({code: code + 32 for code in range(65, 91)})


FILTERS = {
    "topmost": topmost,
    "decoded": decoded,
    "shortest": shortest,
    "layers": layers,
    "ere": ere,
    "encodable": encodable,
    "before": before,
}
