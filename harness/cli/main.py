"""The command group; each command is imported when it is asked for, so that `--help` is quick."""

import importlib
import sys
import traceback

import click

import harness
from harness.model.errors import HarnessError

COMMANDS = {
    "certify": ("certify", "Plan, run, score and report: the whole test of one product."),
    "probe": ("probe", "Open pages through a product as in a run, and tell what was seen."),
    "battery": ("battery", "Put a product to the checks beside blocking: ways round it, communications, life cycle."),
    "plan": ("steps", "Decide everything about a run and write it into a new run folder."),
    "run": ("steps", "Carry out a planned run."),
    "resume": ("steps", "Take an interrupted run up again where it stopped."),
    "score": ("steps", "Compute verdicts, rates and decisions anew from a run's evidence."),
    "report": ("report", "Write the report of a run."),
    "bundle": ("handover", "Pack a sealed run into one file to hand over."),
    "attest": ("handover", "Write the result of a run as a signed in-toto attestation."),
    "verify": ("handover", "Check that a run or bundle is as it was sealed, and that its results follow from it."),
    "adjudicate": ("addenda", "Add a person's verdict on a case to a sealed run."),
    "invalidate": ("addenda", "Add to a sealed run that a case is not to be scored."),
    "judge": ("addenda", "Add a person's finding on a clause to a sealed run."),
    "assess": ("assess", "Judge on a page what a machine cannot: clauses, and cases the rules cannot tell."),
    "compare": ("compare", "Compare two runs or more on the cases they share."),
    "failures": ("failures", "Say what got worse since a baseline, and group failing cases by their cause."),
    "sign": ("key", "Sign a sealed run with a laboratory's key."),
    "key": ("key", "Make a key to sign runs with, or show one."),
    "product": ("product", "List products, check one, or make a profile to fill in."),
    "corpus": ("corpus", "List, make, check, sample and seal corpora."),
    "criteria": ("criteria", "List criteria profiles, or check one."),
    "rules": ("rules", "List sets of verdict rules, or check one."),
    "browser": ("browser", "Say which browser is used, or get one."),
}


class LazyGroup(click.Group):
    """Commands by name in COMMANDS: (module of harness.cli, one line of help)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"harness.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(harness.__version__, package_name="pas-harness", prog_name="harness")
def cli() -> None:
    """Test filtering software against the criteria of PAS 74:2008.

    A product under test is driven through a real browser in front of a replayed Internet; what it blocks and what it
    lets through is
    scored with evidence anyone can recompute.

    \b
    Exit codes: 0 pass or conditional pass, 1 the product fails or conditionally fails, 2 inconclusive, 3 void,
    4 usage or configuration, 5 fault of the harness, 130 interrupted (the run can be resumed).
    """


def main() -> None:
    """The console script: `cli` with the exit codes above, and errors in one line."""
    try:
        code = cli.main(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(4)
    except HarnessError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        click.echo(f"error: {error.filename or 'the system'}: {error.strerror or error}", err=True)
        sys.exit(5)
    except Exception:  # noqa: BLE001 - whose own exit code, 1, would say that a product fails
        traceback.print_exc()
        sys.exit(5)
