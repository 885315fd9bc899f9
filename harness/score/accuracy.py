"""A confusion table in the measures other studies report; positive means "to be blocked"."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Shares from 0 to 1, `mcc` from -1 to 1. None where the denominator is 0: nothing blocked (`precision`), nothing
    to block (`recall`), nothing to allow (`fpr`), neither (`f1`), any of these or nothing let through (`mcc`)."""

    precision: float | None
    recall: float | None
    fpr: float | None
    f1: float | None
    mcc: float | None


def accuracy(tp: int, fn: int, fp: int, tn: int) -> Accuracy:
    """All of them. `f1` is 2 TP / (2 TP + FP + FN); `mcc` as Matthews, Biochimica et Biophysica Acta 405(2), 1975."""
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return Accuracy(
        precision=_share(tp, tp + fp),
        recall=_share(tp, tp + fn),
        fpr=_share(fp, fp + tn),
        f1=_share(2 * tp, 2 * tp + fp + fn),
        mcc=(tp * tn - fp * fn) / math.sqrt(margins) if margins else None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
