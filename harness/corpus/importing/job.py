"""An import from end to end: read, label, sift, write."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.corpus.importing import address, folder, illegal
from harness.corpus.importing.formats import FORMATS
from harness.corpus.importing.labels import Label, Labels
from harness.corpus.importing.options import Options
from harness.corpus.importing.row import Reason, Row, shown
from harness.corpus.importing.sieve import Found, Reject, Sieve
from harness.corpus.importing.sources import DAMAGED
from harness.model.errors import UsageError
from harness.model.url import Url
from harness.model.words import Expectation
from harness.profile import crosswalk as crosswalks
from harness.profile.crosswalk import Crosswalk

SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Import:
    """What a tester asks for. `crosswalk` is a name or path, "" for the format's own; `given` maps categories of the
    source before it, and `fixed` labels rows that name none. `name` is what the corpus calls the source, "" for the
    format's name; `date` (ISO 8601) that of labels that have none."""

    format: str
    source: Path
    into: Path
    crosswalk: str = ""
    given: Mapping[str, Label] = field(default_factory=dict)
    fixed: Label | None = None
    name: str = ""
    date: str = ""
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Summary:
    """What was imported. Every row is a case or one of the rejects; rejected files (`Reason.NOT_READ`) are no rows.
    `unmapped` counts by the source's category and why it does not map."""

    rows: int
    cases: Mapping[tuple[Expectation, str], int]
    rejects: Mapping[Reason, int]
    unmapped: Mapping[tuple[str, str], int]
    ips: int
    idns: int


def carry_out(wanted: Import) -> Summary:
    """Make the corpus, or add to the one that is there: all of it or, with a UsageError, nothing."""
    kind = FORMATS[wanted.format]
    source = wanted.name or wanted.format
    if not SOURCE.fullmatch(source):
        raise UsageError(f"{source!r}: a source is named by letters, digits, '.', '_' and '-'")
    if wanted.date and not _is_date(wanted.date):
        raise UsageError(f"{wanted.date!r} is not a date, YYYY-MM-DD")
    if not kind.labelled and wanted.fixed is None:
        raise UsageError(
            f"rows of the format {wanted.format!r} name no category; give --label CATEGORY:block or :allow"
        )
    ref = wanted.crosswalk or kind.crosswalk
    crosswalk = crosswalks.load(ref) if ref else crosswalks.own()
    labels = Labels(crosswalk, wanted.given, wanted.fixed)
    place = folder.find(wanted.into.absolute())
    if place.folder.resolve().is_relative_to(wanted.source.resolve()):
        raise UsageError("lies in the source; make the corpus elsewhere", file=wanted.into)
    hosts = Counter[str]()
    with folder.beside(place.folder) as scratch:
        sieve = Sieve(scratch / "rows")
        for line, case, url in place.cases:
            sieve.keep(folder.CASES, line, url, Label(case.category, case.expectation))
        try:
            for row in kind.read(wanted.source.resolve(), wanted.options):
                _sift(row, sieve, labels, wanted)
        except DAMAGED as error:
            raise UsageError(f"damaged, or no such archive ({shown(str(error), 100)})", file=wanted.source) from None
        done = folder.write(place, scratch, _counted(sieve.decided(), hosts), source, wanted.date)
        (scratch / "rows").unlink()
        used = {category: labels.titles[category] for _, category in done.cases if category in labels.titles}
        _check(place, used, done)
        described = _described(wanted, crosswalk)
        folder.move(place, scratch, folder.manifest(place.folder, described, wanted.date or "1", used))
    rows = done.cases.total() + done.rejects.total() - done.rejects[Reason.NOT_READ]
    return Summary(rows, done.cases, done.rejects, done.unmapped, hosts["ip"], hosts["idn"])


def _sift(row: Row, sieve: Sieve, labels: Labels, wanted: Import) -> None:
    """Hand the row to the sieve. Raises UsageError for one of a list of illegal content."""
    label, url = labels.of(row), _url(row.text, wanted.options.scheme)
    found = url if isinstance(url, Url) else None
    category = label.category if isinstance(label, Label) else ""
    illegal.refuse(row, found, f"{wanted.name} {wanted.source.name}", category)
    if row.reason is not None:
        sieve.refuse(row, row.reason, row.detail)
    elif found is None:
        sieve.refuse(row, Reason.NO_URL, str(url))
    elif row.date and not _is_date(row.date):
        sieve.refuse(row, Reason.BROKEN, f"{shown(row.date, 60)!r} is not a date, YYYY-MM-DD")
    elif row.language and not LANGUAGE.fullmatch(row.language):
        sieve.refuse(row, Reason.BROKEN, f"{shown(row.language, 60)!r} is not a language, such as 'en'")
    elif isinstance(label, Label):
        sieve.add(row, found, label)
    else:
        sieve.refuse(row, *label)


def _url(text: str, scheme: str) -> Url | str:
    """What the text means as a URL, or why it is none."""
    try:
        return address.read(text, scheme)
    except ValueError as error:
        return shown(str(error), 200)


def _described(wanted: Import, crosswalk: Crosswalk) -> str:
    how = f"format {wanted.format}, crosswalk {crosswalk.name} {crosswalk.version}"
    licence = f" Licence of the list: {crosswalk.licence}." if crosswalk.licence else ""
    return f"Imported from {wanted.source.name} ({how}); {folder.REJECTS} lists what was left out.{licence}"


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _counted(rows: Iterator[Found | Reject], hosts: Counter[str]) -> Iterator[Found | Reject]:
    for row in rows:
        if isinstance(row, Found):
            hosts["ip"] += address.is_ip(row.host)
            hosts["idn"] += address.is_idn(row.host)
        yield row


def _check(place: folder.Place, used: Mapping[str, str], done: folder.Written) -> None:
    """Raise UsageError when no corpus would come of it."""
    if place.manifest is None and not done.cases:
        why = ", ".join(f"{count} {reason}" for reason, count in done.rejects.most_common()) or "it is empty"
        raise UsageError(f"no row of it can be a case ({why})", file=place.folder)
    if place.manifest and (missing := sorted(used.keys() - place.manifest.known_categories)):
        lines = "\n".join(f'{name} = "{used[name]}"' for name in missing)
        raise UsageError(f"does not declare what the rows are; add below [categories]\n{lines}", file=place.folder)
