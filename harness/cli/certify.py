"""`harness certify`: the whole test of one product."""

from pathlib import Path
from typing import Any

import click

from harness.browser.find import find
from harness.cli import actions, options
from harness.evidence import keys
from harness.model.spec import Limits
from harness.run.executor.options import Machines
from harness.run.plan import Request, prepare


def request(
    product: str,
    corpus: str,
    criteria: str,
    settings: tuple[str, ...],
    given: tuple[str, ...],
    timeout: float,
    unseal: Path | None,
    **rest: Any,
) -> Request:
    """The options of `options.planning` as a request."""
    limits, identity = Limits(attempt_seconds=timeout), actions.identity(unseal)
    return Request(product, corpus, criteria, settings, actions.params(given), limits=limits, identity=identity, **rest)


@click.command()
@options.planning
@options.out
@options.browser
@options.key
@options.machines
@options.progress
def certify(
    out: Path | None, browser: str | None, key: Path | None, machines: Machines | None, progress: str, **planning: Any
) -> int:
    """Plan, run, score and report: the whole test of PRODUCT, a shipped name or a profile folder."""
    asked = request(**planning, elsewhere=machines is not None)
    if machines is None:
        find(browser)
    signing = keys.private(key) if key else None
    created = actions.now()
    prepared = prepare(asked, out or actions.default_out(asked.product, asked.corpus, created), created)
    actions.run_folder(prepared.folder, browser, signing, progress, asked.identity, prepared, machines)
    return actions.finish(prepared.folder)
