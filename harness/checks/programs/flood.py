"""Keep a server busy for a while: `flood HOST PORT CONNECTIONS SECONDS`. Of the connections most ask for nothing to the
end, as if what they ask were still under way; a few are opened anew again and again. Prints how many there were."""

import asyncio
import contextlib
import sys

AGAIN = 16  # connections that are opened anew
PATIENCE = 2.0


async def hold(host: str, port: int, end: float) -> bool:
    """Whether a connection could be made; it is kept, half a request said, until that time of the loop."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.write(b"GET /")
    await asyncio.sleep(max(0.0, end - loop.time()))
    writer.close()
    return True


async def repeat(host: str, port: int, end: float) -> int:
    """How many connections were made and ended at once, until that time of the loop."""
    loop, made = asyncio.get_running_loop(), 0
    while loop.time() < end:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                _, writer = await asyncio.open_connection(host, port)
            writer.write(b"\r\n" * 8)
            writer.close()
            made += 1
        await asyncio.sleep(0.005)
    return made


async def main(host: str, port: int, connections: int, seconds: float) -> None:
    """The program."""
    end = asyncio.get_running_loop().time() + seconds
    held = [hold(host, port, end) for _ in range(connections)]
    again = [repeat(host, port, end) for _ in range(AGAIN)]
    kept, made = await asyncio.gather(asyncio.gather(*held), asyncio.gather(*again))
    print(sum(kept), sum(made))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
