"""A relay that looks like a web application: `sockets_server PORT`. What comes by WebSocket (RFC 6455) is said to the
sites of the web, and what they answer is sent back."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve

from harness.internet.holder import WORLD


async def relay(client: ServerConnection) -> None:
    """One request, one answer."""
    reader, writer = await asyncio.open_connection(WORLD, 80)
    message = await client.recv()
    writer.write(message.encode() if isinstance(message, str) else message)
    await client.send(await reader.read())
    writer.close()


async def main(port: int) -> None:
    """Relay until terminated."""
    async with serve(relay, "0.0.0.0", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
