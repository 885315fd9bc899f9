"""The steps of a test as commands of their own."""

from pathlib import Path
from typing import Any

import click

from harness.cli import actions, options
from harness.cli.certify import request
from harness.cli.size import Plan
from harness.evidence import keys
from harness.evidence.folder import RunFolder
from harness.profile.criteria import load as load_criteria
from harness.profile.rules import load as load_rules
from harness.report import rescore
from harness.report.derive import derive
from harness.run.executor.options import Machines
from harness.run.plan import plan as make_plan


@click.command(cls=Plan)
@options.planning
@options.out
def plan(out: Path | None, **planning: Any) -> None:
    """Decide everything about a run of PRODUCT and write it into a new run folder; nothing is started."""
    asked = request(**planning)
    created = actions.now()
    folder = make_plan(asked, out or actions.default_out(asked.product, asked.corpus, created), created)
    click.echo(f"{folder.spec().planned} cases planned; carry it out with: harness run {folder.path}")


def _carry_out(
    directory: Path,
    browser: str | None,
    key: Path | None,
    progress: str,
    unseal: Path | None,
    machines: Machines | None,
) -> int:
    folder, signing = RunFolder(directory), keys.private(key) if key else None
    actions.run_folder(folder, browser, signing, progress, actions.identity(unseal), machines=machines)
    return actions.finish(folder)


@click.command()
@options.directory
@options.browser
@options.key
@options.unseal
@options.machines
@options.progress
def run(**given: Any) -> int:
    """Carry out the run planned in DIR, then score and report it."""
    return _carry_out(**given)


@click.command()
@options.directory
@options.browser
@options.key
@options.unseal
@options.machines
@options.progress
def resume(**given: Any) -> int:
    """Finish the interrupted run in DIR: no finished attempt is repeated, none is lost."""
    return _carry_out(**given)


@click.command()
@options.directory
@click.option("--criteria", help="Other criteria than the run's: a shipped name, or a TOML file.")
@click.option("--rules", help="Other verdict rules than the run's: a shipped name, or a TOML file.")
def score(directory: Path, criteria: str | None, rules: str | None) -> int:
    """Compute verdicts, rates and decisions of DIR anew from its evidence. Same evidence, same bytes.

    With other criteria or rules, the results of the run stay as they are: the others go into a folder of their own
    under derived/, with a list of what changed. They were chosen after the run, and say so.
    """
    folder = RunFolder(directory)
    if criteria or rules:
        before = derive(folder)
        after = derive(folder, load_criteria(criteria) if criteria else None, load_rules(rules) if rules else None)
        found = rescore.difference(before, after)
        place = rescore.write(folder, after, found)
        for line in rescore.told(found):
            click.echo(line)
        click.echo(f"these {'criteria' if criteria else 'rules'} were not fixed before the run; written to {place}")
        return after.decision.exit_code
    return actions.finish(folder)
