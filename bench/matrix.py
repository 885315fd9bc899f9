"""Every installed product on the same corpus of known answers: `python -m bench.matrix [--cases 200] [--products …]`.

Block lists and URLs around them are made up on reserved names; what a product with those lists has to block is known
without it. A product is judged by what it can see: whole URLs, unless its profile declares a limit. Exit code 1 when an
answer is not as known, or a product leaves something behind.
"""

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from bench.known import Known, known
from harness.browser.find import find
from harness.cli.actions import versions
from harness.model import canonical
from harness.model.errors import HarnessError
from harness.model.words import Verdict
from harness.profile import shipped
from harness.profile.product import Product, load
from harness.report.derive import Derived, derive
from harness.run.carry import carry_on
from harness.run.finding import Grade
from harness.run.lifecycle import left
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup
from harness.run.traces import Traces

CRITERIA = "pas74-kitemark"
UNREPLAYED = ("live", "remote")  # kinds that need more than this machine


@dataclass(frozen=True, slots=True)
class Way:
    """A product with parameters."""

    product: str
    params: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return " ".join((self.product, *(f"{key}={value}" for key, value in self.params.items())))


@dataclass(slots=True)
class Row:
    """What came of one way; `version` is the product's word. `wrong` are the cases not answered as known, `declared`
    counts those that its declared limits explain; `mechanisms` count blocked cases by scheme."""

    name: str
    version: str = ""
    why: str = ""  # there is no result
    cases: int = 0
    wrong: list[str] = field(default_factory=list)
    declared: int = 0
    mechanisms: dict[str, dict[str, int]] = field(default_factory=dict)
    cases_per_second: float = 0.0
    start_seconds: float = 0.0
    leftovers: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.why or self.wrong)


class Watch:
    """The progress of a run as times: when its setting began, and when each case was done."""

    def __init__(self) -> None:
        self.began = 0.0
        self.times: list[float] = []

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = {}) -> None:
        self.began = time.monotonic()

    def case(self, verdict: Verdict | None = None) -> None:
        self.times.append(time.monotonic())

    def fault(self, text: str) -> None: ...

    def note(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr)


def ways(names: Sequence[str]) -> list[Way]:
    """The products named (`NAME` or `NAME:KEY=VALUE,…`), or all that are installed and take lists; each in every way it
    treats https."""
    if names:
        given = [name.partition(":") for name in names]
        return [Way(name, dict(item.split("=", 1) for item in rest.split(",") if item)) for name, _, rest in given]
    found = []
    for name in shipped.names(shipped.PRODUCTS, "profile.toml"):
        profile = load(name)
        labelled = profile.kind == "direct" or name == "zoo-perfect"
        takes_lists = profile.kind != "zoo" and any(item.kind == "blocklists" for item in profile.params.values())
        if profile.kind not in UNREPLAYED and (labelled or takes_lists):
            choices = profile.params["https"].choices if "https" in profile.params else ()
            found += [Way(name, {"https": choice}) for choice in choices] or [Way(name)]
    return found


