"""What is shown in place of a blocked page, through a real room and browser: each bad page of the zoo is caught by its
check, and no other check is blamed."""

import asyncio
from dataclasses import replace

import pytest

from harness.checks import messages
from harness.checks.ground import Ground
from harness.checks.performers import PERFORMERS
from harness.checks.shown import Shown
from harness.classify.checks import assess
from harness.model.check import Check, Standing, Tried
from harness.model.words import Arm
from harness.products import zoo_messages as zoo
from harness.products.zoo import ZooProduct
from harness.products.zoo_labels import Labelled
from harness.profile import checks, shipped
from tests.checks.test_ground import ground

pytestmark = [pytest.mark.browser, pytest.mark.room]
CHECKS = {check.id.removeprefix("messages."): check for check in checks.read(shipped.CHECKS / "messages.toml")}
PAGE = ("says-blocked", "says-why", "says-who", "plain-words", "appeal", "help", "discreet", "language", "own")
LOOKED_AT = (*PAGE, "accessible", "keyboard", "narrow")
# What each bad product breaks of the checks of a page, and with what else than its text it is looked at.
BAD: dict[type[zoo.Considerate], tuple[set[str], tuple[str, ...]]] = {
    zoo.Dissembling: ({"says-blocked"}, ()),
    zoo.Unreasoned: ({"says-why"}, ()),
    zoo.Anonymous: ({"says-who"}, ()),
    zoo.Wordy: ({"plain-words"}, ()),
    zoo.Final: ({"appeal"}, ()),
    zoo.Helpless: ({"help"}, ()),
    zoo.Repeating: ({"discreet"}, ()),
    zoo.Fetching: ({"own"}, ()),
    zoo.Faint: ({"accessible"}, ("accessible", "keyboard", "narrow")),
    zoo.Pointing: ({"keyboard"}, ("accessible", "keyboard", "narrow")),
    zoo.Wide: ({"narrow"}, ("accessible", "keyboard", "narrow")),
    zoo.Tongueless: ({"language", "accessible"}, ("accessible", "keyboard", "narrow")),
}


class Odd(zoo.Changed):
    """Holds elements that surprise a script that looks at them."""

    before = zoo.HELP
    after = f"""{zoo.HELP}<svg><a href="#x"><text>x</text></a></svg><ul><li value="3" title="t">three</li></ul>
    <form><input type="radio" name='"]' aria-label="r"><input name="textContent" alt="x" aria-label="n"></form>
    <a href="http://[">no address</a>"""


def standing(check: Check, shown: Shown, control: Shown | None = None) -> Standing:
    tries = [Tried(check.id, Arm.TEST, "moderate", 1, shown.came_through, shown.facts)]
    if control:
        tries.append(Tried(check.id, Arm.CONTROL, "", 1, control.came_through, control.facts))
    return assess(check, "moderate", 2 * tries).standing


async def looked_at(here: Ground, others: tuple[str, ...]) -> dict[str, Standing]:
    """The standing of every check of the page's text, and of the others."""
    said = await messages.message(here, CHECKS["discreet"])
    found = {name: standing(CHECKS[name], said) for name in PAGE}
    for name in others:
        found[name] = standing(CHECKS[name], await PERFORMERS[CHECKS[name].by](here, CHECKS[name]))
    return found


def test_each_bad_page_is_caught_by_its_check_and_no_other_is_blamed() -> None:
    async def life() -> None:
        async with ground("zoo-considerate") as here:
            product = here.product
            assert isinstance(product, ZooProduct)
            good = await looked_at(here, LOOKED_AT[len(PAGE) :])
            assert {*good.values()} == {Standing.HELD}
            for kind, (broken, others) in BAD.items():
                product._behaviour.__class__ = kind  # which saves starting a product for each
                found = await looked_at(here, others)
                assert (kind, {name for name, value in found.items() if value is not Standing.HELD}) == (kind, broken)
                assert {found[name] for name in broken} == {Standing.BROKEN}

            product._behaviour.__class__ = Odd
            assert (await looked_at(here, ("keyboard",)))["help"] is Standing.HELD

            # Where there is no page, that alone is held against the product.
            opened = Shown(True, {"shown": "asked-for"})
            product._behaviour.__class__ = zoo.Mute
            none = await messages.message(here, CHECKS["shown"])
            assert standing(CHECKS["shown"], none, opened) is Standing.BROKEN
            assert {standing(CHECKS[name], none) for name in PAGE} == {Standing.NOT_APPLICABLE}

            # Nothing is said of a product that does not block.
            allowed = replace(CHECKS["discreet"], given={**CHECKS["discreet"].given, "url": "http://allowed.example/"})
            product._behaviour.__class__ = Labelled
            assert standing(allowed, await messages.message(here, allowed)) is Standing.NOT_ASSESSED

            profile = CHECKS["help-on-a-profile"]
            whole = await messages.allowed(here, profile)
            assert standing(profile, whole, whole) is Standing.HELD
            assert len(whole.facts["links"]) == 4
            product._behaviour.__class__ = zoo.Stripping
            assert standing(profile, await messages.allowed(here, profile), whole) is Standing.BROKEN

    asyncio.run(life())


def test_every_bad_product_of_the_zoo_is_specified() -> None:
    assert {*BAD, zoo.Mute, zoo.Stripping} == {*zoo.MESSAGES.values()}
