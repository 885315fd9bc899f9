"""How much longer a page takes with the product: the same page in a browser with and without, by turns."""

from harness.browser.tab import Tab
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.model.check import Check
from harness.model.words import Arm, End

HOST = "http://speed.allowed.canary.harness.test"
PARTS = 12  # what the page asks for beside itself
BODY = "A line of words that says nothing in particular. " * 400  # 20 kB
WARMING = 3  # first pairs, in which browsers and products make what they keep
SECONDS = 20.0
SCRIPT = "addEventListener('load', () => document.title = 'took ' + performance.now())"


async def timed(ground: Ground, check: Check) -> Shown:
    """`given.pairs` pairs of times in seconds that the page took to load, with the product and without, the first of
    them in turn. Raises HarnessError."""
    bare = await ground.beside(ground.profile, f"bare-{ground.word()}", arm=Arm.CONTROL)
    pairs = []
    try:
        async with ground.tab() as with_it, bare.tab() as without:
            for number in range(WARMING + int(check.given["pairs"])):
                order = ((ground, with_it), (bare, without))
                found = [await _load(*one, number) for one in (order if number % 2 else reversed(order))]
                pairs.append(found if number % 2 else found[::-1])
    finally:
        await bare.close()
    return Shown(facts={"pairs": pairs[WARMING:], "parts": PARTS, "warming": WARMING})


async def _load(ground: Ground, tab: Tab, number: int) -> float:
    names = [f"/part-{number}-{part}.svg" for part in range(PARTS)]
    images = "".join(f'<img src="{name}" alt="" width="8" height="8">' for name in names)
    page = f"<!doctype html><title>slow</title><script>{SCRIPT}</script>{images}<p>{BODY}</p>"
    picture = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><!-- ' + BODY.encode()[:4000] + b" --></svg>"
    )
    parts = [await ground.serve(HOST + name, ground.work / "part.svg", picture) for name in names]
    try:
        url = f"{HOST}/page-{number}"
        async with await ground.serve(url, ground.work / "page.html", page.encode()) as served:
            sight = await tab.visit(url, served.token, SECONDS)
    finally:
        for part in parts:
            await part.__aexit__()
    if sight.end is not End.PAGE or not sight.title.startswith("took "):
        arm = "with" if ground.arm is Arm.TEST else "without"
        raise Untried(
            f"the page did not load {arm} the product: it ended as {sight.end}, {sight.error or sight.title!r}"
        )
    return round(float(sight.title.removeprefix("took ")) / 1000, 5)
