"""What every client program shares: it is told what to do in one argument, and says in one line what came of it."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.checks.comms.clients.tunnel import Door

SECONDS = 5.0  # for a connection
ANSWER_SECONDS = 0.8  # for an answer, which what is stopped never gets


@dataclass(frozen=True, slots=True)
class Task:
    """Send `texts` to `to`, by the server at (`host`, `port`), which is a tunnel's near end where there is a proxy."""

    host: str
    port: int
    to: str
    texts: tuple[str, ...]
    more: str = ""


def run(talk: Callable[[Task], Iterator[str]]) -> None:
    """Do as the program's argument says. Prints as JSON the answers of the far end, how many texts were sent, and what
    went wrong then; `talk` yields an answer for each text, "" for none."""
    told = json.loads(sys.argv[1])
    door = Door(told["host"], told["port"], told["proxy"])
    answers: list[str] = []
    error, broke = "", 0
    try:
        for answer in talk(Task(*door.address, told["to"], tuple(told["texts"]), told.get("more", ""))):
            answers.append(answer)
    except Exception as wrong:  # noqa: BLE001 - whatever a client library meets is what the person at it would meet
        error = f"{type(wrong).__name__}: {wrong}"[:500]
        broke = 1 if answers else 0  # in the midst of a text
    print(json.dumps({"answers": answers, "sent": len(answers) + broke, "error": door.refusal or error}), flush=True)
