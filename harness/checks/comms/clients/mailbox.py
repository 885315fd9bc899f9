"""Mail read by IMAP; told `put`, put into the mailbox first."""

import imaplib
from collections.abc import Iterator

from harness.checks.comms.clients.program import SECONDS, Task, run


def say(task: Task) -> Iterator[str]:
    """The texts of what is in the mailbox, newest first."""
    with imaplib.IMAP4(task.host, task.port, SECONDS) as server:
        server.login(task.to, "harness")
        for text in task.texts if task.more == "put" else ():
            mail = f"From: friend@mail.example\r\nTo: child@mail.example\r\nSubject: Hello\r\n\r\n{text}\r\n"
            server.append("INBOX", None, None, mail.encode())
        server.select("INBOX")
        found = server.search(None, "ALL")[1][0].split()
        bodies = [server.fetch(number.decode(), "(BODY[TEXT])")[1][0] for number in found[-5:]]
        for body in reversed(bodies):
            yield body[1].decode("utf-8", "replace") if isinstance(body, tuple) else ""


if __name__ == "__main__":
    run(say)
