"""Unpacked extensions: what is loaded and what is said of it, and that the browser has loaded it and nothing else."""

import asyncio
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.browser.chromium import Chromium
from harness.browser.find import find, full
from harness.internet.client import Internet
from harness.model.errors import UsageError
from harness.model.words import Arm, End
from harness.products import kinds, tree
from harness.products.base import CANARY_BLOCK, Context, Product, Route
from harness.profile import product as profiles
from harness.run.plan import reopen
from tests import live

MANIFEST = json.dumps({"manifest_version": 3, "name": "Mine", "version": "2.1"})
LOADED = "new Promise((done) => chrome.developerPrivate.getExtensionsInfo({}, done))"
POPUP = b"<!doctype html><title>Opens</title><p>Text</p><script>open('about:blank')</script>"


def unpacked(folder: Path, manifest: str = MANIFEST, files: Mapping[str, str] = {}) -> Path:
    for name, text in {"manifest.json": manifest, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def product(work: Path, name: str = "unpacked-extension", port: int = 9, params: Mapping[str, str] = {}) -> Product:
    """The product of that shipped name or folder, with the replayed Internet at that port."""
    profile = profiles.load(name)
    work.mkdir()
    return kinds.make(Context(profile, profile.checked_params(dict(params)), work, port))


def started(work: Path, name: str = "unpacked-extension", **params: str) -> tuple[Route, dict[str, str]]:
    """The route and the identity, without a browser."""

    async def both() -> tuple[Route, dict[str, str]]:
        made = product(work, name, params=params)
        return await made.start(profiles.load(name).settings.default), await made.identity()

    return asyncio.run(both())


def test_a_copy_is_loaded_and_named_by_its_manifest_and_a_digest(tmp_path: Path) -> None:
    mine = unpacked(tmp_path / "mine", files={"a/b": "c", "_metadata/rules": "Chromium's own"})
    route, identity = started(tmp_path / "work", extension=str(mine))
    copy = tmp_path / "work" / "extension"
    assert route.arguments == (f"--load-extension={copy}", f"--disable-extensions-except={copy}")
    assert (route.proxy, route.full, route.lasting, route.place) == ("http://127.0.0.1:9", True, True, None)
    assert route.how.endswith(": Mine 2.1")
    assert tree.read(copy) == {"manifest.json": MANIFEST.encode(), "a/b": b"c"}
    assert (identity["extension"], identity["version"]) == ("Mine", "2.1")
    assert identity["files"] == f"2 files, sha256 {tree.digest(tree.read(copy))}"


def test_a_change_of_what_is_loaded_shows_and_a_new_start_undoes_it(tmp_path: Path) -> None:
    mine = unpacked(tmp_path / "mine")

    async def check() -> None:
        made = product(tmp_path / "work", params={"extension": str(mine)})
        assert not made.alive
        await made.start("default")
        before = await made.identity()
        unpacked(tmp_path / "work" / "extension", files={"_metadata/rules": "Chromium's own"})
        assert await made.identity() == before
        unpacked(tmp_path / "work" / "extension", files={"new": ""})
        assert await made.identity() != before
        await made.start("default")
        assert (made.alive, await made.identity()) == (True, before)
        await made.stop()
        assert not made.alive

    asyncio.run(check())


@pytest.mark.parametrize(
    ("manifest", "named"),
    [
        ('\ufeff{"name": "A // \\" B", // a name\n /* and\n a */ "version": "1"}', 'A // " B 1'),
        ('{"name": "__MSG_app__", "default_locale": "de", "version": "1"}', "Filter 1"),
        ('{"name": "__MSG_none__", "default_locale": "de", "version": "1"}', "__MSG_none__ 1"),
    ],
)
def test_manifests_are_read_as_chromium_reads_them(manifest: str, named: str, tmp_path: Path) -> None:
    messages = {"_locales/de/messages.json": '{"App": {"message": "Filter"}}'}
    route, _ = started(tmp_path / "work", extension=str(unpacked(tmp_path / "mine", manifest, messages)))
    assert route.how.endswith(f": {named}")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("{", "mine: manifest.json cannot be read: "),
        ("[]", "mine: manifest.json is no JSON object"),
        ('{"name": "Mine"}', "mine: version: is missing in the manifest"),
        ('{"name": "__MSG_a__", "version": "1"}', "mine: _locales/en/messages.json cannot be read: "),
    ],
)
def test_what_is_no_extension_is_refused(manifest: str, said: str, tmp_path: Path) -> None:
    mine = unpacked(tmp_path / "mine", manifest)
    with pytest.raises(UsageError) as caught:
        started(tmp_path / "work", extension=str(mine))
    assert said in str(caught.value)


