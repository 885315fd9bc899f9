"""Products on another machine: a browser that runs there already, and is there unchanged afterwards."""

import asyncio
import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from harness.browser import attached
from harness.browser.devtools import DevTools
from harness.browser.find import find, full
from harness.browser.served import Served
from harness.evidence.folder import RunFolder
from harness.internet import spki
from harness.internet.ports import free_ports
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Expectation, Outcome, Verdict
from harness.products.base import Context
from harness.products.remote import RemoteProduct
from harness.profile import product as profiles
from harness.report.derive import Derived, derive
from tests import live
from tests.products.elsewhere import TUNNEL, Machine, Squid, machine
from tests.products.test_known_answer import SEED, Web, host_only

BYPASS = "--proxy-bypass-list=<-loopback>"


def planned(tmp: Path, there: Machine, corpus: Path, params: Mapping[str, str], product: str = "remote") -> RunFolder:
    where = {"endpoint": there.endpoint, "internet": str(there.internet)}
    criteria = live.write_criteria(tmp / "criteria.toml", minimum_n=1)
    return live.planned(tmp, product, corpus, criteria=criteria, params={**where, **params})


@pytest.mark.browser(full=True)
@pytest.mark.room
@pytest.mark.product("squid")
@pytest.mark.parametrize(
    ("https", "tabs", "certificates"),
    [("inspect", "own-profile", "trusted"), ("tunnel", "fresh", "ignored")],
)
def test_a_proxy_there_blocks_what_is_listed_and_nothing_else(https: str, tabs: str, certificates: str) -> None:
    web = Web(SEED)
    cases = web.cases()[:: 5 if https == "inspect" else 8]

    async def there_and_back(tmp: Path) -> RunFolder:
        params = {"blocklists": str(web.write_lists(tmp / "lists")), "https": https}
        async with machine(tmp) as there:
            squid = Squid(there, params)
            await squid.launch("moderate")
            own = tabs == "own-profile"
            set_up = (f"--proxy-server={squid.url}", BYPASS) if own else ()
            await there.browse(full(find()), *set_up, f"--ignore-certificate-errors-spki-list={squid.spki}")
            before = await there.tabs()
            given = {"tabs": tabs, "certificates": certificates, **({} if own else {"proxy": squid.url})}
            run = planned(tmp, there, live.write_corpus(tmp / "corpus", cases), given)
            await live.session(run)
            assert await there.tabs() == before
            await squid.stop()
            return run

    with live.scratch() as tmp:
        derived = derive(asyncio.run(there_and_back(tmp)))
        assert derived.voids == ()
        assert [item for item in derived.scored if item.outcome is Outcome.UNSCORED] == []
        known = {case.url for case in cases if web.stops(case.url, host_only("squid", https, case.url))}
        blocked = {item.case.url for item in derived.scored if item.judgement.verdict is Verdict.BLOCKED}
        assert {"too much": blocked - known, "too little": known - blocked} == {"too much": set(), "too little": set()}
        assert {item.judgement.verdict for item in derived.scored} == {Verdict.BLOCKED, Verdict.ALLOWED}


def small(count: int) -> list[Case]:
    return [
        made(f"{kind}-{number}", f"{scheme}://{kind}{number}.test/")
        for number in range(count)
        for scheme in ("http", "https")[number % 2 :][:1]
        for kind, made in (("good", live.allow), ("bad", live.block))
    ]


def lists(folder: Path, count: int) -> str:
    (folder / "lists" / "adult").mkdir(parents=True)
    (folder / "lists" / "adult" / "domains").write_text("".join(f"bad{number}.test\n" for number in range(count)))
    return str(folder / "lists")


def verdicts(derived: Derived) -> dict[str, Verdict]:
    return {item.case.case_id: item.judgement.verdict for item in derived.scored}


def as_listed(cases: list[Case]) -> dict[str, Verdict]:
    return {
        item.case_id: Verdict.BLOCKED if item.expectation is Expectation.BLOCK else Verdict.ALLOWED for item in cases
    }


async def under_way(run: RunFolder, session: asyncio.Task[None]) -> None:
    """Return once some cases are through, and many are not."""
    for _ in range(3000):
        await asyncio.sleep(0.02)
        if len(live.attempts(run)) >= 16:
            break
    assert not session.done()


THEIRS = """
schema = "pas-harness/product/1"
name = "theirs"
title = "Theirs"
kind = "remote"
description = "A profile that starts the browser there, with its extension"
[settings]
default = "one"
[settings.level.one]
title = "One"
[params.endpoint]
kind = "text"
description = "there"
default = "{endpoint}"
[params.internet]
kind = "port"
description = "here"
[params.certificates]
kind = "choice"
choices = ["trusted"]
default = "trusted"
description = "always"
[params.blocklists]
kind = "blocklists"
description = "lists"
[params.action]
kind = "text"
default = "block"
description = "always"
[[process]]
command = {command}
ready = ""
"""
FILE = '[[files]]\ntemplate = "extension-blocker/{name}"\ntarget = "extension/{target}"\n'


