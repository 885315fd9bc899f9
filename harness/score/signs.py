"""The exact sign-flip test: would differences like these arise if either sign were as likely for each?"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate

from scipy import stats

EXACT = "exact sign-flip test"
MCNEMAR = "exact McNemar test"
APPROXIMATE = "sign-flip test by normal approximation with continuity correction (too many sums to count)"
MOST_SUMS = 300_000  # sums formed on the way before the approximation takes over, about a quarter of a second


def sign_flip(differences: Sequence[int]) -> tuple[float, str]:
    """The two-sided p-value for the sum of independent differences, one for each cluster, and the method's name.

    The distribution of the sum over all signs is counted by dynamic programming. With differences of -1, 0 and 1 it is
    McNemar's exact test (Psychometrika 12, 1947, with binomial probabilities); 1 when the sum is 0.
    """
    sizes = sorted(Counter(abs(item) for item in differences if item).items(), key=lambda item: (-item[1], item[0]))
    observed = abs(sum(differences))
    method = MCNEMAR if [size for size, _ in sizes] in ([], [1]) else EXACT
    if not observed:
        return 1.0, method
    # The most frequent size has binomial coefficients; the others are added one by one.
    (size, count), *others = sizes
    rows = accumulate(range(count), lambda ways, plus: ways * (count - plus) // (plus + 1), initial=1)
    sums = {size * (2 * plus - count): ways for plus, ways in enumerate(rows)}
    formed, flips = 0, count
    for other in (size for size, times in others for _ in range(times)):
        formed, flips = formed + len(sums), flips + 1
        if formed > MOST_SUMS:
            return _approximate(differences, observed), APPROXIMATE
        flipped: dict[int, int] = defaultdict(int)
        for total, ways in sums.items():
            flipped[total + other] += ways
            flipped[total - other] += ways
        sums = flipped
    # Python divides integers of any size with one rounding.
    return sum(ways for total, ways in sums.items() if abs(total) >= observed) / 2**flips, method


def whole(numbers: Sequence[float]) -> list[int]:
    """The numbers, as their decimals are written, times the least factor that makes all of them integers."""
    exact = {number: Fraction(str(number)) for number in set(numbers)}
    factor = math.lcm(*(number.denominator for number in exact.values()))
    integers = {number: int(value * factor) for number, value in exact.items()}
    return [integers[number] for number in numbers]


def _approximate(differences: Sequence[int], observed: int) -> float:
    """Sums lie two greatest common divisors apart, so that one of them is the correction."""
    spread = math.sqrt(sum(item * item for item in differences))
    return min(1.0, float(2 * stats.norm.sf((observed - math.gcd(*differences)) / spread)))
