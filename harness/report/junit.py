"""`junit.xml`: each criterion a test, for the tools that continuous integration already has."""

import re
from xml.etree import ElementTree

from harness.model.words import Decision
from harness.report.derive import Derived
from harness.score.decide import Decided

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(derived: Derived) -> str:
    """The report as text. A fail is a failure; inconclusive and void are errors, never passes."""
    suites = ElementTree.Element("testsuites", name="pas-harness")
    for setting in sorted(derived.spec.settings):
        decided = [item for item in derived.decided if item.setting == setting]
        suite = ElementTree.SubElement(
            suites, "testsuite", name=_text(f"{derived.spec.product['name']} at {setting}"), tests=str(len(decided) + 1)
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
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


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
