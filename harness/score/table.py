"""Scored cases as columns: what is counted over a million of them is counted at once."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple, overload

import numpy as np

from harness.model.words import Expectation, Outcome, Validity
from harness.score.clusters import Array
from harness.score.outcome import Scored

# What may become of a case: positive means "to be blocked".
CELLS = ("tp", "fn", "fp", "tn", "unscored_block", "unscored_allow", "left_out_block", "left_out_allow")
MOST = 1 << 22  # combinations of texts that are counted without looking which there are
Rows = np.ndarray[tuple[int, ...], np.dtype[np.int64]]  # numbers of rows, in their order
Mask = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Codes(NamedTuple):
    """A column of texts: for each row the place of its text in `values`, which are all different."""

    at: Rows
    values: tuple[str, ...]

    def places(self, wanted: Iterable[str]) -> Mask:
        """Which of the rows have one of the texts."""
        wanted = set(wanted)
        return np.array([value in wanted for value in self.values], dtype=np.bool_)[self.at]


class Table(Sequence[Scored]):
    """Scored cases in an order that stays. Columns have the names of `Case`'s and `Judgement`'s fields, of `Scored`'s,
    and `machine_rule`."""

    @abstractmethod
    def codes(self, name: str) -> Codes:
        """A column of texts that many rows share."""

    @abstractmethod
    def texts(self, name: str, rows: Rows) -> list[str]:
        """Some rows of a column of texts that few rows share."""

    @abstractmethod
    def numbers(self, name: str) -> Array:
        """A column of numbers, not a number where nobody says."""

    @abstractmethod
    def take(self, rows: Rows) -> list[Scored]:
        """Some of the cases."""

    @property
    @abstractmethod
    def sealed(self) -> Mask:
        """Which cases are of a sealed corpus."""

    @property
    @abstractmethod
    def sites(self) -> Rows:
        """The number of each case's cluster; a case that stands alone is one."""

    @overload
    def __getitem__(self, at: int) -> Scored: ...
    @overload
    def __getitem__(self, at: slice) -> list[Scored]: ...
    def __getitem__(self, at: int | slice) -> Scored | list[Scored]:
        rows = np.arange(len(self))[at]
        return self.take(rows) if isinstance(at, slice) else self.take(np.array([rows]))[0]

    @cached_property
    def cells(self) -> Rows:
        """What became of each case, as its place in `CELLS`."""
        expectation, outcome, reason = (self.codes(name) for name in ("expectation", "outcome", "reason"))
        allow = expectation.places((Expectation.ALLOW,))
        wrong = ~outcome.places((Outcome.CORRECT,))
        found = np.where(allow, np.where(wrong, 2, 3), np.where(wrong, 1, 0))
        unscored = outcome.places((Outcome.UNSCORED,))
        spared = reason.places((Validity.LEFT_OUT,))
        found[unscored] = (4 + allow + 2 * spared)[unscored]
        return found

    def where(self, **texts: str) -> Rows:
        """The rows that have all these texts."""
        found = np.ones(len(self), dtype=np.bool_)
        for name, text in texts.items():
            found &= self.codes(name).places((text,))
        return np.flatnonzero(found)

    def split(self, rows: Rows, name: str) -> Iterator[tuple[str, Rows]]:
        """The rows apart by their text, each part in its order; parts in the order of the texts' places."""
        at, values = self.codes(name)
        ordered = rows[np.argsort(at[rows], kind="stable")]
        for part in np.split(ordered, np.flatnonzero(np.diff(at[ordered])) + 1):
            if len(part):
                yield values[at[part[0]]], part

    def counted(self, *names: str) -> Counter[tuple[str, ...]]:
        """How many rows have each combination of texts that there is."""
        columns = [self.codes(name) for name in names]
        key, size = np.zeros(len(self), dtype=np.int64), 1
        for at, values in columns:
            key, size = key * len(values) + at, size * len(values)
            if size > MOST:  # of which few will be there
                _, key = np.unique(key, return_inverse=True)
                size = int(key.max(initial=-1)) + 1
        example = np.zeros(size, dtype=np.int64)
        example[key] = np.arange(len(self))
        counts = np.bincount(key, minlength=size)
        there = np.flatnonzero(counts)
        texts = ([values[place] for place in at[example[there]].tolist()] for at, values in columns)
        return Counter(dict(zip(zip(*texts, strict=True), counts[there].tolist(), strict=True)))


class Listed(Table):
    """Cases that there are as objects."""

    def __init__(self, items: Iterable[Scored]) -> None:
        self._items = tuple(items)

    def __len__(self) -> int:
        return len(self._items)

    def codes(self, name: str) -> Codes:
        return _codes(_TEXT[name](item) for item in self._items)

    def texts(self, name: str, rows: Rows) -> list[str]:
        return [_TEXT[name](self._items[row]) for row in rows.tolist()]

    def numbers(self, name: str) -> Array:
        return np.array([getattr(item.case, name) for item in self._items], dtype=np.float64)

    def take(self, rows: Rows) -> list[Scored]:
        return [self._items[row] for row in rows.tolist()]

    @property
    def sealed(self) -> Mask:
        return np.array([item.case.sealed for item in self._items], dtype=np.bool_)

    @cached_property
    def sites(self) -> Rows:
        return _codes(item.case.cluster or f"\0{item.case.case_id}" for item in self._items).at


def table(scored: Iterable[Scored]) -> Table:
    """The cases as a table, unless they are one already."""
    return scored if isinstance(scored, Table) else Listed(scored)


def _codes(texts: Iterable[str]) -> Codes:
    places: dict[str, int] = {}
    at = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int64)
    return Codes(at, tuple(places))


def _of_case(name: str) -> Callable[[Scored], Any]:
    return lambda item: getattr(item.case, name)


_TEXT: dict[str, Callable[[Scored], Any]] = {
    **{name: _of_case(name) for name in ("case_id", "url", "category", "expectation", "language", "lookalike_of")},
    "setting": lambda item: item.setting,
    "outcome": lambda item: item.outcome,
    "reason": lambda item: item.reason,
    "verdict": lambda item: item.judgement.verdict,
    "validity": lambda item: item.judgement.validity,
    "rule_id": lambda item: item.judgement.rule_id,
    "mechanism": lambda item: item.judgement.mechanism,
    "machine_rule": lambda item: (item.machine or item.judgement).rule_id,
}
