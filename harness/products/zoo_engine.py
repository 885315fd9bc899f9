"""The engine of the zoo's guarded products, a process of its own: `zoo_engine JSON`, the fields of `Manner`. It is
asked what to do with a host, and has a settings page. `zoo_engine --uninstall PORT PASSWORD` removes it."""

import asyncio
import contextlib
import json
import secrets
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass

from tornado.web import Application, RequestHandler

ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Manner:
    """The host that it blocks, and how it guards its settings: whether page and interface ask for a login and removing
    it for the `password`, and after how many wrong ones in a row none is taken any more, 0 for never."""

    port: int
    blocked: str
    password: str
    page: bool = True
    api: bool = True
    uninstall: bool = True
    guesses: int = 5


class Engine:
    """What it knows while it runs."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.filtering = True
        self.sessions: set[str] = set()
        self.wrong = 0

    def right(self, password: str) -> bool:
        """Whether it is the password, and may still be said."""
        locked = self.manner.guesses and self.wrong >= self.manner.guesses
        found = not locked and secrets.compare_digest(password.encode(), self.manner.password.encode())
        self.wrong = 0 if found else self.wrong + 1
        return found


class Handler(RequestHandler):
    """All that is asked of it, by path."""

    def initialize(self, engine: Engine) -> None:
        self.engine = engine

    def get(self, what: str) -> None:
        """What to do with a host."""
        blocked = self.engine.filtering and self.get_argument("host") == self.engine.manner.blocked
        self.write("block" if what == "verdict" and blocked else "allow")

    def post(self, what: str) -> None:
        """A login, a change of the settings, or the end."""
        engine, manner = self.engine, self.engine.manner
        known = self.get_cookie("session") in engine.sessions
        match what:
            case "login" if engine.right(self.get_argument("password", "")):
                engine.sessions.add(session := secrets.token_hex(16))
                self.set_cookie("session", session)
            case "settings" if known or not manner.page:
                engine.filtering = self.get_argument("filtering", "") == "on"
            case "api" if known or not manner.api:
                engine.filtering = bool(json.loads(self.request.body)["filtering"])
            case "uninstall" if not manner.uninstall or engine.right(self.get_argument("password", "")):
                engine.filtering = False
            case _:
                self.set_status(403)


async def serve(manner: Manner) -> None:
    """Answer until terminated."""
    Application([(r"/(\w+)", Handler, {"engine": Engine(manner)})]).listen(manner.port, ADDRESS)
    await asyncio.Event().wait()


def uninstall(port: str, password: str) -> int:
    """Have the one at that port remove itself; 0 if it did."""
    body = urllib.parse.urlencode({"password": password}).encode()
    with contextlib.suppress(OSError):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"http://{ADDRESS}:{port}/uninstall", body)
        return 0
    return 1


if __name__ == "__main__":
    if sys.argv[1] == "--uninstall":
        sys.exit(uninstall(*sys.argv[2:4]))
    asyncio.run(serve(Manner(**json.loads(sys.argv[1]))))
