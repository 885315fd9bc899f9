"""A filtering proxy that tunnels https, with faults to choose, as a program: faulty.py FAULTS PORT UPSTREAM FOLDER."""

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

BLOCKED = b"blocked.canary.harness.test"
PAGE = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 10\r\nConnection: close\r\n\r\n<p>Blocked"


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class Proxy:
    def __init__(self, faults: set[str], upstream: int, folder: Path) -> None:
        self.faults, self.upstream, self.folder = faults, upstream, folder

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b" ", 2)
        if BLOCKED in target:
            again = b"HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % target
            writer.write(again if "loops" in self.faults else PAGE)
            await writer.drain()
            writer.close()
            return
        if method == b"CONNECT" and "certificate" in self.faults:
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.folder / "own.pem")
            await writer.start_tls(context)
            return
        behind, onward = await asyncio.open_connection("127.0.0.1", self.upstream)
        onward.write(head)
        await asyncio.gather(pipe(reader, onward), pipe(behind, writer))


def leave(port: int) -> None:
    """A process in a session of its own, and a file in shared memory."""
    Path(f"/dev/shm/faulty-{port}.left").touch()
    subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"],
        start_new_session=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
    )


def prattle() -> None:
    while True:
        sys.stdout.write("x" * 8191 + "\n")


def unlock(lock: Path) -> None:
    lock.unlink()
    os._exit(0)


async def main(faults: set[str], port: int, upstream: int, folder: Path) -> None:
    if "dies" in faults:
        sys.exit("my licence has run out")
    if "taken" in faults:
        socket.create_server(("127.0.0.1", upstream))
    if "silent" in faults:
        await asyncio.sleep(600)
    if "lock" in faults:
        lock = folder / "lock"
        try:
            lock.touch(exist_ok=False)
        except FileExistsError:
            sys.exit(f"{lock} is there already")
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, unlock, lock)
    if "deaf" in faults:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if "leaves" in faults:
        leave(port)
    if "noisy" in faults:
        threading.Thread(target=prattle, daemon=True).start()
    proxy = Proxy(faults, upstream, folder)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0 if "elsewhere" in faults else port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(set(sys.argv[1].split(",")), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
