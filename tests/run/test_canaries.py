"""When a canary is silent: not when a page was lost once, and not when attempts came to no end."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.model.spec import Limits
from harness.model.words import Arm
from harness.run.rig import GaveUp
from harness.run.session import Session
from tests import builders

FAULT_RETRIES = 2


def sung(*heard: bool | None) -> tuple[list[bool | None], int]:
    """What is recorded of the canary to block, which is all that is sung here, and how often things were mended. Raises
    GaveUp."""
    left = iter([True, *heard])  # the canary to allow comes first
    recorded: list[bool | None] = []
    mended: list[Any] = []

    async def attempt(errand: object) -> object:
        return builders.observation()

    async def mend(*given: object) -> None:
        mended.append(given)

    session = Session.__new__(Session)
    for name, value in {
        "_spec": SimpleNamespace(live=False, limits=Limits(fault_retries=FAULT_RETRIES)),
        "_setup": SimpleNamespace(
            profile=SimpleNamespace(settings=SimpleNamespace(level={"s": SimpleNamespace(as_installed=False)})),
            halt=SimpleNamespace(asked=False),
        ),
        "_rig": SimpleNamespace(generation=0, route=None),
        "_ear": SimpleNamespace(sings=lambda *_: next(left)),
        "_record": lambda kind, data: recorded.append(data["sings"]),
        "_canaries": 0,
        "_mend": mend,
    }.items():
        setattr(session, name, value)
    lanes = cast(Any, dict.fromkeys(Arm, SimpleNamespace(attempt=attempt)))
    try:
        asyncio.run(session._sing(lanes, "s", "during"))
    finally:
        assert next(left, "nothing") == "nothing"
    return recorded[1:], len(mended)


@pytest.mark.parametrize(
    ("heard", "mended"),
    [([True], 0), ([False, True], 0), ([None, True], 1), ([None, False, None, True], 2)],
)
def test_it_sings_when_it_does_so_once_in_good_time(heard: list[bool | None], mended: int) -> None:
    assert sung(*heard) == (heard, mended)


@pytest.mark.parametrize("heard", [[False, False], [False, None, False], [None] * (FAULT_RETRIES + 1)])
def test_it_is_silent_when_it_is_so_twice_or_comes_to_no_end(heard: list[bool | None]) -> None:
    with pytest.raises(GaveUp):
        sung(*heard)
