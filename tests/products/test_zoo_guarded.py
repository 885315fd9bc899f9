"""Each guarded product of the zoo is bad in its one way and in no other; asked without rooms or browsers."""

import asyncio
import json
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from harness.internet.ports import free_ports
from harness.products import zoo_engine
from harness.products.base import CANARY_ALLOW, CANARY_BLOCK, Context
from harness.products.zoo_guarded import GUARDED, Guarded
from harness.profile import product

WEAK = {
    "guarded": set(),
    "guarded-fails-open": {"dead"},
    "guarded-open-page": {"settings"},
    "guarded-open-interface": {"api"},
    "guarded-guessable": {"guess"},
    "guarded-default-password": {"default"},
    "guarded-removable": {"uninstall"},
    "guarded-endable": {"user"},
}


class Visitor:
    """One browser's requests to the engine."""

    def __init__(self, port: int) -> None:
        self._port = port
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), cookies)

    def post(self, path: str, body: Any = None, **form: str) -> bool:
        data = json.dumps(body) if body is not None else urllib.parse.urlencode(form)
        try:
            self._opener.open(f"http://{zoo_engine.ADDRESS}:{self._port}/{path}", data.encode()).close()
        except urllib.error.HTTPError:
            return False
        return True

    def blocked(self, host: str = CANARY_BLOCK) -> bool:
        url = f"http://{zoo_engine.ADDRESS}:{self._port}/verdict?host={host}"
        with self._opener.open(url) as answer:
            return bool(answer.read() == b"block")


def weaknesses(port: int) -> set[str]:
    """What somebody without the password gets done, each undone again."""
    found = set()
    owner = Visitor(port)
    if not owner.post("login", password="marker-17"):
        assert owner.post("login", password="admin")
        found.add("default")
    for path, how in (("settings", {"filtering": "off"}), ("api", {"body": {"filtering": False}}), ("uninstall", {})):
        if Visitor(port).post(path, **how):
            found.add(path)
        assert Visitor(port).blocked() == (path not in found)
        owner.post("settings", filtering="on")
    stranger = Visitor(port)
    assert not any(stranger.post("login", password=f"wrong-{number}") for number in range(20))
    if stranger.post("login", password="admin" if "default" in found else "marker-17"):
        found.add("guess")
    return found


async def asked(behaviour: Guarded) -> set[str]:
    await behaviour.begin()
    try:
        port = behaviour.ports["settings"]
        assert not Visitor(port).blocked(CANARY_ALLOW)
        found = await asyncio.to_thread(weaknesses, port)
    finally:
        await behaviour.end()
    assert await behaviour._asked(CANARY_BLOCK) == ""
    return found | ({"dead"} if behaviour.fails_open else set()) | ({"user"} if behaviour.user else set())


@pytest.mark.parametrize("name", GUARDED)
def test_each_is_weak_in_one_way(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = product.load(f"zoo-{name}")
    behaviour = GUARDED[name](Context(profile, {}, tmp_path, 0))
    assert isinstance(behaviour, Guarded)
    behaviour.ports = {"settings": free_ports(1)[0]}
    user, behaviour.user = behaviour.user, ""  # type: ignore[misc]
    expected = WEAK[name] - ({"user"} if user else set())
    assert asyncio.run(asked(behaviour)) == expected
    assert profile.settings_page is not None
    assert profile.settings_page.password == behaviour.password
    assert bool(user) == ("user" in WEAK[name])
