"""How many of how many, with what they say of all: exact bounds (Clopper and Pearson, Biometrika 26(4), 1934)."""

from typing import Any

from scipy import special

ALPHA = 0.05
DIGITS = 6


def share(k: int, n: int) -> dict[str, Any]:
    """k of n, n above 0, and the bounds of the share at 95 % confidence."""
    low = 0.0 if k == 0 else float(special.betaincinv(k, n - k + 1, ALPHA / 2))
    high = 1.0 if k == n else float(special.betaincinv(k + 1, n - k, 1 - ALPHA / 2))
    return {"k": k, "n": n, "low": round(low, DIGITS), "high": round(high, DIGITS)}


def words(figure: dict[str, Any]) -> str:
    """For example "2 of 40 (0.6 % to 17 %)"."""
    return f"{figure['k']} of {figure['n']} ({100 * figure['low']:.2g} % to {100 * figure['high']:.2g} %)"
