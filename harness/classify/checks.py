"""What is made of the tries of a check: by the rule that the check names, out of facts alone."""

from collections.abc import Callable, Mapping, Sequence

from harness.classify import (
    categories,
    communications,
    disturbance,
    labelled,
    life_cycle,
    logs,
    messages,
    passage,
    settings,
    slowdown,
)
from harness.classify.finding import AGREE, UNCONFIRMED, Found, unconfirmed
from harness.model.check import Assessment, Check, Standing, Tried
from harness.model.words import Arm

Rule = Callable[[Check, Sequence[Tried], Sequence[Tried]], Found]
# By the name that checks give in `judged`; each gets the valid tries without and with the product.
RULES: Mapping[str, Rule] = {
    "passage": passage.judge,
    **communications.RULES,
    "disturbance": disturbance.judge,
    "settings": settings.judge,
    "guessing": settings.guessing,
    "out-of-reach": settings.out_of_reach,
    "log-complete": logs.of_each(logs.complete),
    "log-true": logs.of_each(logs.true),
    "log-prompt": logs.of_each(logs.prompt),
    "log-whole": logs.of_each(logs.whole),
    "log-dated": logs.of_each(logs.dated),
    "log-ordered": logs.of_each(logs.ordered),
    "log-private": logs.of_each(logs.private),
    "log-safe": logs.of_each(logs.safe),
    **life_cycle.RULES,
    "slowdown": slowdown.judge,
    **messages.RULES,
    "label": labelled.judge,
    "categories": categories.judge,
}

# Rules that weigh several tries by themselves; any other reads one.
OF_SEVERAL = ("passage", "service")


def assess(check: Check, setting: str, tries: Sequence[Tried]) -> Assessment:
    """What is made of all tries of the check at the setting, those of the control arm among them."""
    ours = [item for item in tries if item.check_id == check.id and item.setting in (setting, "")]
    for item in ours:
        if item.inapplicable:
            return Assessment(check, setting, Standing.NOT_APPLICABLE, "check.not-applicable", item.inapplicable)
    valid = [item for item in ours if not item.fault]
    control = [item for item in valid if item.arm is Arm.CONTROL]
    test = [item for item in valid if item.arm is Arm.TEST]
    if lacking := _lacking(check, ours, control, test):
        return Assessment(check, setting, Standing.NOT_ASSESSED, "check.not-measured", lacking)
    rule = RULES[check.judged]
    several = check.judged in OF_SEVERAL
    found = rule(check, control, test) if several else _agreed([rule(check, control, [item]) for item in test])
    return Assessment(check, setting, found.standing, f"{check.judged}.{found.rule}", found.words, found.figures)


def open_yet(check: Check, setting: str, tries: Sequence[Tried]) -> bool:
    """Whether what is made of the check awaits another try with the product."""
    return assess(check, setting, tries).rule == f"{check.judged}.{UNCONFIRMED}"


def _agreed(found: Sequence[Found]) -> Found:
    """What single tries come to: what was seen broken once has to be so again, as one try may have met with what was
    not the product's; of three, two decide."""
    broken = [item for item in found if item.standing is Standing.BROKEN]
    others = [item for item in found if item.standing is not Standing.BROKEN]
    if broken and max(len(broken), len(others)) < AGREE:
        return unconfirmed(f"seen once, where {AGREE} tries must agree: {broken[-1].words}")
    return (broken if len(broken) >= AGREE else others)[-1]


def _lacking(check: Check, tries: Sequence[Tried], control: Sequence[Tried], test: Sequence[Tried]) -> str:
    """Why nothing can be said of the check, "" when something can."""
    if not tries:
        return "it was not tried"
    faults = [item for item in tries if item.fault]
    if check.control and not control:
        return f"without the product: {faults[-1].fault}" if faults else "it was not tried without the product"
    if not test:
        return faults[-1].fault if faults else "it was not tried with the product"
    return ""
