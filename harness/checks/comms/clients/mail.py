"""Mail sent by SMTP."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

from harness.checks.comms.clients.program import SECONDS, Task, run


def say(task: Task) -> Iterator[str]:
    """Each text in a mail of its own."""
    with smtplib.SMTP(task.host, task.port, "child.example", SECONDS) as server:
        for text in task.texts:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "child@mail.example", f"{task.to}@mail.example", "Hello"
            mail.set_content(text, cte="7bit")
            server.send_message(mail)
            yield "250"


if __name__ == "__main__":
    run(say)
