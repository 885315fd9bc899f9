"""Recording a corpus: every page is visited on the real Internet, and all that came of it kept to be replayed."""

import asyncio
import csv
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import harness
from harness.browser.chromium import Chromium
from harness.browser.sight import Sight
from harness.corpus import recording, warc
from harness.corpus.cases import OPTIONAL, REQUIRED, table
from harness.corpus.importing import illegal
from harness.corpus.importing.row import Row as Entry
from harness.corpus.labels import ADJUDICATIONS, RATINGS
from harness.corpus.load import Corpus, load
from harness.evidence import scratch
from harness.internet.gateway import Names
from harness.internet.recorder import Recorder, Visit
from harness.model import url as urls
from harness.model.errors import UsageError
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, End, Expectation

QUIET_SECONDS = 1.0  # with nothing under way, after which a page is taken to be complete
MADE = f"software: pas-harness {harness.__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
NOBODY = "0" * 32  # a token that is in no page

Row = Mapping[str, str]  # of cases.csv, by column


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for: addresses, all of one category, or one corpus by name or folder; and the new corpus
    `into`. `trusted` is a file with the authorities that sites are believed by."""

    what: Sequence[str]
    into: Path
    category: str = ""
    live: bool = False
    jobs: int = 3
    seconds: float = 30.0
    quiet: float = QUIET_SECONDS
    trusted: Path | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one page: `why` it was not recorded, "" if it was; how many answers there are, and why others are
    missing."""

    case_id: str
    why: str
    answers: int
    lost: Sequence[str]


def record(request: Request, browser: Path, names: Names, created: str, note: Callable[[Taken], None]) -> int:
    """Write the new corpus with all pages that could be recorded, and return how many there are; `created` is the time.
    Raises UsageError, also when there are none; then nothing is written."""
    if not request.live:
        raise UsageError(
            "every page is visited on the real Internet, whose sites will see it; say --live if that is meant",
            key="--live",
        )
    if request.into.exists():
        raise UsageError("exists already; a recording makes a new corpus", file=request.into)
    source, rows = _rows(request)
    try:
        request.into.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{request.into.name}.", dir=request.into.parent))
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=request.into) from None
    try:
        part.chmod(0o755)
        (part / "fixtures").mkdir()
        taken = asyncio.run(_visits(request, rows, part, browser, names, created, note))
        if not taken:
            raise UsageError("not one of the pages could be recorded", file=request.into)
        _write(
            part, request.into.name, source, [taken[row["case_id"]] for row in rows if row["case_id"] in taken], created
        )
        load(str(part))  # as a run would
        part.rename(request.into)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return len(taken)


def _rows(request: Request) -> tuple[Corpus | None, list[Row]]:
    """The corpus that is recorded, if it is one, and the rows of the new one."""
    if not all(re.match("(?i)https?://", item) for item in request.what):
        if len(request.what) > 1 or request.category:
            raise UsageError("either addresses, or one corpus, whose cases have categories", key="WHAT")
        found = load(request.what[0])
        path, rows = found.folder / "cases.csv", list[Row]()
        for line, row in table(path, REQUIRED, OPTIONAL):
            entry = Entry(str(path), line, row["url"], row["category"], heading=found.manifest.title)
            illegal.refuse(entry, urls.parse(row["url"]), found.manifest.name, row["source"])
            rows.append(row)
        return found, rows
    known = (*BLOCK_CATEGORIES, *INNOCUOUS_CATEGORIES)
    if request.category not in known:
        raise UsageError(f"addresses need one of {', '.join(known)}", key="--category")
    expectation = Expectation.BLOCK if request.category in BLOCK_CATEGORIES else Expectation.ALLOW
    rows, seen = [], set[str]()
    for number, url in enumerate(request.what, 1):
        try:
            parsed = urls.parse(url)
        except ValueError as error:
            raise UsageError(str(error), key="WHAT") from None
        if parsed.href in seen:
            raise UsageError(f"{url!r} is there twice", key="WHAT")
        seen.add(parsed.href)
        case_id = f"{re.sub('[^a-z0-9.-]', '-', parsed.hostname).strip('-')}-{number}"
        rows.append({"case_id": case_id, "url": url, "category": request.category, "expectation": str(expectation)})
    return None, rows


