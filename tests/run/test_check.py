"""What is wrong with a product is said in plain words, within a bounded time, and nothing of it is left."""

import asyncio
import datetime
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.browser.find import find
from harness.internet import spki
from harness.products.base import CANARY_BLOCK
from harness.profile.product import Product, load
from harness.run import lifecycle
from harness.run.check import check_product
from harness.run.finding import Finding, Grade
from tests import live
from tests.run import faulty

NO_BROWSER = Path("/no/browser")  # for products that never come so far
SLOW = 30.0  # ready_seconds of a product that is going to be ready
PROFILE = """
schema = "pas-harness/product/1"
name = "faulty"
title = "Faulty"
kind = "proxy"
description = "Made for a test"
{more}

[settings]
default = "one"
{levels}

[process]
command = ["{program}", "{path}", "{faults}", "{{{{ port }}}}", "{{{{ upstream_port }}}}", "{{{{ profile }}}}"]
ready_says = "{says}"
ready_seconds = {ready}
stop_seconds = 0.5
"""
LEVEL = '[settings.level.{name}]\ntitle = "{name}"\n'


@pytest.fixture
def tmp() -> Iterator[Path]:
    with live.scratch() as folder:
        yield folder


def product(
    folder: Path,
    faults: str,
    *,
    ready: float = SLOW,
    levels: str = "one",
    more: str = "",
    program: str = sys.executable,
    says: str = "",
) -> Product:
    described = "".join(LEVEL.format(name=name) for name in levels.split())
    text = PROFILE.format(
        faults=faults, ready=ready, says=says, levels=described, more=more, program=program, path=Path(faulty.__file__)
    )
    (folder / "profile.toml").write_text(text, "utf-8")
    return load(str(folder))


def checked(profile: Product, browser: Path) -> list[Finding]:
    async def collected() -> list[Finding]:
        return [item async for item in check_product(profile, profile.checked_params({}), browser)]

    return asyncio.run(collected())


def words(found: list[Finding], grade: Grade) -> str:
    return "\n".join(item.text for item in found if item.grade is grade)


def test_the_canary_is_the_one_that_the_faulty_product_blocks() -> None:
    assert faulty.BLOCKED.decode() == CANARY_BLOCK


@pytest.mark.parametrize(
    ("faults", "ready", "said"),
    [
        ("dies", SLOW, ("exit code 1: my licence has run out",)),
        ("taken", SLOW, ("Address already in use", "the port it wants is taken")),
        ("silent", 0.5, ("did not accept connections within",)),
        ("elsewhere", 5.0, ("did not accept connections within", "it listens on port ", "instead: have its")),
    ],
)
def test_what_does_not_start(faults: str, ready: float, said: tuple[str, ...], tmp: Path) -> None:
    bad, *rest = checked(product(tmp, faults, ready=ready), NO_BROWSER)
    assert bad.grade is Grade.BAD
    for word in said:
        assert word in bad.text
    assert words(rest, Grade.BAD) == ""
    assert "nothing of it is left" in words(rest, Grade.OK)


def test_what_answers_and_never_says_that_it_filters_does_not_start(tmp: Path) -> None:
    bad, *_ = checked(product(tmp, "", ready=2.0, says="all lists read"), NO_BROWSER)
    assert bad.grade is Grade.BAD
    assert "did not say 'all lists read' within 2 s" in bad.text


def test_what_is_not_installed_is_named_before_anything_starts(tmp: Path) -> None:
    more = '[[identity]]\nname = "version"\ncommand = ["no-such-teller"]\npattern = "(.)"'
    found = checked(product(tmp, "", program="no-such-program", more=more), NO_BROWSER)
    assert [item.grade for item in found] == [Grade.BAD, Grade.BAD]
    assert "`no-such-teller`, which [identity] names, is not on this machine" in found[0].text
    assert "`no-such-program`, which [process] names, is not on this machine" in found[1].text


