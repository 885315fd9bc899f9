"""A game's chat by UDP."""

import socket
from collections.abc import Iterator

from harness.checks.comms.clients.program import ANSWER_SECONDS, Task, run


def say(task: Task) -> Iterator[str]:
    """Each text in a datagram of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mine:
        mine.settimeout(ANSWER_SECONDS)
        for text in task.texts:
            mine.sendto(text.encode(), (task.host, task.port))
            try:
                yield mine.recv(2000).decode("utf-8", "replace")
            except TimeoutError:
                yield ""


if __name__ == "__main__":
    run(say)
