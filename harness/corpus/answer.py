"""The HTTP answer that a fixture stands for."""

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer, without the headers that describe the connection."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first value of a header, "" without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def takes_token(self) -> bool:
        """Whether a token can be written into the body, once unpacked, without harm, as far as headers say: an HTML
        page in an ASCII-compatible encoding."""
        kind = self.header("content-type").lower()
        return kind.startswith("text/html") and "utf-16" not in kind


def from_fixture(path: Path, data: bytes | None = None) -> Answer:
    """The answer in a fixture: `.http` files hold status line, headers, blank line and body; others a body typed by
    their suffix. With `data` that is what it holds, and nothing is read.

    Raises ValueError when a `.http` file is not an HTTP answer.
    """
    data = path.read_bytes() if data is None else data
    if path.suffix == ".http":
        return parse(data, f"fixture {path.name!r}")
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind in ("text/html", "text/plain"):
        kind += "; charset=utf-8"
    return Answer(200, (("Content-Type", kind),), data)


def parse(data: bytes, what: str) -> Answer:
    """The answer in an HTTP message; `what` is what errors call it. Raises ValueError."""
    head, *rest = re.split(rb"\r?\n\r?\n", data, maxsplit=1)
    lines = re.split(r"\r?\n", head.decode("latin-1"))
    match = re.match(r"HTTP/1\.[01] (\d{3})\b", lines[0])
    if not rest or not match:
        raise ValueError(f"{what} does not begin with an HTTP status line and headers")
    headers = []
    for line in lines[1:]:
        key, colon, value = line.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", key):
            raise ValueError(f"{what} has a malformed header {line[:60]!r}")
        if key.lower() not in ("content-length", "connection", "transfer-encoding", "cache-control"):
            headers.append((key, value.strip()))
    return Answer(int(match[1]), tuple(headers), rest[0])
