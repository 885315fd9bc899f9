"""`harness adjudicate`, `invalidate` and `judge`: what people add to a sealed run, which stays as it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.cli import actions, options
from harness.evidence import addenda, keys
from harness.evidence.folder import RunFolder
from harness.model.addendum import Addendum, Adjudication, ClauseJudgement, Finding, Invalidation
from harness.model.errors import UsageError
from harness.model.words import Verdict
from harness.report import assessing, machine


def said(command: options.Command) -> options.Command:
    """The options about who says it."""
    for option in reversed(
        (
            click.option("--by", "author", metavar="NAME", required=True, help="Who says so."),
            click.option("--reason", metavar="TEXT", required=True, help="Why, in one line."),
            click.option(
                "--blind/--knew-product", required=True, help="Whether you did not know the product's name, or did."
            ),
            click.option(
                "--key",
                metavar="FILE",
                type=click.Path(path_type=Path),
                help="Private key to sign with; a signed run asks for it.",
            ),
        )
    ):
        command = option(command)
    return command


def words(values: type[Verdict] | type[Finding]) -> click.Choice[str]:
    return click.Choice([str(value) for value in values])


@click.command()
@options.directory
@click.argument("case_id", metavar="CASE")
@click.argument("verdict", metavar="VERDICT", type=words(Verdict))
@click.option("--setting", help="Level of the product; may be left out when the run has one.")
@said
def adjudicate(directory: Path, case_id: str, verdict: str, setting: str | None, key: Path | None, **who: Any) -> None:
    """Add a person's verdict on CASE to the sealed run in DIR, beside the machine's.

    VERDICT is blocked, allowed, warned, degraded or indeterminate. What was not validly measured gets no other verdict.
    """
    folder = RunFolder(directory)
    settings = folder.spec().settings
    if setting is None and len(settings) > 1:
        raise UsageError(f"the run has several; which of {', '.join(settings)}?", key="--setting")
    setting = settings[0] if setting is None else setting
    found = machine.judgement(folder, case_id, setting)
    about = {"case_id": case_id, "setting": setting, "verdict": Verdict(verdict)}
    _add(folder, key, Adjudication, (), machine_verdict=found.verdict, machine_rule=found.rule_id, **about, **who)
    click.echo(f"case {case_id} at setting {setting}: {verdict}; the machine said {found.verdict} ({found.rule_id})")
    _close(directory)


@click.command()
@options.directory
@click.argument("case_id", metavar="CASE")
@click.option("--setting", default="", help="Level of the product. Default: all.")
@said
def invalidate(directory: Path, case_id: str, setting: str, key: Path | None, **who: Any) -> None:
    """Have CASE of the sealed run in DIR not scored, as a person found it unfit."""
    _add(RunFolder(directory), key, Invalidation, (), case_id=case_id, setting=setting, **who)
    click.echo(f"case {case_id} at {f'setting {setting}' if setting else 'every setting'}: not to be scored")
    _close(directory)


@click.command()
@options.directory
@click.argument("clause")
@click.argument("finding", metavar="FINDING", type=words(Finding))
@click.option(
    "--evidence",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file that the finding rests on: a picture, a log, minutes. Met and not-met need one. Several times.",
)
@said
def judge(directory: Path, clause: str, finding: str, evidence: tuple[Path, ...], key: Path | None, **who: Any) -> None:
    """Add a person's finding on a CLAUSE that is judged by hand to the sealed run in DIR.

    FINDING is met, not-met, not-applicable or not-judged. `harness assess` asks for all of them on a page.
    """
    files = [(path.name, assessing.read(path)) for path in evidence]
    found = Finding(finding)
    assessing.enough(found, len(files))
    attached = tuple(assessing.attached(name, content) for name, content in files)
    contents = [content for _, content in files]
    _add(RunFolder(directory), key, ClauseJudgement, contents, clause=clause, finding=found, evidence=attached, **who)
    click.echo(f"clause {clause}: {finding}")
    for item in attached:
        click.echo(f"attached {item.name}, {item.size:,} bytes, SHA-256 {item.digest}")
    _close(directory)


def _add(folder: RunFolder, key: Path | None, kind: type[Addendum], contents: Sequence[bytes], **parts: Any) -> None:
    folder.spec()
    try:
        entry = kind(**parts, date=actions.now())
    except ValueError as error:
        raise UsageError(str(error)) from None
    addenda.append(folder, entry, keys.private(key) if key else None, contents)
    knowing = "without knowing" if entry.blind else "knowing"
    click.echo(f"recorded as said by {entry.author}, {knowing} the product's name, at {entry.date}: {entry.reason}")


def _close(directory: Path) -> None:
    click.echo(f"nothing else is changed; recompute with: harness score {directory}")
