"""What the commands have in common: carrying a run out with progress, writing its results, saying the decision."""

import asyncio
import datetime
import platform
import secrets
from importlib.metadata import version
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import harness
from harness.browser.find import find
from harness.cli.progress import ConsoleProgress
from harness.evidence import seal
from harness.evidence.folder import RunFolder
from harness.model.errors import UsageError
from harness.model.words import Decision
from harness.report import outputs, rescore, result
from harness.report.derive import Derived, derive
from harness.run.plan import reopen
from harness.run.session import Setup, carry_on

LIBRARIES = ("mitmproxy", "playwright", "pandas", "pyarrow", "scipy", "Jinja2")


def now() -> str:
    """The time in UTC, ISO 8601, to the millisecond."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def versions() -> dict[str, str]:
    """Versions of everything a result could depend on."""
    return {
        "pas-harness": harness.__version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        **{name: version(name) for name in LIBRARIES},
    }


def identity(path: Path | None) -> str:
    """The age identity in a file as `age-keygen` writes it, "" for no file. Raises UsageError."""
    if path is None:
        return ""
    try:
        lines = path.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError):
        raise UsageError("cannot be read as a key", file=path) from None
    return next((line for line in lines if line.startswith("AGE-SECRET-KEY-")), "none")


def run_folder(
    folder: RunFolder, browser: str | None, key: Ed25519PrivateKey | None, quiet: bool, unsealing: str = ""
) -> None:
    """Carry the run in the folder on to its end, opening what is sealed, and sign it with the key if there is one.
    Interrupted, it says how to go on."""
    spec = folder.spec()
    product, corpus = reopen(spec, unsealing)
    executable = find(browser)
    with ConsoleProgress(quiet) as progress:
        setup = Setup(folder, spec, product, corpus, executable, secrets.token_hex(16), now, progress, versions())
        try:
            asyncio.run(carry_on(setup))
        except KeyboardInterrupt:
            click.echo(f"\ninterrupted; finish it with: harness resume {folder.path}", err=True)
            raise
    if key:
        seal.sign(folder, key)


def write_results(folder: RunFolder) -> Derived:
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
    for reason in derived.voids:
        click.echo(f"  {reason}")
    counted = result.counts(derived)
    spared = f", {counted['left_out']} left out by the early stop" if counted["left_out"] else ""
    click.echo(f"\n  {counted['scored']} of {counted['planned']} planned cases scored{spared}")
    if derived.addenda:
        click.echo(f"  {len(derived.addenda)} entries by people; by the machine alone: {derived.machine}")
    click.echo(
        f"  decision: {click.style(str(derived.decision), fg=colour.get(derived.decision, 'yellow'), bold=True)}"
    )
    click.echo(f"  report:   {folder.path / 'report.html'}")


def params(given: tuple[str, ...]) -> dict[str, str]:
    """`K=V` options as a dictionary. Raises UsageError."""
    found = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise UsageError(f"{item!r} is not K=V", key="--param")
        found[key] = value
    return found


def default_out(product: str, corpus: str, created: str) -> Path:
    """`runs/PRODUCT-CORPUS-TIME`, in the working folder."""
    stamp = created.replace("-", "").replace(":", "").partition(".")[0]
    return Path("runs") / f"{Path(product).name}-{Path(corpus).name}-{stamp}Z"
