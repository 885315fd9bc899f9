"""What the records say of workers comes to a row each."""

from types import SimpleNamespace
from typing import Any, cast

from harness.report import course
from harness.report.derive import Derived


def test_each_worker_is_told_with_what_it_did_and_what_was_not_taken() -> None:
    facts: dict[str, list[dict[str, Any]]] = {
        "worker": [
            {"worker": "one", "host": "a", "has": {}, "refused": ""},
            {"worker": "two", "host": "", "has": {}, "refused": "squid is not installed"},
        ],
        "shard": [
            {"worker": "one", "host": "a", "shard": 1, "cases": 1200, "refused": ""},
            {"worker": "one", "host": "a", "shard": 2, "cases": 30, "refused": "it was not waited for any more"},
            {"worker": "one", "host": "a", "shard": 3, "cases": 30, "refused": ""},
        ],
    }
    derived = cast(Derived, SimpleNamespace(state=SimpleNamespace(of_kind=facts.__getitem__)))
    assert course.machines(derived).rows == (
        ("one", "a", "2", "1,230", "1", "it was not waited for any more"),
        ("two", "–", "0", "0", "0", "squid is not installed"),
    )
