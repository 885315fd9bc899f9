"""The page of the desk: forms served on loopback to one browser, without scripts.

Other sites and other users of the machine cannot use it: it answers to its own host name alone, asks for the key that
the command printed, and takes a form only from its own pages (Origin, a cookie that no other site sends, and a field).
"""

import asyncio
import hmac
import secrets
from collections.abc import Callable
from typing import Any

from tornado import httputil, web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from harness.assess.desk import Desk
from harness.model.addendum import Finding
from harness.model.errors import HarnessError
from harness.model.words import Verdict
from harness.report import pages, plain
from harness.report.assessing import LARGEST, MOST, Doubt, next_open

MOST_BYTES = 64 << 20  # of one form with its files
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "harness",
}


def page(desk: Desk, form: str, part: str, problem: str = "", **values: Any) -> str:
    """A page of the desk as text; `part` is overview, clause or case, `form` the field that a form must come with."""
    return pages.render(
        "assess.html.j2",
        "assess.css",
        part=part,
        desk=desk,
        agenda=desk.agenda,
        report_id=plain.short(desk.derived.head),
        form=form,
        problem=problem.removeprefix("--evidence: "),
        place=place,
        findings=tuple((str(item), plain.FINDING[item]) for item in Finding),
        verdicts=tuple(str(item) for item in Verdict),
        most=MOST,
        largest=LARGEST // 1_000_000,
        **values,
    )


def place(item: Any) -> str:
    """Where a clause or a case of the queue is judged."""
    if isinstance(item, Doubt):
        return httputil.url_concat("/case", {"case": item.item.case.case_id, "setting": item.item.setting})
    return httputil.url_concat("/clause", {"id": item.clause.id})


class Page(web.RequestHandler):
    """What all pages have in common. `served` is the application's `Served`."""

    @property
    def served(self) -> "Served":
        found: Served = self.settings["served"]
        return found

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if self.request.host != self.served.host:
            raise web.HTTPError(403, reason="Not the name of this page")
        if not hmac.compare_digest(self.get_cookie(self.served.cookie, "") or "", self.served.key):
            if self.request.method == "GET" and self.request.path == "/":
                return
            raise web.HTTPError(403, reason="Open the address that the command printed")
        if self.request.method == "POST":
            same = self.request.headers.get("Origin") == f"http://{self.served.host}"
            if not same or not hmac.compare_digest(self.field("form"), self.served.form):
                raise web.HTTPError(403, reason="The form is not from this page")

    def field(self, name: str) -> str:
        """A field of the form, "" when it is not there."""
        return self.get_body_argument(name, "") or ""

    def asked(self, name: str) -> str:
        """An argument of the address, "" when it is not there."""
        return self.get_query_argument(name, "") or ""

    def say(self, part: str, problem: str = "", **values: Any) -> None:
        self.set_status(400 if problem else 200)
        self.write(page(self.served.desk, self.served.form, part, problem, **values))

    def on_to_next(self) -> None:
        following = next_open(self.served.desk.agenda)
        self.redirect("/" if following is None else place(following), status=303)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}: {self._reason}\n")


class Overview(Page):
    def get(self) -> None:
        if given := self.asked("key"):
            if not hmac.compare_digest(given.encode(), self.served.key.encode()):
                raise web.HTTPError(403, reason="Open the address that the command printed")
            self.set_cookie(self.served.cookie, self.served.key, httponly=True, samesite="Strict", path="/")
            self.redirect("/", status=303)
        elif not self.get_cookie(self.served.cookie):
            raise web.HTTPError(403, reason="Open the address that the command printed")
        else:
            self.say("overview", next=next_open(self.served.desk.agenda))

    def post(self) -> None:
        try:
            self.served.desk.sit(self.field("name"), self.field("blind") == "yes")
        except HarnessError as error:
            self.say("overview", str(error), next=next_open(self.served.desk.agenda))
        else:
            self.on_to_next()


class Clause(Page):
    def get(self) -> None:
        self._say()

    def post(self) -> None:
        given = {name: self.field(name) for name in ("finding", "reason")}
        files = [(file.filename, file.body) for file in self.request.files.get("evidence", []) if file.filename]
        try:
            self.served.desk.judge(self.asked("id"), given["finding"], given["reason"], files)
        except HarnessError as error:
            self._say(str(error), **given)
        else:
            self.on_to_next()

    def _say(self, problem: str = "", finding: str = "", reason: str = "") -> None:
        try:
            item = self.served.desk.clause(self.asked("id"))
        except HarnessError as error:
            raise web.HTTPError(404, reason="No such clause") from error
        self.say("clause", problem, item=item, finding=finding, reason=reason)


class Case(Page):
    def get(self) -> None:
        self._say()

    def post(self) -> None:
        given = {name: self.field(name) for name in ("verdict", "reason")}
        try:
            self.served.desk.adjudicate(*self._which(), given["verdict"], given["reason"])
        except HarnessError as error:
            self._say(str(error), **given)
        else:
            self.on_to_next()

    def _which(self) -> tuple[str, str]:
        return self.asked("case"), self.asked("setting")

    def _say(self, problem: str = "", verdict: str = "", reason: str = "") -> None:
        try:
            doubt = self.served.desk.doubt(*self._which())
        except HarnessError as error:
            raise web.HTTPError(404, reason="No such case in the queue") from error
        self.say("case", problem, doubt=doubt, verdict=verdict, reason=reason)


class Picture(Page):
    """A screenshot of a case in the queue; nothing else of the run's blobs."""

    def get(self, digest: str) -> None:
        shown = {doubt.seen.screenshot_blob for doubt in self.served.desk.agenda.doubts if doubt.seen}
        if digest not in shown:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "image/jpeg")
        self.write(self.served.desk.folder.blobs.get(digest))


class Close(Page):
    def post(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Closed. Everything said is in the run's journal; this page can be shut.\n")
        self.served.closed.set()


class Served:
    """The page being served; `address` opens it, and `closed` is set once the person is done."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self.desk, self.key, self.form = desk, secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.closed = asyncio.Event()
        sockets = bind_sockets(port, "127.0.0.1")
        self.host = f"127.0.0.1:{sockets[0].getsockname()[1]}"
        self.cookie = f"desk-{self.host.rpartition(':')[2]}"  # cookies do not know ports
        self._server = HTTPServer(self._application(), max_body_size=MOST_BYTES, max_buffer_size=MOST_BYTES)
        self._server.add_sockets(sockets)

    @property
    def address(self) -> str:
        return f"http://{self.host}/?key={self.key}"

    def _application(self) -> web.Application:
        routes: list[tuple[str, Callable[..., Any]]] = [
            ("/", Overview),
            ("/clause", Clause),
            ("/case", Case),
            ("/picture/([0-9a-f]{64})", Picture),
            ("/close", Close),
        ]
        return web.Application(routes, served=self, log_function=lambda handler: None)  # type: ignore[arg-type]

    def stop(self) -> None:
        self._server.stop()


async def serve(desk: Desk, port: int, opened: Callable[[str], None]) -> None:
    """Serve until the person closes the page; `opened` hears the address."""
    served = Served(desk, port)
    try:
        opened(served.address)
        await served.closed.wait()
        await asyncio.sleep(0.2)  # the last answer is under way
    finally:
        served.stop()
