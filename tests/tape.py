"""Recordings made for a test."""

import io
from collections.abc import Mapping

from harness.corpus import warc
from harness.corpus.recording import Recording

HTML = "Content-Type: text/html"


class Tape:
    """A WARC file in the making."""

    def __init__(self) -> None:
        self._file = io.BytesIO()

    def raw(self, kind: str, headers: Mapping[str, str], block: bytes) -> str:
        return warc.write(self._file, kind, headers, block)

    def add(
        self,
        url: str,
        body: bytes = b"",
        status: int = 200,
        *headers: str,
        asked: tuple[str, bytes] | None = None,
        **said: str,
    ) -> None:
        """One answer; `asked` has the method and what was sent, `said` further headers of the record."""
        head = "\r\n".join((f"HTTP/1.1 {status} Said", *(headers or (HTML,)), "", "")).encode()
        known = {"WARC-Target-URI": url, **{name.replace("_", "-"): value for name, value in said.items()}}
        name = self.raw("response", known, head + body)
        if asked:
            sent = f"{asked[0]} / HTTP/1.1\r\nHost: a\r\n\r\n".encode() + asked[1]
            self.raw("request", {"WARC-Target-URI": url, "WARC-Concurrent-To": name}, sent)

    def done(self) -> Recording:
        return Recording(lambda: io.BytesIO(self.data))

    @property
    def data(self) -> bytes:
        return self._file.getvalue()
