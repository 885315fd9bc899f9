"""Tables made row by row without holding all rows as objects."""

from collections.abc import Iterable, Sequence
from itertools import islice

import pandas as pd

CHUNK = 50_000  # rows held as objects at once


def frame(rows: Iterable[tuple[object, ...]], columns: Sequence[str]) -> pd.DataFrame:
    """The rows as a table with these columns."""
    left, parts = iter(rows), []
    while part := list(islice(left, CHUNK)):
        parts.append(pd.DataFrame(part, columns=list(columns)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame([], columns=list(columns))
