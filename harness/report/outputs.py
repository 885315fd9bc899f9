"""Every file that a report consists of: made from the evidence, lying beside it, by name in the run folder."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from harness.evidence.folder import RunFolder
from harness.model import canonical
from harness.report import case_pages, check_pages, csv_tables, earl, html, junit, oscal, result, sarif
from harness.report.derive import Derived

PLACES = ("report", "formats")  # folders that hold nothing else
Make = Callable[[], Iterable[str]]


def outputs(folder: RunFolder, derived: Derived, sealed: bool) -> Iterator[tuple[str, Make]]:
    """Name and text of each, the text in pieces and made when it is asked for: same run, same bytes."""
    yield "result.json", lambda: [canonical.pretty(result.result(derived, sealed))]
    yield "junit.xml", lambda: [junit.junit(derived)]
    yield "formats/earl.jsonld", lambda: [earl.earl(derived)]
    yield "formats/oscal.json", lambda: [oscal.oscal(derived)]
    yield "formats/results.sarif", lambda: [sarif.sarif(derived)]
    yield "formats/verdicts.csv", lambda: csv_tables.verdicts(derived)
    yield "formats/rates.csv", lambda: csv_tables.rates(derived)
    yield "report.html", lambda: [html.report(folder, derived)]
    yield from case_pages.outputs(folder, derived)
    yield from check_pages.outputs(folder, derived)


def write(folder: RunFolder, derived: Derived) -> None:
    """Write decisions, tables and all outputs; what was there is replaced, each file whole."""
    result.write_derived(derived, folder.derived)
    names = set()
    for name, make in outputs(folder, derived, folder.seal_file.exists()):
        names.add(name)
        _replace(folder.path / name, make())
    for place in PLACES:
        for path in sorted((folder.path / place).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with suppress(OSError):
                    path.rmdir()  # it still holds something
            elif path.relative_to(folder.path).as_posix() not in names:
                path.unlink()


def _replace(path: Path, pieces: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    # A lone half of a character becomes the escape that JSON has for it.
    with part.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        file.writelines(pieces)
    part.replace(path)
