"""Results of a run: scored and written, and the decision said."""

import click

from harness.evidence.folder import RunFolder
from harness.model.words import Decision
from harness.report import outputs, rescore, result
from harness.report.derive import Derived, derive


def write(folder: RunFolder) -> Derived:
    """Score the run and write its results and reports; scorings by other criteria or rules are made anew."""
    derived = derive(folder)
    for place in rescore.places(folder):
        rescore.write(folder, *rescore.again(folder, derived, place))
    outputs.write(folder, derived)
    return derived


def say(derived: Derived, folder: RunFolder) -> None:
    """The decision, its reasons, and where the report lies."""
    colour = {
        Decision.PASS: "green",
        Decision.CONDITIONAL_PASS: "green",
        Decision.FAIL: "red",
        Decision.CONDITIONAL_FAIL: "red",
    }
    click.echo()
    for item in derived.decided if not derived.voids else ():
        click.echo(
            f"  {click.style(f'{item.decision:<17}', fg=colour.get(item.decision, 'yellow'))}"
            f" {item.title}: {item.reason}"
        )
    for required in derived.required if not derived.voids else ():
        standing = str(required.decision or "not applicable")
        click.echo(
            f"  {click.style(f'{standing:<17}', fg=colour.get(required.decision or Decision.VOID, 'yellow'))}"
            f" {required.title}: {required.reason}"
        )
    for reason in derived.voids:
        click.echo(f"  {reason}")
    counted = result.counts(derived)
    spared = f", {counted['left_out']} left out by the early stop" if counted["left_out"] else ""
    click.echo(f"\n  {counted['scored']} of {counted['planned']} planned cases scored{spared}")
    if left := sum(bool(item.open) for item in derived.clauses):
        click.echo(f"  {left} of {len(derived.clauses)} clauses are open: neither tried nor judged")
    if derived.addenda:
        click.echo(f"  {len(derived.addenda)} entries by people; by the machine alone: {derived.machine}")
    click.echo(
        f"  decision: {click.style(str(derived.decision), fg=colour.get(derived.decision, 'yellow'), bold=True)}"
    )
    click.echo(f"  report:   {folder.path / 'report.html'}")
