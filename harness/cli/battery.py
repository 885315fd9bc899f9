"""`harness battery`: the checks of clauses 5 to 10 by themselves, without a corpus."""

import asyncio
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from harness.browser.find import find
from harness.checks.bench import Bench
from harness.classify.checks import assess
from harness.cli import actions, options
from harness.cli.progress import shown
from harness.evidence import scratch
from harness.evidence.blobs import Blobs
from harness.model import canonical
from harness.model.check import Assessment, Check, Group, Standing, Tried
from harness.profile import checks as profiles
from harness.profile.product import load
from harness.report import result
from harness.report.neutral import visible

COLOUR = {Standing.HELD: "green", Standing.BROKEN: "red"}
GROUPS = click.Choice([item.value for item in Group])
chosen = click.option("--group", "groups", multiple=True, type=GROUPS, help="Only checks of this group.")


@click.group()
def battery() -> None:
    """List the checks beside blocking, or put a product to them: ways round it, communications, monitoring, ratings,
    messages, life cycle."""


@battery.command("list")
@chosen
@click.option("--json", "as_json", is_flag=True, help="As JSON, whole.")
def list_(groups: tuple[str, ...], as_json: bool) -> None:
    """List the checks: id, severity (0 to 4), title."""
    found = _chosen(groups, ("*",))
    if as_json:
        click.echo(canonical.pretty([canonical.plain(item) for item in found]), nl=False)
        return
    width = max(len(item.id) for item in found)
    for item in found:
        click.echo(f"{item.id:<{width}}  {item.severity}  {item.title}")


@battery.command()
@click.argument("product")
@click.argument("patterns", metavar="[CHECK]...", nargs=-1)
@chosen
@click.option("--setting", default="", help="Level of the product. Default: the profile's.")
@click.option("--param", "given", multiple=True, metavar="K=V", help="Parameter of the product.")
@click.option("--json", "as_json", type=click.Path(path_type=Path), metavar="FILE", help="Write every try and finding.")
@click.option("--jobs", type=click.IntRange(1, 16), default=3, show_default=True, help="Checks under way at once.")
@options.browser
@options.progress
def run(
    product: str,
    patterns: tuple[str, ...],
    groups: tuple[str, ...],
    setting: str,
    given: tuple[str, ...],
    as_json: Path | None,
    jobs: int,
    browser: str | None,
    progress: str,
) -> int:
    """Put PRODUCT to the checks named, with * for any letters, or to all.

    Nothing is sealed: for evidence use `harness certify`.

    \b
    Exit codes: 0 every check that bears on the product held; 1 one was broken; 2 one was not assessed; 4 usage or
    configuration; 5 fault of the harness.
    """
    profile = load(product)
    checks = _chosen(groups, patterns or ("*",))
    level = profile.checked_setting(setting)
    params, executable = profile.checked_params(actions.params(given)), find(browser)
    tries: list[Tried] = []
    grounds: list[dict[str, Any]] = []
    work = scratch.make("battery")
    try:
        (work / "blobs").mkdir()
        bench = Bench(
            profile=profile,
            params=params,
            setting=level,
            browser=executable,
            work=work,
            nonce=secrets.token_hex(16),
            blobs=Blobs(work / "blobs"),
            record=tries.append,
            opened=lambda versions, how: grounds.append({"versions": versions, "route": how}),
            jobs=jobs,
        )
        with shown(progress) as told:
            told.setting(level, len(checks), 0)
            asyncio.run(bench.perform(checks, (), lambda check: told.case()))
    finally:
        scratch.remove(work)
    found = [assess(check, level, tries) for check in checks]
    if as_json:
        whole: dict[str, Any] = {"product": profile.name, "params": params, "setting": level, "grounds": grounds}
        whole |= {"tries": tries, "findings": found}
        result.replace_text(as_json, canonical.pretty(canonical.plain(whole)))
    return _say(found)


def _chosen(groups: Sequence[str], patterns: Sequence[str]) -> tuple[Check, ...]:
    return profiles.load([Group(item) for item in groups] or Group, patterns)


def _say(found: Sequence[Assessment]) -> int:
    for item in found:
        standing = click.style(f"{item.standing:<15}", fg=COLOUR.get(item.standing, "yellow"))
        click.echo(f"{standing} {item.check.severity} {item.check.id}: {visible(item.check.title)}")
        click.echo(f"{'':<15}   {visible(item.words)}")
    standings = {item.standing for item in found}
    counted = [f"{sum(item.standing is value for item in found)} {value}" for value in Standing]
    click.echo(f"\n{', '.join(counted)}")
    return 1 if Standing.BROKEN in standings else 2 if Standing.NOT_ASSESSED in standings or not found else 0
