"""The formats that can be imported."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.corpus.importing import captures, lists, tables
from harness.corpus.importing.options import Options
from harness.corpus.importing.row import Row


@dataclass(frozen=True, slots=True)
class Format:
    """`crosswalk` is the one for its categories, "" for our own; formats whose rows name no category are not
    `labelled`."""

    read: Callable[[Path, Options], Iterator[Row]]
    crosswalk: str = ""
    labelled: bool = False


FORMATS = {
    "citizenlab": Format(tables.citizenlab, "citizenlab", labelled=True),
    "ut1": Format(lists.squidguard, "ut1", labelled=True),
    "squidguard": Format(lists.squidguard, "ut1", labelled=True),
    "csv": Format(tables.csv_file, labelled=True),
    "domains": Format(lists.domains),
    "hosts": Format(lists.hosts),
    "adblock": Format(lists.adblock),
    "har": Format(captures.har),
    "warc": Format(captures.warc),
    "wacz": Format(captures.wacz),
}