async def _visits(
    request: Request,
    rows: Sequence[Row],
    part: Path,
    browser: Path,
    names: Names,
    created: str,
    note: Callable[[Taken], None],
) -> dict[str, Row]:
    """The rows of the pages that were recorded, by case id, with their fixture."""
    taken: dict[str, Row] = {}
    work = scratch.make("record")
    recorder = Recorder(work, names, min(request.jobs, len(rows)), request.trusted)
    queue = enumerate(rows, 1)

    async def lane(chromium: Chromium, port: int) -> None:
        for number, row in queue:
            name = f"fixtures/{number:05}-{re.sub('[^A-Za-z0-9.-]', '_', row['case_id'])[:80]}.warc.gz"
            with (part / name).open("wb") as file:
                warc.write(file, "warcinfo", {"WARC-Date": created, "Content-Type": "application/warc-fields"}, MADE)
                visit = recorder.begin(port, file)
                tab = await chromium.tab(f"http://127.0.0.1:{port}")
                sight = await tab.visit(row["url"], NOBODY, request.seconds)
                await recorder.end(port, request.quiet, request.seconds)
                await tab.close()
            why = _wrong(row["url"], sight, visit, part / name)
            if why:
                (part / name).unlink()
            else:
                taken[row["case_id"]] = {**row, "fixture": name}
            note(Taken(row["case_id"], why, visit.written, visit.lost))

    try:
        await recorder.start()
        chromium = Chromium(browser, [recorder.ca_spki()])
        try:
            await chromium.start()
            async with asyncio.TaskGroup() as group:
                for port in recorder.ports:
                    group.create_task(lane(chromium, port))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            await chromium.stop()
    finally:
        await recorder.stop()
        scratch.remove(work)
    return taken


def _wrong(url: str, sight: Sight, visit: Visit, path: Path) -> str:
    """Why the page is not one to keep, "" if it is."""
    if sight.end not in (End.PAGE, End.DOWNLOAD):
        return " ".join(filter(None, (sight.end, sight.error, sight.fault)))
    if sight.status >= 400:
        return f"status {sight.status}" + (f" ({visit.lost[0]})" if visit.lost else "")
    if sight.challenge:
        return "asks to prove that one is human"
    try:
        whole = recording.opened(path).find("GET", urls.parse(url))
    except ValueError as error:
        return str(error)
    return "" if whole else f"its answer is missing ({'; '.join(visit.lost[:1])})"


def _write(part: Path, name: str, source: Corpus | None, rows: Sequence[Row], created: str) -> None:
    """Manifest and tables of the new corpus, with what the old one says of the cases."""
    manifest = source.manifest if source else None
    said = {
        "name": name,
        "title": f"{manifest.title or manifest.name}, recorded" if manifest else "Recorded pages",
        "version": created[:10],
        "description": f"Recorded by pas-harness {harness.__version__} at {created}.",
        "licence": manifest.licence if manifest else "",
    }
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in said.items() if value]
    if manifest and manifest.categories:
        lines += ["[categories]\n", *(f"{key} = {json.dumps(value)}\n" for key, value in manifest.categories.items())]
    (part / "corpus.toml").write_text("".join(lines), "utf-8")
    _write_table(part / "cases.csv", rows)
    kept = {row["case_id"] for row in rows}
    for other in (RATINGS, ADJUDICATIONS):
        if source and (path := source.folder / other).exists():
            _write_table(part / other, [row for _, row in table(path, ("case_id",), ()) if row["case_id"] in kept])


def _write_table(path: Path, rows: Sequence[Row]) -> None:
    columns = [*dict.fromkeys(name for row in rows for name, value in row.items() if value or name in REQUIRED)]
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, columns, extrasaction="ignore")
        written.writeheader()
        written.writerows(rows)
