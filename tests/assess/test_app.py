"""The page of the desk over HTTP: what it takes, and from whom it takes nothing."""

import asyncio
import urllib.parse
from pathlib import Path

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse

from harness.assess.app import Served
from harness.assess.desk import Desk
from harness.evidence import addenda
from tests import builders
from tests.assess.test_desk import run

BOUNDARY = "----boundary"


class Client:
    """A browser as far as cookies, Origin and forms go; any header can be replaced."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.headers = {"Cookie": f"{served.cookie}={served.key}", "Origin": f"http://{served.host}"}

    async def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> HTTPResponse:
        sent = {key: value for key, value in {**self.headers, **headers}.items() if value}
        body = None
        if form is not None:
            sent["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
            body = "".join(_part(name, value) for name, value in form.items()) + f"--{BOUNDARY}--\r\n"
        request = HTTPRequest(
            f"http://{self.served.host}{path}",
            method="GET" if body is None else "POST",
            headers=sent,
            body=body,
            follow_redirects=False,
        )
        return await AsyncHTTPClient().fetch(request, raise_error=False)


def _part(name: str, value: str) -> str:
    """A field; a file is given as NAME:CONTENT."""
    where = f'name="{name}"'
    if name == "evidence":
        filename, _, value = value.partition(":")
        where += f'; filename="{filename}"'
    return f"--{BOUNDARY}\r\nContent-Disposition: form-data; {where}\r\n\r\n{value}\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(run(tmp_path / "run"), None, lambda: builders.NOW)


def test_a_whole_assessment(desk: Desk) -> None:
    async def work() -> None:
        served = Served(desk)
        client, form = Client(served), {"form": served.form}
        opened = await client.ask(served.address.partition(served.host)[2], Cookie="")
        assert opened.code == 303
        assert "HttpOnly" in opened.headers["Set-Cookie"]
        assert "SameSite=Strict" in opened.headers["Set-Cookie"]
        page = await client.ask("/")
        assert "0 of 4 settled" in page.body.decode()
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        named = await client.ask("/", {**form, "name": "Ann Other", "blind": "yes"})
        assert named.headers["Location"] == "/clause?id=6"
        wrong = await client.ask("/clause?id=6", {**form, "finding": "met", "reason": "<b>Seen</b>"})
        assert wrong.code == 400
        assert "needs a file" in wrong.body.decode()
        assert "&lt;b&gt;Seen&lt;/b&gt;</textarea>" in wrong.body.decode()
        given = {**form, "finding": "met", "reason": "Seen.", "evidence": "notes.txt:It asked for the password."}
        done = await client.ask("/clause?id=6", given)
        assert (done.code, done.headers["Location"]) == (303, "/clause?id=7")
        told = await client.ask("/case?case=adult-00&setting=moderate")
        assert "Was this page blocked" in told.body.decode()
        said = {**form, "verdict": "blocked", "reason": "A login of the filter."}
        done = await client.ask("/case?case=adult-00&setting=moderate", said)
        assert done.code == 303
        assert (await client.ask("/case?case=adult-05&setting=moderate")).code == 404
        assert not served.closed.is_set()
        assert (await client.ask("/close", form)).code == 200
        assert served.closed.is_set()
        served.stop()

    asyncio.run(work())
    first, second = addenda.read(desk.folder)
    assert (first.date, second.date) == (builders.NOW, builders.NOW)
    assert desk.agenda.open == 2


def test_a_screenshot_of_the_queue_is_shown_and_no_other_blob(desk: Desk) -> None:
    (shot,) = [doubt.seen.screenshot_blob for doubt in desk.agenda.doubts if doubt.seen and doubt.seen.screenshot_blob]
    other = desk.folder.blobs.put(b"\xff\xd8\xff of another case")

    async def work() -> list[int]:
        served = Served(desk)
        client = Client(served)
        codes = [(await client.ask(f"/picture/{digest}")).code for digest in (shot, other, "0" * 64)]
        served.stop()
        return codes

    assert asyncio.run(work()) == [200, 404, 404]


FORM = {"name": "Mallory"}
STRANGERS = {
    "another host name": {"Host": "rebound.test"},
    "no cookie": {"Cookie": ""},
    "a guessed cookie": {"Cookie": "desk-1=guess"},
    "another site": {"Origin": "http://other.test"},
    "a page without origin": {"Origin": "null"},
    "no origin": {"Origin": ""},
}


@pytest.mark.parametrize("headers", STRANGERS.values(), ids=list(STRANGERS))
def test_strangers_are_refused(desk: Desk, headers: dict[str, str]) -> None:
    async def work() -> int:
        served = Served(desk)
        code = (await Client(served).ask("/", {**FORM, "form": served.form}, **headers)).code
        served.stop()
        return code

    assert asyncio.run(work()) == 403
    assert desk.author == ""


@pytest.mark.parametrize("path", ["/", "/clause?id=6", "/case?case=adult-00&setting=moderate", "/close"])
def test_a_form_needs_its_field(desk: Desk, path: str) -> None:
    async def work() -> tuple[int, int]:
        served = Served(desk)
        codes = [(await Client(served).ask(path, {**FORM, "form": form})).code for form in ("", "guess")]
        assert not served.closed.is_set()
        served.stop()
        return codes[0], codes[1]

    assert asyncio.run(work()) == (403, 403)
    assert addenda.read(desk.folder) == ()


@pytest.mark.parametrize("key", ["", "guess"])
def test_the_page_opens_with_its_key_alone(desk: Desk, key: str) -> None:
    async def work() -> int:
        served = Served(desk)
        code = (await Client(served).ask("/?" + urllib.parse.urlencode({"key": key}), Cookie="")).code
        served.stop()
        return code

    assert asyncio.run(work()) == 403