def test_a_folder_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for params, said in (
        ({}, "--param extension: give the folder of an unpacked extension"),
        ({"extension": str(tmp_path / "empty")}, "empty: there is no manifest.json"),
        ({"extension": "/nowhere/at/all"}, "--param extension: no folder '/nowhere/at/all'"),
    ):
        with pytest.raises(UsageError, match=said):
            product(tmp_path / f"work-{len(said)}", params=params)


def test_what_is_no_plain_file_is_refused_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(unpacked(tmp_path / "pipe") / "pipe")
    (unpacked(tmp_path / "link") / "link").symlink_to("/etc/hostname")
    (unpacked(tmp_path / "loop") / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "link", "loop"):
        with pytest.raises(UsageError, match=f"{name}: neither a file nor a folder"):
            tree.read(tmp_path / name)


def test_a_folder_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = unpacked(tmp_path / "mine", files={"a": "a"})
    monkeypatch.setattr(tree, "MAX_BYTES", len(MANIFEST))
    with pytest.raises(UsageError, match="mine: holds more than"):
        tree.read(mine)
    monkeypatch.setattr(tree, "MAX_BYTES", len(MANIFEST) + 1)
    assert len(tree.read(mine)) == 2


def test_the_digest_tells_files_apart_by_name_and_content() -> None:
    every = [{}, {"a": b""}, {"b": b""}, {"a": b"1"}, {"a": b"1", "b": b""}, {"a": b"", "b": b"1"}]
    assert len({tree.digest(files) for files in every}) == len(every)
    assert tree.digest({"a": b"1", "b": b"2"}) == tree.digest({"b": b"2", "a": b"1"})


def test_a_folder_given_may_not_change_after_the_plan(tmp_path: Path) -> None:
    mine = unpacked(tmp_path / "mine")
    corpus = live.write_corpus(tmp_path / "corpus", [live.block("a", "http://a.test/")])
    run = live.planned(tmp_path, "unpacked-extension", corpus, params={"extension": str(mine)})
    assert run.spec().params_digests == {"extension": tree.digest(tree.read(mine))}
    reopen(run.spec())
    unpacked(mine, files={"new": ""})
    with pytest.raises(UsageError, match="a folder given by --param has changed"):
        reopen(run.spec())