@pytest.mark.browser
def test_noise_deafness_and_levels_that_change_nothing(tmp: Path) -> None:
    found = checked(product(tmp, "noisy,deaf", levels="one two"), find())
    assert words(found, Grade.BAD).startswith("settings one and two make the same configuration")
    assert len(words(found, Grade.BAD).splitlines()) == 1
    assert "it does not end within 0 s of SIGTERM, and is killed" in words(found, Grade.NOTE)
    assert " MB within this check" in words(found, Grade.NOTE)
    for scheme, how in (("http", "error-status"), ("https", "tunnel-refused")):
        for level in ("one", "two"):
            assert f"{level}: the canary to block is blocked ({how}) over {scheme}" in words(found, Grade.OK)


@pytest.mark.browser
def test_a_broken_certificate_and_what_is_left(tmp: Path) -> None:
    profile = product(tmp, "certificate,leaves")
    certificate, key = spki.make_authority(tmp, datetime.datetime.now(datetime.UTC))
    (tmp / "own.pem").write_text(certificate.read_text("utf-8") + key.read_text("utf-8"), "utf-8")
    found = checked(profile, find())
    bad = words(found, Grade.BAD)
    assert "did not arrive over https" in bad
    assert "the browser does not trust the product's certificate: have the product sign with ca_cert" in bad
    assert re.search(r"process \d+ `.*time\.sleep\(600\)'` is left running", bad)
    left = re.search(r"(/dev/shm/faulty-\d+\.left) is left behind", words(found, Grade.NOTE))
    assert left
    Path(left[1]).unlink()
    assert len(bad.splitlines()) == 2


@pytest.mark.browser
def test_a_block_page_that_redirects_for_ever_is_no_block(tmp: Path) -> None:
    found = checked(product(tmp, "loops"), find())
    assert "does not count as blocked (indeterminate.network-error): the product redirects for ever" in words(
        found, Grade.BAD
    )


@pytest.mark.browser
def test_a_lock_outside_the_work_folder(tmp: Path) -> None:
    found = checked(product(tmp, "lock"), find())
    beside, again = words(found, Grade.BAD).splitlines()
    assert again.startswith("killed and started again, it does not work: ")
    assert beside.startswith("two of it do not run side by side: ")
    assert all("lock is there already" in text for text in (again, beside))


@pytest.mark.parametrize(
    ("template", "command", "ports", "same"),
    [
        ("level = {{ setting }}", "", "", False),
        ("level = {{ strength }}", "", "", False),
        ("level = 1", "", "", True),
        ("level = 1", "--level={{ strength }}", "", False),
        ("level = 1", "--level={{ strengths }}", "", True),
        ("level = 1", "", "one two", False),
        ("level = 1", "", "other", True),
    ],
)
def test_configurations_differ_when_the_product_is_told_something_else(
    template: str, command: str, ports: str, same: bool, tmp_path: Path
) -> None:
    profile = product(tmp_path, "", levels="one two").model_dump(by_alias=True)
    profile["ports"] = ports.split()
    profile["files"] = [{"template": "profile.toml", "target": "{{ setting }}/a.conf"}]
    profile["process"][0]["command"] = ["filter", command]
    for number, level in enumerate(profile["settings"]["level"].values()):
        level["values"] = {"strength": number}
    told = Product.model_validate(profile)
    digests = []
    for setting in told.settings.level:
        work = tmp_path / "work"
        (work / "any").mkdir(parents=True, exist_ok=True)
        strength = str(told.settings.level[setting].values["strength"])
        rendered = template.replace("{{ setting }}", setting).replace("{{ strength }}", strength)
        (work / "any" / "a.conf").write_text(rendered, "utf-8")
        (work / "log").write_text(f"a log of {setting}", "utf-8")
        digests.append(lifecycle.configuration(told, setting, work))
    assert (digests[0] == digests[1]) is same
