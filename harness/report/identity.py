"""What tells a run from every other in formats of others: names from the head of its journal, and when it was."""

import uuid

from harness.report.derive import Derived


def run_id(derived: Derived) -> uuid.UUID:
    return uuid.UUID(derived.head[:32], version=5)


def began(derived: Derived) -> str:
    """When the run began, or was planned if it never did; ISO 8601."""
    return next((fact.at for fact in derived.state.facts if fact.kind == "start"), derived.spec.created)


def ended(derived: Derived) -> str:
    """When the run ended, "" when it has not; ISO 8601."""
    return next((fact.at for fact in reversed(derived.state.facts) if fact.kind == "stop"), "")
