"""Articles posted to a newsgroup by NNTP."""

from collections.abc import Iterator

from nntp import NNTPClient

from harness.checks.comms.clients.program import SECONDS, Task, run


def say(task: Task) -> Iterator[str]:
    """Each text in an article of its own."""
    client = NNTPClient(task.host, task.port, timeout=int(SECONDS))
    for text in task.texts:
        headers = {"From": "child@news.example", "Newsgroups": "harness.test", "Subject": "Hello"}
        yield str(client.post(headers, text.encode() + b"\r\n"))
    client.quit()


if __name__ == "__main__":
    run(say)
