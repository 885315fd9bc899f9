"""A DevTools protocol connection: commands answered by id, events handed to whoever listens to their session."""

import asyncio
import itertools
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from http.client import HTTPException
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import websockets
from websockets.asyncio.client import connect

from harness.model.errors import BrowserGone, HarnessError

Handler = Callable[[dict[str, Any]], None]
MOST = 1_000_000  # bytes; no browser says as much of itself
EVENT = re.compile(r'\{"method":"([A-Za-z.]+)"')  # as Chromium begins one; others are parsed to be told


class ProtocolError(HarnessError):
    """The browser refused a command."""


class Wire(Protocol):
    """What carries the protocol's messages as text, until it is closed."""

    async def send(self, text: str, /) -> None: ...
    def __aiter__(self) -> AsyncIterator[str | bytes]: ...
    async def close(self) -> None: ...


class DevTools:
    """One connection to one browser; sessions are flattened into it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._ids = itertools.count(1)
        self._waiting: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
        self._browser_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
        self._heard: set[str] = set()  # events that anybody has ever listened to
        self._reading = asyncio.create_task(self._read())
        self.gone = asyncio.Event()

    @classmethod
    async def open(cls, url: str) -> "DevTools":
        """Connect to a browser's WebSocket address. Raises BrowserGone."""
        try:
            return cls(await connect(url, max_size=None, compression=None, ping_interval=None, open_timeout=10))
        except (OSError, TimeoutError, websockets.WebSocketException) as error:
            raise BrowserGone(f"no DevTools connection: {error}") from None

    def on(self, session: str, method: str, handler: Handler) -> None:
        """Call `handler` with the parameters of every such event of the session."""
        self._handlers[session][method] = handler
        self._heard.add(method)

    def on_browser(self, session: str, method: str, handler: Handler) -> None:
        """Call `handler` for every such event of the browser itself, on behalf of the session."""
        self._browser_handlers[method][session] = handler
        self._heard.add(method)

    def forget(self, session: str) -> None:
        """Drop the handlers of a session that has ended, and what it has not answered."""
        self._handlers.pop(session, None)
        for owner, future in list(self._waiting.values()):
            if owner == session and not future.done():
                future.set_exception(ProtocolError("the session has ended"))
        for handlers in self._browser_handlers.values():
            handlers.pop(session, None)

    async def send(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> dict[str, Any]:
        """The result of a command. Raises ProtocolError when it is refused, BrowserGone when the connection is lost."""
        number = next(self._ids)
        message: dict[str, Any] = {"id": number, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        if self.gone.is_set():
            raise BrowserGone("the browser is gone")
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[number] = session, future
        try:
            await self._wire.send(json.dumps(message))
            answer = await future
        except websockets.ConnectionClosed:
            raise BrowserGone("the browser is gone") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise ProtocolError(f"{method}: {answer['error'].get('message', answer['error'])}")
        return dict(answer["result"])

    async def close(self) -> None:
        await self._wire.close()
        await self._reading

    async def _read(self) -> None:
        try:
            async for text in self._wire:
                event = EVENT.match(text) if isinstance(text, str) else None
                if event and event[1] not in self._heard:
                    continue
                message = json.loads(text)
                if "id" in message:
                    _, future = self._waiting.get(message["id"], ("", None))
                    if future and not future.done():
                        future.set_result(message)
                elif "sessionId" in message:
                    if handler := self._handlers.get(message["sessionId"], {}).get(message["method"]):
                        handler(message["params"])
                else:
                    for handler in list(self._browser_handlers.get(message["method"], {}).values()):
                        handler(message["params"])
        except (websockets.ConnectionClosed, ValueError):  # or what comes is no JSON
            pass
        finally:
            self.gone.set()
            for _, future in self._waiting.values():
                if not future.done():
                    future.set_exception(BrowserGone("the browser is gone"))
                    future.exception()  # seen, also where sending has failed already and nobody waits


def browser_address(address: str) -> str:
    """The WebSocket address of the browser with DevTools at `http://HOST:PORT`, reached as that is. Raises OSError when
    nothing answers, ValueError when it is not DevTools that does."""
    asked = urlsplit(address)
    try:
        with build_opener(ProxyHandler({})).open(f"{address.rstrip('/')}/json/version", timeout=10) as answer:
            found = urlsplit(str(json.loads(answer.read(MOST))["webSocketDebuggerUrl"]))
    except HTTPError as error:
        raise ValueError(f"status {error.code}, {error.read(300).decode('utf-8', 'replace')!r}") from None
    except URLError as error:
        raise OSError(str(error.reason)) from None
    except ConnectionError:  # also closed unanswered, as by a tunnel that leads nowhere
        raise
    except HTTPException as error:
        raise ValueError(f"no HTTP, {error}") from None
    except (TypeError, KeyError):
        raise ValueError("no webSocketDebuggerUrl in its answer") from None
    return f"{'wss' if asked.scheme == 'https' else 'ws'}://{asked.netloc}{found.path}"
