"""`harness probe`: one page opened through a product, told as it was seen."""

import asyncio
import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import click

from harness.browser.find import find, full
from harness.cli import actions, options
from harness.cli.progress import Quiet
from harness.evidence import scratch
from harness.evidence.folder import RunFolder
from harness.model.errors import UsageError
from harness.model.observation import Observation
from harness.model.words import Arm, Decision, End, Expectation, Outcome, Verdict
from harness.report import outputs, plain, result
from harness.report.derive import Derived, derive
from harness.report.neutral import visible
from harness.run.carry import carry_on
from harness.run.plan import reopen
from harness.run.probe import CRITERIA, Opened, Probe, canaries, opened, planned
from harness.run.setup import Setup

TEXT = 200  # characters of a page that are told
LISTED = 20  # requests that are told of one attempt
COLOUR = {Outcome.CORRECT: "green", Outcome.UNSCORED: "yellow"}


@click.command()
@click.argument("product")
@click.argument("addresses", metavar="[URL]...", nargs=-1)
@click.option("--corpus", default="", help="Name of a shipped corpus or a folder, whose --case is to be opened.")
@click.option("--case", "cases", multiple=True, metavar="ID", help="Open this case; may be given more than once.")
@click.option("--expect", type=click.Choice([item.value for item in Expectation]), help="What a URL is expected to be.")
@click.option("--setting", "settings", multiple=True, help="Level of the product; may be given more than once.")
@click.option("--param", "given", multiple=True, metavar="K=V", help="Parameter of the product.")
@click.option("--criteria", default=CRITERIA, show_default=True, help="Say how warned and degraded pages count.")
@click.option("--rules", default="", help="Name of shipped verdict rules, or a TOML file; default: standard.")
@click.option(
    "--timeout", type=click.FloatRange(1, 600), default=15, show_default=True, help="Seconds an attempt may take."
)
@click.option("--headed", is_flag=True, help="Show the browser, and wait for Enter at every page; needs a display.")
@click.option("--keep", metavar="DIR", type=click.Path(path_type=Path), help="Keep the run, with its report, in DIR.")
@options.browser
def probe(
    addresses: tuple[str, ...],
    expect: str | None,
    given: tuple[str, ...],
    timeout: float,
    headed: bool,
    keep: Path | None,
    browser: str | None,
    **rest: Any,
) -> int:
    """Open pages through PRODUCT as in a run, and tell what was seen: with and without the product, canaries too.

    A URL gets a plain page of our own; with --corpus and --case the page of the case is replayed. Nothing is asked of
    the real Internet.

    \b
    Exit codes: 0 as expected, or nothing was expected; 1 not as expected; 2 no verdict; 3 void: a canary failed, or
    the product broke; 4 usage or configuration; 5 fault of the harness.
    """
    if headed and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise UsageError(
            "there is no display here (DISPLAY and WAYLAND_DISPLAY are not set); leave it out, and look at the"
            " screenshots that --keep keeps",
            key="--headed",
        )
    executable = full(find(browser)) if headed else find(browser)
    expectation = Expectation(expect) if expect else None
    asked = Probe(urls=addresses, expectation=expectation, params=actions.params(given), seconds=timeout, **rest)
    work = scratch.make("probe")
    try:
        folder = planned(asked, keep or work / "run", work, actions.now())
        _carry_out(folder, executable, headed)
        derived = derive(folder)
        if keep:
            outputs.write(folder, derived)
        seen = [*opened(folder, derived)]
    finally:
        scratch.remove(work)
    return _say(seen, derived, expectation is not None or bool(asked.cases), keep)


def _carry_out(folder: RunFolder, browser: Path, headed: bool) -> None:
    spec = folder.spec()
    product, corpus = reopen(spec)
    setup = Setup(
        folder,
        spec,
        product,
        corpus,
        browser,
        secrets.token_hex(16),
        actions.now,
        Quiet(),
        actions.versions(),
        _pause if headed else None,
    )
    asyncio.run(carry_on(setup))


async def _pause(arm: Arm, case_id: str) -> None:
    """Leave the page through the product on the screen until a person has seen it; canaries pass by."""
    if arm is Arm.TEST and not case_id.startswith("canary:"):
        with contextlib.suppress(EOFError):
            await asyncio.to_thread(input, f"{visible(case_id)} through the product; Enter goes on ")


