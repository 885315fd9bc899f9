"""Get a page of a host through a WebSocket relay: `sockets URL HOST PROXY`, no proxy where that is empty. Prints the
answer."""

import asyncio
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

SECONDS = 5.0


async def fetch(url: str, host: str, proxy: str) -> bytes:
    """The answer to GET / over http, status line and all. Raises OSError, TimeoutError, WebSocketException."""
    async with asyncio.timeout(SECONDS), connect(url, proxy=proxy or None) as made:
        await made.send(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = await made.recv()
        return answer.encode() if isinstance(answer, str) else answer


def main() -> None:
    """The program."""
    try:
        answer = asyncio.run(fetch(*sys.argv[1:4]))
    except (OSError, TimeoutError, WebSocketException) as error:
        sys.exit(str(error) or type(error).__name__)
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