def theirs(folder: Path, there: Machine) -> Path:
    """A vendor's profile without Python, that would start the browser there by ssh."""
    loaded = "{{ work }}/extension"
    command = there.chromium(
        full(find()),
        f"--proxy-server=http://127.0.0.1:{TUNNEL}",
        BYPASS,
        f"--load-extension={loaded}",
        f"--disable-extensions-except={loaded}",
        "--ignore-certificate-errors-spki-list={{ spkis }}",
    )
    text = THEIRS.format(endpoint=there.endpoint, command=json.dumps(there.inside(*command)))
    shipped = profiles.load("extension-blocker").folder / "extension"
    files = {f"extension/{path.name}": path.name for path in shipped.iterdir()} | {"rules.json.j2": "rules.json"}
    folder.mkdir()
    made = "".join(FILE.format(name=name, target=target) for name, target in files.items())
    (folder / "profile.toml").write_text(text + made, "utf-8")
    return folder


@pytest.mark.browser(full=True)
@pytest.mark.room
def test_a_profile_may_start_the_browser_there() -> None:
    """With an extension in the browser's own profile, and certificates trusted by the keys that the profile is told."""
    cases = small(4)

    async def there_and_back(tmp: Path) -> Derived:
        async with machine(tmp) as there:
            profile = theirs(tmp / "theirs", there)
            params = {"blocklists": lists(tmp, 4)}
            given = [f"--param={key}={value}" for key, value in {**params, "internet": there.internet}.items()]
            checked = await asyncio.to_thread(live.command, "product", "check", profile, *given)
            assert checked.code == 0, checked.out
            for scheme in ("http", "https"):
                assert f"the canary to block is blocked (extension) over {scheme}" in checked.out
            assert "killed, it starts again" in checked.out
            assert "nothing of it is left" in checked.out
            run = planned(tmp, there, live.write_corpus(tmp / "corpus", cases), params, str(profile))
            await live.session(run)
            return derive(run)

    with live.scratch() as tmp:
        derived = asyncio.run(there_and_back(tmp))
    assert derived.voids == ()
    assert verdicts(derived) == as_listed(cases)
    assert {item.judgement.mechanism for item in derived.scored} == {"", "extension"}


@pytest.mark.browser(full=True)
@pytest.mark.room
@pytest.mark.product("squid")
@pytest.mark.parametrize("same", [True, False])
def test_the_browser_there_may_be_restarted_but_not_replaced(same: bool) -> None:
    cases = small(12)

    async def there_and_back(tmp: Path) -> Derived:
        async with machine(tmp) as there:
            squid = Squid(there, {"blocklists": lists(tmp, 12), "https": "tunnel"})
            await squid.launch("moderate")
            by_squid = (f"--proxy-server={squid.url}", BYPASS)
            await there.browse(find(), *by_squid)
            run = planned(tmp, there, live.write_corpus(tmp / "corpus", cases), {})
            session = asyncio.create_task(live.session(run))
            await under_way(run, session)
            there.end_browser()
            await there.browse(find() if same else full(find()), *by_squid)
            await session
            await squid.stop()
            return derive(run)

    with live.scratch() as tmp:
        derived = asyncio.run(there_and_back(tmp))
    assert [fact["what"] for fact in derived.state.of_kind("fault")] == ["browser"]
    if same:
        assert derived.voids == ()
        assert verdicts(derived) == as_listed(cases)
    else:
        assert [re.sub(r"\d[\d.]+\d", "…", void) for void in derived.voids] == [
            "During the run (setting as-it-is) the product's browser there changed from HeadlessChrome/… to Chrome/….",
            "During the run (setting as-it-is) the browser changed from HeadlessChrome/… to Chrome/….",
        ]


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("squid")
def test_a_browser_that_is_lost_makes_the_run_void(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attached, "REACH_SECONDS", 1.0)

    async def there_and_back(tmp: Path) -> Derived:
        async with machine(tmp) as there:
            squid = Squid(there, {"blocklists": lists(tmp, 20), "https": "tunnel"})
            await squid.launch("moderate")
            await there.browse(find(), f"--proxy-server={squid.url}", BYPASS)
            run = planned(tmp, there, live.write_corpus(tmp / "corpus", small(20)), {})
            session = asyncio.create_task(live.session(run))
            await under_way(run, session)
            there.end_browser()
            await session
            await squid.stop()
            return derive(run)

    with live.scratch() as tmp:
        derived = asyncio.run(there_and_back(tmp))
    (void,) = derived.voids
    assert "the browser died, and it could not be started again: the browser at http://127.0.0.1:" in void
    assert "cannot be reached" in void


