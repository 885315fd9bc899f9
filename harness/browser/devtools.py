"""A DevTools protocol connection: commands answered by id, events handed to whoever listens to their session."""

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection, connect

from harness.model.errors import BrowserGone, HarnessError

Handler = Callable[[dict[str, Any]], None]


class ProtocolError(HarnessError):
    """The browser refused a command."""


class DevTools:
    """One connection to one browser; sessions are flattened into it."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
        self._browser_handlers: dict[str, dict[str, Handler]] = defaultdict(dict)
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

    def on_browser(self, session: str, method: str, handler: Handler) -> None:
        """Call `handler` for every such event of the browser itself, on behalf of the session."""
        self._browser_handlers[method][session] = handler

    def forget(self, session: str) -> None:
        """Drop the handlers of a session that has ended."""
        self._handlers.pop(session, None)
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
        self._waiting[number] = future
        try:
            await self._connection.send(json.dumps(message))
            answer = await future
        except websockets.ConnectionClosed:
            raise BrowserGone("the browser is gone") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise ProtocolError(f"{method}: {answer['error'].get('message', answer['error'])}")
        return dict(answer["result"])

    async def close(self) -> None:
        await self._connection.close()
        await self._reading

    async def _read(self) -> None:
        try:
            async for text in self._connection:
                message = json.loads(text)
                if "id" in message:
                    future = self._waiting.get(message["id"])
                    if future and not future.done():
                        future.set_result(message)
                elif "sessionId" in message:
                    if handler := self._handlers.get(message["sessionId"], {}).get(message["method"]):
                        handler(message["params"])
                else:
                    for handler in list(self._browser_handlers.get(message["method"], {}).values()):
                        handler(message["params"])
        except websockets.ConnectionClosed:
            pass
        finally:
            self.gone.set()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(BrowserGone("the browser is gone"))
