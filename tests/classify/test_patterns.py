"""Fingerprints found where they say they are, and nowhere else."""

from dataclasses import replace

import pytest

from harness.classify.patterns import Fingerprint, Found, Known, Traces, found

TRACES = Traces("<title>Stop</title>", (("server", "Stopper"), ("location", "http://stop.test/")), ("192.0.2.7",))
STOP = Fingerprint("stop", "prod", "body", "contains", "Stop", 5)


def known(**changes: object) -> Known:
    item = replace(STOP, **changes)  # type: ignore[arg-type]
    return Known(item, lambda text: item.pattern in text)


@pytest.mark.parametrize(
    ("location", "pattern", "matches"),
    [
        ("body", "Stop", True),
        ("body", "192.0.2.7", False),
        ("header.server", "Stopper", True),
        ("header.server", "http:", False),
        ("header.location", "http://stop.test/", True),
        ("header.via", "Stop", False),
        ("dns", "192.0.2.7", True),
        ("dns", "Stop", False),
    ],
)
def test_is_looked_for_in_its_place(location: str, pattern: str, matches: bool) -> None:
    names = frozenset({"stop"}) if matches else frozenset()
    assert found(TRACES, [known(location=location, pattern=pattern)], 5).blocks == names


def test_nothing_to_look_in() -> None:
    everywhere = [known(location=location, pattern="") for location in ("body", "dns", "header.server")]
    assert found(Traces(), everywhere, 0) == Found()


def test_vague_and_unsure_ones_do_not_count() -> None:
    assert found(TRACES, [known(scope="vbw"), known(confidence=4)], 5) == Found()


def test_a_known_false_positive_is_told_apart() -> None:
    assert found(TRACES, [known(), known(name="no", scope="fp")], 5) == Found(frozenset({"stop"}), frozenset({"no"}))
