"""XMPP: as `child`, or, told to hear, as friend and stranger, who answer."""

import asyncio
import json
from collections.abc import Iterator

from slixmpp import JID, ClientXMPP
from slixmpp.stanza import Message

from harness.checks.comms.clients.program import ANSWER_SECONDS, SECONDS, Task, run

DOMAIN, PASSWORD = "chat.example", "harness"
UNENCRYPTED = {"feature_mechanisms": {"unencrypted_plain": True, "unencrypted_scram": True}}


class Client(ClientXMPP):
    """Connects in clear, as a product that is to read along needs it. `there` is set once it may send."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}@{DOMAIN}/harness", PASSWORD, plugin_config=UNENCRYPTED)
        self.enable_plaintext, self.enable_starttls, self.enable_direct_tls = True, False, False
        self.there = asyncio.Event()
        self.add_event_handler("session_start", self._started)

    async def _started(self, _: object) -> None:
        self.send_presence()
        self.there.set()


def say(task: Task) -> Iterator[str]:
    """Each text in a message of its own."""
    with asyncio.Runner() as runner:
        client, answers = runner.run(_come(task))
        for text in task.texts:
            yield runner.run(_ask(client, answers, f"{task.to}@{DOMAIN}", text))
        client.abort()


async def _come(task: Task) -> tuple[Client, asyncio.Queue[str]]:
    """The client, there, and what it hears. Raises TimeoutError."""
    client, answers = Client("child"), asyncio.Queue[str]()
    client.add_event_handler("message", lambda message: answers.put_nowait(str(message["body"])))
    client.connect(task.host, task.port)
    async with asyncio.timeout(SECONDS):
        await client.there.wait()
    return client, answers


async def _ask(client: Client, answers: asyncio.Queue[str], to: str, text: str) -> str:
    if not client.is_connected():
        raise ConnectionError("the connection has been cut")
    client.send_message(JID(to), text, mtype="chat")
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            return await answers.get()
    except TimeoutError:
        return ""


async def hear(host: str, port: int, names: list[str]) -> None:
    """Be there under these names for good, print what is said, and answer it."""
    clients = [Client(name) for name in names]
    for name, client in zip(names, clients, strict=True):

        def heard(message: Message, name: str = name, client: Client = client) -> None:
            if message["type"] == "chat":
                print(json.dumps({"to": name, "text": str(message["body"])}), flush=True)
                client.send_message(message["from"], "heard", mtype="chat")

        client.add_event_handler("message", heard)
        client.connect(host, port)
        await client.there.wait()
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    run(say)