@pytest.mark.browser
@pytest.mark.room
@pytest.mark.product("squid")
def test_a_playwright_server_there_and_a_file_that_cannot_be_read_here() -> None:
    file = live.allow("file", "http://good.test/file.bin", "file.bin")
    cases = [*small(4), file]

    async def there_and_back(tmp: Path) -> Derived:
        async with machine(tmp) as there:
            squid = Squid(there, {"blocklists": lists(tmp, 4), "https": "tunnel"})
            await squid.launch("moderate")
            await there.serve_playwright(find())
            given = {"endpoint": there.playwright, "tabs": "fresh", "proxy": squid.url}
            corpus = live.write_corpus(tmp / "corpus", cases, {"file.bin": b"\0\1\2"})
            run = planned(tmp, there, corpus, given)
            before = await pages(there.playwright)
            await live.session(run)
            assert await pages(there.playwright) == before
            await squid.stop()
            assert [path.name for path in tmp.rglob("*.bin")] == ["file.bin"]
            return derive(run)

    with live.scratch() as tmp:
        derived = asyncio.run(there_and_back(tmp))
    assert derived.voids == ()
    assert verdicts(derived) == {**as_listed(cases), "file": Verdict.INDETERMINATE}
    (rule,) = {item.judgement.rule_id for item in derived.scored if item.case.case_id == "file"}
    assert rule == "indeterminate.other-download"


async def pages(server: str) -> set[str]:
    devtools = DevTools(await Served.connect(server))
    await asyncio.sleep(1)  # in which what was closed may go
    found = (await devtools.send("Target.getTargets"))["targetInfos"]
    await devtools.close()
    return {item["targetId"] for item in found}


@pytest.mark.browser
def test_what_cannot_be_reached_or_is_no_browser_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(attached, "REACH_SECONDS", 0.0)
    (nobody, internet) = free_ports(2)
    given = (f"--param=endpoint=http://127.0.0.1:{nobody}", f"--param=internet={internet}")
    checked = live.command("product", "check", "remote", *given)
    assert checked.code == 5
    assert f"the browser at http://127.0.0.1:{nobody} cannot be reached: [Errno 111] Connection refused" in checked.out
    assert "does the tunnel stand?" in checked.out
    assert "nothing of it is left" in checked.out
    corpus = live.write_corpus(tmp_path / "corpus", small(1))
    criteria = live.write_criteria(tmp_path / "criteria.toml")
    run = ("certify", "remote", "--corpus", corpus, "--criteria", criteria, "--out", tmp_path / "run")
    ended = live.command(*run, *given)
    assert ended.code == 3
    assert "cannot be reached" in ended.out + ended.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "--param endpoint: product 'remote' needs it"),
        ({"endpoint": "device:9222"}, "--param endpoint: 'device:9222' is neither http://HOST:PORT"),
        ({"endpoint": "http://{{ device }}"}, "'device' is undefined"),
        ({"endpoint": "http://127.0.0.1:1", "proxy": "http://127.0.0.1:2"}, "--param proxy: own-profile has the one"),
        ({"endpoint": "http://127.0.0.1:1", "tabs": "fresh", "proxy": "device"}, "--param proxy: must be http://"),
        ({"endpoint": "http://127.0.0.1:1", "internet": "0"}, "--param internet: '0' is not a port"),
    ],
)
def test_wrong_parameters_are_refused(given: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=re.escape(said)):
        made(tmp_path, {"internet": str(free_ports(1)[0]), **given})


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        ("Chrome/155.0.1", "HeadlessChrome/155.0.1", "Chrome/155.0.1"),
        ("Chrome/155.0.1", "HeadlessChrome/155.0.2", "Chrome/155.0.1; the control arm has HeadlessChrome/155.0.2, so"),
    ],
)
def test_both_browsers_are_on_the_record_where_they_differ(there: str, here: str, said: str, tmp_path: Path) -> None:
    product = made(tmp_path, {"endpoint": "http://127.0.0.1:1", "internet": str(free_ports(1)[0])})
    product._browser.version, product._browser.control = there, here
    identity = asyncio.run(product.identity())
    assert identity.keys() == {"browser there"}
    assert identity["browser there"].startswith(said)


def made(tmp: Path, given: dict[str, str]) -> RemoteProduct:
    spki.make_authority(tmp, datetime.datetime.now(datetime.UTC))[0].rename(tmp / "mitmproxy-ca-cert.pem")
    profile = profiles.load("remote")
    (tmp / "work").mkdir()
    return RemoteProduct(Context(profile, profile.checked_params(given), tmp / "work", 9, doors=tmp / "doors"))
