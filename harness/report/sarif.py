"""`formats/results.sarif`: what went wrong, for tools that show the findings of a check and tell new ones from old.

Source: OASIS, SARIF 2.1.0 with errata 01. A result has the level error where the product failed, and the kind open or
review where nothing was decided; there is none for what went right.
"""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from harness.model import canonical
from harness.model.addendum import Finding
from harness.model.check import Standing
from harness.model.words import Decision, Outcome
from harness.report import annex, identity, plain, reproduce, result
from harness.report.derive import Derived
from harness.report.neutral import pathless, visible
from harness.score.decide import Decided
from harness.score.outcome import Scored

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST = 25_000  # results that GitHub takes of a run
TITLE = {Outcome.UNDER_BLOCKED: "Not blocked, and should be", Outcome.OVER_BLOCKED: "Blocked, and should not be"}
# What is decided is a fault or none; what is not is no fault, but for somebody to look at.
KIND = {
    Decision.FAIL: "fail",
    Decision.CONDITIONAL_FAIL: "fail",
    Decision.CONDITIONAL_PASS: "review",
    Decision.INCONCLUSIVE: "open",
    Decision.VOID: "open",
}
VOID = "The run is void and says nothing about the product."
Json = dict[str, Any]


def sarif(derived: Derived) -> str:
    """The file as text. In a void run no case and no criterion is decided either way."""
    spec, ended = derived.spec, identity.ended(derived)
    counted = derived.scored.counted("outcome")
    wrong = {str(outcome): counted[outcome,] for outcome in TITLE}
    found = list(islice(chain(*(make(derived) for make in (_run, _criteria, _checks, _clauses, _cases))), MOST))
    shown = sum("locations" in item for item in found)
    made = {
        "tool": {
            "driver": {
                "name": "pas-harness",
                "version": spec.harness_version,
                "rules": [_rule(name, derived) for name in sorted({item["ruleId"] for item in found})],
            }
        },
        "automationDetails": {"id": f"pas-harness/{spec.product['name']}/{spec.corpus['name']}/"},
        "invocations": [
            {
                "executionSuccessful": not derived.voids,
                "exitCode": derived.decision.exit_code,
                "commandLine": annex.command(derived),
                "startTimeUtc": identity.began(derived),
                **({"endTimeUtc": ended} if ended else {}),
                "toolExecutionNotifications": _notes(derived, sum(wrong.values()) - shown),
            }
        ],
        "results": found,
        "properties": {
            "decision": derived.decision,
            "reportId": derived.head,
            "product": result.product(derived),
            "corpus": {key: spec.corpus[key] for key in ("name", "version", "digest")},
            "criteria": {"name": derived.criteria.name, "version": derived.criteria.version},
            "cases": {"planned": len(derived.scored), **wrong, "unscored": counted[Outcome.UNSCORED,], "shown": shown},
        },
    }
    return canonical.pretty({"$schema": SCHEMA, "version": "2.1.0", "runs": [made]})


def _run(derived: Derived) -> Iterator[Json]:
    if derived.voids:
        yield _result(derived, "run/void", "fail", " ".join([VOID, *map(pathless, derived.voids)]))


def _criteria(derived: Derived) -> Iterator[Json]:
    for item in derived.decided:
        decision = Decision.VOID if derived.voids else item.decision
        if decision is not Decision.PASS:
            made = _result(derived, f"criterion/{item.id}", KIND[decision], _told(item), item.setting)
            yield made | {"properties": {"setting": item.setting, "decision": decision}}


def _told(item: Decided) -> str:
    return f"{item.title}{f' (setting {item.setting})' if item.setting else ''}: {item.reason}"


