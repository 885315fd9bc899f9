"""`junit.xml`: each criterion a test, for the tools that continuous integration already has."""

import re
from datetime import datetime
from xml.etree import ElementTree

from harness.model.addendum import Finding
from harness.model.check import Assessment, Standing
from harness.model.words import Decision
from harness.report import identity
from harness.report.derive import Derived
from harness.score.decide import Decided

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(derived: Derived) -> str:
    """The report as text. A fail is a failure; inconclusive and void are errors, never passes."""
    suites = ElementTree.Element("testsuites", {"name": "pas-harness", **_time(derived)})
    for setting in sorted({*derived.spec.settings, *(item.setting for item in derived.decided)}):
        decided = [item for item in derived.decided if item.setting == setting]
        suite = ElementTree.SubElement(
            suites,
            "testsuite",
            name=_text(f"{derived.spec.product['name']} at {setting or 'no setting that was tested'}"),
            tests=str(len(decided) + 1),
            timestamp=identity.began(derived),
        )
        failures = errors = 0
        for item in decided:
            case = ElementTree.SubElement(
                suite, "testcase", classname=_text(derived.criteria.name), name=_text(item.id)
            )
            ElementTree.SubElement(case, "system-out").text = _text(f"{item.title}\n{item.reason}")
            failures += _outcome(case, item, derived)
            errors += len(case.findall("error"))
        run = ElementTree.SubElement(suite, "testcase", classname=_text(derived.criteria.name), name="run-is-valid")
        for reason in derived.voids:
            ElementTree.SubElement(run, "error", message=_text(reason), type="void")
        errors += bool(derived.voids)
        suite.set("failures", str(failures))
        suite.set("errors", str(errors))
    _checks(suites, derived)
    _clauses(suites, derived)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _time(derived: Derived) -> dict[str, str]:
    """How long the run took, in seconds, interruptions included; nothing where its records do not say, as when the
    clock was put back meanwhile. A criterion has no time of its own."""
    try:
        took = datetime.fromisoformat(identity.ended(derived)) - datetime.fromisoformat(identity.began(derived))
    except (ValueError, TypeError):  # no times, or one with a zone and one without
        return {}
    return {"time": f"{took.total_seconds():.3f}"} if took.total_seconds() >= 0 else {}


def _checks(suites: ElementTree.Element, derived: Derived) -> None:
    """Each check a test. One that is broken is a failure only where its severity is one that the criteria require;
    else, and where it does not bear on the product or was not assessed, it is skipped, and so counted."""
    required = {check_id for item in derived.required for check_id in (*item.broken_ids, *item.missing_ids)}
    for setting in sorted({item.setting for item in derived.checks}):
        ours = [item for item in derived.checks if item.setting == setting]
        name = _text(f"checks of {derived.spec.product['name']} at {setting}")
        suite = ElementTree.SubElement(suites, "testsuite", name=name, tests=str(len(ours)))
        for item in ours:
            case = ElementTree.SubElement(suite, "testcase", classname=f"checks.{item.check.group}", name=item.check.id)
            ElementTree.SubElement(case, "system-out").text = _text(f"{item.check.title}\n{item.words}")
            mark = _mark(item, item.check.id in required, bool(derived.voids))
            if mark:
                ElementTree.SubElement(case, mark, message=_text(item.words), type=str(item.standing))
        for kind, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(kind, str(len(suite.findall(f"testcase/{tag}"))))


def _mark(item: Assessment, required: bool, void: bool) -> str:
    if void:
        return "error"
    if item.standing is Standing.HELD:
        return ""
    if not required:
        return "skipped"
    return "failure" if item.standing is Standing.BROKEN else "error"


def _clauses(suites: ElementTree.Element, derived: Derived) -> None:
    """The clauses that people judge; one that nobody has judged is skipped, and so counted."""
    hand = [item for item in derived.clauses if item.clause.assessed == "by-hand"]
    if not hand:
        return
    suite = ElementTree.SubElement(suites, "testsuite", name="clauses judged by hand", tests=str(len(hand)))
    for item in hand:
        name = _text(f"{item.clause.id} {item.clause.title}")
        case = ElementTree.SubElement(suite, "testcase", classname=_text(derived.criteria.name), name=name)
        if derived.voids:
            ElementTree.SubElement(case, "error", message="the run is void", type="void")
        elif item.decision is Decision.FAIL and item.judged:
            ElementTree.SubElement(case, "failure", message=_text(item.judged.reason), type=item.judged.finding)
        elif item.decision is not Decision.PASS:
            finding = item.judged.finding if item.judged else Finding.NOT_JUDGED
            ElementTree.SubElement(case, "skipped", message=str(finding))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _outcome(case: ElementTree.Element, item: Decided, derived: Derived) -> int:
    """Marks the test case; 1 when it is a failure."""
    if derived.voids:
        ElementTree.SubElement(case, "error", message="the run is void", type="void")
    elif item.decision is Decision.INCONCLUSIVE:
        ElementTree.SubElement(case, "error", message=_text(item.reason), type="inconclusive")
    elif item.decision in (Decision.FAIL, Decision.CONDITIONAL_FAIL):
        ElementTree.SubElement(case, "failure", message=_text(item.reason), type=str(item.decision))
        return 1
    return 0


def _text(value: str) -> str:
    return ILLEGAL.sub("�", value)
