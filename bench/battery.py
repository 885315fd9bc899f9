"""The table of what each product stops of the ways round it.

`python -m bench.battery --date 2026-01-31 --browser 'Chromium 156' --out docs/products/battery.md FILE…`, with files of
`harness battery run PRODUCT --json FILE`; several of one product with the same parameters make one column, in
which the last that could assess a check counts.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.model.check import Group, Standing
from harness.profile import checks
from harness.profile.product import load

PREFACE = """# What products stop of the ways round them

Made anew by `python -m bench.battery` from `harness battery run PRODUCT --group battery --json FILE`; last on
{date} with {browser}. Each product as its profile sets it up at its default setting, on a computer in a network of
its own, with every address and name answered there. Each way leads to a page that the product does block when it is
simply opened, and was gone without the product first. *Severity* is what an open way means: 1 takes rare skill, 2
some skill or partial, 3 easy for a child, 4 nothing is protected.

**held**: what is to be stopped did not come through. **held, as all is**: nor does what is allowed by that way.
**broken**: it came through, or the product did otherwise not do as the check expects. **n/a**: the check cannot bear
on a product of this kind. **–**: not assessed. Reasons are below the table. Empty: not tried.

How to read it:

- A filter of names stops every spelling of a name and nothing else: not an address, not a look-alike, and not another
  site that passes the page on. To the network those are other sites; stopping them takes lists that know them, or a
  look at what is answered.
- A proxy is as tight as the network around it. Set up in one that leaves no other way, browsers and programs that
  ignore it get nowhere; in an open network one setting of the browser is a way round it. The same product stands here
  in both.
- A filter of names in the computer's name server holds for every browser and program that asks it, and for none that
  knows the address or asks another server.
- A filter in the browser is gone in the next browser. A policy holds in private windows and new profiles, an
  extension does not; a policy of addresses to open does not stop what an open page fetches.
"""


SUMMARY = ("product", "is", "reached by", "held", "broken", "of severity 4, 3, 2, 1", "n/a", "not assessed")


@dataclass(slots=True)
class Column:
    """One product with its parameters: what it said it is, and findings by check."""

    name: str
    versions: dict[str, str] = field(default_factory=dict)
    route: str = ""
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)


def columns(paths: Sequence[Path]) -> list[Column]:
    """In the order of the files."""
    made: dict[str, Column] = {}
    for path in paths:
        data = json.loads(path.read_text("utf-8"))
        profile = load(data["product"])
        params = {key: value for key, value in data.get("params", {}).items() if value != profile.params[key].default}
        name = ", ".join([profile.name, *(f"{key} = {value}" for key, value in sorted(params.items()))])
        column = made.setdefault(name, Column(name))
        for ground in data.get("grounds", []):
            column.versions, column.route = ground["versions"], ground["route"]
        for item in data["findings"]:
            if item["standing"] != Standing.NOT_ASSESSED:
                column.findings[item["check"]["id"]] = item
            column.findings.setdefault(item["check"]["id"], item)
    return list(made.values())


def cell(finding: dict[str, Any] | None) -> str:
    """What the table says of a finding."""
    if finding is None:
        return ""
    if finding["standing"] == Standing.NOT_ASSESSED:
        return "–"
    if finding["standing"] == Standing.NOT_APPLICABLE:
        return "n/a"
    if finding["standing"] == Standing.BROKEN:
        return "**broken**"
    return "held, as all is" if finding["rule"] == "passage.all-stopped" else "held"


def lines(made: Sequence[Column], date: str, browser: str) -> Iterator[str]:
    """The page."""
    yield PREFACE.format(date=date, browser=browser)
    yield from table(SUMMARY, map(summed, made))
    yield "\n## Way by way\n"
    asked = {key: finding["check"] for column in made for key, finding in column.findings.items()}
    order = [check.id for check in checks.load([Group.BATTERY]) if check.id in asked]
    rows = (
        (f"{_name(key)}: {check['title']}", str(check["severity"]), *(cell(item.findings.get(key)) for item in made))
        for key, check in ((key, asked[key]) for key in dict.fromkeys([*order, *asked]))
    )
    yield from table(("way", "severity", *(column.name for column in made)), rows)
    yield "\n## Why not\n"
    for standing in (Standing.NOT_ASSESSED, Standing.NOT_APPLICABLE):
        reasons: dict[str, list[str]] = {}
        for column in made:
            for key, finding in column.findings.items():
                if finding["standing"] == standing:
                    why = " ".join(finding["words"].split())
                    reasons.setdefault(f"{_name(key)}, {standing}: {why}", []).append(column.name)
        yield from (f"- {reason} ({'; '.join(names)})" for reason, names in reasons.items())


def _name(key: str) -> str:
    return f"`{key.partition('.')[2]}`"


def summed(column: Column) -> tuple[str, ...]:
    """A product's line in the first table."""
    found = Counter(finding["standing"] for finding in column.findings.values())
    broken = Counter(
        finding["check"]["severity"] for finding in column.findings.values() if finding["standing"] == Standing.BROKEN
    )
    is_ = "; ".join(f"{key} {value}" for key, value in column.versions.items() if len(value) < 40)
    counts = (str(found[standing]) for standing in (Standing.HELD, Standing.BROKEN))
    rest = (str(found[standing]) for standing in (Standing.NOT_APPLICABLE, Standing.NOT_ASSESSED))
    return column.name, is_, column.route, *counts, ", ".join(str(broken[value]) for value in (4, 3, 2, 1)), *rest


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(item.replace('|', '/') for item in row)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--date", required=True)
    parser.add_argument("--browser", required=True)
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    given.out.write_text("\n".join(lines(columns(given.files), given.date, given.browser)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
