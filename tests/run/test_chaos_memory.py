"""Want of memory, and mistakes of our own, end a session with the exit code of a fault, never with that of a product
that fails."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.cli import actions
from harness.evidence.folder import RunFolder
from harness.run.setup import Setup
from tests import live


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    cases = [live.allow(f"c-{n}", f"http://c-{n}.test/") for n in range(10)]
    return live.planned(tmp_path, "zoo-perfect", live.write_corpus(tmp_path / "corpus", cases))


def ended(folder: RunFolder, how: Callable[[], BaseException], monkeypatch: pytest.MonkeyPatch) -> live.Ended:
    async def fails(setup: Setup) -> None:
        raise how()

    monkeypatch.setattr(actions, "carry_on", fails)
    monkeypatch.setattr(actions, "find", lambda name: Path())
    return live.command("run", folder.path)


def test_a_harness_that_has_no_memory_left_says_how_to_go_on(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ended(folder, MemoryError, monkeypatch)
    assert seen.code == 5
    assert seen.err.endswith(f"no memory is left; what was recorded stands, go on with: harness resume {folder.path}\n")


@pytest.mark.parametrize("mistake", [RuntimeError, AssertionError, KeyError, RecursionError])
def test_a_mistake_of_the_harness_is_no_failing_product(
    mistake: type[Exception], folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ended(folder, lambda: mistake("of ours"), monkeypatch)
    assert seen.code == 5
    assert "Traceback" in seen.err
    assert "of ours" in seen.err
