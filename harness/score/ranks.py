"""Ranks that say what is known: a place is a range wherever tests cannot tell two apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harness.score import holm

METHOD = (
    "Ranks follow from paired tests of every pair, adjusted jointly over all pairs and both rates by Holm's method: a"
    " place is at least one more than those shown better, and at most the number of all less those shown worse. The"
    " chance that any of them is wrong anywhere in the table is at most one less the confidence"
    " (Mogstad, Romano, Shaikh and Wilhelm, Review of Economic Studies 91(1), 2024; Holm, Scandinavian Journal of"
    " Statistics 6(2), 1979)."
)


@dataclass(frozen=True, slots=True)
class Rank:
    """A place between `best` and `worst`, 1 for the least wrong."""

    best: int
    worst: int

    @property
    def certain(self) -> bool:
        return self.best == self.worst


def adjusted(p_values: Sequence[float]) -> list[float]:
    """Two-sided p-values, adjusted for calling each difference by its direction.

    Holm's procedure runs over both one-sided hypotheses of each; the one that the difference speaks for has half the
    two-sided value, and the other comes last, whatever it is. So a wrong direction counts as an error too."""
    return list(holm.adjusted([*(p / 2 for p in p_values), *[1.0] * len(p_values)])[: len(p_values)])


def ranks(numbers: Iterable[int], better: Iterable[tuple[int, int]]) -> dict[int, Rank]:
    """The rank of each number, from the pairs of which the first is shown better than the second."""
    all_numbers, shown = list(numbers), set(better)
    return {
        number: Rank(
            best=1 + sum(other == number for _, other in shown),
            worst=len(all_numbers) - sum(one == number for one, _ in shown),
        )
        for number in all_numbers
    }
