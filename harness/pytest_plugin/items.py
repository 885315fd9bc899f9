"""The tests: each reads its result from the run. What is void, inconclusive or unscored is an error in its setup, what
went wrong a failure in its call; so neither can be taken for the other, and an expected failure covers the second only.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from harness.model.errors import HarnessError
from harness.model.words import Decision, Outcome
from harness.pytest_plugin.tested import Tested
from harness.report import plain
from harness.report.clauses import Assessed
from harness.report.derive import Derived
from harness.report.neutral import visible
from harness.report.reproduce import command
from harness.score.decide import Decided
from harness.score.outcome import Scored


class Run(pytest.Collector):
    """The run; its tests are made in `collect`, so that ids depend on plan and criteria alone."""

    tested: Tested
    cases: bool

    def collect(self) -> "Iterator[RunItem]":
        derived = self.tested.planned
        categories = {case.case_id: (case.category,) for case in derived.cases}
        asked = {item.id: item.categories for item in derived.criteria.criterion}
        yield self._item(RunItem, "run")
        for decided in derived.decided:
            yield self._item(CriterionItem, criterion(decided), decided.setting, decided.id, asked[decided.id])
        for assessed in derived.clauses:
            if assessed.clause.assessed == "by-hand":
                yield self._item(ClauseItem, f"clause::{assessed.clause.id}", "", assessed.clause.id)
        places = [(item.setting, item.case.case_id) for item in derived.scored] if self.cases else []
        for kind, wanted in ((CaseItem, places), (BaselineItem, self.tested.right_before)):
            for setting, case_id in wanted:
                yield self._item(kind, f"{kind.mark}::{setting}::{case_id}", setting, case_id, categories[case_id])

    def _item(
        self, kind: "type[RunItem]", name: str, setting: str = "", key: str = "", categories: Sequence[str] = ()
    ) -> "RunItem":
        made: RunItem = kind.from_parent(self, name=name)
        made.tested, made.setting, made.key = self.tested, setting, key
        made.add_marker(kind.mark)
        for category in categories:
            made.add_marker(f"category_{word(category)}")
        if setting:
            made.add_marker(f"setting_{word(setting)}")
        return made


class RunItem(pytest.Item):
    """Whether the run is valid at all."""

    mark = "run"
    tested: Tested
    setting: str
    key: str
    expected: str = ""  # why it may fail
    expired: str = ""  # why it fails, as that was to be over by now

    def setup(self) -> None:
        try:
            voids = self.tested.derived.voids
        except HarnessError as error:
            pytest.fail(f"the run was not carried out: {error}", pytrace=False)
        if voids:
            pytest.fail(f"the run is void: {visible(' '.join(voids))}", pytrace=False)
        self.judged()
        if self.expected:
            self.add_marker(pytest.mark.xfail(reason=self.expected, strict=True))

    def judged(self) -> None:
        """Fails where there is no result, skips with the reason where none is asked for."""

    def runtest(self) -> None:
        """Fails when the result is not what it should be."""
        if self.expired:
            pytest.fail(self.expired, pytrace=False)
        self.check()

    def check(self) -> None:
        """Fails when the result is not what it should be."""

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return self.config.rootpath / "harness", None, self.name


class CriterionItem(RunItem):
    mark = "criterion"

    def judged(self) -> None:
        found = self._found()
        for name in ("decision", "k", "n", "bound"):
            self.user_properties.append((name, str(getattr(found, name))))
        if found.decision in (Decision.INCONCLUSIVE, Decision.VOID):
            pytest.fail(visible(f"{found.decision}: {found.title}: {found.reason}"), pytrace=False)

    def check(self) -> None:
        found = self._found()
        if found.decision in (Decision.FAIL, Decision.CONDITIONAL_FAIL):
            pytest.fail(visible(f"{found.decision}: {found.title}: {found.reason}"), pytrace=False)

    def _found(self) -> Decided:
        decided = self.tested.derived.decided
        return next(item for item in decided if (item.setting, item.id) == (self.setting, self.key))


class ClauseItem(RunItem):
    mark = "clause"

    def judged(self) -> None:
        found = self._found()
        if found.judged is None:
            pytest.skip(f"clause {self.key}, {found.clause.title}: judged by hand, and nobody has yet")
        if found.decision is None:
            pytest.skip(f"clause {self.key}, {found.clause.title}: {found.judged.finding}: {found.judged.reason}")

    def check(self) -> None:
        found = self._found()
        if found.decision is not Decision.PASS and found.judged:
            text = f"clause {self.key}, {found.clause.title}: {found.judged.finding}: {found.judged.reason}"
            pytest.fail(visible(text), pytrace=False)

    def _found(self) -> Assessed:
        return next(item for item in self.tested.derived.clauses if item.clause.id == self.key)


class CaseItem(RunItem):
    mark = "case"

    def judged(self) -> None:
        found = self._found()
        if found.left_out:
            pytest.skip("left out by the early stop: nothing it could show would change a decision")
        if found.outcome is Outcome.UNSCORED:
            pytest.fail(f"{self._told(found)}: not scored: {plain.reason(found.reason)}", pytrace=False)

    def check(self) -> None:
        found = self._found()
        if found.outcome is not Outcome.CORRECT:
            said = found.judgement
            text = f"{self._told(found)}: {found.outcome}: {plain.rule(said.rule_id)} ({said.rule_id})"
            pytest.fail(f"{text}\nalone: {visible(command(self.tested.derived, found)) or 'sealed'}", pytrace=False)

    def _found(self) -> Scored:
        return self.tested.scored[self.setting, self.key]

    def _told(self, found: Scored) -> str:
        case = found.case
        return visible(f"{case.case_id} at {self.setting}: {case.url} ({case.category}, to {case.expectation})")


class BaselineItem(CaseItem):
    """A case that was right in the baseline; both runs are scored by the criteria and rules of that."""

    mark = "baseline"

    def _found(self) -> Scored:
        return self.tested.scored_as_before[self.setting, self.key]


def word(text: str) -> str:
    """The text as part of a marker's name."""
    return "".join(char if char.isalnum() else "_" for char in text)


def names(derived: Derived) -> set[str]:
    """The names of all tests that there are of a run, whichever are asked for."""
    found = {"run", *(criterion(item) for item in derived.decided)}
    found |= {f"clause::{item.clause.id}" for item in derived.clauses}
    return found | {
        f"{kind.mark}::{item.setting}::{item.case.case_id}"
        for kind in (CaseItem, BaselineItem)
        for item in derived.scored
    }


def criterion(item: Decided) -> str:
    return f"criterion::{item.setting or 'no-setting'}::{item.id}"
