"""`labels.csv` and `adjudications.csv`: what each rater said of a case, and who settled it where they disagreed.

`cases.csv` alone says which label counts; these say how far it can be trusted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from harness.corpus.cases import confidence, date, label, table
from harness.model.case import Case
from harness.model.errors import UsageError
from harness.model.words import Expectation

RATINGS, ADJUDICATIONS = "labels.csv", "adjudications.csv"
LABEL = ("case_id", "category", "expectation")


@dataclass(frozen=True, slots=True)
class Rating:
    """What one rater said of one case; `confidence` is the rater's own, from 0 to 1, None when not stated."""

    case_id: str
    rater: str
    category: str
    expectation: Expectation
    date: str = ""
    confidence: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """An adjudication: whose word stands on a case, and why."""

    case_id: str
    category: str
    expectation: Expectation
    by: str
    date: str
    reason: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Both tables, sorted by case and rater; empty where a corpus has none."""

    ratings: tuple[Rating, ...] = ()
    settled: tuple[Settled, ...] = ()

    def weighed(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The cases with what the ratings say of their labels. A confidence stated in `cases.csv` stands; without one
        it is the mean over raters of how likely each holds the label to be right."""
        of: dict[str, list[Rating]] = defaultdict(list)
        for rating in self.ratings:
            of[rating.case_id].append(rating)
        settled = {item.case_id for item in self.settled}
        for case in cases:
            said = of.get(case.case_id, [])
            disputed = case.case_id not in settled and any(not _agrees(rating, case) for rating in said)
            weighed = [_holds(rating, case) for rating in said]
            known = sum(weighed) / len(weighed) if weighed and case.confidence is None else case.confidence
            yield replace(case, confidence=known, disputed=disputed) if said else case


def read_labels(folder: Path, cases: Mapping[str, Case], categories: frozenset[str]) -> Labels:
    """Both tables of the corpus in `folder`, whose cases are given by id. Raises UsageError with file, line and key."""
    ratings, settled = folder / RATINGS, folder / ADJUDICATIONS
    return Labels(
        tuple(sorted(_ratings(ratings, cases, categories), key=lambda item: (item.case_id, item.rater)))
        if ratings.exists()
        else (),
        tuple(sorted(_settled(settled, cases, categories), key=lambda item: item.case_id)) if settled.exists() else (),
    )


def _ratings(path: Path, cases: Mapping[str, Case], categories: frozenset[str]) -> Iterator[Rating]:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in table(path, (*LABEL, "rater"), ("date", "confidence", "note")):
        wrong = _Wrong(path, line)
        wrong.check(row, cases, ("rater",), seen)
        category, expectation = label(row, categories, wrong)
        sure = confidence(row["confidence"], wrong)
        yield Rating(
            row["case_id"], row["rater"], category, expectation, date(row["date"], "date", wrong), sure, row["note"]
        )


def _settled(path: Path, cases: Mapping[str, Case], categories: frozenset[str]) -> Iterator[Settled]:
    seen: dict[tuple[str, ...], int] = {}
    for line, row in table(path, (*LABEL, "by", "date", "reason"), ()):
        wrong = _Wrong(path, line)
        wrong.check(row, cases, (), seen)
        for key in ("by", "date", "reason"):
            if not row[key]:
                raise wrong(key, "empty")
        category, expectation = label(row, categories, wrong)
        case = cases[row["case_id"]]
        if (category, expectation) != (case.category, case.expectation):
            stands = f"{case.category}/{case.expectation}"
            raise wrong("category", f"settled as {category}/{expectation}, but cases.csv says {stands}; change one")
        yield Settled(case.case_id, category, expectation, row["by"], date(row["date"], "date", wrong), row["reason"])


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Makes errors that name the row."""

    path: Path
    line: int

    def __call__(self, key: str, message: str) -> UsageError:
        return UsageError(message, file=self.path, line=self.line, key=key)

    def check(
        self, row: dict[str, str], cases: Mapping[str, Case], keys: tuple[str, ...], seen: dict[tuple[str, ...], int]
    ) -> None:
        """Raise when the case is not in the corpus, a key is empty, or the row's keys stood before."""
        if row["case_id"] not in cases:
            raise self("case_id", f"no case {row['case_id'][:60]!r} in cases.csv")
        for key in keys:
            if not row[key]:
                raise self(key, "empty")
        earlier = seen.setdefault((row["case_id"], *(row[key] for key in keys)), self.line)
        if earlier != self.line:
            raise self("case_id", f"{row['case_id']!r} stands already at line {earlier}")


def _agrees(rating: Rating, case: Case) -> bool:
    return (rating.category, rating.expectation) == (case.category, case.expectation)


def _holds(rating: Rating, case: Case) -> float:
    """How likely the rater holds the case's label to be right."""
    sure = 1.0 if rating.confidence is None else rating.confidence
    return sure if _agrees(rating, case) else 1 - sure
