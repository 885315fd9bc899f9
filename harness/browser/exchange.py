"""One HTTP/1.1 exchange on a connection that is there, with what goes wrong named as a browser names it."""

import asyncio
import contextlib
import errno
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import h11

from harness.internet.coding import MOST

READ = 65536
HEAD_BYTES = 262144  # of an answer's head, as in Chromium (net/http/http_stream_parser.h)
Header = tuple[str, str]
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NetworkError(Exception):
    """A visit ends without a page; the text is the error's name, without `net::` (Chromium, net_error_list.h)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; header names are in lower case, `body` is still encoded and holds what came of it."""

    status: int
    headers: tuple[Header, ...]
    body: bytes

    def header(self, name: str) -> str:
        """The first of that name, "" for none."""
        return next((value for key, value in self.headers if key == name), "")


@contextlib.contextmanager
def named(refused: str) -> Iterator[None]:
    """Errors of a connection by the browser's names; a connection that is refused is called so. Raises NetworkError."""
    try:
        yield
    except ConnectionRefusedError:
        raise NetworkError(refused) from None
    except ConnectionResetError:
        raise NetworkError("ERR_CONNECTION_RESET") from None
    except (BrokenPipeError, ConnectionAbortedError):
        raise NetworkError("ERR_CONNECTION_CLOSED") from None
    except TimeoutError:
        raise NetworkError("ERR_CONNECTION_TIMED_OUT") from None
    except ssl.SSLError:
        raise NetworkError("ERR_SSL_PROTOCOL_ERROR") from None
    except h11.ProtocolError:
        raise NetworkError("ERR_INVALID_HTTP_RESPONSE") from None
    except OSError as error:
        far = error.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH)
        raise NetworkError("ERR_ADDRESS_UNREACHABLE" if far else "ERR_FAILED") from None


async def ask(connection: Connection, method: str, target: str, headers: Sequence[Header]) -> Reply:
    """The answer to a request without a body; to CONNECT, the head of it. What was broken off, or is too long, ends
    there. Raises NetworkError."""
    reader, writer = connection
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
    head: h11.Response | None = None
    body = bytearray()
    try:
        with named("ERR_CONNECTION_REFUSED"):
            request = h11.Request(method=method, target=target, headers=list(headers))
            writer.write(http.send(request) or b"")
            http.send(h11.EndOfMessage())
            while True:
                event = http.next_event()
                if event is h11.NEED_DATA:
                    data = await reader.read(READ)
                    if not data and head is None and not http.trailing_data[0]:
                        raise NetworkError("ERR_EMPTY_RESPONSE")
                    http.receive_data(data)
                elif isinstance(event, h11.Response):
                    head = event
                    if method == "CONNECT":
                        break
                elif isinstance(event, h11.Data):
                    body += event.data
                    if len(body) > MOST:
                        break
                elif not isinstance(event, h11.InformationalResponse):
                    break
    except NetworkError:
        if head is None:
            raise
    if head is None:
        raise NetworkError("ERR_INVALID_HTTP_RESPONSE")
    told = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
    return Reply(head.status_code, told, bytes(body))
