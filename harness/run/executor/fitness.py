"""Whether a worker is as the run takes it to be."""

from collections.abc import Iterable
from typing import Any

Identity = dict[str, Any]


class Fitness:
    """Who product and browser were at a setting for the first time, with the route, is who they have to be."""

    def __init__(self, recorded: Iterable[Identity]) -> None:
        self._known: dict[str, tuple[str, Identity]] = {}
        for fact in recorded:
            self._known.setdefault(fact["setting"], ("the run so far", fact))

    def differences(self, worker: str, setting: str, identity: Identity) -> tuple[str, ...]:
        """What is otherwise there than where it was seen first, in words."""
        where, known = self._known.setdefault(setting, (f"worker {worker}", identity))
        here, there = _flat(identity), _flat(known)
        return tuple(
            f"{what} is {here.get(what, 'unknown')!r}, and {there.get(what, 'unknown')!r} for {where}"
            for what in sorted({*here, *there})
            if here.get(what) != there.get(what)
        )


def _flat(identity: Identity) -> dict[str, str]:
    product = {f"the product's {key}": str(value) for key, value in identity["product"].items()}
    return {**product, "the browser": str(identity["browser"]), "the route": str(identity["route"])}
