"""A product's process: its words are kept, and nothing of it is left."""

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from harness.model.errors import ProductFault
from harness.products import process
from harness.products.process import Process, run

HERE = Path("/")


async def ready(product: Process) -> None:
    for _ in range(1000):
        if "ready" in product.words:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("not ready")


def test_exit_code_and_words() -> None:
    assert asyncio.run(run(["sh", "-c", "echo out; echo err >&2; exit 3"], HERE, 5)) == (3, "out\nerr\n")


def test_words_need_not_be_utf8() -> None:
    assert asyncio.run(run(["printf", r"\351"], HERE, 5)) == (0, "\ufffd")


def test_only_the_last_words_are_kept() -> None:
    command = [sys.executable, "-c", "print('x' * 300_000 + 'end')"]
    code, words = asyncio.run(run(command, HERE, 5))
    assert code == 0
    assert len(words) == process.KEPT
    assert words.endswith("xend\n")


def test_what_does_not_end() -> None:
    with pytest.raises(ProductFault, match="sleep did not end within 0 s"):
        asyncio.run(run(["sleep", "60"], HERE, 0.05))


def test_what_does_not_start(tmp_path: Path) -> None:
    with contextlib.suppress(ProductFault):
        code, words = asyncio.run(run(["/nowhere/at/all"], HERE, 5))
        assert code != 0
        assert "/nowhere/at/all" in words
    with pytest.raises(ProductFault, match="No such file"):
        asyncio.run(run(["true"], tmp_path / "nowhere", 5))


def test_stop_leaves_nothing_behind() -> None:
    async def life() -> tuple[int, ...]:
        product = await Process.start(["sh", "-c", "trap '' TERM; sleep 60 & echo ready; wait; wait"], HERE)
        await ready(product)
        root = psutil.Process(product._process.pid)
        pids = (root.pid, *(child.pid for child in root.children(recursive=True)))
        assert product.alive
        assert len(pids) == 2
        await product.stop(0.05)
        await product.stop(0.05)
        assert not product.alive
        return pids

    for pid in asyncio.run(life()):
        with contextlib.suppress(psutil.NoSuchProcess):
            left = psutil.Process(pid)
            assert left.status() == psutil.STATUS_ZOMBIE or left.wait(5) is None


def test_stop_is_gentle_first() -> None:
    async def life() -> str:
        product = await Process.start(
            ["sh", "-c", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done"], HERE
        )
        await ready(product)
        await product.stop(5)
        return product.words

    assert "bye" in asyncio.run(life())


def test_one_that_was_killed_is_dead_before_anybody_has_waited_for_it() -> None:
    async def killed() -> tuple[bool, bool, int | None]:
        product = await Process.start(["sleep", "60"], HERE)
        before = product.alive
        os.kill(product.pid, signal.SIGKILL)
        with contextlib.suppress(psutil.NoSuchProcess):
            while psutil.Process(product.pid).status() != psutil.STATUS_ZOMBIE:
                pass  # and nothing else runs in this loop
        after, code = product.alive, product.returncode
        await product.stop(5)
        return before, after, code

    assert asyncio.run(killed()) == (True, False, None)


def test_the_environment_is_ours() -> None:
    assert os.environ["PATH"] in asyncio.run(run(["sh", "-c", "echo $PATH"], HERE, 5))[1]
