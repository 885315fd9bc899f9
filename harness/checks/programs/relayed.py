"""Get a page of a host through relays: `relayed RELAYS HOST [PROXY]`, relays as pproxy writes them, joined by `__`.
Prints the answer."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from urllib.parse import SplitResult, urlsplit

import pproxy

SECONDS = 6.0
ADDRESS = re.compile(r"([\d.]+):(\d+)(?=#|$)")


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Open = Callable[[str, int], Awaitable[Streams]]


async def fetch(relays: str, host: str, proxy: str = "") -> bytes:
    """The answer to GET / over http, status line and all; the first relay is reached by the proxy (URL), if any. Raises
    whatever is the matter with the first that cannot be reached: OSError, or what pproxy does."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)  # what is still under way when one relay fails is of no interest
    refused: asyncio.Future[bytes] = loop.create_future()
    async with asyncio.timeout(SECONDS), AsyncExitStack() as stack:
        reach: Open | None = partial(_tunnel, urlsplit(proxy)) if proxy else None
        for relay in relays.split("__"):
            here = await stack.enter_async_context(_led(reach, relay, refused)) if reach else relay
            reach = pproxy.Connection(here).tcp_connect
        assert reach
        answer = asyncio.ensure_future(_get(reach, host))
        stack.callback(answer.cancel)
        done, _ = await asyncio.wait({answer, refused}, return_when=asyncio.FIRST_COMPLETED)
        return (refused if refused in done else answer).result()


async def _tunnel(proxy: SplitResult, host: str, port: int) -> Streams:
    """By CONNECT. Raises ConnectionRefusedError with what the proxy says."""
    reader, writer = await asyncio.open_connection(proxy.hostname, proxy.port)
    writer.write(f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    status, _, _ = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").partition("\r\n")
    if not re.match(r"HTTP/\S+ 2\d\d", status):
        raise ConnectionRefusedError(f"the proxy says {status}")
    return reader, writer


async def _get(reach: Open, host: str) -> bytes:
    reader, writer = await reach(host, 80)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return bytes(await reader.read())


@asynccontextmanager
async def _led(reach: Open, relay: str, refused: asyncio.Future[bytes]) -> AsyncIterator[str]:
    """The relay as if it were here, at a port that leads to it by what is reached already: pproxy chains not all kinds
    by itself. `refused` learns why it cannot be reached."""
    match = ADDRESS.search(relay)
    assert match

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await reach(match[1], int(match[2]))
            await asyncio.gather(_copy(reader, back), _copy(there, writer))
        except Exception as error:  # noqa: BLE001 - what pproxy raises where it is refused; `main` sorts it
            if not refused.done():
                refused.set_exception(error)
        finally:
            writer.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield f"{relay[: match.start()]}127.0.0.1:{port}{relay[match.end() :]}"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


def main() -> None:
    """The program."""
    try:
        answer = asyncio.run(fetch(*sys.argv[1:4]))
    except Exception as error:
        if type(error) is not Exception and not isinstance(error, OSError | EOFError | AssertionError):
            raise  # not what pproxy says of a relay that it cannot reach, or that answers otherwise than one
        sys.exit(f"{type(error).__name__} {error}".strip())
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
