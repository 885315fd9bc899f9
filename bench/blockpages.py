"""How well live blocks are recognised: `python -m bench.blockpages [--captured DIR] [--ordinary DIR …] …`.

Every page is judged alone and beside a control: for a block or a fault that is an ordinary page, for an ordinary page
itself with a tenth of its lines changed. Nothing but its bytes is known, no status and no address; the shipped
fingerprints are tried last. A source is a language of a set of templates, or whoever made a page. The words were mended
on the sources marked "tuned" alone. True positives are of the pages decided and
of all, false positives of all. Bounds are two-sided 95 %, Clopper-Pearson, of pages and, wider, of sources that share
one fate.
"""

import argparse
import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from bench import pagesets
from bench.pagesets import Sample
from harness.classify.live import Finding, decide
from harness.classify.pair import Look, look, pair
from harness.classify.patterns import Known
from harness.model.observation import Observation
from harness.model.words import Arm, Design, End, Interval, Verdict
from harness.profile import fingerprints
from harness.score import intervals

ALPHA = 0.025
URL = "http://case.example/"
CHANGED = 0.1
MODES = ("alone", "beside a control", "beside a control, with fingerprints")


def seen(document: str, arm: Arm = Arm.TEST) -> Look:
    """A visit of which only the document is known."""
    return look(Observation("bench", "bench", arm, "", 1, End.PAGE, URL, final_url=URL, chain=(URL,)), document)


def changed(document: str, draw: random.Random) -> str:
    """Another visit to that page: a tenth of its lines stand elsewhere, as news and advertisements do."""
    lines = document.splitlines()
    picked = draw.sample(range(len(lines)), round(CHANGED * len(lines)))
    for place, line in zip(picked, [lines[place] for place in reversed(picked)], strict=True):
        lines[place] = line[::-1] if "<" not in line else line
    return "\n".join(lines)


def judged(samples: Sequence[Sample], mode: str, known: Sequence[Known], seed: int) -> list[Finding]:
    """What is made of each page in that mode."""
    draw = random.Random(seed)
    ordinary = [item.document for item in samples if item.kind == "ordinary"]
    found = []
    for item in track(samples, mode, console=Console(stderr=True), transient=True):
        control = None
        if mode != "alone":
            other = changed(item.document, draw) if item.kind == "ordinary" else draw.choice(ordinary)
            control = seen(other, Arm.CONTROL)
        found.append(decide(pair(seen(item.document), control, known if "fingerprints" in mode else ())))
    return found


def rate(pairs: Sequence[tuple[Sample, Finding]]) -> str:
    """How many are called blocked, with both bounds."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for item, finding in pairs:
        groups[f"{item.group}/{item.source}"].append(finding.verdict is Verdict.BLOCKED)
    sample = intervals.Sample(
        sum(map(sum, groups.values())), len(pairs), tuple((len(hits), sum(hits)) for hits in groups.values())
    )
    if sample.estimate is None:
        return "none"
    bounds = [
        "{:.2%} to {:.2%}".format(*intervals.bounds(sample, Interval.CLOPPER_PEARSON, design, ALPHA))
        for design in (Design.INDEPENDENT, Design.CLUSTERS)
    ]
    return f"{sample.k} of {sample.n}, {sample.estimate:.2%} ({bounds[0]}; by source {bounds[1]})"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--captured", type=Path, help="folder of captured block pages")
    parser.add_argument("--squid", type=Path, default=Path("/usr/share/squid-langpack"))
    parser.add_argument("--e2guardian", type=Path, default=Path("/usr/share/e2guardian/languages"))
    parser.add_argument("--privoxy", type=Path, default=Path("/etc/privoxy/templates"))
    parser.add_argument("--apache", type=Path, default=Path("/usr/share/apache2/error"))
    parser.add_argument("--tuned", type=Path, nargs="*", default=[], help="folders of ordinary pages, looked at")
    parser.add_argument("--ordinary", type=Path, nargs="*", default=[], help="folders of ordinary pages, not looked at")
    parser.add_argument("--most", type=int, default=800, help="pages of a folder of ordinary ones")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="name every page that went wrong or is kept")
    given = parser.parse_args()

    draw = random.Random(given.seed)
    samples = [
        *(pagesets.captured(given.captured) if given.captured else ()),
        *pagesets.squid(given.squid),
        *pagesets.e2guardian(given.e2guardian),
        *pagesets.privoxy(given.privoxy),
        *pagesets.apache(given.apache),
        *(item for folder in given.tuned for item in pagesets.ordinary(folder, True, given.most, draw)),
        *(item for folder in given.ordinary for item in pagesets.ordinary(folder, False, given.most, draw)),
    ]
    known = fingerprints.load("open-source")
    for mode in MODES:
        pairs = list(zip(samples, judged(samples, mode, known, given.seed), strict=True))
        table(mode, pairs)
        if given.list:
            for item, finding in pairs:
                wrong = (finding.verdict is Verdict.BLOCKED) is not (item.kind == "block")
                if wrong or (item.kind == "block" and finding.verdict is not Verdict.BLOCKED):
                    print(f"  {item.group}/{item.name}: {finding.rule_id} {', '.join(finding.signs)}")


def table(mode: str, pairs: Sequence[tuple[Sample, Finding]]) -> None:
    """Prints what was found in one mode."""
    print(f"\n{mode}\n{'':34}{'pages':>7}{'blocked':>9}{'allowed':>9}{'kept':>7}")
    rows: dict[str, list[Verdict]] = defaultdict(list)
    for item, finding in pairs:
        rows[f"{item.group}, {item.kind}, {'tuned' if item.tuned else 'unseen'}"].append(finding.verdict)
    for name, verdicts in rows.items():
        counts = [verdicts.count(verdict) for verdict in (Verdict.BLOCKED, Verdict.ALLOWED, Verdict.INDETERMINATE)]
        print(f"{name:34}{len(verdicts):7}{counts[0]:9}{counts[1]:9}{counts[2]:7}")
    for title, tuned in (("unseen", False), ("tuned", True)):
        blocks = [(item, finding) for item, finding in pairs if item.tuned is tuned and item.kind == "block"]
        others = [(item, finding) for item, finding in pairs if item.tuned is tuned and item.kind != "block"]
        decided = [(item, finding) for item, finding in blocks if finding.verdict is not Verdict.INDETERMINATE]
        print(f"{title}, true positives of the decided: {rate(decided)}")
        print(f"{title}, true positives of all:         {rate(blocks)}")
        print(f"{title}, false positives:               {rate(others)}")


if __name__ == "__main__":
    main()
