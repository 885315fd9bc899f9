"""Managed policies: in force for the browser under test, and nowhere else on the machine."""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import psutil
import pytest

from harness.browser.chromium import RESOLVES_NOTHING, Chromium
from harness.browser.find import find, full
from harness.browser.place import Place
from harness.internet.client import Internet
from harness.model.errors import UsageError
from harness.model.words import Arm
from harness.products import kinds
from harness.products.base import CANARY_BLOCK, Context, Product
from harness.products.policy import FOLDERS, MAX_ENTRIES, NAME, Overlaid
from harness.profile import product as profiles
from tests import live

ROOT = Path(__file__).resolve().parent.parent.parent
NOBODY = 65534
STARTS = """
import asyncio
from pathlib import Path
from tests.products.test_policy import product

asyncio.run(product(Path({folder!r})).start("moderate"))
"""
STARTED = """
import asyncio
from pathlib import Path
from harness.browser.chromium import Chromium
from harness.browser.find import find, full
from harness.products.policy import Overlaid

async def main():
    browser = Chromium(full(find()), (), place=Overlaid(Path({layer!r})))
    await browser.start()
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def product(folder: Path, text: str = "") -> Product:
    """The shipped product; with `text`, one whose template of the policy that is."""
    shipped = profiles.load("urlblocklist")
    for part in ("profile", "work"):
        (folder / part).mkdir(parents=True)
    head = (shipped.folder / "profile.toml").read_text("utf-8")
    (folder / "profile" / "profile.toml").write_text(head, "utf-8")
    text = text or (shipped.folder / "policy.json.j2").read_text("utf-8")
    (folder / "profile" / "policy.json.j2").write_text(text, "utf-8")
    profile = profiles.load(str(folder / "profile"))
    return kinds.make(Context(profile, profile.checked_params({}), folder / "work", 9))


def layer(folder: Path, policy: dict[str, list[str]]) -> Path:
    """A folder to lie over /etc, with that policy."""
    for name in FOLDERS:
        managed = folder / name / "policies" / "managed"
        managed.mkdir(parents=True)
        (managed / NAME).write_text(json.dumps(policy), "utf-8")
    return folder


def machine() -> list[str]:
    """What /etc holds where browsers look for policies, and the mounts of this process."""
    found = [path for name in (".", "chromium", "chromium-browser", "opt") for path in Path("/etc", name).glob("*")]
    times = [f"{path} {path.lstat().st_mtime_ns}" for path in found]
    return [*sorted(times), Path("/proc/self/mounts").read_text("utf-8")]


def said(command: Iterable[str]) -> str:
    return subprocess.run([*command], capture_output=True, text=True, check=True).stdout


def test_the_policy_is_there_for_what_runs_in_its_place_and_for_nobody_else(tmp_path: Path) -> None:
    before = machine()
    made = product(tmp_path)

    async def start() -> Place | None:
        route = await made.start("moderate")
        assert route.arguments == (RESOLVES_NOTHING,)  # the network is the machine's
        assert (route.proxy, route.full, route.lasting) == ("http://127.0.0.1:9", True, False)
        return route.place

    place = asyncio.run(start())
    assert place
    for name in FOLDERS:
        seen = json.loads(said(place.command(["cat", f"/etc/{name}/policies/managed/{NAME}"])))
        assert seen == {"URLAllowlist": [], "URLBlocklist": [CANARY_BLOCK]}
    assert {path.name for path in Path("/etc").iterdir()} <= set(said(place.command(["ls", "-A", "/etc"])).split("\n"))
    assert said([str(place.executable(Path("/bin/echo"))), "two words", "*"]) == "two words *\n"
    assert machine() == before


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_has_policies_too_and_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    monkeypatch.setattr(os, "getegid", lambda: NOBODY)
    ordinary = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
    ask = f"id -u; grep CapEff /proc/self/status; cat /etc/chromium/policies/managed/{NAME}"
    with live.scratch() as tmp:
        place = Overlaid(layer(tmp / "layer", {}))
        assert said([*ordinary, *place.command(["sh", "-c", ask])]).split() == [str(NOBODY), "CapEff:", "0" * 16, "{}"]


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to take rights away")
def test_a_machine_that_permits_none_says_why(tmp_path: Path) -> None:
    """Root without capabilities, as in many containers."""
    limit = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    script = STARTS.format(folder=str(tmp_path))
    done = subprocess.run([*limit, sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "ProductFault: this machine does not let a browser have policies of its own" in done.stderr
    assert "unshare" in done.stderr
    assert "Operation not permitted" in done.stderr


@pytest.mark.parametrize(
    ("template", "error"),
    [
        ("{", "policy.json.j2: does not make JSON: "),
        ("[]", "policy.json.j2: does not make a JSON object"),
        ('{"URLBlocklist": "a.test"}', "policy.json.j2: URLBlocklist: is not a list"),
        ('{"URLAllowlist": {{ range(1001) | map("string") | list | tojson }} }', "URLAllowlist: has 1001 entries"),
    ],
)
def test_a_wrong_policy_is_refused(template: str, error: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        asyncio.run(product(tmp_path, template).start("moderate"))
    assert error in str(caught.value)


def test_a_profile_without_a_policy_is_refused(tmp_path: Path) -> None:
    profile = profiles.load("urlblocklist").model_copy(update={"files": ()})
    with pytest.raises(UsageError, match=r"files: a product of kind 'policy' needs a file .* 'policy\.json'"):
        kinds.make(Context(profile, profile.checked_params({}), tmp_path, 9))


def test_the_identity_is_the_policy_s(tmp_path: Path) -> None:
    async def identity(folder: Path, text: str) -> dict[str, str]:
        made = product(folder, text)
        await made.start("moderate")
        return await made.identity()

    texts = ('{"URLBlocklist": []}', '{ "URLBlocklist":[]}', '{"URLBlocklist": ["a.test"]}')
    one, same, other = (asyncio.run(identity(tmp_path / str(n), text)) for n, text in enumerate(texts))
    assert one == same
    assert one["policy"] != other["policy"]


@contextlib.asynccontextmanager
async def running(*browsers: Chromium) -> AsyncIterator[None]:
    try:
        for browser in browsers:
            await browser.start()
        yield
    finally:
        for browser in browsers:
            await browser.stop()


@pytest.mark.browser(full=True)
def test_a_browser_heeds_what_it_is_sure_to_heed_with_exceptions_and_no_other_browser_does(tmp_path: Path) -> None:
    """And ignores what there is too much, so that it has to be refused."""
    most = 3 * MAX_ENTRIES
    policy = {"URLBlocklist": [f"n{number}.test" for number in range(1, most + 1)], "URLAllowlist": ["n1.test/but"]}
    over = layer(tmp_path / "layer", policy)
    (tmp_path / "internet").mkdir()
    before = machine()

    async def errors() -> list[list[str]]:
        """Of each of the two browsers, at each address."""
        internet = Internet(tmp_path / "internet", {}, {}, "test")
        await internet.start()
        test = Chromium(full(find()), (), (RESOLVES_NOTHING,), Overlaid(over))
        other = Chromium(full(find()), ())
        async with running(test, other):
            found = [await visited(internet, browser) for browser in (test, other)]
        await internet.stop()
        return found

    async def visited(internet: Internet, browser: Chromium) -> list[str]:
        tab = await browser.tab(f"http://127.0.0.1:{internet.test_port}")
        found = []
        for address in ("n1.test/", "n1.test/but", f"n{MAX_ENTRIES}.test/", f"n{most}.test/"):
            token = await internet.open(address, Arm.TEST, f"http://{address}", None)
            sight = await tab.visit(f"http://{address}", token, 30)
            await internet.close(address)
            assert sight.token_seen is not bool(sight.error)
            found.append(sight.error)
        return found

    forbidden = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
    assert asyncio.run(errors()) == [[forbidden, "", forbidden, ""], ["", "", "", ""]]
    assert machine() == before


@pytest.mark.browser(full=True)
def test_when_the_harness_is_killed_the_browser_and_its_mount_end(tmp_path: Path) -> None:
    before = machine()
    script = STARTED.format(layer=str(layer(tmp_path / "layer", {})))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as harness:
        assert harness.stdout
        assert harness.stdout.readline() == "ready\n"
        started = psutil.Process(harness.pid).children(recursive=True)
        assert len(started) > 2
        harness.kill()
    _, left = psutil.wait_procs(started, timeout=20)
    assert [item for item in left if item.is_running() and item.status() != psutil.STATUS_ZOMBIE] == []
    assert machine() == before
