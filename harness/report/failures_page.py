"""What a vendor has to act on, as `failures.html`, `failures.json` and `failures.csv`."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.evidence import disk
from harness.model import canonical
from harness.model.errors import UsageError
from harness.model.spec import Spec
from harness.model.words import Outcome
from harness.report import causes, pages, plain, result
from harness.report.causes import Group
from harness.report.compare import Flip
from harness.report.course import Pairs
from harness.report.failures import Failures, State
from harness.report.features import METHOD, Kind, Tried
from harness.report.neutral import cell, prose
from harness.report.reproduce import command
from harness.score.paired import Paired
from harness.score.rates import OVERALL

SCHEMA = "pas-harness/failures/1"
HTML, JSON, CSV = "failures.html", "failures.json", "failures.csv"
GROUPS, EXAMPLES, FLIPS, TRIED = 60, 3, 100, 40  # shown on the page; the other files have all
COLUMNS = (
    *("case_id", "setting", "category", "expectation", "url", "language", "outcome", "verdict", "rule_id"),
    *("mechanism", "cause", "cause_key", "since_baseline", "command"),
)
WHERE = {
    causes.EVERYTHING: "whatever they are",
    causes.CONTENT: "for what the page says",
    causes.HOST: "on the host {}",
    causes.PATH: "on hosts whose other pages are handled rightly",
    causes.ADDRESS: "for their address",
    causes.NONE: "with no common cause found",
    Kind.HTTPS: "over https",
    Kind.SHAPE: "with an address of the shape “{}”",
    Kind.LANGUAGE: "in the language {}",
    Kind.LOOKALIKE: "close to the topic {}",
    Kind.CATEGORY: "in the category {}",
}
HEADLINE = {
    State.WORSE: "Some cases got worse",
    State.NOT_WORSE: "Nothing worse than the baseline",
    State.UNCLEAR: "Not clear whether anything got worse",
    State.ALONE: "No baseline to compare with",
    State.VOID: "Void: says nothing about the product",
}
TONE = {State.WORSE: "fail", State.UNCLEAR: "inconclusive", State.VOID: "void"}


@dataclass(frozen=True, slots=True)
class Example:
    """One case of a group; `since` is what became of it since the baseline, "" where nothing is known."""

    case_id: str
    url: str
    category: str
    rule: str
    since: str
    command: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One group, with how many of its cases were right in the baseline."""

    told: str
    new: int
    group: Group
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows; `limits` are what the product's profile says it cannot do as it was set, `rates` overall
    ones and those of categories where a case changed. `left` are how many groups, flips to the worse and to the better
    it leaves out."""

    title: str
    tone: str
    headline: str
    why: tuple[str, ...]
    draft: bool
    void: bool
    facts: Pairs
    warnings: tuple[str, ...]
    limits: tuple[str, ...]
    rates: tuple[tuple[str, Paired], ...]
    worse: tuple[Flip, ...]
    better: tuple[Flip, ...]
    groups: tuple[Shown, ...]
    tried: tuple[Tried, ...]
    left: tuple[int, int, int]
    method: str


def write(found: Failures, folder: Path) -> None:
    """Write all three into a new folder, an empty one, or one that holds nothing else. Raises UsageError otherwise."""
    if any((place / "spec.json").is_file() for place in (folder, *folder.absolute().parents)):
        raise UsageError(
            "lies in a run folder, which holds nothing but its own; name another", file=folder, key="--out"
        )
    texts = {HTML: html(found), JSON: canonical.pretty(as_json(found)), CSV: table(found)}
    try:
        if folder.exists() and any(path.name not in texts for path in folder.iterdir()):
            raise UsageError("the folder holds other files; name another", file=folder, key="--out")
        disk.make_folder(folder)
        for name, text in texts.items():
            disk.write(folder / name, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", file=folder, key="--out") from None


def html(found: Failures) -> str:
    """The page, one file that needs nothing else and runs nothing."""
    return pages.render("failures.html.j2", "failures.css", page=page(found))


def page(found: Failures) -> Page:
    """What the page says, as plain values."""
    derived, groups = found.derived, found.groups
    product, spec = result.product(derived), derived.spec
    compared = found.found
    facts = [
        ("Run", found.name),
        ("Decision of the run", plain.HEADLINE[derived.decision]),
        ("Corpus", f"{spec.corpus['title']}, version {spec.corpus['version']}"),
        ("Settings", ", ".join(spec.settings)),
        ("Planned", plain.when(spec.created)),
    ]
    if compared:
        baseline = compared.runs[0].identity
        said = baseline["product"]
        facts.append(("Baseline", f"{compared.runs[0].name}: {said['title']} {said['version']}"))
    return Page(
        title=f"{product['title']} {product['version']}".strip(),
        tone=TONE.get(found.state, "none"),
        headline=HEADLINE[found.state],
        why=found.why,
        draft=not found.sealed,
        void=found.state is State.VOID,
        facts=facts,
        warnings=compared.warnings if compared else (),
        limits=tuple(limits(spec)),
        rates=tuple(
            (lineup.settings[1], item)
            for lineup in (compared.lineups if compared else ())
            for item in lineup.against[0].rates
            if item.category == OVERALL or item.only_baseline_wrong or item.only_other_wrong
        ),
        worse=found.worse[:FLIPS],
        better=found.better[:FLIPS],
        groups=tuple(Shown(told(group), new, group, tuple(examples(found, group))) for group, new in groups[:GROUPS]),
        tried=tuple(item for item in found.causes.tried if item.p_adjusted < 1)[:TRIED],
        left=(
            max(0, len(groups) - GROUPS),
            max(0, len(found.worse) - FLIPS),
            max(0, len(found.better) - FLIPS),
        ),
        method=METHOD,
    )


def examples(found: Failures, group: Group) -> list[Example]:
    """A few cases, those that got worse first, then of as many sites as there are."""
    since = _since(found)
    seen: set[str] = set()
    ranked = []
    for item in group.cases:
        site = item.case.cluster or item.case.case_id
        ranked.append((since.get((item.case.case_id, item.setting)) != "worse", site in seen, item))
        seen.add(site)
    picked = [item for _, _, item in sorted(ranked, key=lambda entry: entry[:2])[:EXAMPLES]]
    titles = found.derived.spec.corpus["categories"]
    return [
        Example(
            case_id=item.case.case_id,
            url=item.case.url,
            category=str(titles.get(item.case.category, item.case.category)),
            rule=plain.rule(item.judgement.rule_id),
            since=since.get((item.case.case_id, item.setting), ""),
            command=command(found.derived, item),
        )
        for item in picked
    ]


def limits(spec: Spec) -> Iterator[str]:
    """What the profile says of the parameters and of a setting that were tested."""
    for item in spec.product.get("limit", ()):
        when = dict(item["when"])
        settings = when.pop("setting", spec.settings)
        if all(spec.params.get(key) in values for key, values in when.items()) and {*settings} & {*spec.settings}:
            yield prose(item["text"])


def _since(found: Failures) -> dict[tuple[str, str], str]:
    flips = (*found.worse, *found.better, *found.different)
    return {(flip.after.case_id, flip.after.setting): flip.change for flip in flips}


def told(group: Group) -> str:
    """The group in a sentence of plain words."""
    n = len(group.cases)
    pages, were = (f"{n:,} page", "was") if n == 1 else (f"{n:,} pages", "were")
    if group.outcome is Outcome.UNSCORED:
        return f"{pages} could not be scored: {group.cause.told}"
    should = "block" if group.outcome is Outcome.UNDER_BLOCKED else "allow"
    how = f" ({group.mechanism})" if group.mechanism else ""
    return f"{pages} to {should} {were} {group.outcome}{how}, {WHERE[group.cause.kind].format(group.cause.key)}"


def as_json(found: Failures) -> dict[str, Any]:
    """Everything as JSON values; schema in `SCHEMA`."""
    derived, compared = found.derived, found.found
    since = _since(found)
    return {
        "schema": SCHEMA,
        "run": {
            "name": found.name,
            "sealed": found.sealed,
            "journal_head": derived.head,
            "decision": derived.decision,
            "product": result.product(derived),
        },
        "baseline": compared.runs[0].identity if compared else None,
        "state": found.state,
        "why": list(found.why),
        "warnings": list(compared.warnings) if compared else [],
        "comparisons": canonical.plain(compared.lineups) if compared else [],
        "groups": [
            {
                "told": told(group),
                "setting": group.setting,
                "outcome": group.outcome,
                "mechanism": group.mechanism,
                "cause": canonical.plain(group.cause),
                "worse": new,
                "cases": [
                    {
                        "case_id": item.case.case_id,
                        "url": item.case.url,
                        "rule_id": item.judgement.rule_id,
                        "since_baseline": since.get((item.case.case_id, item.setting), ""),
                        "command": command(derived, item),
                    }
                    for item in group.cases
                ],
            }
            for group, new in found.groups
        ],
        "limits": list(limits(derived.spec)),
        "tried": canonical.plain(found.causes.tried),
        "method": METHOD,
    }


def table(found: Failures) -> str:
    """One row a case, group after group. No cell is a formula, and what cannot be seen is spelt out."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    since = _since(found)
    for group, _ in found.groups:
        for item in group.cases:
            case, said = item.case, item.judgement
            cells = (
                *(case.case_id, item.setting, case.category, case.expectation, case.url, case.language, item.outcome),
                *(said.verdict, said.rule_id, said.mechanism, group.cause.kind, group.cause.key),
                *(since.get((case.case_id, item.setting), ""), command(found.derived, item)),
            )
            rows.writerow([cell(value) for value in cells])
    return text.getvalue()
