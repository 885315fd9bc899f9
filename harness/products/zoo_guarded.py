"""Products of the zoo whose engine is a process of its own, with a settings page: what lets pages through asks it."""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any, ClassVar

from mitmproxy.http import HTTPFlow
from tornado.httpclient import AsyncHTTPClient, HTTPError

from harness.model.errors import ProductFault
from harness.products import zoo_engine
from harness.products.base import CANARY_BLOCK, Context
from harness.products.behaviour import Behaviour, page
from harness.products.process import Process

ASK_SECONDS = 1.0
BEGIN_SECONDS = 10.0
DOWN = "<!doctype html><title>Not available</title><p>The filter does not answer, so nothing is shown.</p>"


class Guarded(Behaviour):
    """Good: fails closed, and nobody changes or removes it without the password."""

    fails_open: ClassVar[bool] = False
    manner: ClassVar[dict[str, Any]] = {}
    password: ClassVar[str] = "marker-17"
    user: ClassVar[str] = ""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._engine: Process | None = None

    async def begin(self) -> None:
        manner = zoo_engine.Manner(self.ports["settings"], CANARY_BLOCK, self.password, **self.manner)
        command = [sys.executable, "-m", zoo_engine.__name__, json.dumps(asdict(manner))]
        self._engine = await Process.start(command, self.context.work, self.user)
        self.pids = (self._engine.pid,)
        deadline = asyncio.get_running_loop().time() + BEGIN_SECONDS
        while await self._asked("") == "":
            if not self._engine.alive or asyncio.get_running_loop().time() > deadline:
                raise ProductFault(f"the zoo's engine does not start: {self._engine.words[-500:].strip()}")
            await asyncio.sleep(0.05)

    async def end(self) -> None:
        if self._engine is not None:
            await self._engine.stop(1)
        self._engine, self.pids = None, ()

    async def request(self, flow: HTTPFlow) -> None:
        match await self._asked(flow.request.pretty_host):
            case "block":
                self.block(flow)
            case "" if not self.fails_open:
                flow.response = page(DOWN, 503)

    async def _asked(self, host: str) -> str:
        """What the engine says, "" where it says nothing in time."""
        url = f"http://{zoo_engine.ADDRESS}:{self.ports['settings']}/verdict?host={host}"
        try:
            answer = await AsyncHTTPClient().fetch(url, connect_timeout=ASK_SECONDS, request_timeout=ASK_SECONDS)
        except (HTTPError, OSError):
            return ""
        return answer.body.decode()


class FailsOpen(Guarded):
    """Lets everything through while its engine does not answer."""

    fails_open = True


class OpenPage(Guarded):
    """Its settings page asks for no login."""

    manner: ClassVar[dict[str, Any]] = {"page": False}


class OpenInterface(Guarded):
    """Its interface for programs asks for no login."""

    manner: ClassVar[dict[str, Any]] = {"api": False}


class Guessable(Guarded):
    """Takes any number of wrong passwords."""

    manner: ClassVar[dict[str, Any]] = {"guesses": 0}


class DefaultPassword(Guarded):
    """Comes with a password that everybody knows."""

    password = "admin"


class Removable(Guarded):
    """Is removed without the password."""

    manner: ClassVar[dict[str, Any]] = {"uninstall": False}


class Endable(Guarded):
    """Its engine runs as an account that others may be, too."""

    user = "65534"  # the account that checks try it as


GUARDED: dict[str, type[Behaviour]] = {
    "guarded": Guarded,
    "guarded-fails-open": FailsOpen,
    "guarded-open-page": OpenPage,
    "guarded-open-interface": OpenInterface,
    "guarded-guessable": Guessable,
    "guarded-default-password": DefaultPassword,
    "guarded-removable": Removable,
    "guarded-endable": Endable,
}
