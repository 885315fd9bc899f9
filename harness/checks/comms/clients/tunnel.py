"""A way through a proxy for programs that know of none: HTTP CONNECT (RFC 9110, 9.3.6), as such programs are set up."""

import contextlib
import socket
import threading
from urllib.parse import urlsplit

SECONDS = 10.0


class Door:
    """`address` is where to connect to for a host and port: there itself or, with a proxy (URL), on loopback, from
    where every connection is led through a tunnel. `refusal` is what the proxy last said when it made none."""

    def __init__(self, host: str, port: int, proxy: str) -> None:
        self.address = (host, port)
        self.refusal = ""
        if proxy:
            self._target, self._proxy = f"{host}:{port}", urlsplit(proxy)
            self._listener = socket.create_server(("127.0.0.1", 0))
            self.address = ("127.0.0.1", int(self._listener.getsockname()[1]))
            threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._listener.accept()
            threading.Thread(target=self._lead, args=(near,), daemon=True).start()

    def _lead(self, near: socket.socket) -> None:
        with near:
            try:
                far = socket.create_connection((self._proxy.hostname, self._proxy.port), SECONDS)
                far.sendall(f"CONNECT {self._target} HTTP/1.1\r\nHost: {self._target}\r\n\r\n".encode())
                head = b""
                while b"\r\n\r\n" not in head and (data := far.recv(4096)):
                    head += data
            except OSError as error:
                self.refusal = f"the proxy cannot be reached: {error}"
                return
            far.settimeout(None)
            status = head.partition(b"\r\n")[0].decode("latin-1")
            if " 200" not in status:
                self.refusal = f"the proxy answers: {status or 'nothing'}"
                far.close()
                return
            with far:
                near.sendall(head.partition(b"\r\n\r\n")[2])
                threading.Thread(target=_copy, args=(near, far), daemon=True).start()
                _copy(far, near)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
