"""How fast are very large lists, and does the fast tier see what the browser sees? `python -m bench.fast`.

A made-up list of --cases URLs on reserved names, half of them on the product's own block list, one in twenty by https,
goes through each --product by `harness certify --tier fast`; --sample of them go through the browser too. Printed are
what each tier took, how far they agree, and how many verdicts are other than the list makes right.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from harness.evidence.folder import RunFolder
from harness.evidence.journal import Record
from harness.model import canonical
from harness.model.words import Tier

HARNESS = [sys.executable, "-c", "from harness.cli.main import main; main()"]
CATEGORIES = (("gambling", "block"), ("news", "allow"))
HTTPS_EVERY = 20
HEAD = (
    *("product", "cases, fast", "s", "cases/s", "cases, browser", "cases/s", "×"),
    *("agree", "95 %", "in doubt", "wrong", "unscored"),
)
CRITERIA = """
schema = "pas-harness/criteria/2"
name = "bench-fast"
title = "Made up for a bench"
version = "1"
authority = "none"
notice = "Made up for a bench."
warned = { block = "under-blocked", allow = "over-blocked" }
degraded = { block = "under-blocked", allow = "over-blocked" }
fast = { allowed = true, minimum_agreement = 0.99, source = "made up for a bench" }

[[criterion]]
id = "blocked"
title = "Listed pages are blocked"
clause = "1"
metric = "bad_sites_under_block"
bound = 0.01
rule = "guard-band"
confidence = 0.95
minimum_n = 1
maximum_unscored = 0.01
source = "made up for a bench"
"""


def write(folder: Path, cases: int) -> None:
    """The corpus, and its block list in `lists`."""
    (folder / "lists" / "listed").mkdir(parents=True)
    (folder / "corpus.toml").write_text('name = "bench-fast"\ntitle = "Made-up sites"\nversion = "1"\n', "utf-8")
    rows, listed = ["case_id,url,category,expectation\n"], []
    for number in range(cases):
        category, expectation = CATEGORIES[number % 2]
        host, scheme = f"site-{number:06}.test", "http" if number % HTTPS_EVERY else "https"
        rows.append(f"case-{number:06},{scheme}://{host}/page-{number % 97},{category},{expectation}\n")
        listed += [f"{host}\n"] if expectation == "block" else []
    (folder / "cases.csv").write_text("".join(rows), "utf-8")
    (folder / "lists" / "listed" / "domains").write_text("".join(listed), "utf-8")
    (folder / "criteria.toml").write_text(CRITERIA, "utf-8")


def times(records: Iterator[Record]) -> dict[Tier, tuple[int, float]]:
    """Cases that each tier tried with the product, and the seconds from its first attempt to its last."""
    tried: dict[Tier, set[str]] = {tier: set() for tier in Tier}
    at: dict[Tier, list[datetime]] = {tier: [] for tier in Tier}
    for record in records:
        if record.kind == "attempt":
            tier, now = Tier(record.data.get("tier", "")), datetime.fromisoformat(record.at)
            tried[tier].add(record.data["case_id"])
            at[tier] = [*at[tier][:1], now]
    return {tier: (len(tried[tier]), (at[tier][-1] - at[tier][0]).total_seconds()) for tier in Tier if at[tier]}


def run(product: str, corpus: Path, sample: int, jobs: int) -> dict[str, Any]:
    """One product: what `times` and the decisions say, and the seconds of the whole command."""
    out = corpus / f"run-{product}"
    command = ["certify", product, "--corpus", str(corpus), "--criteria", str(corpus / "criteria.toml"), "-q"]
    command += ["--param", f"blocklists={corpus / 'lists'}", "--tier", "fast", "--browser-sample", str(sample)]
    started = time.monotonic()
    subprocess.run([*HARNESS, *command, "--jobs", str(jobs), "--checks", "none", "--out", str(out)], check=False)
    decisions = json.loads((out / "derived" / "decisions.json").read_bytes())
    return {
        "product": product,
        "seconds": round(time.monotonic() - started),
        "times": {tier.name: took for tier, took in times(iter(RunFolder(out).reader())).items()},
        "counts": decisions["counts"],
        "wrong": sum(item["k"] for item in decisions["rates"][:2]),
        "tiers": decisions["tiers"],
        "unscored": decisions["counts"]["unscored"],
    }


def told(found: dict[str, Any]) -> str:
    """A row of the table."""
    fast, browser = found["times"]["FAST"], found["times"]["BROWSER"]
    tiers, overall = found["tiers"][0], found["tiers"][0]["strata"][0]
    rates = [count / seconds if seconds else 0.0 for count, seconds in (fast, browser)]
    cells = [
        found["product"],
        f"{fast[0]:,}",
        f"{fast[1]:,.0f}",
        f"{rates[0]:.1f}",
        f"{browser[0]:,}",
        f"{rates[1]:.1f}",
        f"{rates[0] / rates[1]:.1f}" if rates[1] else "–",
        f"{overall['k']} of {overall['n']}",
        f"{overall['lower']:.4f}–{overall['upper']:.4f}",
        f"{tiers['doubtful']}",
        f"{found['wrong']}",
        f"{sum(found['unscored'].values())}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--product", action="append", default=[])
    parser.add_argument("--folder", type=Path, help="where runs are left; default: a folder that is removed")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-fast-") as place:
        corpus = given.folder or Path(place) / "corpus"
        write(corpus, given.cases)
        print(f"| {' | '.join(HEAD)} |")
        print(f"|{'---|' * len(HEAD)}")
        for product in given.product or ["dnsmasq", "squid"]:
            found = run(product, corpus, given.sample, given.jobs)
            print(told(found), flush=True)
            (corpus / f"{product}.json").write_text(canonical.pretty(found), "utf-8")


if __name__ == "__main__":
    main()
