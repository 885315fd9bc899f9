"""`formats/oscal.json`: the run as NIST OSCAL assessment results, for tools that keep what was assessed and found.

Source: OSCAL 1.1.3, assessment results model; it is valid as 1.2 too. `docs/formats.md` says which state a decision is.
No risks are stated: what a failure means for whom is not measured.
"""

import re
import uuid
from collections.abc import Iterator
from typing import Any

from harness.model import canonical
from harness.model.words import Decision
from harness.report import annex, identity, plain, result
from harness.report.clauses import Assessed
from harness.report.derive import Derived
from harness.report.neutral import pathless, prose, visible
from harness.score.decide import Decided
from harness.score.requirements import Required

VERSION = "1.1.3"
NAMESPACE = "https://pas-harness.example/ns/oscal"  # a name; nothing lies there
# Only a pass satisfies an objective. What is not decided does not, and has not failed either.
REASON = {Decision.PASS: "pass", Decision.CONDITIONAL_FAIL: "fail", Decision.FAIL: "fail"}
FIGURES = ("k", "n", "estimate", "lower", "upper", "bound", "confidence", "unscored", "left_out")
COUNTS = ("held", "broken", "not_assessed", "not_applicable", "severity", "maximum")
MARKDOWN = re.compile(r"[\\`*_\[\]<>]")
Json = dict[str, Any]


def oscal(derived: Derived) -> str:
    """The file as text: an observation and a finding for each criterion and requirement at each setting, and each
    clause that a person judged. Every UUID follows from the head of the run's journal and what it stands for."""
    product, ended = result.product(derived), identity.ended(derived)
    said = [*derived.addenda, *derived.statements]
    parties = list(_parties(derived))
    made = {
        "uuid": _id(derived, "document", canonical.dumps(said)),
        "metadata": {
            "title": _text(f"Results of testing {product['title']} against {derived.criteria.title}"),
            "last-modified": max((ended or identity.began(derived), *(entry.date for entry in said))),
            "version": derived.head[:12],
            "oscal-version": VERSION,
            **({"parties": parties} if parties else {}),
            "remarks": "Test results, not a certificate.",
        },
        "import-ap": {
            "href": f"#{_id(derived, 'plan')}",
            "remarks": "There is no assessment plan in OSCAL. All that was decided before the run is in its own files.",
        },
        "local-definitions": {"objectives-and-methods": list(_objectives(derived))},
        "results": [_result(derived, product, ended)],
        "back-matter": {
            "resources": [
                {
                    "uuid": _id(derived, "plan"),
                    "title": "The plan of the run",
                    "description": "Product, settings, criteria, rules and limits; the cases, one a line. Not OSCAL.",
                    "rlinks": [
                        {"href": "../spec.json", "media-type": "application/json"},
                        {
                            "href": "../plan.jsonl",
                            "media-type": "application/jsonl",
                            "hashes": [{"algorithm": "SHA-256", "value": derived.spec.plan_digest}],
                        },
                    ],
                }
            ]
        },
    }
    return canonical.pretty({"assessment-results": made})


def _parties(derived: Derived) -> Iterator[Json]:
    """The laboratory, if one has stated who it is, and the persons who judged clauses."""
    for statement in derived.statements[-1:]:
        name = str(statement.laboratory.get("name", ""))
        if name.strip():
            yield {"uuid": _id(derived, "laboratory"), "type": "organization", "name": visible(name.strip())}
    for author in sorted({item.judged.author for item in derived.clauses if item.judged}):
        yield {"uuid": _id(derived, "person", author), "type": "person", "name": author.strip()}


def _objectives(derived: Derived) -> Iterator[Json]:
    """What each criterion, and each clause that a person judges, asks for."""
    for item in derived.criteria.criterion:
        asked = f"{plain.METRIC_NAME[item.metric]}: at most {plain.percent(item.bound)}; {item.rule} at "
        yield _objective(derived, "criterion", item.id, item.clause, f"{asked}{item.confidence:.0%} confidence.")
    for one in derived.criteria.requirement:
        asked = f"Checks {', '.join(one.checks)} of severity {one.severity} and above: at most {one.maximum} broken."
        yield _objective(derived, "requirement", one.id, one.clause, asked)
    for clause in (item.clause for item in derived.clauses if item.clause.assessed == "by-hand"):
        yield _objective(derived, "clause", clause.id, clause.id, clause.note)


def _objective(derived: Derived, kind: str, key: str, clause: str, asked: str) -> Json:
    part = {"id": _token(kind, key), "name": "assessment-objective", "prose": _text(asked)}
    return {"control-id": _token("clause", clause), "description": _text(f"{kind} {key}"), "parts": [part]}