def blocks(answers: Known, profile: Product, params: dict[str, str], url: str) -> bool:
    """Whether the product with these lists has to block the URL, going by the limits that its profile declares. The
    parameters are checked ones."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    elsewhere = parts.port not in (None, 443 if secure else 80)
    touched = {
        "https": secure,
        "ports": elsewhere,
        "addresses": re.fullmatch(r"[\d.]+", parts.hostname or "") is not None,
        "paths": True,
        "paths-on-https": secure,
        "ports-on-https": secure and elsewhere,
    }
    limits = {what for what in profile.limits(params, profile.settings.default) if touched[what]}
    unseen = profile.kind == "direct" or not limits.isdisjoint(("https", "ports", "addresses"))
    return not unseen and answers.blocks(url, paths=not limits)


def judged(row: Row, profile: Product, params: dict[str, str], answers: Known, derived: Derived) -> None:
    """Compare every verdict with the known answer."""
    row.cases = len(derived.scored)
    if derived.voids:
        row.why = derived.voids[0]
        return
    found: dict[str, Counter[str]] = {"http": Counter(), "https": Counter()}
    for item in derived.scored:
        url = item.case.url
        expected = blocks(answers, profile, params, url)
        row.declared += expected is not answers.blocks(url)
        verdict = item.judgement.verdict
        if verdict is Verdict.BLOCKED:
            found[urlsplit(url).scheme][item.judgement.mechanism] += 1
        if verdict is not (Verdict.BLOCKED if expected else Verdict.ALLOWED):
            wanted = "to be blocked" if expected else "not to be blocked"
            row.wrong.append(f"{item.case.case_id}: {wanted}, but {verdict} ({item.judgement.rule_id})")
    row.mechanisms = {scheme: dict(counts.most_common()) for scheme, counts in found.items() if counts}


def measured(way: Way, answers: Known, inputs: Path, executable: Path, jobs: int) -> Row:
    """The row of one way; a whole run, with both arms, canaries and journal."""
    row, profile = Row(way.name), load(way.product)
    if missing := profile.missing_programs():
        row.why = f"not installed: {', '.join(missing)}"
        return row
    given = dict(way.params)
    given |= {key: str(inputs / "lists") for key, item in profile.params.items() if item.kind == "blocklists"}
    with tempfile.TemporaryDirectory() as work:
        traces, watch = Traces(Path(work)), Watch()
        try:
            asked = Request(way.product, str(inputs / "corpus"), CRITERIA, params=given, jobs=jobs)
            folder = plan(asked, Path(work) / "run", "bench")
            spec = folder.spec()
            setup = Setup(
                folder, spec, *reopen(spec), executable, "bench", lambda: str(time.monotonic()), watch, versions()
            )
            with traces.marking():
                asyncio.run(carry_on(setup))
            judged(row, profile, spec.params, answers, derive(folder))
            before = next((item for item in folder.reader() if item.kind == "identity"), None)
            row.version = before.data["product"].get("version", "") if before else ""
            if before and len(watch.times) > 1:
                row.start_seconds = round(float(before.at) - watch.began, 2)
                row.cases_per_second = round((len(watch.times) - 1) / (watch.times[-1] - watch.times[0]), 1)
        except HarnessError as error:
            row.why = str(error)
        found = asyncio.run(left(traces, profile, 0))
        row.leftovers = [item.text for item in found if item.grade is not Grade.OK]
    return row


def shown(rows: Sequence[Row]) -> Table:
    """The matrix."""
    table = Table(
        "product", "version", "known answer", "mechanism seen", "cases/s", "start, s", "left behind", box=None
    )
    for row in rows:
        declared = f", {row.declared} by declared limits" if row.declared else ""
        answer = f"holds ({row.cases}{declared})" if row.holds else row.why or f"{len(row.wrong)} of {row.cases} wrong"
        seen = "; ".join(
            f"{scheme}: {', '.join(f'{name} {count}' for name, count in counts.items())}"
            for scheme, counts in row.mechanisms.items()
        )
        speed = (f"{row.cases_per_second:.1f}", f"{row.start_seconds:.1f}") if row.cases else ("", "")
        table.add_row(
            row.name, row.version, answer, seen, *speed, str(len(row.leftovers)) if row.leftovers else "nothing"
        )
    return table


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--products", nargs="*", default=[], metavar="NAME[:KEY=VALUE,…]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--browser")
    parser.add_argument("--out", type=Path, default=Path("matrix.json"), help="the same as JSON")
    given = parser.parse_args()
    answers, executable = known(given.cases, given.seed), find(given.browser)
    rows = []
    with tempfile.TemporaryDirectory() as inputs:
        answers.write(Path(inputs))
        for way in ways(given.products):
            print(way.name, file=sys.stderr)
            rows.append(measured(way, answers, Path(inputs), executable, given.jobs))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(f"{given.cases} cases, {given.jobs} at once, {os.cpu_count()} processors, {executable.name}\n")
    console.print(shown(rows))
    for row in rows:
        for text in (*row.wrong[:10], *row.leftovers):
            console.print(f"{row.name}: {text}", highlight=False)
    said = {"cases": given.cases, "seed": given.seed, "rows": [canonical.plain(row) for row in rows]}
    given.out.write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f"{given.out} holds the same as JSON", file=sys.stderr)
    sys.exit(any(row.wrong or row.leftovers or (row.why and "not installed" not in row.why) for row in rows))


if __name__ == "__main__":
    main()