def test_what_a_profile_renders_lies_over_its_own_folder(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    unpacked(profile / "extension", files={"kept": "kept", "rules.json": "[]"})
    (profile / "level.j2").write_text("{{ setting }} {{ canary_block }}", "utf-8")
    (profile / "profile.toml").write_text(
        'schema = "pas-harness/product/1"\nname = "mine"\ntitle = "Mine"\nkind = "extension"\ndescription = "Mine"\n'
        '[settings]\ndefault = "least"\n[settings.level.least]\ntitle = "Least"\n'
        '[[files]]\ntemplate = "level.j2"\ntarget = "extension/rules.json"\n',
        "utf-8",
    )
    started(tmp_path / "work", str(profile))
    loaded = tree.read(tmp_path / "work" / "extension")
    assert (loaded["kept"], loaded["rules.json"]) == (b"kept", f"least {CANARY_BLOCK}".encode())


@pytest.mark.parametrize(("action", "actions"), [("block", ["block"]), ("redirect", ["redirect", "block"])])
def test_the_example_s_rules_say_the_lists_and_have_numbers_of_their_own(
    action: str, actions: list[str], tmp_path: Path
) -> None:
    said = {"a/domains": "b.test\na.b.test\n192.0.2.5", "a/urls": "u.test/a\nu.test/a/b", "c/urls": 'v.test/?b="'}
    unpacked(tmp_path / "lists", files=said)
    started(tmp_path / "work", "extension-blocker", blocklists=str(tmp_path / "lists"), action=action)
    rules = json.loads((tmp_path / "work" / "extension" / "rules.json").read_bytes())
    assert [rule["id"] for rule in rules] == list(range(1, len(rules) + 1))
    hosts = ["b.test", CANARY_BLOCK, "192.0.2.5"]
    conditions: list[dict[str, Any]] = [
        {"requestDomains": hosts},
        {"urlFilter": "||u.test/a^"},
        {"urlFilter": "||v.test/?b=%22^"},
    ]
    assert [rule["action"]["type"] for rule in rules] == [item for item in actions for _ in conditions]
    for rule, condition in zip(rules, conditions * len(actions), strict=True):
        assert condition.items() <= rule["condition"].items()


@pytest.mark.browser(full=True)
def test_the_browser_has_loaded_it_and_nothing_else(tmp_path: Path) -> None:
    """As Chromium's own page of extensions says; the block page has a picture, and popups do not outlive their tab."""

    async def check() -> None:
        (tmp_path / "internet").mkdir()
        internet = Internet(tmp_path / "internet", {}, {}, "test")
        await internet.start()
        made = product(tmp_path / "work", "extension-blocker", internet.test_port, {"action": "redirect"})
        route = await made.start("moderate")
        by_proxy = (f"--proxy-server={route.proxy}", "--proxy-bypass-list=<-loopback>")
        browser = Chromium(full(find()), (internet.ca_spki(),), (*by_proxy, *route.arguments), lasting=route.lasting)
        await browser.start()
        assert browser.devtools
        try:
            (loaded,) = await installed(browser)
            assert (loaded["name"], loaded["version"], loaded["state"]) == ("Block lists", "1.0", "ENABLED")
            assert (loaded["manifestErrors"], loaded["runtimeErrors"]) == ([], [])
            (fingerprint,) = profiles.load("extension-blocker").fingerprint
            assert fingerprint.location == f"chrome-extension://{loaded['id']}/blocked.html"

            tab = await browser.tab(route.proxy)
            sight = await tab.visit(f"http://{CANARY_BLOCK}/", "none", 30)
            assert (sight.end, sight.final_url, sight.title) == (End.PAGE, fingerprint.location, "Page blocked")
            assert (await tab.screenshot()).startswith(b"\xff\xd8")

            (tmp_path / "popup.html").write_bytes(POPUP)
            token = await internet.open("popup", Arm.TEST, "http://popup.test/", tmp_path / "popup.html")
            before = await targets(browser)
            sight = await tab.visit("http://popup.test/", token, 30)
            assert (sight.token_seen, sight.popups, tab.worn) == (True, 1, True)
            await tab.close()
            for _ in range(200):
                if (left := await targets(browser)) < before:
                    break
                await asyncio.sleep(0.05)
            assert left < before
        finally:
            await browser.stop()
            await made.stop()
            await internet.stop()

    asyncio.run(check())


async def installed(browser: Chromium) -> list[dict[str, Any]]:
    """What Chromium's page of extensions shows, but for its own parts."""
    assert browser.devtools
    page = await browser.devtools.send("Target.createTarget", {"url": "chrome://extensions"})
    attach = {"targetId": page["targetId"], "flatten": True}
    session = (await browser.devtools.send("Target.attachToTarget", attach))["sessionId"]
    ask = {"expression": LOADED, "awaitPromise": True, "returnByValue": True}
    for _ in range(200):  # until the page has its API
        answer = await browser.devtools.send("Runtime.evaluate", ask, session)
        if "exceptionDetails" not in answer:
            return [item for item in answer["result"]["value"] if item["location"] != "UNKNOWN"]
        await asyncio.sleep(0.05)
    raise AssertionError(answer)


async def targets(browser: Chromium) -> set[str]:
    assert browser.devtools
    found = await browser.devtools.send("Target.getTargets")
    return {item["targetId"] for item in found["targetInfos"]}
