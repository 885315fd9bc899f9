"""Personal information going out, as a child might write it. All of it is made up: names nobody has, and numbers, codes
and addresses that are set aside for such use (Ofcom's telephone numbers for drama, a post code of no place)."""

from harness.checks.comms.exchange import WAYS, exchange
from harness.checks.comms.promise import UNPROMISED, promised
from harness.checks.ground import Ground
from harness.checks.shown import Shown, Untried
from harness.model.check import Check

SECRETS = {
    "name": "Robin Sample",
    "address": "12 Example Road",
    "school": "Sample Primary School",
    "phone": "01632 960123",
    "post-code": "ZZ99 3VZ",
}
# By form and kind; of "split" each text is a message of its own.
FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "plain": {
        "name": ("My name is Robin Sample",),
        "address": ("I live at 12 Example Road",),
        "school": ("I go to Sample Primary School",),
        "phone": ("My number is 01632 960123",),
        "post-code": ("The post code is ZZ99 3VZ",),
    },
    "spaced": {
        "name": ("I am R o b i n   S a m p l e",),
        "phone": ("Ring 0 1 6 3 2 - 9 6 0 - 1 2 3",),
        "post-code": ("It is Z-Z-9-9 3-V-Z",),
    },
    "words": {
        "address": ("I live at one two Example Road",),
        "phone": ("Ring zero one six three two nine six zero one two three",),
        "post-code": ("It is ZZ nine nine three VZ",),
    },
    "split": {
        "name": ("I am Robin", "Sample"),
        "school": ("I go to Sample", "Primary School"),
        "phone": ("Ring 01632", "960123"),
    },
}


async def perform(ground: Ground, check: Check) -> Shown:
    """Say all of the forms `given.forms` by the way `given.way`, an ordinary message before each. Raises Untried."""
    way = str(check.given["way"])
    if not (promise := promised(ground, WAYS[way].service)["withholds"]):
        return Shown(inapplicable=f"{UNPROMISED} of personal information there")
    asked = [(form, kind, texts) for form in check.given["forms"] for kind, texts in FORMS[form].items()]
    tokens = [ground.token() for _ in range(len(asked) + 1)]
    ordinary = [f"marker-message-4 on example.test {token}" for token in tokens]
    said = [text for before, item in zip(ordinary, asked, strict=False) for text in (before, *item[2])]
    went = await exchange(ground, way, "friend", [*said, ordinary[-1]])
    heard = [item.text for item in went.heard]
    # What arrived between the ordinary messages around it that did: where some were lost, items share it.
    places = [next((number for number, text in enumerate(heard) if token in text), None) for token in tokens]
    items = []
    for number, (form, kind, texts) in enumerate(asked):
        start = max((place for place in places[: number + 1] if place is not None), default=-1)
        end = min((place for place in places[number + 1 :] if place is not None), default=len(heard))
        received = heard[start + 1 : end]
        items.append({"kind": kind, "form": form, "secret": SECRETS[kind], "sent": [*texts], "received": received})
    if not (count := sum(place is not None for place in places)):
        raise Untried(f"not even ordinary messages arrive by {way}: {went.how}")
    facts = {"service": WAYS[way].service, "way": way, "by": went.by, "how": went.how, "items": items}
    return Shown(facts={**facts, "promise": promise, "ordinary": {"arrived": count, "sent": len(tokens)}})
