"""The replayed Internet as a process of its own: commands as JSON lines on standard input, answers on standard output.

It ends when its standard input closes, so that no harness that was killed leaves one behind.
"""

import asyncio
import base64
import datetime
import json
import logging
import sys
from pathlib import Path
from typing import Any

from harness.internet import spki
from harness.internet.doors import take
from harness.internet.lent import Lent
from harness.internet.origin import Origin
from harness.internet.proxy import LeanProxy
from harness.model import canonical
from harness.model.words import Arm


def handle(origin: Origin, lent: Lent, command: dict[str, Any]) -> dict[str, Any]:
    """Carry out one command; the answer names the attempt and, if it failed, the error."""
    match command["op"]:
        case "open":
            fixture = Path(command["fixture"]) if command["fixture"] else None
            data = base64.b64decode(command["data"]) if "data" in command else None
            try:
                origin.open(command["attempt"], Arm(command["arm"]), command["url"], fixture, command["token"], data)
            except (ValueError, OSError) as error:
                return {"attempt": command["attempt"], "error": str(error)}
            return {"attempt": command["attempt"]}
        case "close":
            if command["attempt"] not in origin.attempts:
                return {"attempt": command["attempt"], "error": "not open; opened before a restart?"}
            return {"attempt": command["attempt"], "receipts": canonical.plain(origin.close(command["attempt"]))}
        case "lend":
            lent.hosts[command["host"]] = command["port"]
            return {}
        case "strays":
            return {"strays": origin.strays}
        case other:
            return {"error": f"unknown command {other!r}"}


async def serve() -> None:
    """Read the configuration line, listen, answer commands until the input ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**27)  # a fixture may come with a command
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    config = json.loads(await reader.readline())
    ports = config["ports"]
    arms = {("127.0.0.1", port): arm for port, arm in zip(ports, (Arm.CONTROL, Arm.TEST), strict=True)}
    origin = Origin(arms, {key: Path(path) for key, path in config["resources"].items()}, config["hosts"])
    lent = Lent()
    spki.make_origin_authority(Path(config["confdir"]), datetime.datetime.now(datetime.UTC))
    proxy = LeanProxy([origin], Path(config["confdir"]), ports=tuple(ports), guard=lent)
    await proxy.start()
    doors = asyncio.create_task(take(Path(config["doors"]), proxy.stand_in))
    _say({"ready": True})
    while line := await reader.readline():
        _say(handle(origin, lent, json.loads(line)))
    doors.cancel()
    await proxy.stop()


def _say(value: dict[str, Any]) -> None:
    sys.stdout.write(canonical.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    asyncio.run(serve())