def _say(seen: list[Opened], derived: Derived, expected: bool, keep: Path | None) -> int:
    who = result.product(derived)
    click.echo(visible(f"{who['title']} {who['version']}".strip()) + (f"; {who['browser']}" if who["browser"] else ""))
    for setting in dict.fromkeys(item.scored.setting for item in seen):
        click.echo(f"\nsetting {setting}: {_canaries(derived, setting)}")
        for item in seen:
            if item.scored.setting == setting:
                _case(item, expected)
    for reason in derived.voids:
        click.echo(click.style(f"\nVOID, says nothing of the product: {visible(reason)}", fg="yellow", bold=True))
    if keep:
        click.echo(f"\n  kept: {keep}; the report: {keep / 'report.html'}")
    return _exit_code([item.scored.outcome for item in seen], derived, expected)


def _exit_code(outcomes: list[Outcome], derived: Derived, expected: bool) -> int:
    """The worst of all that was opened."""
    if derived.voids:
        return Decision.VOID.exit_code
    if Outcome.UNSCORED in outcomes:
        return Decision.INCONCLUSIVE.exit_code
    return 1 if expected and any(outcome is not Outcome.CORRECT for outcome in outcomes) else 0


def _canaries(derived: Derived, setting: str) -> str:
    sung = canaries(derived, setting)
    silent = [fact for fact in sung if not fact["sings"]]
    if not sung:
        return "no canary was visited"
    if not silent:
        return f"all {len(sung)} canaries as they must be"
    named = ", ".join(f"to {fact['which']} ({fact['arm']} arm, {fact['phase']})" for fact in silent)
    return f"{len(silent)} of {len(sung)} canaries not as they must be: {named}"


def _case(item: Opened, expected: bool) -> None:
    scored, said = item.scored, item.scored.judgement
    case = scored.case
    about = f"  (case {case.case_id}, {case.category}, to {case.expectation})" if expected else ""
    click.echo(f"\n  {click.style(visible(case.url, 300), bold=True)}{visible(about)}")
    how = f", mechanism {said.mechanism}" if said.mechanism else ""
    colour = "yellow" if said.verdict is Verdict.INDETERMINATE else None
    click.echo(f"    verdict   {click.style(said.verdict, fg=colour, bold=True)} by rule {said.rule_id}{how}")
    click.echo(f"              {plain.rule(said.rule_id)}")
    if expected:
        click.echo(f"    outcome   {click.style(scored.outcome, fg=COLOUR.get(scored.outcome, 'red'))}")
    for seen in item.attempts:
        _attempt(seen)


def _attempt(seen: Observation) -> None:
    control = seen.arm is Arm.CONTROL
    click.echo(f"    {'without the product' if control else 'through the product'}, attempt {seen.number}:")
    lines = [_shown(seen), f"{seen.duration_ms} ms, {_arrivals(seen)}"]
    if len(seen.chain) > 1 or seen.final_url not in ("", seen.requested_url):
        lines.insert(1, f"the browser went {' → '.join((*seen.chain[:-1], seen.final_url))}")
    if not control and not seen.token_seen and (seen.title or seen.text_start):
        lines.insert(1, f"it said: {seen.title!r}: {seen.text_start[:TEXT]!r}")
    lines += [f"fault: {seen.fault}"] if seen.fault else []
    lines += [
        f"{item.method} {item.url} → {item.status} ({item.served}) after {item.at_ms} ms" for item in seen.receipts
    ][:LISTED]
    for line in lines:
        click.echo(f"      {visible(line, 600)}")


def _shown(seen: Observation) -> str:
    """What the browser showed in the end."""
    status = f", status {seen.status}" if seen.status else ""
    if seen.end is End.PAGE:
        return f"{'the page arrived, with its token' if seen.token_seen else 'a page without the token'}{status}"
    return f"{seen.end}{f' {seen.error}' if seen.error else ''}{status}"


def _arrivals(seen: Observation) -> str:
    n = len(seen.receipts)
    return f"{n or 'no'} request{'' if n == 1 else 's'} reached the replayed Internet"
