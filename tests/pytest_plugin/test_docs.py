"""What docs/vendors tells people to type is what commands and plugin take."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from harness import pytest_plugin
from harness.cli.main import cli
from harness.report import causes
from harness.report.features import Kind

DOCS = Path(__file__).parents[2] / "docs" / "vendors"
PAGES = sorted(DOCS.glob("*.md"))
NAMES = "certify|failures|probe|product check|browser"
COMMAND = re.compile(rf"(?:^\s*(?:- )?|then |pas-)harness ((?:{NAMES})\b[^|;&#]*)")


def blocks(text: str) -> Iterator[str]:
    """The fenced blocks, lines that go on joined."""
    for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL):
        yield re.sub(r"\s*\\\n\s*", " ", block)


def commands() -> list[str]:
    found = []
    for page in PAGES:
        lines = [line for block in blocks(page.read_text("utf-8")) for line in block.splitlines()]
        found += [match[1].strip() for line in lines for match in COMMAND.finditer(line)]
    return sorted({*found})


@pytest.mark.parametrize("line", commands())
def test_commands_are_there_and_take_these_options(line: str) -> None:
    words = shlex.split(line.replace('"$@"', ""))
    command: click.Command = cli
    context = click.Context(cli, **cli.context_settings)
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        assert found
        command = found
    # A command keeps the options of help that it is first asked for, for every test after this.
    command.make_context(line, words, parent=context, resilient_parsing=True)


def test_the_commands_are_found() -> None:
    assert {line.split()[0] for line in commands()} == {"browser", "certify", "failures", "probe", "product"}


def test_options_of_the_plugin_are_there() -> None:
    parser = pytest.Parser(_ispytest=True)
    pytest_plugin.pytest_addoption(parser)
    known = {name for group in parser._groups for option in group.options for name in option.names()}
    named = {name for page in PAGES for name in re.findall(r"--harness-\w+", page.read_text("utf-8"))}
    assert named == known


def test_causes_are_named() -> None:
    text = (DOCS / "README.md").read_text("utf-8")
    kinds = (causes.EVERYTHING, causes.CONTENT, causes.HOST, causes.PATH, causes.ADDRESS, causes.NONE, *Kind)
    assert [kind for kind in kinds if f"`{kind}`" not in text] == []