def _checks(derived: Derived) -> Iterator[Json]:
    """What is required of checks and not met; and each check that is broken, a failure where it is one that counts."""
    for item in derived.required:
        if item.decision and item.decision is not Decision.PASS:
            text = f"{item.title} (setting {item.setting}): {item.reason}"
            made = _result(derived, f"requirement/{item.id}", KIND[item.decision], text, item.setting)
            yield made | {"properties": {"setting": item.setting, "decision": item.decision}}
    counting = {(item.setting, check_id) for item in derived.required for check_id in item.broken_ids}
    for found in derived.checks:
        if found.standing is Standing.BROKEN:
            kind = "fail" if (found.setting, found.check.id) in counting else "review"
            text = f"{found.check.title} (setting {found.setting}): {found.words}"
            made = _result(derived, f"check/{found.check.id}", "open" if derived.voids else kind, text, found.setting)
            yield made | {"properties": {"setting": found.setting, "severity": found.check.severity}}


def _clauses(derived: Derived) -> Iterator[Json]:
    for item in derived.clauses:
        if item.clause.assessed == "by-hand" and item.decision is Decision.FAIL:
            text = f"Clause {item.clause.id}, {item.clause.title}: {plain.FINDING[Finding.NOT_MET].lower()}."
            yield _result(derived, f"clause/{item.clause.id}", "open" if derived.voids else "fail", text)


def _cases(derived: Derived) -> Iterator[Json]:
    for outcome in TITLE:
        rows = derived.scored.where(outcome=outcome)[:MOST]
        yield from (_case(derived, item) for item in derived.scored.take(rows))


def _case(derived: Derived, item: Scored) -> Json:
    case, rule = item.case, item.judgement.rule_id
    command = pathless(reproduce.command(derived, item))
    text = f"{visible(case.url)} (case {case.case_id}, setting {item.setting}): {TITLE[item.outcome]}. "
    text += plain.rule(rule) + (f" To open it alone: {command}" if command else "")
    kind = "open" if derived.voids else "fail"
    return {
        **_result(derived, f"{item.outcome}/{rule}", kind, text, item.setting, case.case_id, case.url),
        "locations": [
            {"logicalLocations": [{"name": case.case_id, "fullyQualifiedName": case.url, "kind": "resource"}]}
        ],
        "properties": {
            "setting": item.setting,
            "category": case.category,
            "expectation": case.expectation,
            "verdict": item.judgement.verdict,
            "mechanism": item.judgement.mechanism,
            "command": command,
        },
    }


def _result(derived: Derived, rule: str, kind: str, text: str, *about: str) -> Json:
    """The fingerprint tells a finding from others of product and corpus, and is the same in every run; by which rule a
    case went wrong makes no other finding of it."""
    what = rule.partition("/")[0] if len(about) > 1 else rule
    key = [derived.spec.product["name"], derived.spec.corpus["name"], what, *about]
    return {
        "ruleId": rule,
        "kind": kind,
        "level": "error" if kind == "fail" else "none",
        "message": {"text": text},
        "fingerprints": {"finding/v1": canonical.digest(canonical.dumps(key))},
    }


def _rule(name: str, derived: Derived) -> Json:
    """What a rule id of a result stands for."""
    group, _, key = name.partition("/")
    if group == "run":
        short, full = "The run is void", VOID
    elif group == "criterion":
        item = next(item for item in derived.criteria.criterion if item.id == key)
        short, full = item.title, f"{plain.METRIC_NAME[item.metric]}, at most {plain.percent(item.bound)}."
    elif group == "requirement":
        required = next(item for item in derived.criteria.requirement if item.id == key)
        short, full = required.title, f"Severity {required.severity} and above: at most {required.maximum} broken."
    elif group == "check":
        check = next(item for item in derived.spec.checks if item.id == key)
        short, full = check.title, check.why
    elif group == "clause":
        clause = next(item.clause for item in derived.clauses if item.clause.id == key)
        short, full = f"Clause {clause.id}: {clause.title}", f"{clause.note}"
    else:
        short, full = f"{TITLE[Outcome(group)]}: {key}", plain.rule(key)
    return {"id": name, "shortDescription": {"text": visible(short)}, "fullDescription": {"text": visible(full)}}


def _notes(derived: Derived, left: int) -> list[Json]:
    notes = [{"level": "error", "message": {"text": pathless(reason)}} for reason in derived.voids]
    if left:
        text = f"{left:,} more cases went wrong and are not listed here; formats/verdicts.csv has all."
        notes.append({"level": "warning", "message": {"text": text}})
    return notes
