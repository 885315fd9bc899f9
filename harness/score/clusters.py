"""Clusters as arrays: what a sample of a million cases weighs is summed exactly, and without going through them one by
one."""

import math
from collections.abc import Iterable, Sequence
from typing import overload

import numpy as np

HALF = -(1 << 27)  # keeps the upper half of a double's digits
Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


def exact(values: Array) -> float:
    """The sum, rounded once (Shewchuk, as `math.fsum`)."""
    # Of whole numbers below 2^53 in all, no sum is rounded.
    if (values == np.floor(values)).all() and np.abs(values).sum() < 1 << 53:
        return float(values.sum())
    return math.fsum(values.tolist())


class Clusters(Sequence[tuple[float, float]]):
    """The weight of each cluster's scored cases and of the wrong ones among them. `counts` says how many clusters have
    the weights of a row, each one where it is None."""

    __slots__ = ("counts", "weights", "wrong")

    def __init__(self, weights: Array, wrong: Array, counts: Array | None = None) -> None:
        self.weights, self.wrong, self.counts = weights, wrong, counts

    @classmethod
    def of(cls, rows: Iterable[tuple[float, float]]) -> "Clusters":
        """The rows as arrays, unless they are so already."""
        if isinstance(rows, Clusters):
            return rows
        table = np.array(list(rows), dtype=np.float64).reshape(-1, 2)
        return cls(table[:, 0], table[:, 1])

    def __len__(self) -> int:
        return len(self.weights) if self.counts is None else int(self.counts.sum())

    @overload
    def __getitem__(self, at: int) -> tuple[float, float]: ...
    @overload
    def __getitem__(self, at: slice) -> list[tuple[float, float]]: ...
    def __getitem__(self, at: int | slice) -> tuple[float, float] | list[tuple[float, float]]:
        if isinstance(at, slice):
            return [self[number] for number in range(len(self))[at]]
        number = range(len(self))[at]
        row = number if self.counts is None else int(np.searchsorted(np.cumsum(self.counts), number, "right"))
        return float(self.weights[row]), float(self.wrong[row])

    def total(self, values: Array) -> float:
        """The sum over all clusters of a value for each row, rounded once."""
        if self.counts is None:
            return exact(values)
        # Either half times a count below 2^26 is exact.
        high = (np.ascontiguousarray(values).view(np.int64) & HALF).view(np.float64)
        return exact(np.concatenate((high * self.counts, (values - high) * self.counts)))
