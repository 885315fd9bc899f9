"""EARL: the triples that an RDF library reads are of its vocabulary, and never say more than is so."""

from functools import cache
from pathlib import Path

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, XSD

from harness.model.words import Decision
from harness.report import earl
from tests.report import kinds

EARL = Namespace("http://www.w3.org/ns/earl#")
# The terms of https://www.w3.org/TR/EARL10-Schema/: classes, and properties with domain and range.
CLASSES = {
    *("Assertion", "Assertor", "Software", "TestSubject", "TestCriterion", "TestRequirement", "TestCase", "TestResult"),
    *("TestMode", "OutcomeValue", "Pass", "Fail", "CannotTell", "NotApplicable", "NotTested"),
}
PROPERTIES = {
    "assertedBy": ("Assertion", "Assertor"),
    "subject": ("Assertion", "TestSubject"),
    "test": ("Assertion", "TestCriterion"),
    "result": ("Assertion", "TestResult"),
    "mode": ("Assertion", None),
    "outcome": ("TestResult", None),
}
OUTCOMES = {EARL[name] for name in ("passed", "failed", "cantTell", "inapplicable", "untested")}
MODES = {EARL[name] for name in ("automatic", "manual", "semiAuto", "undisclosed", "unknownMode")}
DUBLIN_CORE = {DCTERMS[name] for name in ("title", "description", "date", "identifier", "hasVersion", "isPartOf")}


@cache
def graph(kind: str) -> Graph:
    return Graph().parse(data=earl.earl(kinds.derived(kind)), format="json-ld")


def outcomes(kind: str) -> dict[str, str]:
    """What is asserted, by the last parts of its name, in a short form."""
    made = graph(kind)
    return {
        str(node).rpartition("#assertion/")[2]: str(made.value(made.value(node, EARL.result), EARL.outcome)).split("#")[
            1
        ]
        for node in made.subjects(RDF.type, EARL.Assertion)
    }


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_term_is_one_of_the_vocabulary(kind: str) -> None:
    made = graph(kind)
    for subject, predicate, value in made:
        if predicate == RDF.type:
            assert value == FOAF.Person or str(value).removeprefix(str(EARL)) in CLASSES
        elif str(predicate).startswith(str(EARL)):
            domain, target = PROPERTIES[str(predicate).removeprefix(str(EARL))]
            assert (subject, RDF.type, EARL[domain]) in made
            assert target is None or (value, RDF.type, EARL[target]) in made
        else:
            assert predicate in DUBLIN_CORE | {FOAF.name}


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_assertion_is_complete(kind: str) -> None:
    derived, made = kinds.derived(kind), graph(kind)
    assertions = set(made.subjects(RDF.type, EARL.Assertion))
    assert len(assertions) == len(derived.decided) + len(derived.required) + len(derived.clauses)
    for node in assertions:
        for name in PROPERTIES.keys() - {"outcome"}:
            assert len(list(made.objects(node, EARL[name]))) == 1, name
        assert made.value(node, EARL.mode) in MODES
        found = made.value(node, EARL.result)
        assert made.value(found, EARL.outcome) in OUTCOMES
        assert str(made.value(found, DCTERMS.description))
        assert getattr(made.value(found, DCTERMS.date), "datatype", None) == XSD.dateTime
        for named in (EARL.subject, EARL.test):
            assert str(made.value(made.value(node, named), DCTERMS.title))
    for tested in made.subjects(RDF.type, EARL.TestSubject):
        assert str(made.value(tested, DCTERMS.hasVersion)) == "1.2"


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_passed_is_what_passed(kind: str) -> None:
    derived, said = kinds.derived(kind), outcomes(kind)
    for item in derived.decided:
        passed = said[f"criterion/{item.id}/{item.setting}"] == "passed"
        assert passed == (item.decision is Decision.PASS and not derived.voids)
    if derived.voids:
        assert "passed" not in earl.earl(derived)


def test_decisions_as_outcomes() -> None:
    for kind, outcome in (
        ("pass", "passed"),
        ("conditional-pass", "cantTell"),
        ("conditional-fail", "failed"),
        ("fail", "failed"),
        ("inconclusive", "untested"),
        ("void", "cantTell"),
    ):
        assert outcomes(kind)["criterion/block-adult/moderate"] == outcome, kind
        assert outcomes(kind)["clause/4"] == ("cantTell" if kind == "inconclusive" else outcome)
    assert outcomes("age-band")["criterion/young/"] == "untested"
    assert set(outcomes("faulty").values()) >= {"cantTell"}


def test_clauses_that_people_judge() -> None:
    made, said = graph("judged"), outcomes("judged")
    assert [said[f"clause/{number}"] for number in range(5, 9)] == ["passed", "failed", "inapplicable", "inapplicable"]
    (node,) = (node for node in made.subjects(RDF.type, EARL.Assertion) if str(node).endswith("/clause/6"))
    assert made.value(node, EARL.mode) == EARL.manual
    assert str(made.value(made.value(node, EARL.assertedBy), FOAF.name)) == "Ann Other"
    modes = {str(node).rpartition("/")[2]: made.value(node, EARL.mode) for node in made.subjects(EARL.mode, None)}
    assert (modes["moderate"], modes["most"], modes["4"]) == (EARL.semiAuto, EARL.semiAuto, EARL.semiAuto)
    assert outcomes("pass")["clause/5"] == "untested"


def test_a_test_states_its_bound() -> None:
    made = graph("pass")
    (node,) = (node for node in made.subjects(RDF.type, EARL.TestCase) if str(node).endswith("#criterion/block-adult"))
    assert "at most 50.0%" in str(made.value(node, DCTERMS.description))
    assert str(made.value(made.value(node, DCTERMS.isPartOf), DCTERMS.identifier)) == "4"
    assert isinstance(node, URIRef)


def test_names_are_of_the_run(tmp_path: Path) -> None:
    assert earl.earl(kinds.derived("pass")) == earl.earl(kinds.derived("pass"))
    assert not set(graph("pass").subjects(RDF.type)) & set(graph("fail").subjects(RDF.type, EARL.Assertion))
