"""What the records say happened in the run, as tables of texts."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from harness.model.words import Arm
from harness.report import plain
from harness.report.derive import Derived
from harness.report.neutral import pathless

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of texts; `head` names its columns."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def identities(derived: Derived) -> Table:
    """What product and browser said they were, each time they were asked, and how the one was reached by the other."""
    facts = derived.state.of_kind("identity")
    keys = sorted({key for fact in facts for key in fact["product"]})
    shared = [key for key in ("browser", "route") if any(key in fact for fact in facts)]
    rows = [
        (
            fact["setting"],
            fact["phase"],
            *(pathless(fact["product"].get(key, "–")) for key in keys),
            *(fact.get(key, "–") for key in shared),
        )
        for fact in facts
    ]
    return Table("Identity, asked before and after the cases", ("Setting", "Asked", *keys, *shared), tuple(rows))


def rules(derived: Derived) -> Table:
    """How many cases each verdict rule decided."""
    counted = derived.scored.counted("rule_id")
    rows = tuple((rule, f"{count:,}", plain.rule(rule)) for (rule,), count in sorted(counted.items()))
    return Table("Verdict rules that applied, and how often", ("Rule", "Cases", "What it says"), rows)


def attempts(derived: Derived) -> Pairs:
    """Sessions, and attempts by arm."""
    counts = [(arm, *derived.state.count(arm)) for arm in Arm]
    return [
        ("Sessions", str(len(derived.state.of_kind("start")))),
        *(
            (f"Attempts, {arm} arm", f"{attempts:,}, {some(repeated, 'case')} more than once")
            for arm, attempts, repeated in counts
        ),
    ]


def canaries(derived: Derived) -> Table:
    """How the canaries did, by setting, phase and arm."""
    facts = derived.state.of_kind("canary")
    sung: dict[tuple[str, str, str, str], Counter[Any]] = {}
    for fact in facts:
        sung.setdefault((fact["setting"], fact["phase"], fact["which"], fact["arm"]), Counter())[fact["sings"]] += 1
    rows = [(*key, str(count[True]), str(count[False]), str(count[None])) for key, count in sung.items()]
    return Table("Canaries", ("Setting", "Asked", "Canary", "Arm", "As it must be", "Not so", "No answer"), tuple(rows))


def faults(derived: Derived) -> Table:
    """What failed and was started again."""
    facts = [record for record in derived.state.facts if record.kind == "fault"]
    rows = [
        (plain.when(fact.at), str(fact.data["what"]), pathless(fact.data["why"]), str(fact.data["restart"]))
        for fact in facts
    ]
    return Table("Faults and restarts", ("Time", "Part", "What happened", "Restart"), tuple(rows))


def machines(derived: Derived) -> Table:
    """Which workers carried out which part of a run on a cluster, and what was not taken from them or did not fit."""
    rows = []
    workers = derived.state.of_kind("worker")
    shards = derived.state.of_kind("shard")
    for worker, host in sorted({(fact["worker"], fact["host"]) for fact in (*workers, *shards)}):
        ours = [fact for fact in shards if (fact["worker"], fact["host"]) == (worker, host)]
        taken = [fact for fact in ours if not fact["refused"]]
        words = [fact["refused"] for fact in (*workers, *ours) if fact["worker"] == worker and fact["refused"]]
        counts = (f"{item:,}" for item in (len(taken), sum(fact["cases"] for fact in taken), len(ours) - len(taken)))
        rows.append(
            (pathless(worker), pathless(host) or "–", *counts, pathless("; ".join(dict.fromkeys(words))) or "–")
        )
    head = ("Worker", "Host", "Shards", "Cases", "Not taken", "What was the matter")
    return Table("Machines", head, tuple(rows))


def strays(derived: Derived) -> Table:
    """What reached the replayed Internet and belongs to no case."""
    stops = derived.state.of_kind("stop")
    counted = stops[-1].get("strays", {}) if stops else {}
    rows = tuple((what, f"{count:,}") for what, count in sorted(counted.items()))
    return Table("Requests that belong to no case", ("Request", "Count"), rows)


def versions(derived: Derived) -> Pairs:
    """Versions of everything a result could depend on."""
    starts = derived.state.of_kind("start")
    browsers = dict.fromkeys(fact["browser"] for fact in derived.state.of_kind("identity"))
    pairs = [("Browser", ", ".join(browsers) or "not recorded")]
    pairs += [(str(key), str(value)) for key, value in (starts[-1]["versions"] if starts else {}).items()]
    return [
        *pairs,
        ("Verdict rules", f"{derived.rules.name} {derived.rules.version}"),
        ("Planned with harness", derived.spec.harness_version),
    ]


def some(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
