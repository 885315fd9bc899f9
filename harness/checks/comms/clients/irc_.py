"""IRC: as `child`, or, told to hear, as friend and stranger, who answer."""

import json
import time
from collections.abc import Callable, Iterator

from irc.client import Event, Reactor, ServerConnection

from harness.checks.comms.clients.program import ANSWER_SECONDS, SECONDS, Task, run


def say(task: Task) -> Iterator[str]:
    """Each text in a private message."""
    answers: list[str] = []
    reactor = Reactor()
    connection = reactor.server().connect(task.host, task.port, f"child{time.monotonic_ns() % 10**4}")

    def heard(_: ServerConnection, event: Event) -> None:
        answers.append(event.arguments[0])

    connection.add_global_handler("privmsg", heard)
    _until(reactor, lambda: connection.real_server_name, SECONDS)
    for text in task.texts:
        connection.privmsg(task.to, text)
        _until(reactor, lambda: answers, ANSWER_SECONDS)
        yield answers.pop() if answers else ""
    connection.disconnect()


def hear(host: str, port: int, names: list[str]) -> None:
    """Be there under these names for good, print what is said, and answer it."""
    reactor = Reactor()

    def heard(connection: ServerConnection, event: Event) -> None:
        print(json.dumps({"to": connection.get_nickname(), "text": event.arguments[0]}), flush=True)
        connection.privmsg(event.source.nick, "heard")

    connections = [reactor.server().connect(host, port, name) for name in names]
    reactor.add_global_handler("privmsg", heard)
    while not all(connection.real_server_name for connection in connections):
        reactor.process_once(0.05)
    print(json.dumps({"ready": True}), flush=True)
    reactor.process_forever(0.05)


def _until(reactor: Reactor, done: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        reactor.process_once(0.02)


if __name__ == "__main__":
    run(say)
