"""Several tests at once, with the chance of any false rejection kept at the level of one."""

from collections.abc import Sequence
from itertools import accumulate


def adjusted(p_values: Sequence[float]) -> tuple[float, ...]:
    """Each p-value adjusted by Holm's step-down procedure, in the order given.

    Rejecting where it is at most alpha keeps the family-wise error rate at alpha, however the tests depend on each
    other. Source: Holm, Scandinavian Journal of Statistics 6(2), 1979.
    """
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    steps = (min(1.0, (len(order) - rank) * p_values[index]) for rank, index in enumerate(order))
    found = dict(zip(order, accumulate(steps, max), strict=True))
    return tuple(found[index] for index in range(len(p_values)))
