"""`formats/earl.jsonld`: what was found of each criterion and clause, in W3C's Evaluation and Report Language.

Source: EARL 1.0 Schema, https://www.w3.org/TR/EARL10-Schema/. `docs/formats.md` says why a decision is which outcome.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from harness.model import canonical
from harness.model.addendum import Finding
from harness.model.words import Decision
from harness.report import identity, plain, result
from harness.report.clauses import Assessed
from harness.report.derive import Derived
from harness.report.neutral import pathless, prose
from harness.score.decide import Decided
from harness.score.requirements import Required

OUTCOME = {
    Decision.PASS: "passed",
    Decision.CONDITIONAL_PASS: "cantTell",
    Decision.CONDITIONAL_FAIL: "failed",
    Decision.FAIL: "failed",
    Decision.INCONCLUSIVE: "cantTell",
    Decision.VOID: "cantTell",
}
LINKS = ("earl:assertedBy", "earl:mode", "earl:outcome", "earl:subject", "earl:test", "dct:isPartOf")
CONTEXT = {
    "earl": "http://www.w3.org/ns/earl#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:date": {"@type": "xsd:dateTime"},
    **{name: {"@type": "@id"} for name in LINKS},
}
Node = dict[str, Any]


def earl(derived: Derived) -> str:
    """The file as text: an assertion for each criterion and requirement at each setting, and for each clause."""
    nodes = [*_parties(derived), *_tests(derived)]
    # Where people gave verdicts on cases, what follows is not the machine's alone.
    touched = {
        setting
        for setting, now, before in derived.scored.counted("setting", "rule_id", "machine_rule")
        if now != before
    }
    nodes += [_criterion(derived, item, item.setting in touched) for item in derived.decided]
    nodes += [_requirement(derived, item) for item in derived.required]
    nodes += [_clause(derived, item, bool(touched)) for item in derived.clauses]
    return canonical.pretty({"@context": CONTEXT, "@graph": nodes})


def _parties(derived: Derived) -> Iterator[Node]:
    """Who asserts, and what was tested: the product, and the product at each setting."""
    product = result.product(derived)
    software = {"dct:title": "pas-harness", "dct:hasVersion": derived.spec.harness_version}
    yield {"@id": _id(derived, "harness"), "@type": ["earl:Assertor", "earl:Software"], **software}
    for author in sorted({item.judged.author for item in derived.clauses if item.judged}):
        yield {"@id": _id(derived, "person", author), "@type": ["earl:Assertor", "foaf:Person"], "foaf:name": author}
    tested = {
        "@type": ["earl:TestSubject", "earl:Software"],
        "dct:identifier": product["name"],
        "dct:hasVersion": product["version"] or "not stated",
    }
    yield {"@id": _id(derived, "product"), **tested, "dct:title": product["title"]}
    for setting in sorted({*derived.spec.settings, *(item.setting for item in derived.decided)}):
        yield {
            "@id": _id(derived, "product", setting),
            **tested,
            "dct:title": f"{product['title']} at {setting or 'no setting that was tested'}",
            "dct:isPartOf": _id(derived, "product"),
        }


def _tests(derived: Derived) -> Iterator[Node]:
    """The clauses as requirements, and the criteria as cases of them, each with its bound."""
    criteria = derived.criteria
    titles = {item.clause: "" for item in criteria.asked} | {item.id: f": {item.title}" for item in criteria.clause}
    for clause, title in titles.items():
        yield {
            "@id": _id(derived, "clause", clause),
            "@type": ["earl:TestCriterion", "earl:TestRequirement"],
            "dct:identifier": clause,
            "dct:title": f"{criteria.standard or criteria.title}, clause {clause}{title}",
        }
    for item in criteria.criterion:
        yield {
            "@id": _id(derived, "criterion", item.id),
            "@type": ["earl:TestCriterion", "earl:TestCase"],
            "dct:identifier": item.id,
            "dct:title": item.title,
            "dct:description": f"{plain.METRIC_NAME[item.metric]}: at most {plain.percent(item.bound)}; {item.rule} at "
            f"{item.confidence:.0%} confidence. {prose(item.source)}",
            "dct:isPartOf": _id(derived, "clause", item.clause),
        }
    for asked in criteria.requirement:
        yield {
            "@id": _id(derived, "requirement", asked.id),
            "@type": ["earl:TestCriterion", "earl:TestCase"],
            "dct:identifier": asked.id,
            "dct:title": asked.title,
            "dct:description": f"Of the checks {', '.join(asked.checks)} of severity {asked.severity} and above, at"
            f" most {asked.maximum} broken. {prose(asked.source)}",
            "dct:isPartOf": _id(derived, "clause", asked.clause),
        }


def _requirement(derived: Derived, item: Required) -> Node:
    return _assertion(
        derived,
        ("requirement", item.id, item.setting),
        _id(derived, "product", item.setting),
        "automatic",
        OUTCOME[item.decision] if item.decision else "inapplicable",
        item.reason,
    )


def _criterion(derived: Derived, item: Decided, touched: bool) -> Node:
    untested = item.decision is Decision.INCONCLUSIVE and not item.n
    return _assertion(
        derived,
        ("criterion", item.id, item.setting),
        _id(derived, "product", item.setting),
        "semiAuto" if touched else "automatic",
        "untested" if untested else OUTCOME[item.decision],
        item.reason,
    )


def _clause(derived: Derived, item: Assessed, touched: bool) -> Node:
    clause, judged, mode = item.clause, item.judged, "manual"
    if clause.assessed == "measured":
        mode = "semiAuto" if touched else "automatic"
    if clause.assessed == "not-applicable" or (judged and judged.finding is Finding.NOT_APPLICABLE):
        outcome = "inapplicable"
    else:
        outcome = OUTCOME[item.decision] if item.decision else "untested"
    if judged:
        about = f"{plain.FINDING[judged.finding]}: {judged.reason}"
    else:
        about = prose(clause.note) or "Decided by the criteria of this clause and of those below it."
    by = judged.author if judged else ""
    return _assertion(derived, ("clause", clause.id), _id(derived, "product"), mode, outcome, about, by)


def _assertion(
    derived: Derived, test: tuple[str, ...], subject: str, mode: str, outcome: str, about: str, by: str = ""
) -> Node:
    """`by` is the person who found it, "" for the harness. In a void run nothing is told but what was not tested."""
    if derived.voids and outcome not in ("untested", "inapplicable"):
        outcome = OUTCOME[Decision.VOID]
        about = " ".join(["The run is void.", *map(pathless, derived.voids)])
    return {
        "@id": _id(derived, "assertion", *test),
        "@type": "earl:Assertion",
        "earl:assertedBy": _id(derived, "person", by) if by else _id(derived, "harness"),
        "earl:subject": subject,
        "earl:test": _id(derived, *test[:2]),
        "earl:mode": f"earl:{mode}",
        "earl:result": {
            "@type": "earl:TestResult",
            "earl:outcome": f"earl:{outcome}",
            "dct:date": identity.ended(derived) or identity.began(derived),
            "dct:description": about,
        },
    }


def _id(derived: Derived, *parts: str) -> str:
    """A name within the run, which the head of its journal tells from any other."""
    return f"urn:uuid:{identity.run_id(derived)}#{'/'.join(quote(part, safe='') for part in parts)}"