def _result(derived: Derived, product: Json, ended: str) -> Json:
    """What was observed and found. Clauses that nobody has judged, or that do not apply, have no finding."""
    judged = [item for item in derived.clauses if item.judged and item.decision]
    required = [item for item in derived.required if item.decision]
    reviewed = (
        {item.clause for item in derived.decided}
        | {item.clause for item in required}
        | {item.clause.id for item in judged}
    )
    left = [item.clause for item in derived.clauses if item.clause.id not in reviewed and not item.decision]
    controls = {"include-controls": [{"control-id": _token("clause", key)} for key in sorted(reviewed)]}
    if left:
        controls["exclude-controls"] = [{"control-id": _token("clause", clause.id)} for clause in left]
    remarks = [f"Decision: {derived.decision}.", *map(pathless, derived.voids)]
    remarks += [f"Clause {clause.id} was not assessed: {clause.assessed}." for clause in left]
    return {
        "uuid": _id(derived, "result"),
        "title": _text(f"{product['title']} against {derived.criteria.title}, version {derived.criteria.version}"),
        "description": _text(f"Corpus: {derived.spec.corpus['title']}. To repeat it: {annex.command(derived)}"),
        "start": identity.began(derived),
        **({"end": ended} if ended else {}),
        "props": _props(
            decision=derived.decision, journal_head=derived.head, settings=", ".join(derived.spec.settings)
        ),
        "local-definitions": {
            "components": [_component(derived, "product", product["title"], product["version"], product["name"])],
            "assessment-assets": {
                "components": [
                    _component(derived, "harness", "pas-harness", derived.spec.harness_version, "pas-harness")
                ],
                "assessment-platforms": [
                    {
                        "uuid": _id(derived, "platform"),
                        "uses-components": [{"component-uuid": _id(derived, "harness")}],
                    }
                ],
            },
        },
        "reviewed-controls": {"control-selections": [controls]},
        "observations": [
            *(_observation(derived, item) for item in derived.decided),
            *(_tried(derived, item) for item in required),
            *(_examination(derived, item) for item in judged),
        ],
        "findings": [
            *(_finding(derived, "criterion", item.id, item.setting, item.title, item) for item in derived.decided),
            *(_finding(derived, "requirement", item.id, item.setting, item.title, item) for item in required),
            *(_finding(derived, "clause", item.clause.id, "", item.clause.title, item) for item in judged),
        ],
        "remarks": _text(" ".join(remarks)),
    }


def _component(derived: Derived, kind: str, title: str, version: str, name: str) -> Json:
    return {
        "uuid": _id(derived, kind),
        "type": "software",
        "title": _text(title),
        "description": _text(name),
        "props": [{"name": "version", "value": visible(version).strip() or "not stated"}],
        "status": {"state": "operational"},
    }


def _observation(derived: Derived, item: Decided) -> Json:
    figures = {name: getattr(item, name) for name in FIGURES if getattr(item, name) is not None}
    evidence = {"href": "../derived/verdicts.parquet", "description": "The verdict on every case."}
    return _test(derived, "criterion", item, evidence, figures)


def _tried(derived: Derived, item: Required) -> Json:
    figures = {name: getattr(item, name) for name in COUNTS}
    evidence = {"href": "../report/checks.html", "description": "Every try of every check."}
    return _test(derived, "requirement", item, evidence, figures)


def _test(derived: Derived, kind: str, item: Decided | Required, evidence: Json, figures: Json) -> Json:
    decision = Decision.VOID if derived.voids else item.decision
    return {
        "uuid": _id(derived, "observation", kind, item.id, item.setting),
        "title": _text(item.title),
        "description": "The run is void." if derived.voids else _text(item.reason),
        "props": _props(setting=item.setting or "none", decision=decision, **figures),
        "methods": ["TEST"],
        "origins": [{"actors": [{"type": "tool", "actor-uuid": _id(derived, "harness")}]}],
        "subjects": [{"subject-uuid": _id(derived, "product"), "type": "component"}],
        "relevant-evidence": [
            evidence,
            {"href": "../seal.json", "description": "Digests of the evidence."},
        ],
        "collected": identity.ended(derived) or identity.began(derived),
    }


def _examination(derived: Derived, item: Assessed) -> Json:
    assert item.judged
    return {
        "uuid": _id(derived, "observation", "clause", item.clause.id, ""),
        "title": _text(item.clause.title),
        "description": _text(f"{plain.FINDING[item.judged.finding]}: {item.judged.reason}"),
        "methods": ["EXAMINE"],
        "origins": [{"actors": [{"type": "party", "actor-uuid": _id(derived, "person", item.judged.author)}]}],
        "subjects": [{"subject-uuid": _id(derived, "product"), "type": "component"}],
        "collected": item.judged.date,
    }


def _finding(
    derived: Derived, kind: str, key: str, setting: str, title: str, item: Decided | Required | Assessed
) -> Json:
    decision = Decision.VOID if derived.voids else item.decision or Decision.INCONCLUSIVE
    state = "satisfied" if decision is Decision.PASS else "not-satisfied"
    return {
        "uuid": _id(derived, "finding", kind, key, setting),
        "title": _text(f"{title}, setting {setting}" if setting else title),
        "description": f"Decision: {decision}.",
        "target": {
            "type": "objective-id",
            "target-id": _token(kind, key),
            "status": {"state": state, "reason": REASON.get(decision, "other")},
        },
        "related-observations": [{"observation-uuid": _id(derived, "observation", kind, key, setting)}],
    }


def _props(**values: object) -> list[Json]:
    return [
        {"name": name.replace("_", "-"), "ns": NAMESPACE, "value": visible(value).strip()}
        for name, value in values.items()
    ]


def _token(kind: str, key: str) -> str:
    return f"{kind}-{re.sub('[^A-Za-z0-9._-]', '_', key)}"


def _text(text: str) -> str:
    """Text that is no Markdown, on one line."""
    return MARKDOWN.sub(r"\\\g<0>", visible(prose(text))) or "none"


def _id(derived: Derived, *parts: str) -> str:
    return str(uuid.uuid5(identity.run_id(derived), canonical.dumps(parts)))
