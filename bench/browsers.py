"""The same cases through headless-shell and through full Chromium: `python -m bench.browsers [--cases N] [PRODUCT…]`.

For each product one run with each browser, in turn, on block lists and cases that `bench.known` makes up; verdicts,
rules and mechanisms are compared case by case. Exit code 1 when any differs.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.known import known
from harness.browser.find import find, full
from harness.cli.actions import now, versions
from harness.model.spec import Limits
from harness.model.words import Verdict
from harness.profile.product import load
from harness.report.derive import derive
from harness.run.carry import carry_on
from harness.run.plan import Request, plan, reopen
from harness.run.setup import Setup

REAL = ("dnsmasq", "e2guardian", "squidguard")
ZOO = (  # those that do something with pages, and the same in every run
    *("zoo-allow-all", "zoo-altering", "zoo-asset-only", "zoo-block-all", "zoo-captcha", "zoo-lying-200"),
    *("zoo-nxdomain", "zoo-overreaching", "zoo-perfect", "zoo-reset", "zoo-slow", "zoo-warn"),
)
CRITERIA = "pas74-kitemark"
Told = tuple[str, str, str]  # verdict, rule, mechanism


class Quiet:
    """Progress for nobody."""

    def setting(self, setting: str, total: int, done: int, verdicts: Mapping[Verdict, int] = {}) -> None: ...

    def case(self, verdict: Verdict | None = None) -> None: ...

    def fault(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr)

    def note(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr)


def told(request: Request, executable: Path) -> dict[tuple[str, str], Told]:
    """What one run with that browser says of every case at every setting. Raises HarnessError."""
    with tempfile.TemporaryDirectory() as work:
        folder = plan(request, Path(work) / "run", now())
        spec = folder.spec()
        asyncio.run(carry_on(Setup(folder, spec, *reopen(spec), executable, "bench", now, Quiet(), versions())))
        return {
            (item.case.case_id, item.setting): (
                item.judgement.verdict,
                item.judgement.rule_id,
                item.judgement.mechanism,
            )
            for item in derive(folder).scored
        }


def compare(products: Sequence[str], inputs: Path, shell: Path) -> int:
    """Print a line for each product on the `corpus` and `lists` in that folder; returns how many verdicts differ."""
    differing = 0
    for product in products:
        taken = {key for key, item in load(product).params.items() if item.kind == "blocklists"}
        request = Request(
            product,
            str(inputs / "corpus"),
            CRITERIA,
            params=dict.fromkeys(taken, str(inputs / "lists")),
            limits=Limits(attempt_seconds=30),
            checks=("none",),
        )
        one, other = told(request, shell), told(request, full(shell))
        differ = [key for key in one.keys() | other.keys() if one.get(key) != other.get(key)]
        differing += len(differ)
        counts = ", ".join(f"{verdict} {count}" for verdict, count in Counter(item[0] for item in one.values()).items())
        print(f"{product:32}{len(one):5} verdicts, {len(differ)} differ   {counts}", flush=True)
        for key in sorted(differ):
            print(f"  {' '.join(key)}: {one.get(key)} and {other.get(key)}", flush=True)
    return differing


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("products", nargs="*", metavar="PRODUCT", help="else the zoo and three real ones")
    parser.add_argument("--cases", type=int, default=140)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--browser", help="the headless-shell")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as inputs:
        Path(inputs).chmod(0o755)  # products may run as other users
        known(given.cases, given.seed).write(Path(inputs))
        sys.exit(compare(given.products or (*ZOO, *REAL), Path(inputs), find(given.browser)) > 0)


if __name__ == "__main__":
    main()
